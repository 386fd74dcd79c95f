#include "ops/kernels/cumsum.h"

#include <algorithm>

#include "tensor/thread_pool.h"

namespace hairpin::kernels {

template <typename T>
void Cumsum(const T* x, int64_t outer, int64_t n, int64_t inner, bool from_end, bool accumulate,
            T* y) {
  constexpr int64_t kColumns = 64;  // of a task
  const int64_t blocks = CeilDiv(inner, kColumns);
  ParallelFor(outer * blocks, [&](int64_t task, int) {
    const int64_t first = task % blocks * kColumns, count = std::min(kColumns, inner - first);
    double sums[kColumns] = {};
    for (int64_t step = 0; step < n; ++step) {
      const int64_t k = from_end ? n - 1 - step : step;
      const int64_t at = (task / blocks * n + k) * inner + first;
      for (int64_t i = 0; i < count; ++i) {
        sums[i] += static_cast<double>(x[at + i]);
        y[at + i] = (accumulate ? y[at + i] : T(0)) + static_cast<T>(sums[i]);
      }
    }
  });
}

template void Cumsum(const float*, int64_t, int64_t, int64_t, bool, bool, float*);
template void Cumsum(const double*, int64_t, int64_t, int64_t, bool, bool, double*);

}  // namespace hairpin::kernels
