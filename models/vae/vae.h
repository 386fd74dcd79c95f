// Variational autoencoder: a code of a few numbers for each record, and records made from codes.
//
//   VaeConfig config = VaePreset();                       // 784 pixels, 400 hidden, 20 latent
//   Vae model({.seed = 1}, config);
//   VaeOutput output = model.Forward(recording.Constant(x), recording.Constant(noise));
//   VaeLoss loss = NegativeElbo(output, recording.Constant(x));
//   recording.Backward(Scale(loss.total, 1.0 / B));
//
//   Sigmoid(model.Decode(recording.Constant(noise)))      // records that never were
//
//   h = relu(We x + be);  mean = Wm h + bm;  log_variance = Wv h + bv
//   z = mean + exp(log_variance / 2) noise,  noise from N(0, 1)
//   logits = Wo relu(Wd z + bd) + bo
//   -ELBO = sum bce(logits, x) + KL,
//   KL = 1/2 sum (exp(log_variance) + mean^2 - 1 - log_variance)
//
// Source: Kingma and Welling, "Auto-encoding variational Bayes", ICLR 2014.
#ifndef HAIRPIN_MODELS_VAE_VAE_H_
#define HAIRPIN_MODELS_VAE_VAE_H_

#include "absl/status/status.h"
#include "models/vae/vae.pb.h"
#include "nn/linear.h"
#include "nn/module.h"

namespace hairpin {

// For digits of 28 x 28.
VaeConfig VaePreset();

// InvalidArgument, naming the field, found and expected (models/config_check.h).
absl::Status ValidateConfig(const VaeConfig& config);

struct VaeCode {
  Variable mean, log_variance;  // [B, latent] each
};

struct VaeOutput {
  Variable logits;  // [B, features]
  VaeCode code;
};

class Vae : public nn::Module {
 public:
  // CHECKs a valid config.
  Vae(const nn::ModuleContext& context, const VaeConfig& config);
  const VaeConfig& config() const { return config_; }

  // x [B, features] in [0, 1], noise [B, latent].
  VaeOutput Forward(Variable x, Variable noise);
  // The two halves.
  VaeCode Encode(Variable x);
  Variable Decode(Variable z);

 private:
  // With PyTorch's deviation of initial weights.
  nn::Linear& Map(const nn::ModuleContext& context, const char* name, int64_t in, int64_t out);

  VaeConfig config_;
  nn::Linear &encoder_, &mean_, &log_variance_, &decoder_, &out_;
};

struct VaeLoss {
  Variable total;           // reconstruction + kl
  Variable reconstruction;  // nats, summed over all records
  Variable kl;              // the same
};

VaeLoss NegativeElbo(const VaeOutput& output, Variable x);

}  // namespace hairpin

#endif  // HAIRPIN_MODELS_VAE_VAE_H_
