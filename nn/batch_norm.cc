#include "nn/batch_norm.h"

#include "ops/batch_norm.h"

namespace hairpin::nn {

BatchNorm::BatchNorm(const ModuleContext& context, const BatchNormOptions& options)
    : weight_(AddParameter(context, "weight", Shape({options.channels}), ConstantInitializer(1))),
      bias_(AddParameter(context, "bias", Shape({options.channels}), ConstantInitializer(0))),
      running_mean_(AddBuffer(context, "running_mean", Shape({options.channels}), 0)),
      running_variance_(AddBuffer(context, "running_var", Shape({options.channels}), 1)),
      eps_(options.eps),
      momentum_(options.momentum) {}

Variable BatchNorm::Forward(Variable x) {
  Recording& recording = x.recording();
  const Scope scope = EnterScope(recording);
  if (!recording.train()) {
    return hairpin::BatchNorm(std::move(x), recording.Use(weight_), recording.Use(bias_),
                              recording.Constant(running_mean_),
                              recording.Constant(running_variance_), eps_);
  }
  const Shape shape = x.shape();
  BatchNormOutputs out =
      hairpin::BatchNorm(std::move(x), recording.Use(weight_), recording.Use(bias_), eps_);
  if (!recording.dry()) {
    MoveRunning(out.mean.value(), out.variance.value(),
                shape[0] * shape.Product(2, shape.rank()));
  }
  return std::move(out.y);
}

// The op's variance is that of n, the running one that of n - 1.
void BatchNorm::MoveRunning(const Tensor& mean, const Tensor& variance, int64_t count) {
  const double unbiased = static_cast<double>(count) / static_cast<double>(count - 1);
  DispatchFloating(mean.dtype(), [&]<class T>() {
    const auto move = [&](Tensor& running, const Tensor& batch, double factor) {
      T* const to = running.mutable_data<T>();
      for (int64_t c = 0; c < batch.num_elements(); ++c) {
        to[c] = static_cast<T>((1 - momentum_) * to[c] + momentum_ * factor * batch.data<T>()[c]);
      }
    };
    move(running_mean_, mean, 1);
    move(running_variance_, variance, unbiased);
  });
}

}  // namespace hairpin::nn
