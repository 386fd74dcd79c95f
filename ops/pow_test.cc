#include "ops/pow.h"

#include <cstdint>
#include <utility>

#include <gtest/gtest.h>

#include "autograd/recording.h"

namespace hairpin {
namespace {

// FLOP an element: forward, backward.
std::pair<int64_t, int64_t> Flops(double exponent) {
  constexpr int64_t kElements = 10;
  Recording recording;
  Pow(recording.Input(Tensor::Zeros({DType::kFloat32, {kElements}})), exponent);
  const Cost cost = recording.node(0).cost;
  return {cost.forward_flops / kElements, cost.backward_flops / kElements};
}

using Pair = std::pair<int64_t, int64_t>;

// Products and roots cost what they are, another exponent an exp and a log.
TEST(PowTest, CostsWhatItsExponentTakes) {
  EXPECT_EQ(Flops(3), Pair(3, 4));      // x^2 in backward
  EXPECT_EQ(Flops(0), Pair(1, 1));      // ones, and zeros
  EXPECT_EQ(Flops(0.5), Pair(1, 4));    // sqrt(x); 1 / sqrt(x)
  EXPECT_EQ(Flops(-1.5), Pair(3, 6));   // 1 / (x sqrt(x)); 1 / (x^2 sqrt(x))
  EXPECT_EQ(Flops(0.3), Pair(28, 30));
  EXPECT_EQ(Flops(5), Pair(28, 6));     // x^4 is by products
}

}  // namespace
}  // namespace hairpin
