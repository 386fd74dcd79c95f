// Two samples' images and classes in one: x = l x_s + (1 - l) x_p, and the same of the one-hot
// classes, l drawn from Beta(alpha, alpha).
//
//   const Mixup mixup(dataset, split.train, {.alpha = 0.2, .seed = 1});
//   mixup.Apply(first_sample, &batch, soft_classes);          // [B, K]
//
// The partner p of sample s is a record drawn evenly from those for training; p and l are pure
// functions of (seed, s). Source: Zhang, Cisse, Dauphin, Lopez-Paz, "mixup: beyond empirical risk
// minimization", 2018, with a partner from all records in the place of one from the batch, so that
// a sample depends on no batch.
#ifndef HAIRPIN_DATA_IMAGE_MIXUP_H_
#define HAIRPIN_DATA_IMAGE_MIXUP_H_

#include <cstdint>
#include <span>

#include "data/batcher.h"
#include "data/dataset.h"
#include "tensor/philox.h"

namespace hairpin {

struct MixupOptions {
  double alpha = 0.2;  // in (0, 1]
  uint64_t seed = 0;
};

class Mixup {
 public:
  // Dataset, with classes, and records must outlive it.
  Mixup(const Dataset& dataset, std::span<const int64_t> records, const MixupOptions& options);

  struct Draw {
    int64_t partner;  // a record
    float share;      // l
  };
  Draw Of(int64_t sample) const;

  // Mixes into a batch that was loaded from `first_sample` on, and writes [B, K] shares of classes.
  void Apply(int64_t first_sample, Batch* batch, std::span<float> soft_classes) const;

 private:
  const Dataset& dataset_;
  std::span<const int64_t> records_;
  double alpha_;
  Philox random_;
};

}  // namespace hairpin

#endif  // HAIRPIN_DATA_IMAGE_MIXUP_H_
