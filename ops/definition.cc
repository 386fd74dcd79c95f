#include "ops/definition.h"

#include <cmath>

#include "tensor/philox.h"

namespace hairpin {
namespace {

// Words of element i; the shape is part of the key so that two inputs of one
// sample differ even with one seed.
PhiloxWords WordsAt(const Shape& shape, uint64_t seed, int64_t i) {
  uint32_t part = static_cast<uint32_t>(shape.rank());
  for (const int64_t size : shape.sizes()) part = part * 31 + static_cast<uint32_t>(size);
  return PhiloxBlock(DeriveKey(seed, Stream::kTest, part), {static_cast<uint32_t>(i), 0, 0, 0});
}

template <class T, class Make>
Tensor Generate(const Shape& shape, const Make& make) {
  Tensor tensor = Tensor::Empty({DTypeOf<T>, shape});
  for (int64_t i = 0; i < shape.num_elements(); ++i) tensor.raw<T>()[i] = make(i);
  return tensor;
}

}  // namespace

Tensor SampleUniform(const Shape& shape, double low, double high, uint64_t seed) {
  return Generate<double>(shape, [&](int64_t i) {
    return low + (high - low) * UniformOpenDouble(WordsAt(shape, seed, i)[0]);
  });
}

Tensor SampleAwayFromZero(const Shape& shape, double gap, uint64_t seed) {
  return Generate<double>(shape, [&](int64_t i) {
    const double u = 4 * UniformOpenDouble(WordsAt(shape, seed, i)[0]) - 2;
    return std::copysign(gap + std::abs(u), u);
  });
}

Tensor SampleIds(const Shape& shape, int32_t low, int32_t high, uint64_t seed) {
  return Generate<int32_t>(shape, [&](int64_t i) {
    return low + static_cast<int32_t>(UniformBelow(WordsAt(shape, seed, i)[0], high - low));
  });
}

}  // namespace hairpin
