// Whether a training's files can have the places that flags give them: better known before it than
// after its steps.
#ifndef HAIRPIN_TOOLS_PROGRAM_PLACE_CHECK_H_
#define HAIRPIN_TOOLS_PROGRAM_PLACE_CHECK_H_

#include "absl/status/status.h"
#include "tools/program/training_program.h"
#include "tools/training/run.pb.h"
#include "tools/training/run_folder.h"

namespace hairpin {

// Of a new run, before data is read, which may take long: RunHold::New's error where --out_dir
// holds a run already. Nothing is made.
absl::Status CheckNewFolder(const TrainingSettings& settings, const RunFolder& folder,
                            const Run& run);

// Of resolved settings with absolute paths. INVALID_ARGUMENT where a new run would lie in a folder
// of its data, or --trace would take the place of something that the program reads, or of a part
// of the run in `folder`, whose path is empty where it gets a name of its own; else what
// AtomicFileWriter says of the trace. Errors name the flag.
absl::Status CheckPlaces(TrainingProgram& program, const RunFolder& folder, bool resumed);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PROGRAM_PLACE_CHECK_H_
