#include "data/image/augment.h"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "tensor/check.h"
#include "tensor/normal_pair.h"

namespace hairpin {
namespace {

constexpr uint32_t kWarp = 0, kNoise = 1;  // what a block of random words is for

// Uniform in (-limit, limit).
double Within(uint32_t word, double limit) { return (2 * UniformOpenDouble(word) - 1) * limit; }

// As std::floor, which is a call of a function on old x86.
int64_t Floor(double x) {
  const auto whole = static_cast<int64_t>(x);
  return whole - (x < static_cast<double>(whole) ? 1 : 0);
}

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
    const PhiloxWords words =
        random_.At(static_cast<uint64_t>(sample), kNoise, static_cast<uint32_t>(i / 2));
    const std::array<double, 2> noise = NormalPair(words[0], words[1], options_.noise);
    image[i] += static_cast<float>(noise[0]);
    if (i + 1 < image.size()) image[i + 1] += static_cast<float>(noise[1]);
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
      const int64_t row = Floor(from_y), column = Floor(from_x);
      const double part_y = from_y - static_cast<double>(row);
      const double part_x = from_x - static_cast<double>(column);
      const bool inside = row >= 0 && row + 1 < height && column >= 0 && column + 1 < width;
      for (int64_t c = 0; c < channels; ++c) {
        const int64_t pixel = (c * height + row) * width + column;
        // Of the four pixels around.
        const auto at = [&](int64_t down, int64_t right) -> double {
          const bool there = inside || (row + down >= 0 && row + down < height &&
                                        column + right >= 0 && column + right < width);
          return there ? source[pixel + down * width + right] : 0;
        };
        const double above = (1 - part_x) * at(0, 0) + part_x * at(0, 1);
        const double below = (1 - part_x) * at(1, 0) + part_x * at(1, 1);
        image[(c * height + y) * width + x] =
            static_cast<float>((1 - part_y) * above + part_y * below);
      }
    }
  }
}

}  // namespace hairpin
