// A program that is linked with this notes the largest memory that operator new was asked for.
//
//   const ScopedLargestAllocation largest;
//   ReadFile(path);
//   EXPECT_LE(largest.bytes(), file_bytes);
#ifndef HAIRPIN_TENSOR_LARGEST_ALLOCATION_H_
#define HAIRPIN_TENSOR_LARGEST_ALLOCATION_H_

#include <cstddef>

namespace hairpin {

// Of all threads since its beginning; one at a time.
class ScopedLargestAllocation {
 public:
  ScopedLargestAllocation();
  size_t bytes() const;
};

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_LARGEST_ALLOCATION_H_
