#include "data/table/spirals.h"

#include <array>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "tensor/check.h"
#include "tensor/normal_pair.h"
#include "tensor/philox.h"

namespace hairpin {

Dataset TwoSpirals(const SpiralOptions& options) {
  HAIRPIN_CHECK(options.points >= 2) << "TwoSpirals: " << options.points << " points";
  const Philox random(DeriveKey(options.seed, Stream::kMadePoints));
  const double pi = std::numbers::pi;
  std::vector<float> features;
  std::vector<int32_t> classes;
  for (int64_t i = 0; i < options.points; ++i) {
    const PhiloxWords words = random.At(static_cast<uint64_t>(i));
    const auto k = static_cast<int32_t>(i % 2);
    const double r = std::sqrt(UniformOpenDouble(words[0]));
    const double a = 2 * pi * options.turns * r + pi * k;
    const std::array<double, 2> noise = NormalPair(words[1], words[2], options.noise);
    features.push_back(static_cast<float>(r * std::cos(a) + noise[0]));
    features.push_back(static_cast<float>(r * std::sin(a) + noise[1]));
    classes.push_back(k);
  }
  Dataset dataset = Dataset::FromFloats(Shape({2}), std::move(features));
  dataset.SetClasses(std::move(classes), {"0", "1"});
  return dataset;
}

}  // namespace hairpin
