#include "models/vae/vae.h"

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
#include "tensor/check.h"

namespace hairpin {
namespace {

const VaeConfig& CheckValid(const VaeConfig& config) {
  const absl::Status valid = ValidateConfig(config);
  HAIRPIN_CHECK(valid.ok()) << "Vae: " << valid.ToString();
  return config;
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
    : config_(CheckValid(config)),
      encoder_(Add<nn::Linear>(context, "encoder",
                               nn::LinearOptions{config.features(), config.hidden()})),
      mean_(Add<nn::Linear>(context, "mean", nn::LinearOptions{config.hidden(), config.latent()})),
      log_variance_(Add<nn::Linear>(context, "log_variance",
                                    nn::LinearOptions{config.hidden(), config.latent()})),
      decoder_(Add<nn::Linear>(context, "decoder",
                               nn::LinearOptions{config.latent(), config.hidden()})),
      out_(Add<nn::Linear>(context, "out",
                           nn::LinearOptions{config.hidden(), config.features()})) {}

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
  const double values = static_cast<double>(mean.shape().num_elements());
  Variable one = x.recording().Constant(Tensor::FromValues<double>({}, {values}).Cast(
      mean.value().dtype()));
  Variable second_moment = hairpin::Add(Sum(Exp(log_variance)), Sum(Mul(mean, mean)));
  Variable kl = Scale(Sub(Sub(std::move(second_moment), Sum(log_variance)), std::move(one)), 0.5);
  Variable reconstruction = BceWithLogits(output.logits, std::move(x), Reduction::kSum);
  return {hairpin::Add(reconstruction, kl), reconstruction, kl};
}

}  // namespace hairpin
