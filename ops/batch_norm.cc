#include "ops/batch_norm.h"

#include <vector>

#include "ops/kernels/batch_norm.h"

namespace hairpin {
namespace {

constexpr int kX = 0, kWeight = 1, kBias = 2, kMean = 3, kVariance = 4;  // inputs
constexpr int kMeanOut = 1, kVarianceOut = 2;                            // outputs, in training

class BatchNormOp final : public Op {
 public:
  BatchNormOp(double eps, bool given) : eps_(eps), given_(given) {}
  const char* name() const override { return "batch_norm"; }

  OutputSpecs InferOutputs(Specs inputs) const override {
    const TensorSpec& x = inputs[kX];
    HAIRPIN_CHECK(IsFloating(x.dtype) && x.shape.rank() >= 2 && x.shape[1] >= 1)
        << "batch_norm: x of " << x.dtype << x.shape << ", expected floating [B, C, ...]";
    const TensorSpec channels = {x.dtype, Shape({x.shape[1]})};
    for (size_t i = 1; i < inputs.size(); ++i) {
      HAIRPIN_CHECK(inputs[i] == channels)
          << "batch_norm: x of " << x.dtype << x.shape << ", input " << i << " of "
          << inputs[i].dtype << inputs[i].shape << ", expected [C] of x's dtype";
    }
    if (given_) return {x};
    HAIRPIN_CHECK(x.shape[0] * x.shape.Product(2, x.shape.rank()) >= 2)
        << "batch_norm: x of shape " << x.shape << ", expected two numbers of each channel or more";
    return {x, channels, channels};
  }
  int overwrites() const override { return kX; }

  void Forward(const ForwardArgs& args) const override {
    const Tensor& x = args.input(kX);
    const kernels::ChannelsShape shape = KernelShape(x.shape());
    DispatchFloating(x.dtype(), [&]<class T>() {
      const T *mean, *variance;
      if (given_) {
        mean = args.input(kMean).data<T>();
        variance = args.input(kVariance).data<T>();
      } else {
        mean = args.output(kMeanOut).raw<T>();
        variance = args.output(kVarianceOut).raw<T>();
        kernels::BatchStatistics(shape, x.data<T>(), args.output(kMeanOut).raw<T>(),
                                 args.output(kVarianceOut).raw<T>());
      }
      kernels::BatchNorm(shape, x.data<T>(), args.input(kWeight).data<T>(),
                         args.input(kBias).data<T>(), mean, variance, eps_,
                         args.output(0).raw<T>());
    });
  }

  // All gradients come from the same two sums over a channel.
  Stages stages() const override {
    static constexpr BackwardStage kOwn[] = {{.gradients = 0b111,
                                              .inputs = 0b011,
                                              .outputs = 0b110,
                                              .accumulates = 0b111}};
    static constexpr BackwardStage kGiven[] = {
        {.gradients = 0b11111, .inputs = 0b11011, .accumulates = 0b11111}};
    return given_ ? Stages(kGiven) : Stages(kOwn);
  }

  void Backward(int stage, const BackwardArgs& args) const override {
    const Tensor& x = args.input(kX);
    const kernels::ChannelsShape shape = KernelShape(x.shape());
    DispatchFloating(x.dtype(), [&]<class T>() {
      const auto gradient = [&](int i) {
        return args.needs(i) ? args.gradient(i).raw<T>() : nullptr;
      };
      const auto upstream = [&](int i) -> const T* {
        return args.upstream(i) ? args.upstream(i).data<T>() : nullptr;
      };
      kernels::BatchNormGradients<T> to = {.x = gradient(kX),
                                           .weight = gradient(kWeight),
                                           .bias = gradient(kBias),
                                           .accumulate_x = args.accumulate(kX),
                                           .accumulate_weight = args.accumulate(kWeight),
                                           .accumulate_bias = args.accumulate(kBias)};
      const T *data = x.data<T>(), *weight = args.input(kWeight).data<T>();
      if (given_) {
        to.mean = gradient(kMean);
        to.variance = gradient(kVariance);
        to.accumulate_mean = args.accumulate(kMean);
        to.accumulate_variance = args.accumulate(kVariance);
        kernels::BatchNormBackwardGiven<T>(shape, data, weight, args.input(kMean).data<T>(),
                                           args.input(kVariance).data<T>(), upstream(0), eps_, to);
      } else {
        kernels::BatchNormBackward<T>(shape, data, weight, args.output(kMeanOut).data<T>(),
                                      args.output(kVarianceOut).data<T>(), upstream(0),
                                      upstream(kMeanOut), upstream(kVarianceOut), eps_, to);
      }
    });
  }

  Cost cost(Specs inputs) const override {
    const int64_t n = inputs[kX].shape.num_elements();
    return {.forward_flops = (given_ ? 3 : 7) * n, .backward_flops = 9 * n};
  }
  void WriteAttributes(Attributes* attributes) const override {
    SetNumber(attributes, "eps", eps_);
  }

 private:
  static kernels::ChannelsShape KernelShape(const Shape& x) {
    return {.batch = x[0], .channels = x[1], .positions = x.Product(2, x.rank())};
  }

  double eps_;
  bool given_;  // mean and variance are inputs
};

void CheckEps(double eps) {
  HAIRPIN_CHECK(eps > 0) << "batch_norm: eps " << eps << ", expected more than 0";
}

}  // namespace

BatchNormOutputs BatchNorm(Variable x, Variable weight, Variable bias, double eps) {
  CheckEps(eps);
  Recording& recording = x.recording();
  Variable inputs[] = {std::move(x), std::move(weight), std::move(bias)};
  const auto applied =
      recording.ApplySpan(recording.New<BatchNormOp>(eps, /*given=*/false), absl::MakeSpan(inputs));
  return {applied.output(0), applied.output(kMeanOut), applied.output(kVarianceOut)};
}

Variable BatchNorm(Variable x, Variable weight, Variable bias, Variable mean, Variable variance,
                   double eps) {
  CheckEps(eps);
  Recording& recording = x.recording();
  return recording.Apply(recording.New<BatchNormOp>(eps, /*given=*/true), std::move(x),
                         std::move(weight), std::move(bias), std::move(mean),
                         std::move(variance));
}

OpDefinition BatchNormDefinition() {
  OpDefinition definition;
  definition.name = "batch_norm";
  definition.formula = "y = (x - mean) / sqrt(variance + eps) weight + bias, by channel";
  definition.inputs = {"x", "weight", "bias", "mean", "variance"};
  definition.apply = [](Recording&, const Attributes& attributes, absl::Span<const Variable> x) {
    const double eps = GetNumber(attributes, "eps", 1e-5);
    if (x.size() > 3 && x[3]) {
      return std::vector<Variable>{BatchNorm(x[0], x[1], x[2], x[3], x[4], eps)};
    }
    const BatchNormOutputs out = BatchNorm(x[0], x[1], x[2], eps);
    return std::vector<Variable>{out.y, out.mean, out.variance};
  };
  const auto sample = [&](const std::string& name, const Shape& shape, bool given) {
    const Shape channels({shape[1]});
    OpSample s = {.name = name};
    SetNumber(&s.attributes, "eps", given ? 1e-5 : 0.1);
    s.inputs = {SampleUniform(shape), SampleUniform(channels, 0.5, 2, 1),
                SampleUniform(channels, -1, 1, 2),
                given ? SampleUniform(channels, -1, 1, 3) : Tensor(),
                given ? SampleUniform(channels, 0.5, 2, 4) : Tensor()};
    definition.samples.push_back(std::move(s));
  };
  sample("images", {3, 2, 2, 3}, false);
  sample("rows of features", {5, 19}, false);
  sample("one image", {1, 3, 17}, false);
  sample("images, given statistics", {2, 3, 3, 2}, true);
  sample("rows, given statistics", {4, 18}, true);
  sample("no images, given statistics", {0, 3, 2, 2}, true);
  return definition;
}

}  // namespace hairpin
