// A text for programs that learn what comes next in it: its ids, and how to get text back.
//
//   static const std::vector<FlagSpec> flags = WithTrainingFlags(WithTextFlags(kOwn));
//   absl::StatusOr<LanguageData> data = ReadLanguageData(settings.text());
//   absl::Status status = SaveCodec(settings.text(), *data->codec, folder, progress, run);
//   absl::StatusOr<std::unique_ptr<TextCodec>> codec = LoadCodec(folder, *run);   // generate
#ifndef HAIRPIN_TOOLS_LANGUAGE_LANGUAGE_DATA_H_
#define HAIRPIN_TOOLS_LANGUAGE_LANGUAGE_DATA_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "data/text/text_codec.h"
#include "tools/language/language.pb.h"
#include "tools/training/flags.h"
#include "tools/training/progress.h"
#include "tools/training/run.pb.h"
#include "tools/training/run_folder.h"

namespace hairpin {

// The flags of the fields of LanguageText, then a program's own.
std::vector<FlagSpec> WithTextFlags(absl::Span<const FlagSpec> own);
// Names of flags that are paths, for SettingsRules::paths.
std::vector<std::string> TextPaths();

// InvalidArgument, naming the flag: unknown tokens, a vocabulary for nothing.
absl::Status CheckText(const LanguageText& text);

struct LanguageData {
  std::unique_ptr<TextCodec> codec;
  std::vector<int32_t> train, evaluation;  // more than seq_len ids each
};

// The built-in sample where no text is given; by `codec` if it is given, else by one made for the
// text: a vocabulary of WordPiece, where none is given, from the part to train on. Errors name flag
// and file; INVALID_ARGUMENT where a part is too short for one sequence.
absl::StatusOr<LanguageData> ReadLanguageData(const LanguageText& text,
                                              std::unique_ptr<TextCodec> codec = nullptr);

// Text, vocabulary or the sample, as TrainingProgram::DataFiles wants them.
std::vector<std::string> TextFiles(const LanguageText& text);

// In the run's folder, what LoadCodec reads by what the run's record says: characters.txt or
// vocab.txt; for bytes nothing. `run` gets the file's hash; FAILED_PRECONDITION, before anything is
// written or by LoadCodec, where it has another. A file that is as it should be is not written; one
// that is damaged, or missing where the record has a hash, is made again, and a line says why.
absl::Status SaveCodec(const LanguageText& text, const TextCodec& codec, const RunFolder& folder,
                       Progress& progress, Run* run);
absl::StatusOr<std::unique_ptr<TextCodec>> LoadCodec(const RunFolder& folder, const Run& run);
// Where --tokens and --lowercase are known.
absl::StatusOr<std::unique_ptr<TextCodec>> LoadCodec(const RunFolder& folder, const Run& run,
                                                     const LanguageText& text);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_LANGUAGE_LANGUAGE_DATA_H_
