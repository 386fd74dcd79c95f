#include "ops/matmul.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

// Of one product, of shapes alone.
Cost CostOf(const Shape& a, const Shape& b, const MatMulOptions& options = {}) {
  Allocator dry(Allocator::Kind::kDry);
  Recording recording({.allocator = &dry});
  const auto constant = [&](const Shape& shape) {
    return recording.Constant(
        Tensor::Empty({DType::kFloat32, shape}, Purpose::kActivation, dry));
  };
  MatMul(constant(a), constant(b), options);
  return recording.node(0).cost;
}

TEST(MatMul, CostsTwoForEachMultiplyAdd) {
  constexpr int64_t kForward = 2 * 7 * 3 * 5 * 11;
  for (const Cost& cost :
       {CostOf({7, 3, 5}, {5, 11}), CostOf({7, 5, 3}, {5, 11}, {.transpose_a = true}),
        CostOf({7, 3, 5}, {11, 5}, {.transpose_b = true}), CostOf({3, 5}, {7, 5, 11})}) {
    EXPECT_EQ(cost.forward_flops, kForward);
    EXPECT_EQ(cost.backward_flops, 2 * kForward);
    EXPECT_FALSE(cost.cheap);
  }
}

TEST(MatMul, AnAbsurdCostIsTheLargestNumber) {
  constexpr int64_t kLarge = int64_t{1} << 24;
  const Cost cost = CostOf({kLarge, kLarge}, {kLarge, kLarge});
  EXPECT_EQ(cost.forward_flops, INT64_MAX);
  EXPECT_EQ(cost.backward_flops, INT64_MAX);
}

}  // namespace
}  // namespace hairpin
