// IDX files, in which MNIST comes: images or labels as bytes.
//
//   absl::StatusOr<Dataset> digits = ReadIdxImages("t10k-images-idx3-ubyte.gz",
//                                                  "t10k-labels-idx1-ubyte.gz");
//   digits->record_shape();                          // [1, 28, 28], each pixel in [0, 1]
//   digits->classes()[0];                            // 7
//
// A file is two zero bytes, the type of elements (8: unsigned byte, the only one that is read
// here), the number of axes, the size of each axis as a big-endian uint32, the elements. It may be
// packed by gzip. Source: LeCun, Cortes, Burges, "The MNIST database", its description of the
// format.
//
// Errors say file, place, what was found and what was expected: INVALID_ARGUMENT where it is no
// such file, DATA_LOSS where it is shorter or longer than its header says, RESOURCE_EXHAUSTED where
// the header claims more than the file can hold. Memory grows with the bytes that are there and
// never with those that a header promises.
#ifndef HAIRPIN_DATA_IMAGE_IDX_H_
#define HAIRPIN_DATA_IMAGE_IDX_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "data/dataset.h"
#include "tensor/stop_question.h"

namespace hairpin {

struct IdxArray {
  std::vector<int64_t> sizes;  // of each axis, at least 1
  std::vector<uint8_t> bytes;  // row-major
};

// `axes` is how many the file must have. CANCELLED where `stop`, asked before each MiB or less of
// the file is read, says so.
absl::StatusOr<IdxArray> ReadIdx(const std::string& path, int axes, StopQuestion stop = nullptr);

// Images [N, H, W] as records [1, H, W] and labels [N] as classes named "0", "1", ... up to the
// largest label. Errors begin with which of the two is wrong: "images: " or "labels: ".
absl::StatusOr<Dataset> ReadIdxImages(const std::string& images_path,
                                      const std::string& labels_path, StopQuestion stop = nullptr);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_IMAGE_IDX_H_
