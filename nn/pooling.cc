#include "nn/pooling.h"

#include <utility>

#include "ops/add.h"
#include "ops/div.h"
#include "ops/matmul.h"
#include "ops/mul.h"
#include "ops/reshape.h"
#include "ops/sqrt.h"
#include "ops/sum.h"
#include "ops/where.h"
#include "tensor/check.h"

namespace hairpin::nn {
namespace {

// A scalar of the graph.
Variable Number(Recording& recording, DType dtype, double value) {
  Tensor number = Tensor::Empty({dtype, Shape()}, Purpose::kActivation, recording.allocator());
  if (!recording.dry()) {
    DispatchFloating(dtype, [&]<class T>() { *number.raw<T>() = static_cast<T>(value); });
  }
  return recording.Constant(std::move(number));
}

}  // namespace

Variable MeanPooling(Variable x, Variable visible) {
  const Shape shape = x.shape();
  HAIRPIN_CHECK(shape.rank() == 3 && visible.shape() == Shape({shape[0], shape[1]}))
      << "MeanPooling: x " << shape << ", visible " << visible.shape()
      << ", expected [B, T, C] and [B, T]";
  Recording& recording = x.recording();
  const DType dtype = x.spec().dtype;
  Variable weights = Where(std::move(visible), Number(recording, dtype, 1),
                           Number(recording, dtype, 0));
  Variable count = Sum(weights, {1}, /*keepdim=*/true);
  weights = Reshape(Div(std::move(weights), std::move(count)), {-1, 1, shape[1]});
  return Reshape(MatMul(std::move(weights), std::move(x)), {-1, shape[2]});
}

Variable UnitLength(Variable x) {
  const int64_t last = x.shape().rank() - 1;
  Variable squares = Sum(Mul(x, x), {last}, /*keepdim=*/true);
  Variable epsilon = Number(x.recording(), x.spec().dtype, 1e-12);
  return Div(std::move(x), Sqrt(Add(std::move(squares), std::move(epsilon))));
}

}  // namespace hairpin::nn
