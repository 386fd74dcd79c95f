#include "nn/key_value_cache.h"

#include <cstring>

namespace hairpin::nn {

KeyValueCache::KeyValueCache(const ModuleContext& context, int64_t batch, int64_t positions,
                             int64_t channels) {
  const TensorSpec spec = {context.dtype, Shape({batch, positions, channels})};
  keys = Tensor::Empty(spec, Purpose::kActivation, *context.allocator);
  values = Tensor::Empty(spec, Purpose::kActivation, *context.allocator);
}

void KeyValueCache::Append(const Variable& k, const Variable& v) {
  HAIRPIN_CHECK(!k.requires_gradient() && !v.requires_gradient())
      << "KeyValueCache: keys or values with a gradient; a cache is for recordings without";
  HAIRPIN_CHECK(k.spec() == v.spec() && k.spec().dtype == keys.dtype() && k.shape().rank() == 3 &&
                k.shape()[0] == batch() && k.shape()[2] == keys.shape()[2])
      << "KeyValueCache: k of shape " << k.shape() << " and v of shape " << v.shape()
      << ", expected [B, n, C] of a cache of shape " << keys.shape();
  const int64_t n = k.shape()[1];
  HAIRPIN_CHECK(length + n <= positions())
      << "KeyValueCache: " << n << " positions after " << length << ", found room for "
      << positions();
  if (!keys.dry()) {
    const int64_t row = keys.shape()[2] * SizeOf(keys.dtype());
    const auto copy = [&](const Tensor& from, Tensor& to) {
      to.storage()->BumpVersion();
      char* const bytes = static_cast<char*>(to.raw_bytes());
      for (int64_t b = 0; b < batch(); ++b) {
        std::memcpy(bytes + (b * positions() + length) * row,
                    static_cast<const char*>(from.raw_bytes()) + b * n * row,
                    static_cast<size_t>(n * row));
      }
    };
    copy(k.value(), keys);
    copy(v.value(), values);
  }
  length += n;
}

Variable KeyValueCache::RowsFrom(Recording& recording, int64_t first) const {
  const int64_t n = length - first;
  Tensor rows = Tensor::Empty({DType::kInt32, Shape({batch() * n})}, Purpose::kActivation,
                              recording.allocator());
  for (int64_t i = 0; i < batch() * n && !rows.dry(); ++i) {
    rows.raw<int32_t>()[i] = static_cast<int32_t>(i / n * positions() + first + i % n);
  }
  return recording.Constant(rows);
}

}  // namespace hairpin::nn
