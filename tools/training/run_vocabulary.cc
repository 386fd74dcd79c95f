#include "tools/training/run_vocabulary.h"

#include "absl/strings/str_cat.h"

namespace hairpin {

absl::Status CheckVocabulary(const std::string& fingerprint, const std::string& path, Run* run) {
  if (run->vocabulary_sha256().empty()) run->set_vocabulary_sha256(fingerprint);
  if (run->vocabulary_sha256() == fingerprint) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(path, ": found tokens with SHA-256 ",
                                                    fingerprint, ", expected ",
                                                    run->vocabulary_sha256(),
                                                    " as when the run began"));
}

absl::StatusOr<Vocabulary> LoadRunVocabulary(const RunFolder& folder, const Run& run) {
  absl::StatusOr<Vocabulary> vocabulary = Vocabulary::Load(folder.vocabulary());
  if (!vocabulary.ok()) return vocabulary;
  Run record = run;
  if (absl::Status s = CheckVocabulary(vocabulary->Fingerprint(), folder.vocabulary(), &record);
      !s.ok()) {
    return s;
  }
  return vocabulary;
}

}  // namespace hairpin
