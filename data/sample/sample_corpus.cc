#include "data/sample/sample_corpus.h"

#include "absl/strings/str_cat.h"
#include "data/sample/dice.h"
#include "data/sample/paragraphs.h"

namespace hairpin {

std::string SampleLine(uint32_t index) {
  sample::Dice dice(index);
  return sample::WriteParagraph(dice);
}

std::string SampleCorpus() {
  std::string text;
  for (uint32_t index = 0; static_cast<int64_t>(text.size()) < kSampleBytes; ++index) {
    absl::StrAppend(&text, SampleLine(index), "\n");
  }
  return text;
}

std::vector<SampleQuestion> SampleQuestions() {
  return {
      {"The girls whom the miller likes [MASK] a wooden flute at the wedding.", "play",
       "number, with another noun between subject and verb"},
      {"The tall boy beside the baker [MASK] hot tea after supper.", "drinks",
       "the verb that goes with its object"},
      {"The capital of Norland is [MASK].", "alden", "a fact"},
      {"Yesterday Alice dried [MASK] with a towel.", "herself", "a person's gender"},
      {"The key of the old cupboards [MASK] rusty.", "is",
       "number, against the nearest noun"},
  };
}

}  // namespace hairpin
