// A run's vocab.txt or characters.txt, which its record knows by a hash: other tokens under the
// same ids would be learnt, or answered with, without a word.
//
//   absl::Status status = CheckVocabulary(vocabulary.Fingerprint(), folder.vocabulary(), &run);
//   absl::StatusOr<Vocabulary> vocabulary = LoadRunVocabulary(folder, run);        // who reads one
#ifndef HAIRPIN_TOOLS_TRAINING_RUN_VOCABULARY_H_
#define HAIRPIN_TOOLS_TRAINING_RUN_VOCABULARY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "data/vocabulary.h"
#include "tools/training/run.pb.h"
#include "tools/training/run_folder.h"

namespace hairpin {

// FAILED_PRECONDITION, naming `path`, where the record has another hash than `fingerprint`; where
// it has none it gets this one.
absl::Status CheckVocabulary(const std::string& fingerprint, const std::string& path, Run* run);

// That of the folder; the same error, and those of Vocabulary::Load. Records of runs that were made
// before they kept the hash are taken as they are.
absl::StatusOr<Vocabulary> LoadRunVocabulary(const RunFolder& folder, const Run& run);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_RUN_VOCABULARY_H_
