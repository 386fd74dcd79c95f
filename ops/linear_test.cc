#include "ops/linear.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

// Of x [2, rows, in] and W [out, in], of shapes alone.
Cost CostOf(int64_t rows, int64_t in, int64_t out, bool with_bias) {
  Allocator dry(Allocator::Kind::kDry);
  Recording recording({.allocator = &dry});
  const auto constant = [&](const Shape& shape) {
    return recording.Constant(
        Tensor::Empty({DType::kFloat32, shape}, Purpose::kActivation, dry));
  };
  Linear(constant({2, rows, in}), constant({out, in}), with_bias ? constant({out}) : Variable());
  return recording.node(0).cost;
}

TEST(Linear, CostsTwoForEachMultiplyAddAndOneForEachBias) {
  constexpr int64_t kOutputs = 2 * 3 * 11, kProduct = 2 * kOutputs * 5;
  const Cost plain = CostOf(3, 5, 11, false), with_bias = CostOf(3, 5, 11, true);
  EXPECT_EQ(plain.forward_flops, kProduct);
  EXPECT_EQ(plain.backward_flops, 2 * kProduct);
  EXPECT_EQ(with_bias.forward_flops, kProduct + kOutputs);
  EXPECT_EQ(with_bias.backward_flops, 2 * kProduct + kOutputs);
}

TEST(Linear, AnAbsurdCostIsTheLargestNumber) {
  constexpr int64_t kLarge = int64_t{1} << 24;
  const Cost cost = CostOf(kLarge, kLarge, kLarge, true);
  EXPECT_EQ(cost.forward_flops, INT64_MAX);
  EXPECT_EQ(cost.backward_flops, INT64_MAX);
}

}  // namespace
}  // namespace hairpin
