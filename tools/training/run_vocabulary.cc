#include "tools/training/run_vocabulary.h"

#include "absl/strings/str_cat.h"

namespace hairpin {

absl::Status CheckVocabulary(const Vocabulary& vocabulary, const std::string& path, Run* run) {
  const std::string found = vocabulary.Fingerprint();
  if (run->vocabulary_sha256().empty()) run->set_vocabulary_sha256(found);
  if (run->vocabulary_sha256() == found) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(path, ": found tokens with SHA-256 ", found, ", expected ",
                   run->vocabulary_sha256(),
                   " as when the run began; where there is no such file it is made again"));
}

absl::StatusOr<Vocabulary> LoadRunVocabulary(const RunFolder& folder, const Run& run) {
  absl::StatusOr<Vocabulary> vocabulary = Vocabulary::Load(folder.vocabulary());
  if (!vocabulary.ok()) return vocabulary;
  Run record = run;
  if (absl::Status s = CheckVocabulary(*vocabulary, folder.vocabulary(), &record); !s.ok()) {
    return s;
  }
  return vocabulary;
}

}  // namespace hairpin
