#include "autograd/parameter.h"

#include "gtest/gtest.h"
#include "tensor/dtype.h"
#include "tensor/storage.h"
#include "tensor/tensor.h"

namespace hairpin {
namespace {

TEST(ParameterTest, GradientComesAtFirstUseAndItsMemoryStays) {
  Allocator allocator(Allocator::Kind::kCaching);
  Parameter parameter(
      "layer.weight",
      Tensor::Zeros({DType::kFloat32, {3, 5}}, Purpose::kParameter, allocator));
  EXPECT_EQ(parameter.name(), "layer.weight");
  EXPECT_EQ(parameter.spec(), (TensorSpec{DType::kFloat32, {3, 5}}));
  EXPECT_TRUE(parameter.requires_gradient());
  EXPECT_FALSE(parameter.has_gradient());
  EXPECT_EQ(allocator.account().live(Purpose::kGradient), 0);

  const float* const memory = parameter.GradientMemory().data<float>();
  EXPECT_EQ(parameter.GradientMemory().spec(), parameter.spec());
  EXPECT_EQ(allocator.account().live(Purpose::kGradient),
            allocator.account().live(Purpose::kParameter));
  EXPECT_FALSE(parameter.has_gradient()) << "memory is no gradient yet";
  parameter.MarkGradient();
  EXPECT_TRUE(parameter.has_gradient());
  EXPECT_EQ(parameter.gradient().data<float>(), memory);
  parameter.mutable_gradient().mutable_data<float>()[14] = 2;
  EXPECT_EQ(parameter.gradient().ToDoubles()[14], 2);

  parameter.ClearGradient();
  EXPECT_FALSE(parameter.has_gradient());
  EXPECT_EQ(parameter.GradientMemory().data<float>(), memory);
}

TEST(ParameterTest, CanBeFrozen) {
  Parameter parameter("bias", Tensor::Zeros({DType::kFloat64, {2}}));
  parameter.set_requires_gradient(false);
  EXPECT_FALSE(parameter.requires_gradient());
}

TEST(ParameterDeathTest, AGradientThatIsNotThere) {
  Parameter parameter("bias", Tensor::Zeros({DType::kFloat64, {2}}));
  EXPECT_DEATH(parameter.gradient(), "Parameter bias: no backward has reached it");
  parameter.GradientMemory();
  EXPECT_DEATH(parameter.mutable_gradient(), "Parameter bias: no backward has reached it");
  parameter.MarkGradient();
  parameter.ClearGradient();
  EXPECT_DEATH(parameter.gradient(), "Parameter bias: no backward has reached it");
}

}  // namespace
}  // namespace hairpin
