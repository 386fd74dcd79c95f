// Images changed a little, so that a model learns what does not matter: shift, rotation, noise.
//
//   const Augmenter augment({.shift = 2, .degrees = 10, .noise = 0.05, .seed = 1});
//   train.Load(first_sample, &batch);
//   for (int b = 0; b < batch.size(); ++b) {
//     augment.Apply(first_sample + b, batch.shape()[1], batch.shape()[2], batch.shape()[3],
//                   batch.MutableFeatures(b));
//   }
//
// What is done to sample s is a pure function of (seed, s): the same in any batch, thread and order
// of calls, and after a resume. A sample's number differs from epoch to epoch, so each look at a
// record is another one.
//
// Pixel (y, x) of the result is the image, bilinear between its pixels and 0 outside, at
//   (cy + cos(a) v + sin(a) u,  cx - sin(a) v + cos(a) u),   v = y - cy - dy,  u = x - cx - dx
// with (cy, cx) the image's middle, dy and dx uniform in [-shift, shift], a uniform in
// [-degrees, degrees]. Then `noise` times a standard normal number is added to each element.
#ifndef HAIRPIN_DATA_IMAGE_AUGMENT_H_
#define HAIRPIN_DATA_IMAGE_AUGMENT_H_

#include <cstdint>
#include <span>

#include "tensor/philox.h"

namespace hairpin {

struct AugmentOptions {
  double shift = 0;    // pixels
  double degrees = 0;
  double noise = 0;    // standard deviation
  uint64_t seed = 0;
};

// Any number of threads may use one.
class Augmenter {
 public:
  explicit Augmenter(const AugmentOptions& options);

  // Changes image [C, H, W] of sample `sample` >= 0 in place.
  void Apply(int64_t sample, int64_t channels, int64_t height, int64_t width,
             std::span<float> image) const;

 private:
  void Warp(double dy, double dx, double angle, int64_t channels, int64_t height, int64_t width,
            std::span<float> image) const;

  AugmentOptions options_;
  Philox random_;
};

}  // namespace hairpin

#endif  // HAIRPIN_DATA_IMAGE_AUGMENT_H_
