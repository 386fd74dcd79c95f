#include "models/linear/linear_model.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "models/config_check.h"
#include "nn/activation.h"
#include "nn/linear.h"
#include "nn/soft_cross_entropy.h"
#include "ops/mse.h"

namespace hairpin {

absl::Status ValidateConfig(const LinearModelConfig& config) {
  absl::Status sizes = CheckSizes({{"features", config.features()},
                                   {"classes", config.classes(), /*smallest=*/0}});
  for (const int32_t hidden : config.hidden()) {
    const SizeField field = {"hidden", hidden};
    sizes.Update(CheckSizes(absl::MakeConstSpan(&field, 1)));
  }
  if (!sizes.ok()) return sizes;
  if (config.classes() > 0 || config.target_deviation() > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "target_deviation: found ", config.target_deviation(), ", expected a number above 0"));
}

LinearModel::LinearModel(const nn::ModuleContext& context, const LinearModelConfig& config)
    : config_(CheckedConfig("LinearModel", config)),
      layers_(Add<nn::Sequential>(context, "layers")) {
  int64_t in = config_.features();
  const auto append = [&](int layer, int64_t out) {
    layers_.Append<nn::Linear>(
        std::to_string(layer),
        nn::LinearOptions{.in = in,
                          .out = out,
                          .initial_deviation = std::sqrt(2.0 / static_cast<double>(in))});
    in = out;
  };
  for (int i = 0; i < config_.hidden_size(); ++i) {
    append(i, config_.hidden(i));
    layers_.Append<nn::Relu>(absl::StrCat("relu", i));
  }
  append(config_.hidden_size(), std::max(1, config_.classes()));
}

Variable LinearModel::Forward(Variable x) { return layers_.Forward(std::move(x)); }

CrossEntropyResult LinearModelLoss(Variable y, Variable classes, Variable targets,
                                   std::span<const float> weights) {
  if (classes && weights.empty()) return CrossEntropy(std::move(y), std::move(classes));
  if (classes) return nn::WeightedCrossEntropy(std::move(y), std::move(classes), weights);
  return {.loss = Mse(std::move(y), std::move(targets), Reduction::kSum), .correct = {}};
}

}  // namespace hairpin
