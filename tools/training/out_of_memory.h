// A program that the system gives no more memory: one line that says so instead of an abort.
//
//   EndWithoutMemory("train_gpt");  // first of all
//
// What a training takes is predicted and refused before (tools/training/training_memory.h); this is
// for what no prediction counts, from a vocabulary's words to what fragments.
#ifndef HAIRPIN_TOOLS_TRAINING_OUT_OF_MEMORY_H_
#define HAIRPIN_TOOLS_TRAINING_OUT_OF_MEMORY_H_

namespace hairpin {

// From now on a `new` or a tensor that gets no memory ends the process with exit code 1 and
// "<program>: memory: found no more of it, expected more than the N bytes ...", on any thread. To
// files it is as a kill: what was saved stays, and a run resumes.
void EndWithoutMemory(const char* program);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_TRAINING_OUT_OF_MEMORY_H_
