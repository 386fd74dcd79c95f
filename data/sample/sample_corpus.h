// The built-in sample: English-like text by a grammar of the project's own, the same bytes every
// time, so that a first training needs no file.
//
//   WriteSampleCorpus(std::cout);        // about 2 MB, one short paragraph a line
//
// What a model can learn from it, and only by looking at a whole sentence: agreement in number and
// gender across a distance ("the girls who know the king wash themselves"), verbs that choose their
// objects ("drink" takes tea, never hats), and small facts about a fixed world ("the capital of
// Norland is Alden").
#ifndef HAIRPIN_DATA_SAMPLE_SAMPLE_CORPUS_H_
#define HAIRPIN_DATA_SAMPLE_SAMPLE_CORPUS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace hairpin {

// The text stops at the end of the line in which it reaches this size.
inline constexpr int64_t kSampleBytes = 2'000'000;

// Line `index` of the text, without a newline: a pure function of `index`.
std::string SampleLine(uint32_t index);

// The whole text, each line with its newline.
std::string SampleCorpus();

// A sentence with one [MASK].
struct SampleQuestion {
  std::string sentence;
  std::string answer;  // in lower case, one word of the text
  std::string shows;   // what a model must have understood, e.g. "a fact"
};

// Five of them: agreement across a distance, a verb's object, a fact, a person's pronoun, and
// number beside a noun of the other number.
std::vector<SampleQuestion> SampleQuestions();

}  // namespace hairpin

#endif  // HAIRPIN_DATA_SAMPLE_SAMPLE_CORPUS_H_
