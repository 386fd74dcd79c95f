#include "nn/sampler.h"

#include <algorithm>
#include <cmath>

#include "tensor/check.h"

namespace hairpin {
namespace {

// In [0, 1), 53 bits.
double Uniform(const PhiloxWords& words) {
  const uint64_t bits = (uint64_t{words[0]} << 32 | words[1]) >> 11;
  return static_cast<double>(bits) * 0x1p-53;
}

}  // namespace

Sampler::Sampler(const SamplerOptions& options, uint64_t seed)
    : options_(options), random_(DeriveKey(seed, Stream::kGeneration)) {
  HAIRPIN_CHECK(options.temperature >= 0 && options.temperature < INFINITY)
      << "Sampler: found temperature " << options.temperature << ", expected at least 0";
  HAIRPIN_CHECK(options.top_k >= 0)
      << "Sampler: found top_k " << options.top_k << ", expected at least 0";
  HAIRPIN_CHECK(options.top_p > 0 && options.top_p <= 1)
      << "Sampler: found top_p " << options.top_p << ", expected one in (0, 1]";
}

// p_j = exp((l_j - max l) / temperature) / sum over those that stay
absl::Span<const std::pair<int64_t, double>> Sampler::Distribution(absl::Span<const float> logits) {
  HAIRPIN_CHECK(!logits.empty()) << "Sampler: no logits";
  candidates_.clear();
  for (size_t i = 0; i < logits.size(); ++i) {
    HAIRPIN_CHECK(logits[i] < INFINITY) << "Sampler: logit " << i << " is " << logits[i];
    if (logits[i] > -INFINITY) candidates_.emplace_back(i, logits[i]);
  }
  HAIRPIN_CHECK(!candidates_.empty()) << "Sampler: all logits are -infinity";
  std::sort(candidates_.begin(), candidates_.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  if (options_.temperature == 0) {
    candidates_.resize(1);
    candidates_[0].second = 1;
    return candidates_;
  }
  size_t kept = candidates_.size();
  if (options_.top_k > 0 && static_cast<size_t>(options_.top_k) < kept) {
    const double last = candidates_[options_.top_k - 1].second;
    kept = options_.top_k;
    while (kept < candidates_.size() && candidates_[kept].second == last) ++kept;
    candidates_.resize(kept);
  }
  const double largest = candidates_[0].second;
  double sum = 0;
  for (auto& [token, value] : candidates_) {
    value = std::exp((value - largest) / options_.temperature);
    sum += value;
  }
  if (options_.top_p < 1) {
    double reached = 0;
    kept = 0;
    while (kept < candidates_.size() && reached < options_.top_p * sum) {
      reached += candidates_[kept++].second;
    }
    candidates_.resize(kept);
    sum = reached;
  }
  for (auto& [token, value] : candidates_) value /= sum;
  return candidates_;
}

int64_t Sampler::Draw(absl::Span<const float> logits, int64_t draw) {
  double left = Uniform(random_.At(static_cast<uint64_t>(draw)));
  Distribution(logits);
  for (const auto& [token, probability] : candidates_) {
    if (left < probability) return token;
    left -= probability;
  }
  return candidates_.back().first;  // the sum was rounded to less than 1
}

}  // namespace hairpin
