#include "tools/analysis/operation_bytes.h"

#include "autograd/recording.h"
#include "gtest/gtest.h"
#include "ops/add.h"
#include "ops/embedding.h"
#include "ops/exp.h"
#include "ops/mul.h"
#include "ops/reshape.h"

namespace hairpin {
namespace {

constexpr int64_t kFloat = 4;

Tensor Zeros(const Shape& shape) { return Tensor::Zeros({DType::kFloat32, shape}); }

NodeView Last(const Recording& recording) { return recording.node(recording.num_nodes() - 1); }

TEST(OperationBytes, EachValueOnce) {
  Recording recording;
  const Variable x = recording.Input(Zeros({5, 7}));
  const Variable y = Exp(x);
  // Reads x, writes y; backward reads y and dy, writes dx.
  EXPECT_EQ(ForwardBytes(Last(recording)), 2 * 35 * kFloat);
  EXPECT_EQ(BackwardBytes(Last(recording)), 3 * 35 * kFloat);
}

TEST(OperationBytes, StagesThatNobodyNeedsMoveNothing) {
  Recording recording;
  const Variable x = recording.Input(Zeros({5, 7}));
  const Variable scale = recording.Constant(Zeros({7}));
  const Variable y = Mul(x, scale);
  EXPECT_EQ(ForwardBytes(Last(recording)), (35 + 7 + 35) * kFloat);
  EXPECT_EQ(BackwardBytes(Last(recording)), (7 + 35 + 35) * kFloat);  // scale, dy, dx
}

TEST(OperationBytes, WhatIsHandedOnAndViewsMoveNothing) {
  Recording recording;
  const Variable x = recording.Input(Zeros({5, 7}));
  const Variable y = Add(x, x);
  EXPECT_EQ(ForwardBytes(Last(recording)), 3 * 35 * kFloat);
  EXPECT_EQ(BackwardBytes(Last(recording)), 0);
  const Variable z = Reshape(y, {35});
  EXPECT_EQ(ForwardBytes(Last(recording)), 0);
  EXPECT_EQ(BackwardBytes(Last(recording)), 0);
}

TEST(OperationBytes, OfATableTheRowsChosen) {
  Parameter table("table", Zeros({1000, 8}));
  Recording recording;
  const Tensor ids = Tensor::Zeros({DType::kInt32, {6}});
  const Variable rows = Embedding(recording.Constant(ids), recording.Use(table));
  const int64_t chosen = 6 * 8 * kFloat, ids_bytes = 6 * 4;
  EXPECT_EQ(ForwardBytes(Last(recording)), ids_bytes + 2 * chosen);
  EXPECT_EQ(BackwardBytes(Last(recording)), ids_bytes + 2 * chosen);
}

TEST(OperationBytes, AGradientInsideTheGraphIsWrittenWhole) {
  Recording recording;
  const Variable table = recording.Input(Zeros({1000, 8}));
  const Tensor ids = Tensor::Zeros({DType::kInt32, {6}});
  const Variable rows = Embedding(recording.Constant(ids), table);
  EXPECT_EQ(BackwardBytes(Last(recording)), 6 * 4 + 6 * 8 * kFloat + 1000 * 8 * kFloat);
}

TEST(OperationBytes, SizesThatDependOnTheDataAreAtTheirBounds) {
  Recording recording;
  const Variable x = recording.Constant(Zeros({3, 7}), {5, 7});
  const Variable y = Exp(x);
  EXPECT_EQ(ForwardBytes(Last(recording)), 2 * 35 * kFloat);
  EXPECT_EQ(BackwardBytes(Last(recording)), 0);
}

}  // namespace
}  // namespace hairpin
