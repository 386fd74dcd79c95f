// Digits for the programs that learn from them: MNIST's files as one dataset and two lists.
//
//   static const std::vector<FlagSpec> flags = WithTrainingFlags(WithDigitFlags(kOwn));
//   absl::StatusOr<DigitData> digits = ReadDigits(settings.files());
//   digits->dataset.record_shape();                       // [1, 28, 28]
//
// Without files for testing the last fifth is kept for that, as many as are in MNIST's own file for
// testing where that is all there is.
#ifndef HAIRPIN_TOOLS_DIGITS_DIGIT_DATA_H_
#define HAIRPIN_TOOLS_DIGITS_DIGIT_DATA_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "data/dataset.h"
#include "tools/digits/digit_files.pb.h"
#include "tools/training/flags.h"

namespace hairpin {

// The flags of the fields of DigitFiles, then a program's own.
std::vector<FlagSpec> WithDigitFlags(absl::Span<const FlagSpec> own);
// Names of flags that are paths, for SettingsRules::paths.
std::vector<std::string> DigitPaths();

// Given together or not at all, test_images too; INVALID_ARGUMENT naming the flag.
absl::Status CheckDigitFiles(const DigitFiles& files);

struct DigitData {
  Dataset dataset;
  std::vector<int64_t> train, test;  // numbers of its records
};

// Errors name flag and file (data/image/idx.h, image_folder.h). INVALID_ARGUMENT where images for
// testing have another size or other classes, or where there are too few to be split. Without
// images for testing these are the last fifth of a file's, and of a folder's about a fifth, by
// their content.
absl::StatusOr<DigitData> ReadDigits(const DigitFiles& files);

// Those that are given, as TrainingProgram::DataFiles wants them.
std::vector<std::string> DigitFileList(const DigitFiles& files);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_DIGITS_DIGIT_DATA_H_
