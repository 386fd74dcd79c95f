#include "tensor/tensor.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

using Doubles = std::vector<double>;

TEST(TensorTest, AViewSharesItsNumbers) {
  Tensor x = Tensor::FromValues<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  const Tensor y = x.Reshape({3, 2});
  EXPECT_TRUE(x.SharesStorageWith(y));
  EXPECT_EQ(y.shape(), Shape({3, 2}));
  x.mutable_data<float>()[0] = 7;
  EXPECT_EQ(y.ToDoubles(), Doubles({7, 2, 3, 4, 5, 6}));
  EXPECT_EQ(y.values<float>().size(), 6u);
}

TEST(TensorTest, ACloneHasItsOwn) {
  Tensor x = Tensor::FromValues<int32_t>({2}, {1, 2});
  const Tensor y = x.Clone(Purpose::kParameter);
  EXPECT_FALSE(x.SharesStorageWith(y));
  EXPECT_EQ(y.storage()->purpose(), Purpose::kParameter);
  x.mutable_data<int32_t>()[0] = 7;
  EXPECT_EQ(y.ToDoubles(), Doubles({1, 2}));
}

TEST(TensorTest, CastRoundsToNearest) {
  const Tensor x = Tensor::FromValues<double>({3}, {0.1, 1 + 0x1p-25, -2});
  const Tensor y = x.Cast(DType::kFloat32);
  EXPECT_EQ(y.ToDoubles(), Doubles({0.1f, 1, -2}));
  EXPECT_EQ(y.Cast(DType::kFloat64).ToDoubles(), y.ToDoubles());
}

TEST(TensorTest, ScalarsAndNulls) {
  EXPECT_EQ(Tensor::Scalar(2.5).item(), 2.5);
  EXPECT_EQ(Tensor::Scalar<int32_t>(-3).item(), -3);
  EXPECT_FALSE(static_cast<bool>(Tensor()));
  EXPECT_TRUE(static_cast<bool>(Tensor::Scalar(2.5)));
}

TEST(TensorTest, AnEmptyTensorIsNoNull) {
  const Tensor empty = Tensor::Zeros({DType::kFloat32, {0, 4}});
  EXPECT_TRUE(static_cast<bool>(empty));
  EXPECT_EQ(empty.ToDoubles(), Doubles());
  EXPECT_EQ(empty.Clone().num_elements(), 0);
}

// What a saved value is checked by: each change that a user makes counts, what
// kernels write to their destinations does not.
TEST(TensorTest, ChangesBumpTheVersion) {
  Tensor x = Tensor::Zeros({DType::kFloat32, {2}});
  const uint32_t start = x.storage()->version();
  x.raw<float>()[0] = 1;
  (void)x.data<float>();
  EXPECT_EQ(x.storage()->version(), start);
  x.mutable_data<float>()[0] = 2;
  EXPECT_EQ(x.storage()->version(), start + 1);
  x.SetZero();
  EXPECT_EQ(x.storage()->version(), start + 2);
  x.CopyFrom(Tensor::FromValues<float>({2}, {5, 6}));
  EXPECT_EQ(x.storage()->version(), start + 3);
  EXPECT_EQ(x.ToDoubles(), Doubles({5, 6}));
  // Through a view, too.
  Tensor view = x.Reshape({2, 1});
  view.mutable_data<float>();
  EXPECT_EQ(x.storage()->version(), start + 4);
}

TEST(TensorTest, ABoundIsAllocatedAndCounted) {
  Allocator allocator(Allocator::Kind::kCaching);
  const Tensor x =
      Tensor::Empty({DType::kFloat32, {2, 4}}, Purpose::kActivation, allocator, 64 * 4);
  EXPECT_EQ(x.num_elements(), 8);
  EXPECT_EQ(allocator.account().live(Purpose::kActivation), 64 * 4);
}

TEST(TensorTest, ADryTensorHasAShapeOnly) {
  Allocator allocator(Allocator::Kind::kDry);
  Tensor x = Tensor::Zeros({DType::kFloat64, {1 << 20, 1 << 20}}, Purpose::kParameter, allocator);
  EXPECT_TRUE(x.dry());
  EXPECT_EQ(allocator.account().live(Purpose::kParameter), int64_t{8} << 40);
  EXPECT_TRUE(x.Clone().dry());
  EXPECT_TRUE(x.Cast(DType::kFloat32).dry());
  EXPECT_EQ(x.Reshape({1 << 10, 1 << 30}).shape()[1], 1 << 30);
}

TEST(TensorDeathTest, SaysWhatIsWrong) {
  Allocator allocator(Allocator::Kind::kDry);
  const Tensor dry = Tensor::Empty({DType::kFloat32, {2}}, Purpose::kActivation, allocator);
  EXPECT_DEATH(dry.data<float>(), "a dry tensor of shape \\[2\\] has no elements");
  const Tensor x = Tensor::FromValues<float>({2}, {1, 2});
  EXPECT_DEATH(x.data<double>(), "found dtype float32, asked for float64");
  EXPECT_DEATH(Tensor().data<float>(), "null tensor has no elements");
  // 2^61 elements of 8 bytes would wrap round to 0 bytes.
  EXPECT_DEATH(Tensor::Empty({DType::kFloat64, {int64_t{1} << 61}}, Purpose::kActivation,
                             allocator),
               "the bytes of float64.* don't fit 64 bits");
  EXPECT_DEATH(x.item(), "shape \\[2\\] is not one element");
  EXPECT_DEATH(x.Reshape({3}), "\\[2\\] to \\[3\\], expected as many elements");
  EXPECT_DEATH(Tensor::FromValues<float>({3}, {1, 2}), "2 values for shape \\[3\\]");
  EXPECT_DEATH(x.Clone().CopyFrom(x.Reshape({2, 1})), "float32\\[2\\] from float32\\[2, 1\\]");
}

TEST(DTypeTest, DispatchesFloatingTypes) {
  EXPECT_EQ(DispatchFloating(DType::kFloat32, []<class T>() { return sizeof(T); }), 4u);
  EXPECT_EQ(DispatchFloating(DType::kFloat64, []<class T>() { return sizeof(T); }), 8u);
  EXPECT_DEATH(DispatchFloating(DType::kInt32, []<class T>() { return sizeof(T); }),
               "found dtype int32, expected float32 or float64");
}

}  // namespace
}  // namespace hairpin
