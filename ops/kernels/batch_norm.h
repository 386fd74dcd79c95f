// Batch normalisation of images [B, C, S], S positions each (1 for rows of features), T float or
// double.
//
//   kernels::BatchStatistics(shape, x, mean, variance);
//   kernels::BatchNorm(shape, x, weight, bias, mean, variance, 1e-5, y);
//
// mean, variance, weight, bias and their gradients are [C], one of each for a channel:
//   mean = sum of x / n,  variance = sum of (x - mean)^2 / n,  n = B S
//   y = (x - mean) r weight + bias,  r = 1 / sqrt(variance + eps)
// A channel is summed image by image, in order: the same bits for any number of threads.
//
// Source: Ioffe, Szegedy, "Batch normalization", 2015.
#ifndef HAIRPIN_OPS_KERNELS_BATCH_NORM_H_
#define HAIRPIN_OPS_KERNELS_BATCH_NORM_H_

#include <cstdint>

namespace hairpin::kernels {

struct ChannelsShape {
  int64_t batch = 1, channels = 1, positions = 1;
};

template <typename T>
void BatchStatistics(const ChannelsShape& shape, const T* x, T* mean, T* variance);

// y may be x.
template <typename T>
void BatchNorm(const ChannelsShape& shape, const T* x, const T* weight, const T* bias,
               const T* mean, const T* variance, double epsilon, T* y);

// Where gradients go, each null if nobody needs it.
template <typename T>
struct BatchNormGradients {
  T *x = nullptr, *weight = nullptr, *bias = nullptr;
  bool accumulate_x = false, accumulate_weight = false, accumulate_bias = false;
  // Of mean and variance that were given, not taken from x.
  T *mean = nullptr, *variance = nullptr;
  bool accumulate_mean = false, accumulate_variance = false;
};

// With sums over the n numbers of a channel: dbias = sum dy, dweight = sum dy (x - mean) r, and if
// mean and variance are given: dx = dy r weight, dmean = -r weight dbias,
// dvariance = -r^2 / 2 weight dweight.
template <typename T>
void BatchNormBackwardGiven(const ChannelsShape& shape, const T* x, const T* weight, const T* mean,
                            const T* variance, const T* dy, double epsilon,
                            const BatchNormGradients<T>& gradients);

// If they are x's own: dx = r weight (dy - dbias / n - (x - mean) r dweight / n)
//                           + dmean / n + 2 dvariance (x - mean) / n,
// with the upstream gradients of all three outputs, of which any may be null for 0. gradients.x may
// be dy.
template <typename T>
void BatchNormBackward(const ChannelsShape& shape, const T* x, const T* weight, const T* mean,
                       const T* variance, const T* dy, const T* dmean, const T* dvariance,
                       double epsilon, const BatchNormGradients<T>& gradients);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_BATCH_NORM_H_
