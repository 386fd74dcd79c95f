#include "tools/sentences/recall.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "absl/status/status.h"
#include "autograd/recording.h"
#include "nn/metrics/ranking.h"
#include "ops/matmul.h"
#include "tensor/check.h"

namespace hairpin {

absl::StatusOr<double> RecallAt(int64_t k, const Tensor& queries, const Tensor& candidates,
                                const StopQuestion& stop) {
  HAIRPIN_CHECK(queries.shape().rank() == 2 && queries.shape() == candidates.shape() &&
                queries.shape()[0] >= 1)
      << "RecallAt: queries " << queries.shape() << ", candidates " << candidates.shape();
  constexpr int64_t kBlock = 256;  // queries at once, so that products take little memory
  const int64_t P = queries.shape()[0], C = queries.shape()[1];
  int64_t found = 0;
  for (int64_t begin = 0; begin < P; begin += kBlock) {
    if (absl::Status s = CheckStop(stop, "neighbours were looked for"); !s.ok()) return s;
    const int64_t n = std::min(kBlock, P - begin);
    Tensor block = Tensor::Empty({DType::kFloat32, Shape({n, C})});
    std::memcpy(block.raw_bytes(), queries.data<float>() + begin * C,
                static_cast<size_t>(block.spec().bytes()));
    Tensor own = Tensor::Empty({DType::kInt32, Shape({n})});
    std::iota(own.raw<int32_t>(), own.raw<int32_t>() + n, static_cast<int32_t>(begin));
    Recording recording({.train = false, .gradients = false});
    const Variable products = MatMul(recording.Constant(block), recording.Constant(candidates),
                                     {.transpose_b = true});
    found += CountTopK(products.value(), own, k);
  }
  return static_cast<double>(found) / static_cast<double>(P);
}

}  // namespace hairpin
