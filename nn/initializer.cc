#include "nn/initializer.h"

#include <algorithm>
#include <array>

#include "tensor/normal_pair.h"
#include "tensor/philox.h"
#include "tensor/thread_pool.h"

namespace hairpin::nn {
namespace {

constexpr int64_t kWordsPerBlock = 4;
constexpr int64_t kBlock = 4096;  // Philox blocks a task

}  // namespace

Initializer NormalInitializer(double standard_deviation) {
  return [standard_deviation](uint64_t seed, uint32_t ordinal, Tensor* tensor) {
    const Philox philox(DeriveKey(seed, Stream::kInitialization, ordinal));
    const int64_t n = tensor->num_elements();
    const int64_t blocks = CeilDiv(n, kWordsPerBlock);
    DispatchFloating(tensor->dtype(), [&]<class T>() {
      T* values = tensor->mutable_data<T>();
      ParallelFor(CeilDiv(blocks, kBlock), [&](int64_t task, int) {
        for (int64_t b = task * kBlock; b < std::min(blocks, (task + 1) * kBlock); ++b) {
          const PhiloxWords words = philox.At(b);
          const std::array<double, 2> pairs[] = {NormalPair(words[0], words[1]),
                                                 NormalPair(words[2], words[3])};
          for (int64_t i = 0; i < std::min(kWordsPerBlock, n - b * kWordsPerBlock); ++i) {
            values[b * kWordsPerBlock + i] =
                static_cast<T>(standard_deviation * pairs[i / 2][i % 2]);
          }
        }
      });
    });
  };
}

Initializer ConstantInitializer(double value) {
  return [value](uint64_t, uint32_t, Tensor* tensor) {
    DispatchFloating(tensor->dtype(), [&]<class T>() {
      std::fill_n(tensor->mutable_data<T>(), tensor->num_elements(), static_cast<T>(value));
    });
  };
}

}  // namespace hairpin::nn
