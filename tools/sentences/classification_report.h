// What a classifier did with the lines for evaluation, for a person.
//
//   std::printf("%s", ClassificationReport(data, task.guesses(), task.Confusion()).c_str());
#ifndef HAIRPIN_TOOLS_SENTENCES_CLASSIFICATION_REPORT_H_
#define HAIRPIN_TOOLS_SENTENCES_CLASSIFICATION_REPORT_H_

#include <string>
#include <vector>

#include "nn/metrics/confusion_matrix.h"
#include "tools/sentences/class_guess.h"
#include "tools/sentences/labelled_data.h"

namespace hairpin {

// Lines: for each label precision, recall and F1; the labels that are most often taken for others;
// the surest guesses that are right and that are wrong. A guess for each of data.evaluation.
std::string ClassificationReport(const LabelledData& data, const std::vector<ClassGuess>& guesses,
                                 const ConfusionMatrix& matrix);

// At most `bytes` of a text, cut between characters, with "..." where something was left out.
std::string Shortened(const std::string& text, size_t bytes);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_SENTENCES_CLASSIFICATION_REPORT_H_
