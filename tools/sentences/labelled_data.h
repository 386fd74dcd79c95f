// Lines with labels, cut into those to learn from and those to be evaluated on.
//
//   absl::StatusOr<LabelledData> data = ReadLabelledData({.data = "speeches.tsv"});
//   data->lines.texts[data->train[7]]
#ifndef HAIRPIN_TOOLS_SENTENCES_LABELLED_DATA_H_
#define HAIRPIN_TOOLS_SENTENCES_LABELLED_DATA_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "data/text/labelled_lines.h"

namespace hairpin {

struct LabelledDataOptions {
  std::string data, eval_data = {};  // paths; no eval_data: a part of data
  double evaluation_share = 0.2;     // of its lines, by their text: equal texts share a part
};

struct LabelledData {
  LabelledLines lines = {};  // of both files; the labels are those of data
  std::vector<int64_t> train = {}, evaluation = {};  // numbers of lines, at least one of each

  std::vector<std::string_view> TrainTexts() const;
  // How many lines for evaluation have the label that is commonest in training, as a share.
  double MajorityAccuracy() const;
};

// Errors are those of data/text/labelled_lines.h and name the flag: --data, --eval_data,
// --evaluation_share. INVALID_ARGUMENT for a label of eval_data that data doesn't have.
absl::StatusOr<LabelledData> ReadLabelledData(const LabelledDataOptions& options);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_SENTENCES_LABELLED_DATA_H_
