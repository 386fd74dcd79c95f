#include "models/vae/vae.h"

#include <cmath>
#include <utility>

#include "models/config_check.h"
#include "ops/add.h"
#include "ops/bce_with_logits.h"
#include "ops/exp.h"
#include "ops/mul.h"
#include "ops/relu.h"
#include "ops/scale.h"
#include "ops/sub.h"
#include "ops/sum.h"

namespace hairpin {
namespace {

// How many elements x has, as a scalar of its dtype: the sum of as many ones.
Variable NumberOf(const Variable& x) {
  Recording& recording = x.recording();
  const DType dtype = x.spec().dtype;
  Tensor number = Tensor::Empty({dtype, Shape()}, Purpose::kActivation, recording.allocator());
  if (!recording.dry()) {
    const auto n = static_cast<double>(x.shape().num_elements());
    number.CopyFrom(Tensor::Scalar(n).Cast(dtype));
  }
  return recording.Constant(std::move(number));
}

}  // namespace

VaeConfig VaePreset() {
  VaeConfig config;
  config.set_features(28 * 28);
  config.set_hidden(400);
  config.set_latent(20);
  return config;
}

absl::Status ValidateConfig(const VaeConfig& config) {
  return CheckSizes({{"features", config.features()},
                     {"hidden", config.hidden()},
                     {"latent", config.latent()}});
}

Vae::Vae(const nn::ModuleContext& context, const VaeConfig& config)
    : config_(CheckedConfig("Vae", config)),
      encoder_(Map(context, "encoder", config.features(), config.hidden())),
      mean_(Map(context, "mean", config.hidden(), config.latent())),
      log_variance_(Map(context, "log_variance", config.hidden(), config.latent())),
      decoder_(Map(context, "decoder", config.latent(), config.hidden())),
      out_(Map(context, "out", config.hidden(), config.features())) {}

nn::Linear& Vae::Map(const nn::ModuleContext& context, const char* name, int64_t in, int64_t out) {
  return Add<nn::Linear>(context, name,
                         nn::LinearOptions{.in = in,
                                           .out = out,
                                           .initial_deviation = 1 / std::sqrt(3.0 * in)});
}

VaeCode Vae::Encode(Variable x) {
  const Variable h = Relu(encoder_.Forward(std::move(x)));
  return {mean_.Forward(h), log_variance_.Forward(h)};
}

Variable Vae::Decode(Variable z) {
  return out_.Forward(Relu(decoder_.Forward(std::move(z))));
}

VaeOutput Vae::Forward(Variable x, Variable noise) {
  const VaeCode code = Encode(std::move(x));
  Variable deviation = Exp(Scale(code.log_variance, 0.5));
  Variable z = hairpin::Add(Mul(std::move(deviation), std::move(noise)), code.mean);
  return {Decode(std::move(z)), code};
}

VaeLoss NegativeElbo(const VaeOutput& output, Variable x) {
  const Scope scope(x.recording(), "loss");
  const auto& [mean, log_variance] = output.code;
  Variable ones = NumberOf(mean);
  Variable second_moment = hairpin::Add(Sum(Exp(log_variance)), Sum(Mul(mean, mean)));
  Variable kl = Scale(Sub(Sub(std::move(second_moment), Sum(log_variance)), std::move(ones)), 0.5);
  Variable reconstruction = BceWithLogits(output.logits, std::move(x), Reduction::kSum);
  return {hairpin::Add(reconstruction, kl), reconstruction, kl};
}

}  // namespace hairpin
