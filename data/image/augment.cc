#include "data/image/augment.h"

#include <cmath>
#include <numbers>
#include <vector>

#include "tensor/check.h"

namespace hairpin {
namespace {

constexpr uint32_t kWarp = 0, kNoise = 1;  // what a block of random words is for

// Uniform in (-limit, limit).
double Within(uint32_t word, double limit) { return (2 * UniformOpenDouble(word) - 1) * limit; }

}  // namespace

Augmenter::Augmenter(const AugmentOptions& options)
    : options_(options), random_(DeriveKey(options.seed, Stream::kAugmentation)) {
  HAIRPIN_CHECK(options.shift >= 0 && options.degrees >= 0 && options.noise >= 0)
      << "Augmenter: shift " << options.shift << ", degrees " << options.degrees << ", noise "
      << options.noise;
}

void Augmenter::Apply(int64_t sample, int64_t channels, int64_t height, int64_t width,
                      std::span<float> image) const {
  HAIRPIN_CHECK(sample >= 0 && channels >= 1 && height >= 1 && width >= 1 &&
                static_cast<int64_t>(image.size()) == channels * height * width)
      << "Augmenter: sample " << sample << ", " << image.size() << " numbers for [" << channels
      << ", " << height << ", " << width << "]";
  if (options_.shift > 0 || options_.degrees > 0) {
    const PhiloxWords words = random_.At(static_cast<uint64_t>(sample), kWarp);
    Warp(Within(words[0], options_.shift), Within(words[1], options_.shift),
         Within(words[2], options_.degrees) * std::numbers::pi / 180, channels, height, width,
         image);
  }
  if (options_.noise == 0) return;
  for (size_t i = 0; i < image.size(); i += 2) {
    // Box and Muller: two normal numbers from two uniform ones.
    const PhiloxWords words =
        random_.At(static_cast<uint64_t>(sample), kNoise, static_cast<uint32_t>(i / 2));
    const double length = options_.noise * std::sqrt(-2 * std::log(UniformOpenDouble(words[0])));
    const double angle = 2 * std::numbers::pi * UniformOpenDouble(words[1]);
    image[i] += static_cast<float>(length * std::cos(angle));
    if (i + 1 < image.size()) image[i + 1] += static_cast<float>(length * std::sin(angle));
  }
}

void Augmenter::Warp(double dy, double dx, double angle, int64_t channels, int64_t height,
                     int64_t width, std::span<float> image) const {
  const std::vector<float> source(image.begin(), image.end());
  const double cy = static_cast<double>(height - 1) / 2, cx = static_cast<double>(width - 1) / 2;
  const double cosine = std::cos(angle), sine = std::sin(angle);
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      const double v = static_cast<double>(y) - cy - dy, u = static_cast<double>(x) - cx - dx;
      const double from_y = cy + cosine * v + sine * u, from_x = cx - sine * v + cosine * u;
      const double low_y = std::floor(from_y), low_x = std::floor(from_x);
      const double part_y = from_y - low_y, part_x = from_x - low_x;
      for (int64_t c = 0; c < channels; ++c) {
        const auto at = [&](double row, double column) -> double {
          if (row < 0 || row >= static_cast<double>(height) || column < 0 ||
              column >= static_cast<double>(width)) {
            return 0;
          }
          return source[(c * height + static_cast<int64_t>(row)) * width +
                        static_cast<int64_t>(column)];
        };
        const double above = (1 - part_x) * at(low_y, low_x) + part_x * at(low_y, low_x + 1);
        const double below =
            (1 - part_x) * at(low_y + 1, low_x) + part_x * at(low_y + 1, low_x + 1);
        image[(c * height + y) * width + x] =
            static_cast<float>((1 - part_y) * above + part_y * below);
      }
    }
  }
}

}  // namespace hairpin
