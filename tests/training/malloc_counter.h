// A program that is linked with this counts what it takes from the system: malloc
// and its relatives are replaced by ones that count.
//
//   const int64_t before = NumAllocations();
//   Step();
//   EXPECT_EQ(NumAllocations() - before, 0);
//
// Not together with a sanitizer, which replaces them, too.
#ifndef HAIRPIN_TESTS_TRAINING_MALLOC_COUNTER_H_
#define HAIRPIN_TESTS_TRAINING_MALLOC_COUNTER_H_

#include <cstdint>

namespace hairpin {

// Calls so far, of all threads.
int64_t NumAllocations();

}  // namespace hairpin

#endif  // HAIRPIN_TESTS_TRAINING_MALLOC_COUNTER_H_
