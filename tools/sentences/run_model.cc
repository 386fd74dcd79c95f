#include "tools/sentences/run_model.h"

#include "absl/status/status.h"
#include "tools/training/newest_checkpoint.h"
#include "tools/training/run_folder.h"
#include "tools/training/run_vocabulary.h"

namespace hairpin {

absl::StatusOr<TrainedRun> OpenTrainedRun(const std::string& program, const std::string& run,
                                          const std::string& checkpoint) {
  if (run.empty()) {
    return absl::InvalidArgumentError("--run: found none, expected a run folder");
  }
  const RunFolder folder(UserPath(run));
  if (absl::Status s = folder.RequireRun(); !s.ok()) return ForFlag("--run", s);
  absl::StatusOr<Run> record = folder.ReadRun();
  if (!record.ok()) return ForFlag("--run", record.status());
  if (absl::Status s = folder.RequireProgram(*record, program); !s.ok()) return s;
  absl::StatusOr<Vocabulary> vocabulary = LoadRunVocabulary(folder, *record);
  if (!vocabulary.ok()) return ForFlag("--run", vocabulary.status());
  TrainedRun trained = {.run = *std::move(record),
                        .vocabulary = std::make_unique<Vocabulary>(*std::move(vocabulary))};
  for (const RunFlag& flag : trained.run.flags()) {
    if (flag.name() == "lowercase") trained.lowercase = flag.value() == "true";
  }
  absl::StatusOr<std::string> path = checkpoint.empty()
                                         ? NewestCheckpoint(folder)
                                         : absl::StatusOr<std::string>(UserPath(checkpoint));
  if (!path.ok()) return path.status();
  trained.checkpoint = *std::move(path);
  return trained;
}

}  // namespace hairpin
