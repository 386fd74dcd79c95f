#include "data/image/mixup.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tensor/check.h"

namespace hairpin {
namespace {

constexpr uint32_t kPartner = 2, kShare = 3;  // 0 and 1 are Augmenter's

}  // namespace

Mixup::Mixup(const Dataset& dataset, std::span<const int64_t> records, const MixupOptions& options)
    : dataset_(dataset),
      records_(records),
      alpha_(options.alpha),
      random_(DeriveKey(options.seed, Stream::kAugmentation)) {
  HAIRPIN_CHECK(dataset.has_classes() && !records.empty() && alpha_ > 0 && alpha_ <= 1)
      << "Mixup: " << dataset.class_count() << " classes, " << records.size()
      << " records, alpha " << alpha_;
}

Mixup::Draw Mixup::Of(int64_t sample) const {
  const auto index = static_cast<uint64_t>(sample);
  const auto count = static_cast<uint32_t>(std::min<uint64_t>(records_.size(), UINT32_MAX));
  const int64_t partner = records_[UniformBelow(random_.At(index, kPartner)[0], count)];
  // Joehnk, 1964: with u, v uniform, x = u^(1/a) and y = v^(1/a), x / (x + y) has the distribution
  // Beta(a, a) where x + y <= 1. In logarithms, since x and y of a small a are below any number.
  for (uint32_t trial = 0;; ++trial) {
    const PhiloxWords words = random_.At(index, kShare, trial);
    const double log_u = std::log(UniformOpenDouble(words[0]));
    const double log_v = std::log(UniformOpenDouble(words[1]));
    const double log_ratio = (log_v - log_u) / alpha_;  // of y to x
    const double log_sum =
        std::max(log_u, log_v) / alpha_ + std::log1p(std::exp(-std::abs(log_ratio)));
    if (log_sum <= 0) return {partner, static_cast<float>(1 / (1 + std::exp(log_ratio)))};
  }
}

void Mixup::Apply(int64_t first_sample, Batch* batch, std::span<float> soft_classes) const {
  const auto classes = static_cast<size_t>(dataset_.class_count());
  HAIRPIN_CHECK(first_sample >= 0 && soft_classes.size() == batch->size() * classes)
      << "Mixup: sample " << first_sample << ", " << soft_classes.size() << " shares of "
      << classes << " classes for " << batch->size() << " records";
  std::fill(soft_classes.begin(), soft_classes.end(), 0.0f);
  std::vector<float> other(static_cast<size_t>(dataset_.features_per_record()));
  for (int b = 0; b < batch->size(); ++b) {
    const Draw draw = Of(first_sample + b);
    dataset_.ReadFeatures(draw.partner, other);
    const std::span<float> features = batch->MutableFeatures(b);
    for (size_t i = 0; i < other.size(); ++i) {
      features[i] = draw.share * features[i] + (1 - draw.share) * other[i];
    }
    float* shares = soft_classes.data() + b * classes;
    shares[batch->classes()[b]] += draw.share;
    shares[dataset_.classes()[draw.partner]] += 1 - draw.share;
  }
}

}  // namespace hairpin
