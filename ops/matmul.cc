#include "ops/matmul.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ops/kernels/matmul.h"
#include "tensor/saturate.h"

namespace hairpin {
namespace {

enum Operand { kA = 0, kB = 1, kY = 2 };

// A leading axis of y: its size, and the elements between neighbours in a, b and y, 0 in one that
// is broadcast.
struct Axis {
  int64_t size;
  int64_t stride[3];
};

// y = op(a) op(b) as products of matrices [m, k] [k, n], one for each index of the axes.
struct Batch {
  int64_t m, k, n;
  int num_axes = 0;
  Axis axes[Shape::kMaxRank];
};

// The product that makes `result` of the other two, each where it lies.
struct Product {
  kernels::MatMulShape shape;
  Operand left, right, result;
};

Shape Leading(const Shape& shape) {
  return Shape(shape.sizes().subspan(0, static_cast<size_t>(shape.rank() - 2)));
}

// Size of leading axis i, of `rank` aligned at the last.
int64_t SizeAt(const Shape& leading, int i, int rank) {
  const int axis = i - (rank - leading.rank());
  return axis < 0 ? 1 : leading[axis];
}

class MatMulOp final : public Op {
 public:
  explicit MatMulOp(const MatMulOptions& options) : options_(options) {}
  const char* name() const override { return "matmul"; }

  OutputSpecs InferOutputs(Specs inputs) const override {
    HAIRPIN_CHECK(inputs.size() == 2) << "matmul: " << inputs.size() << " inputs, expected 2";
    const TensorSpec &a = inputs[0], &b = inputs[1];
    HAIRPIN_CHECK(a.dtype == b.dtype && IsFloating(a.dtype))
        << "matmul: dtypes " << a.dtype << " and " << b.dtype << ", expected one floating dtype";
    HAIRPIN_CHECK(a.shape.rank() >= 2 && b.shape.rank() >= 2)
        << "matmul: shapes " << a.shape << " and " << b.shape << ", expected two axes or more";
    const bool ta = options_.transpose_a, tb = options_.transpose_b;
    HAIRPIN_CHECK(a.shape[ta ? -2 : -1] == b.shape[tb ? -1 : -2])
        << "matmul: shapes " << a.shape << (ta ? " transposed" : "") << " and " << b.shape
        << (tb ? " transposed" : "") << ": a's columns must be as many as b's rows";
    const std::optional<Shape> leading = BroadcastShapes(Leading(a.shape), Leading(b.shape));
    HAIRPIN_CHECK(leading.has_value()) << "matmul: leading axes of shapes " << a.shape << " and "
                                       << b.shape << " don't broadcast";
    int64_t sizes[Shape::kMaxRank];
    int rank = 0;
    for (const int64_t size : leading->sizes()) sizes[rank++] = size;
    sizes[rank++] = a.shape[ta ? -1 : -2];
    sizes[rank++] = b.shape[tb ? -2 : -1];
    return {{a.dtype, Shape(absl::MakeConstSpan(sizes, rank))}};
  }

  void Forward(const ForwardArgs& args) const override {
    const Batch batch = MakeBatch(args.input(0).shape(), args.input(1).shape());
    DispatchFloating(args.input(0).dtype(), [&]<class T>() {
      T* const pointers[3] = {args.input(0).raw<T>(), args.input(1).raw<T>(),
                              args.output(0).raw<T>()};
      Run(batch, ProductFor(batch, kY), pointers, false, args.output(0).num_elements(),
          args.workspace());
    });
  }

  // a and b are gone as soon as the other's gradient is made.
  Stages stages() const override {
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b01, .inputs = 0b10, .accumulates = 0b01},
        {.gradients = 0b10, .inputs = 0b01, .accumulates = 0b10}};
    return kStages;
  }

  // da = dy op(b)^T and db = op(a)^T dy, or their transposes.
  void Backward(int stage, const BackwardArgs& args) const override {
    const Operand result = stage == 0 ? kA : kB;
    const int other = 1 - stage;
    const Batch batch = MakeBatch(args.input_spec(0).shape, args.input_spec(1).shape);
    DispatchFloating(args.input_spec(0).dtype, [&]<class T>() {
      T* pointers[3] = {};
      pointers[kY] = args.upstream().raw<T>();
      pointers[other] = args.input(other).raw<T>();
      pointers[result] = args.gradient(stage).raw<T>();
      Run(batch, ProductFor(batch, result), pointers, args.accumulate(stage),
          args.gradient(stage).num_elements(), args.workspace());
    });
  }

  int64_t ForwardWorkspaceBytes(Specs inputs) const override { return WorkspaceBytes(inputs, kY); }
  int64_t BackwardWorkspaceBytes(int stage, Specs inputs) const override {
    return WorkspaceBytes(inputs, stage == 0 ? kA : kB);
  }

  Cost cost(Specs inputs) const override {
    const Int128 y = InferOutputs(inputs).specs[0].shape.num_elements();
    const Int128 flops = 2 * y * inputs[0].shape[options_.transpose_a ? -2 : -1];
    return {.forward_flops = Saturate(flops), .backward_flops = Saturate(2 * flops),
            .cheap = false};
  }

  void WriteAttributes(Attributes* attributes) const override {
    SetBool(attributes, "transpose_a", options_.transpose_a);
    SetBool(attributes, "transpose_b", options_.transpose_b);
  }

 private:
  Batch MakeBatch(const Shape& a, const Shape& b) const {
    Batch batch;
    batch.m = a[options_.transpose_a ? -1 : -2];
    batch.k = a[options_.transpose_a ? -2 : -1];
    batch.n = b[options_.transpose_b ? -2 : -1];
    const Shape la = Leading(a), lb = Leading(b), ly = *BroadcastShapes(la, lb);
    int64_t stride[3] = {batch.m * batch.k, batch.k * batch.n, batch.m * batch.n};
    // From the last axis; merged with the one before (`inner`) where that changes no address.
    for (int i = ly.rank() - 1; i >= 0; --i) {
      const int64_t sizes[3] = {SizeAt(la, i, ly.rank()), SizeAt(lb, i, ly.rank()), ly[i]};
      Axis axis = {.size = ly[i], .stride = {}};
      for (int o = 0; o < 3; ++o) {
        axis.stride[o] = sizes[o] == 1 ? 0 : stride[o];
        stride[o] *= sizes[o];
      }
      if (axis.size == 1) continue;
      Axis* const inner = batch.num_axes > 0 ? &batch.axes[batch.num_axes - 1] : nullptr;
      bool merges = inner != nullptr;
      for (int o = 0; merges && o < 3; ++o) {
        merges = axis.stride[o] == inner->size * inner->stride[o];
      }
      if (merges) {
        inner->size *= axis.size;
      } else {
        batch.axes[batch.num_axes++] = axis;
      }
    }
    // One b for all of a's rows is one product with more rows.
    if (batch.num_axes == 1 && batch.axes[0].stride[kB] == 0 && !options_.transpose_a) {
      batch.m *= batch.axes[0].size;
      batch.num_axes = 0;
    }
    return batch;
  }

  Product ProductFor(const Batch& batch, Operand result) const {
    const bool ta = options_.transpose_a, tb = options_.transpose_b;
    const int64_t m = batch.m, k = batch.k, n = batch.n;
    Product p = {};
    p.result = result;
    if (result == kY) {
      p.left = kA, p.right = kB;
      p.shape = {.m = m, .k = k, .n = n, .transpose_a = ta, .transpose_b = tb};
    } else if (result == kA && !ta) {  // da [m, k] = dy op(b)^T
      p.left = kY, p.right = kB;
      p.shape = {.m = m, .k = n, .n = k, .transpose_b = !tb};
    } else if (result == kA) {  // da [k, m] = op(b) dy^T
      p.left = kB, p.right = kY;
      p.shape = {.m = k, .k = n, .n = m, .transpose_a = tb, .transpose_b = true};
    } else if (!tb) {  // db [k, n] = op(a)^T dy
      p.left = kA, p.right = kY;
      p.shape = {.m = k, .k = m, .n = n, .transpose_a = !ta};
    } else {  // db [n, k] = dy^T op(a)
      p.left = kY, p.right = kA;
      p.shape = {.m = n, .k = m, .n = k, .transpose_a = true, .transpose_b = ta};
    }
    // The kernel's own batch: the two innermost axes along which the result advances.
    int found = 0;
    for (int i = 0; i < batch.num_axes && found < 2; ++i) {
      const Axis& axis = batch.axes[i];
      if (axis.stride[result] == 0) continue;
      (found == 0 ? p.shape.inner_batch : p.shape.outer_batch) = axis.size;
      (found == 0 ? p.shape.a_inner : p.shape.a_outer) = axis.stride[p.left];
      (found == 0 ? p.shape.b_inner : p.shape.b_outer) = axis.stride[p.right];
      (found == 0 ? p.shape.c_inner : p.shape.c_outer) = axis.stride[result];
      ++found;
    }
    return p;
  }

  // The products along the other axes, one after another: those of one place in the result (where
  // it was broadcast) add up in ascending order.
  template <class T>
  static void Run(const Batch& batch, Product product, T* const pointers[3], bool accumulate,
                  int64_t result_elements, void* workspace) {
    Axis loops[Shape::kMaxRank];
    int num_loops = 0, in_kernel = 0;
    int64_t products = 1;
    for (int i = 0; i < batch.num_axes; ++i) {
      products *= batch.axes[i].size;
      if (batch.axes[i].stride[product.result] != 0 && in_kernel < 2) {
        ++in_kernel;
      } else {
        loops[num_loops++] = batch.axes[i];
      }
    }
    if (products == 0) {
      if (!accumulate) std::fill_n(pointers[product.result], result_elements, T(0));
      return;
    }
    int64_t index[Shape::kMaxRank] = {};
    for (;;) {
      int64_t offset[3] = {};
      bool again = false;  // this place in the result has had a product
      for (int i = 0; i < num_loops; ++i) {
        for (int o = 0; o < 3; ++o) offset[o] += index[i] * loops[i].stride[o];
        again |= loops[i].stride[product.result] == 0 && index[i] > 0;
      }
      product.shape.accumulate = accumulate || again;
      const T* const no_bias = nullptr;
      kernels::MatMul(product.shape, pointers[product.left] + offset[product.left],
                      pointers[product.right] + offset[product.right], no_bias,
                      pointers[product.result] + offset[product.result], workspace);
      int i = 0;
      while (i < num_loops && ++index[i] == loops[i].size) index[i++] = 0;
      if (i == num_loops) return;
    }
  }

  int64_t WorkspaceBytes(Specs inputs, Operand result) const {
    const Batch batch = MakeBatch(inputs[0].shape, inputs[1].shape);
    return kernels::MatMulWorkspaceBytes(ProductFor(batch, result).shape, SizeOf(inputs[0].dtype));
  }

  MatMulOptions options_;
};

}  // namespace

Variable MatMul(Variable a, Variable b, const MatMulOptions& options) {
  Recording& recording = a.recording();
  return recording.Apply(recording.New<MatMulOp>(options), std::move(a), std::move(b));
}

OpDefinition MatmulDefinition() {
  OpDefinition definition;
  definition.name = "matmul";
  definition.formula = "y = op(a) op(b), op(x) = x or its last two axes swapped";
  definition.inputs = {"a", "b"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    return std::vector<Variable>{
        MatMul(x[0], x[1], {.transpose_a = GetBool(attributes, "transpose_a", false),
                            .transpose_b = GetBool(attributes, "transpose_b", false)})};
  };
  struct Sizes {
    std::vector<int64_t> a, b;
  };
  const Sizes kLeading[] = {{{}, {}},        {{2, 3}, {2, 3}},       {{3}, {}},
                            {{}, {3}},       {{2, 1}, {3}},          {{2, 1, 2}, {1, 3, 1}},
                            {{1, 2}, {2, 1}}, {{2, 1, 2, 1}, {2, 1, 2}}};
  for (const Sizes& leading : kLeading) {
    for (int transposes = 0; transposes < 4; ++transposes) {
      const bool ta = transposes % 2 == 1, tb = transposes >= 2;
      std::vector<int64_t> a = leading.a, b = leading.b;
      a.insert(a.end(), {ta ? 3 : 2, ta ? 2 : 3});
      b.insert(b.end(), {tb ? 4 : 3, tb ? 3 : 4});
      OpSample sample;
      const Shape a_shape((absl::MakeConstSpan(a))), b_shape((absl::MakeConstSpan(b)));
      sample.name = absl::StrCat("shapes", a_shape.ToString(), b_shape.ToString(), ta ? "ta" : "",
                                 tb ? "tb" : "");
      SetBool(&sample.attributes, "transpose_a", ta);
      SetBool(&sample.attributes, "transpose_b", tb);
      sample.inputs = {SampleUniform(a_shape, -2, 2, 1), SampleUniform(b_shape, -2, 2, 2)};
      definition.samples.push_back(std::move(sample));
    }
  }
  return definition;
}

}  // namespace hairpin
