// Initial values whose size follows from how many numbers a weight adds up.
//
//   AddParameter(context, "weight", {out, in, 3, 3}, KaimingUniformInitializer());
//   absl::StatusOr<Initializer> made = InitializerByName("xavier_normal", {.gain = 5.0 / 3});
//
// A weight is [out, in, ...]: fan_in is in times the axes behind it, fan_out is out times them, as
// in PyTorch. A value is a pure function of (seed, parameter, element).
#ifndef HAIRPIN_NN_FAN_INITIALIZER_H_
#define HAIRPIN_NN_FAN_INITIALIZER_H_

#include <numbers>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nn/initializer.h"

namespace hairpin::nn {

// What keeps the size of a signal through the function that follows, PyTorch's calculate_gain.
enum class Nonlinearity { kLinear, kSigmoid, kTanh, kRelu, kLeakyRelu, kSelu };
// negative_slope: of kLeakyRelu.
double Gain(Nonlinearity nonlinearity, double negative_slope = 0.01);

struct FanOptions {
  double gain = std::numbers::sqrt2;  // of ReLU
  bool fan_out = false;               // Kaiming: keep the size of gradients, not of signals
};

// Uniform in [-bound, bound].
Initializer UniformInitializer(double bound);

// Deviation gain / sqrt(fan), uniform: bound sqrt(3) of it. He, Zhang, Ren, Sun, "Delving deep into
// rectifiers", 2015.
Initializer KaimingUniformInitializer(const FanOptions& options = {});
Initializer KaimingNormalInitializer(const FanOptions& options = {});

// Deviation gain sqrt(2 / (fan_in + fan_out)). Glorot, Bengio, "Understanding the difficulty of
// training deep feedforward neural networks", 2010.
Initializer XavierUniformInitializer(double gain = 1);
Initializer XavierNormalInitializer(double gain = 1);

// gain times a matrix [out, fan_in] with orthonormal rows or columns, whichever are fewer, uniform
// among all such: normal numbers made orthonormal by Gram and Schmidt, each row twice. Saxe,
// McClelland, Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
// networks", 2013.
Initializer OrthogonalInitializer(double gain = 1);

// "kaiming_uniform", "kaiming_normal", "xavier_uniform", "xavier_normal", "orthogonal";
// INVALID_ARGUMENT for others, with the names there are. fan_out is Kaiming's alone.
absl::StatusOr<Initializer> InitializerByName(const std::string& name, const FanOptions& options);

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_FAN_INITIALIZER_H_
