#include "ops/scaled_dot_product_attention.h"

#include <vector>

#include "ops/kernels/attention.h"
#include "ops/reshape.h"
#include "tensor/saturate.h"

namespace hairpin {
namespace {

constexpr int kQ = 0, kK = 1, kV = 2;

class AttentionOp final : public Op {
 public:
  // Inputs: q, k, v, then visible if there is one, then rows if there are.
  AttentionOp(const AttentionOptions& options, bool has_visible, bool has_rows, PhiloxKey key)
      : options_(options),
        visible_(has_visible ? 3 : -1),
        rows_(has_rows ? 3 + has_visible : -1),
        key_(key) {}
  const char* name() const override { return "scaled_dot_product_attention"; }

  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec &q = inputs[kQ], &k = inputs[kK], &v = inputs[kV];
    HAIRPIN_CHECK(IsFloating(q.dtype) && q.dtype == k.dtype && q.dtype == v.dtype)
        << name() << ": dtypes " << q.dtype << ", " << k.dtype << ", " << v.dtype
        << ", expected one floating dtype";
    HAIRPIN_CHECK(k.shape.rank() == 3 && k.shape == v.shape)
        << name() << ": k of shape " << k.shape << " and v of shape " << v.shape
        << ", expected both [B, T, C]";
    const int64_t B = k.shape[0], T = k.shape[1], C = k.shape[2];
    HAIRPIN_CHECK(T >= 1) << name() << ": k of shape " << k.shape << ", expected a key or more";
    HAIRPIN_CHECK(options_.heads >= 1 && C % options_.heads == 0)
        << name() << ": " << options_.heads << " heads and k of shape " << k.shape
        << ", expected heads to divide C";
    HAIRPIN_CHECK(options_.dropout >= 0 && options_.dropout < 1)
        << name() << ": dropout " << options_.dropout << ", expected 0 or more and below 1";
    if (visible_ >= 0) {
      HAIRPIN_CHECK(inputs[visible_] == TensorSpec({DType::kInt32, Shape({B, T})}))
          << name() << ": visible of " << inputs[visible_].dtype << inputs[visible_].shape
          << " and k of shape " << k.shape << ", expected int32 [B, T]";
    }
    if (rows_ >= 0) {
      const TensorSpec& rows = inputs[rows_];
      HAIRPIN_CHECK(rows.dtype == DType::kInt32 && rows.shape.rank() == 1 &&
                    q.shape == Shape({rows.shape[0], C}))
          << name() << ": q of shape " << q.shape << ", k of shape " << k.shape << ", rows of "
          << rows.dtype << rows.shape << ", expected int32 [R] and q [R, C]";
    } else {
      HAIRPIN_CHECK(q.shape.rank() == 3 && q.shape[0] == B && q.shape[2] == C)
          << name() << ": q of shape " << q.shape << " and k of shape " << k.shape
          << ", expected [B, Tq, C] and [B, T, C]";
      HAIRPIN_CHECK(!options_.causal || q.shape[1] <= T)
          << name() << ": q of shape " << q.shape << " and k of shape " << k.shape
          << ", expected at most T queries of causal attention";
    }
    return {q};
  }

  void Forward(const ForwardArgs& args) const override {
    DispatchFloating(args.input(kQ).dtype(), [&]<class T>() {
      kernels::AttentionForward<T>(KernelShape(args.input(kQ).shape(), args.input(kK).shape()),
                                   KernelInputs<T>(args), args.output(0).raw<T>(),
                                   args.workspace());
    });
  }

  Stages stages() const override {
    // All three at once: they share the probabilities, which are made again.
    static constexpr BackwardStage kStages[] = {
        {.gradients = 0b111, .inputs = 0b11111, .accumulates = 0b111}};
    static constexpr BackwardStage kOneMore[] = {
        {.gradients = 0b111, .inputs = 0b1111, .accumulates = 0b111}};
    static constexpr BackwardStage kNoMore[] = {
        {.gradients = 0b111, .inputs = 0b111, .accumulates = 0b111}};
    const int more = (visible_ >= 0) + (rows_ >= 0);
    return more == 2 ? Stages(kStages) : more == 1 ? Stages(kOneMore) : Stages(kNoMore);
  }

  void Backward(int stage, const BackwardArgs& args) const override {
    DispatchFloating(args.upstream().dtype(), [&]<class T>() {
      const auto destination = [&](int i) {
        return args.needs(i) ? args.gradient(i).raw<T>() : nullptr;
      };
      kernels::AttentionBackward<T>(
          KernelShape(args.input_spec(kQ).shape, args.input_spec(kK).shape),
          KernelInputs<T>(args), args.upstream().data<T>(),
          {.q = destination(kQ), .k = destination(kK), .v = destination(kV),
           .accumulate_q = args.accumulate(kQ), .accumulate_k = args.accumulate(kK),
           .accumulate_v = args.accumulate(kV)},
          args.workspace());
    });
  }

  int64_t ForwardWorkspaceBytes(Specs inputs) const override {
    return kernels::AttentionForwardWorkspaceBytes(KernelShape(inputs[kQ].shape, inputs[kK].shape),
                                                   SizeOf(inputs[kQ].dtype));
  }
  int64_t BackwardWorkspaceBytes(int stage, Specs inputs) const override {
    return kernels::AttentionBackwardWorkspaceBytes(
        KernelShape(inputs[kQ].shape, inputs[kK].shape), SizeOf(inputs[kQ].dtype));
  }

  // Two products of [rows, D] and [D, T] forward, five backward, and a softmax. Causal: for the
  // keys that are seen; of some rows that are given, a half.
  Cost cost(Specs inputs) const override {
    const Shape &q = inputs[kQ].shape, &k = inputs[kK].shape;
    const Int128 T = k[1], Tq = rows_ >= 0 ? T : q[1];
    const Int128 twice_keys = options_.causal ? 2 * T - Tq + 1 : 2 * T;  // of a query, the mean
    const Int128 product = q.num_elements() * twice_keys;
    const Int128 scores = product / 2 / k[2] * options_.heads;
    return {.forward_flops = Saturate(2 * product + 20 * scores),
            .backward_flops = Saturate(5 * product + 25 * scores),
            .cheap = false};
  }

  void WriteAttributes(Attributes* attributes) const override {
    SetNumber(attributes, "heads", options_.heads);
    SetBool(attributes, "causal", options_.causal);
    SetNumber(attributes, "dropout", options_.dropout);
  }

 private:
  kernels::AttentionShape KernelShape(const Shape& q, const Shape& k) const {
    return {.batch = k[0],
            .queries = rows_ >= 0 ? k[1] : q[1],
            .keys = k[1],
            .heads = options_.heads,
            .head_width = k[2] / options_.heads,
            .causal = options_.causal,
            .dropout = options_.dropout,
            .dropout_key = key_};
  }
  template <class T, class Args>
  kernels::AttentionInputs<T> KernelInputs(const Args& args) const {
    return {.q = args.input(kQ).template data<T>(),
            .k = args.input(kK).template data<T>(),
            .v = args.input(kV).template data<T>(),
            .visible = visible_ < 0 ? nullptr : args.input(visible_).template data<int32_t>(),
            .rows = rows_ < 0 ? nullptr : args.input(rows_).template data<int32_t>(),
            .num_rows = rows_ < 0 ? 0 : args.input(rows_).num_elements()};
  }

  AttentionOptions options_;
  int visible_, rows_;  // numbers of these inputs, or -1
  PhiloxKey key_;
};

// [B, H, T, D], PyTorch's layout of one head after another: B H sequences of one head.
std::vector<Variable> ApplyToHeads(Recording& recording, const AttentionOptions& options,
                                   absl::Span<const Variable> x) {
  const Shape q = x[kQ].shape(), k = x[kK].shape();
  const int64_t B = k[0], H = k[1], T = k[2], D = k[3];
  Variable visible;
  if (x.size() > 3 && x[3]) {
    Tensor repeated = Tensor::Empty({DType::kInt32, Shape({B * H, T})});
    for (int64_t i = 0; i < B * H * T; ++i) {
      repeated.raw<int32_t>()[i] = x[3].value().data<int32_t>()[i / (H * T) * T + i % T];
    }
    visible = recording.Constant(repeated);
  }
  Variable out = ScaledDotProductAttention(
      Reshape(x[kQ], {B * H, q[2], D}), Reshape(x[kK], {B * H, T, D}),
      Reshape(x[kV], {B * H, T, D}), options, std::move(visible));
  return {Reshape(std::move(out), q.sizes())};
}

}  // namespace

Variable ScaledDotProductAttention(Variable q, Variable k, Variable v,
                                   const AttentionOptions& options, Variable visible,
                                   Variable rows) {
  Recording& recording = q.recording();
  AttentionOptions actual = options;
  PhiloxKey key;
  if (!recording.train()) actual.dropout = 0;
  if (actual.dropout > 0) key = recording.NextDrawKey();
  const auto* op = recording.New<AttentionOp>(actual, static_cast<bool>(visible),
                                              static_cast<bool>(rows), key);
  if (visible && rows) {
    return recording.Apply(op, std::move(q), std::move(k), std::move(v), std::move(visible),
                           std::move(rows));
  }
  if (visible || rows) {
    return recording.Apply(op, std::move(q), std::move(k), std::move(v),
                           visible ? std::move(visible) : std::move(rows));
  }
  return recording.Apply(op, std::move(q), std::move(k), std::move(v));
}

OpDefinition ScaledDotProductAttentionDefinition() {
  OpDefinition definition;
  definition.name = "scaled_dot_product_attention";
  definition.formula = "out_i = sum_j softmax_j(q_i . k_j / sqrt(D)) v_j";
  definition.inputs = {"q", "k", "v", "visible", "rows"};
  // Without the attribute `heads`, inputs of four axes are [B, H, T, D].
  definition.apply = [](Recording& recording, const Attributes& attributes,
                        absl::Span<const Variable> x) {
    const AttentionOptions options = {
        .heads = static_cast<int>(GetInt(attributes, "heads", 1)),
        .causal = GetBool(attributes, "causal", false),
        .dropout = GetNumber(attributes, "dropout", 0)};
    if (x[kQ].shape().rank() == 4) return ApplyToHeads(recording, options, x);
    const auto optional = [&](size_t i) { return i < x.size() ? x[i] : Variable(); };
    return std::vector<Variable>{ScaledDotProductAttention(x[kQ], x[kK], x[kV], options,
                                                           optional(3), optional(4))};
  };
  const auto sample = [&](const std::string& name, const AttentionOptions& options, const Shape& q,
                          const Shape& k, Tensor visible, Tensor rows) {
    OpSample s = {.name = name};
    SetNumber(&s.attributes, "heads", options.heads);
    SetBool(&s.attributes, "causal", options.causal);
    SetNumber(&s.attributes, "dropout", options.dropout);
    s.inputs = {SampleUniform(q, -2, 2, 1), SampleUniform(k, -2, 2, 2), SampleUniform(k, -2, 2, 3),
                std::move(visible), std::move(rows)};
    definition.samples.push_back(std::move(s));
  };
  const Tensor visible = Tensor::FromValues<int32_t>({2, 5}, {1, 0, 1, 1, 0, 0, 0, 0, 1, 0});
  const Tensor rows = Tensor::FromValues<int32_t>({4}, {0, 3, 4, 9});
  const Tensor last_rows = Tensor::FromValues<int32_t>({2}, {7, 9});
  sample("one head", {.heads = 1}, {2, 5, 3}, {2, 5, 3}, {}, {});
  sample("two heads", {.heads = 2}, {2, 5, 6}, {2, 5, 6}, {}, {});
  sample("more queries than keys", {.heads = 2}, {1, 7, 4}, {1, 4, 4}, {}, {});
  sample("causal", {.heads = 2, .causal = true}, {1, 6, 4}, {1, 6, 4}, {}, {});
  sample("causal after other keys", {.heads = 2, .causal = true}, {2, 3, 4}, {2, 5, 4}, {}, {});
  sample("causal, hidden keys", {.heads = 2, .causal = true}, {2, 5, 4}, {2, 5, 4},
         Tensor::FromValues<int32_t>({2, 5}, {1, 0, 0, 1, 0, 1, 1, 0, 1, 1}), {});
  sample("causal after other keys, hidden keys, dropout", {.causal = true, .dropout = 0.3},
         {2, 2, 3}, {2, 5, 3},
         Tensor::FromValues<int32_t>({2, 5}, {0, 0, 1, 0, 1, 1, 0, 0, 0, 1}), {});
  sample("causal, some rows", {.heads = 2, .causal = true}, {4, 4}, {2, 5, 4}, {}, rows);
  sample("hidden keys", {.heads = 2}, {2, 5, 4}, {2, 5, 4}, visible, {});
  sample("some rows", {.heads = 2}, {4, 4}, {2, 5, 4}, {}, rows);
  sample("rows of the second sequence alone", {.heads = 1}, {2, 3}, {2, 5, 3}, {}, last_rows);
  sample("everything", {.heads = 2, .causal = false, .dropout = 0.3}, {4, 4}, {2, 5, 4}, visible,
         rows);
  sample("one of all", {.heads = 1}, {1, 1, 1}, {1, 1, 1}, {}, {});
  return definition;
}

}  // namespace hairpin
