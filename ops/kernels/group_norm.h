// Group normalisation of images [B, C, S], T float or double.
//
//   kernels::GroupNorm(shape, x, weight, bias, 1e-5, y, mean, rstd);
//
// The channels of an image are `groups` runs of C / groups; mean and rstd are [B, groups], weight
// and bias [C]. With the mean and the biased variance of a run's n = C / groups S numbers:
//   y = (x - mean) rstd weight + bias,  rstd = 1 / sqrt(variance + eps)
//
// Source: Wu, He, "Group normalization", 2018.
#ifndef HAIRPIN_OPS_KERNELS_GROUP_NORM_H_
#define HAIRPIN_OPS_KERNELS_GROUP_NORM_H_

#include <cstdint>

namespace hairpin::kernels {

// groups divides channels.
struct GroupsShape {
  int64_t batch = 1, groups = 1, channels = 1, positions = 1;
};

// Fills y, mean and rstd. y may be x.
template <typename T>
void GroupNorm(const GroupsShape& shape, const T* x, const T* weight, const T* bias,
               double epsilon, T* y, T* mean, T* rstd);

// With g = dy weight: dx (=|+=) rstd (g - mean(g) - (x - mean) rstd^2 mean(g (x - mean))), means
// over a run. dx may be dy.
template <typename T>
void GroupNormBackward(const GroupsShape& shape, const T* x, const T* weight, const T* mean,
                       const T* rstd, const T* dy, bool accumulate, T* dx);

// dweight (=|+=) sum over images and positions of dy (x - mean) rstd, dbias (=|+=) that of dy;
// either may be null. Images are added in order, for any number of threads.
template <typename T>
void GroupNormBackwardParameters(const GroupsShape& shape, const T* x, const T* mean,
                                 const T* rstd, const T* dy, bool accumulate_weight, T* dweight,
                                 bool accumulate_bias, T* dbias);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_GROUP_NORM_H_
