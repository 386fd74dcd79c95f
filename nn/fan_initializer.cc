#include "nn/fan_initializer.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "tensor/check.h"
#include "tensor/philox.h"
#include "tensor/thread_pool.h"

namespace hairpin::nn {
namespace {

struct Fans {
  double in, out;
};

Fans FansOf(const Shape& shape) {
  HAIRPIN_CHECK(shape.rank() >= 2) << "initial values by fan: a parameter of shape " << shape
                                   << ", expected [out, in, ...]";
  const double behind = static_cast<double>(shape.Product(2, shape.rank()));
  return {static_cast<double>(shape[1]) * behind, static_cast<double>(shape[0]) * behind};
}

// Of the deviation that `deviation` gives for the tensor's fans.
template <class Deviation>
Initializer UniformOf(const Deviation& deviation) {
  return [deviation](uint64_t seed, uint32_t ordinal, Tensor* tensor) {
    UniformInitializer(std::sqrt(3.0) * deviation(FansOf(tensor->shape())))(seed, ordinal, tensor);
  };
}
template <class Deviation>
Initializer NormalOf(const Deviation& deviation) {
  return [deviation](uint64_t seed, uint32_t ordinal, Tensor* tensor) {
    NormalInitializer(deviation(FansOf(tensor->shape())))(seed, ordinal, tensor);
  };
}

auto Kaiming(const FanOptions& options) {
  return [options](const Fans& fans) {
    return options.gain / std::sqrt(std::max(1.0, options.fan_out ? fans.out : fans.in));
  };
}
auto Xavier(double gain) {
  return [gain](const Fans& fans) { return gain * std::sqrt(2 / (fans.in + fans.out)); };
}

double Dot(const double* a, const double* b, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

// Makes the rows of [rows, n], rows <= n, orthonormal. Twice is enough: Giraud, Langou, Rozloznik,
// "The loss of orthogonality in the Gram-Schmidt orthogonalization process", 2005.
void Orthonormalize(double* matrix, int64_t rows, int64_t n) {
  for (int64_t i = 0; i < rows; ++i) {
    double* const row = matrix + i * n;
    for (int pass = 0; pass < 2; ++pass) {
      for (int64_t j = 0; j < i; ++j) {
        const double* const other = matrix + j * n;
        const double along = Dot(row, other, n);
        for (int64_t k = 0; k < n; ++k) row[k] -= along * other[k];
      }
    }
    const double norm = std::sqrt(Dot(row, row, n));
    for (int64_t k = 0; k < n; ++k) row[k] /= norm;
  }
}

}  // namespace

double Gain(Nonlinearity nonlinearity, double negative_slope) {
  switch (nonlinearity) {
    case Nonlinearity::kLinear:
    case Nonlinearity::kSigmoid:
      return 1;
    case Nonlinearity::kTanh:
      return 5.0 / 3;
    case Nonlinearity::kRelu:
      return std::numbers::sqrt2;
    case Nonlinearity::kLeakyRelu:
      return std::sqrt(2 / (1 + negative_slope * negative_slope));
    case Nonlinearity::kSelu:
      return 0.75;
  }
  return 1;
}

Initializer UniformInitializer(double bound) {
  return [bound](uint64_t seed, uint32_t ordinal, Tensor* tensor) {
    const Philox philox(DeriveKey(seed, Stream::kInitialization, ordinal));
    constexpr int64_t kWords = 4, kBlock = 1 << 14;  // of a draw; elements of a task
    const int64_t n = tensor->num_elements();
    DispatchFloating(tensor->dtype(), [&]<class T>() {
      T* const values = tensor->mutable_data<T>();
      ParallelFor(CeilDiv(n, kBlock), [&](int64_t task, int) {
        for (int64_t i = task * kBlock; i < std::min(n, (task + 1) * kBlock); i += kWords) {
          const PhiloxWords words = philox.At(i / kWords);
          for (int64_t j = 0; j < std::min(kWords, n - i); ++j) {
            values[i + j] = static_cast<T>(bound * (2 * UniformOpenDouble(words[j]) - 1));
          }
        }
      });
    });
  };
}

Initializer KaimingUniformInitializer(const FanOptions& options) {
  return UniformOf(Kaiming(options));
}
Initializer KaimingNormalInitializer(const FanOptions& options) {
  return NormalOf(Kaiming(options));
}
Initializer XavierUniformInitializer(double gain) { return UniformOf(Xavier(gain)); }
Initializer XavierNormalInitializer(double gain) { return NormalOf(Xavier(gain)); }

Initializer OrthogonalInitializer(double gain) {
  return [gain](uint64_t seed, uint32_t ordinal, Tensor* tensor) {
    const Shape& shape = tensor->shape();
    HAIRPIN_CHECK(shape.rank() >= 2) << "orthogonal initial values: a parameter of shape " << shape
                                     << ", expected [out, in, ...]";
    const int64_t out = shape[0], in = shape.Product(1, shape.rank());
    const int64_t rows = std::min(out, in), n = std::max(out, in);
    Tensor normal = Tensor::Empty({DType::kFloat64, Shape({rows, n})});
    NormalInitializer(1)(seed, ordinal, &normal);
    double* const matrix = normal.mutable_data<double>();
    Orthonormalize(matrix, rows, n);
    DispatchFloating(tensor->dtype(), [&]<class T>() {
      T* const values = tensor->mutable_data<T>();
      for (int64_t i = 0; i < out; ++i) {
        for (int64_t j = 0; j < in; ++j) {
          const double value = out <= in ? matrix[i * n + j] : matrix[j * n + i];
          values[i * in + j] = static_cast<T>(gain * value);
        }
      }
    });
  };
}

absl::StatusOr<Initializer> InitializerByName(const std::string& name,
                                              const FanOptions& options) {
  if (name == "kaiming_uniform") return KaimingUniformInitializer(options);
  if (name == "kaiming_normal") return KaimingNormalInitializer(options);
  if (name == "xavier_uniform") return XavierUniformInitializer(options.gain);
  if (name == "xavier_normal") return XavierNormalInitializer(options.gain);
  if (name == "orthogonal") return OrthogonalInitializer(options.gain);
  return absl::InvalidArgumentError(
      absl::StrCat("found initializer '", name,
                   "', expected kaiming_uniform, kaiming_normal, xavier_uniform, xavier_normal "
                   "or orthogonal"));
}

}  // namespace hairpin::nn
