#include "tools/tabular/table_model.h"

#include <google/protobuf/text_format.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tensor/file.h"
#include "tools/training/flags.h"
#include "tools/training/stop.h"

namespace hairpin {

absl::StatusOr<TableDataset> ReadTable(const std::string& path, const std::string& target,
                                       const std::string& categories, const std::string& ignore,
                                       double evaluation_share) {
  if (path.empty()) {
    return absl::NotFoundError("found none, and the penguins are not beside the program; start it "
                               "with bazel run or give --data");
  }
  const TableOptions options = {.target = target,
                                .categories = absl::StrSplit(categories, ',', absl::SkipEmpty()),
                                .ignore = absl::StrSplit(ignore, ',', absl::SkipEmpty()),
                                .stop = StopAsked};
  return ReadTableDataset(path, options, evaluation_share);
}

absl::StatusOr<LinearModelConfig> ConfigOf(const TableDataset& table, const std::string& model,
                                           const std::string& hidden, const std::string& target) {
  const bool number = !table.dataset.has_classes();
  if (model == (number ? "logistic" : "linear")) {
    return absl::InvalidArgumentError(
        absl::StrCat("--model: found ", model, ", expected ", number ? "linear" : "logistic",
                     " or mlp: ", target, " is a ",
                     number ? "number, unless --categories names it" : "category"));
  }
  LinearModelConfig config;
  config.set_features(static_cast<int32_t>(table.dataset.features_per_record()));
  config.set_classes(table.dataset.class_count());
  config.set_target_mean(table.target_mean);
  config.set_target_deviation(table.target_deviation);
  for (const auto text : absl::StrSplit(model == "mlp" ? hidden : "", ',', absl::SkipEmpty())) {
    int32_t channels = 0;
    config.add_hidden(absl::SimpleAtoi(text, &channels) ? channels : 0);
  }
  static constexpr FlagSpec kHidden[] = {{"", "hidden", "", ""}};
  if (absl::Status s = ForField(kHidden, "--data", ValidateConfig(config)); !s.ok()) return s;
  return config;
}

absl::Status WriteEncoding(const TableDataset& table, const std::string& folder) {
  std::string encoding;
  google::protobuf::TextFormat::PrintToString(table.encoding, &encoding);
  return encoding.empty() ? absl::OkStatus()
                          : WriteFileAtomically(folder + "/table.textproto", encoding);
}

}  // namespace hairpin
