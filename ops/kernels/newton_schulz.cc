#include "ops/kernels/newton_schulz.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "ops/kernels/matmul.h"
#include "ops/kernels/reduce.h"
#include "ops/kernels/unary.h"

namespace hairpin::kernels {
namespace {

// The products of one step; the side of A and B is the shorter of m and n.
struct Products {
  MatMulShape gram, square, move;
};

Products ProductsOf(int64_t m, int64_t n) {
  const bool tall = m > n;
  const int64_t side = std::min(m, n), length = std::max(m, n);
  return {.gram = {.m = side, .k = length, .n = side, .transpose_a = tall, .transpose_b = !tall},
          .square = {.m = side, .k = side, .n = side},
          .move = {.m = m, .k = side, .n = n, .accumulate = true}};
}

int64_t Aligned(int64_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace

int64_t NewtonSchulzWorkspaceBytes(int64_t m, int64_t n, int64_t element_bytes) {
  const Products p = ProductsOf(m, n);
  const int64_t side = std::min(m, n);
  return Aligned(m * n * element_bytes) + 2 * Aligned(side * side * element_bytes) +
         std::max({MatMulWorkspaceBytes(p.gram, element_bytes),
                   MatMulWorkspaceBytes(p.square, element_bytes),
                   MatMulWorkspaceBytes(p.move, element_bytes)});
}

template <typename T>
void NewtonSchulz(int64_t m, int64_t n, const NewtonSchulzOptions& options, T* x,
                  void* workspace) {
  const Products products = ProductsOf(m, n);
  const int64_t side = std::min(m, n), elements = m * n, squares = side * side;
  const int64_t element_bytes = sizeof(T);
  std::byte* rest = static_cast<std::byte*>(workspace);
  const auto take = [&](int64_t count) {
    T* const taken = reinterpret_cast<T*>(rest);
    rest += Aligned(count * element_bytes);
    return taken;
  };
  T *const other = take(elements), *const A = take(squares), *const B = take(squares);

  const double norm = std::sqrt(SumOfSquares(x, elements));
  // Written so that a NaN is handed on.
  Scale(x, 1 / (norm < options.epsilon ? options.epsilon : norm), elements, false, x);
  T *from = x, *to = other;
  for (int i = 0; i < options.steps; ++i) {
    MatMul(products.gram, from, from, nullptr, A, rest);
    MatMul(products.square, A, A, nullptr, B, rest);
    Scale(B, options.c, squares, false, B);
    Scale(A, options.b, squares, true, B);
    Scale(from, options.a, elements, false, to);
    if (m > n) {
      MatMul(products.move, from, B, nullptr, to, rest);
    } else {
      MatMul(products.move, B, from, nullptr, to, rest);
    }
    std::swap(from, to);
  }
  if (from != x) std::copy_n(from, elements, x);
}

template void NewtonSchulz(int64_t, int64_t, const NewtonSchulzOptions&, float*, void*);
template void NewtonSchulz(int64_t, int64_t, const NewtonSchulzOptions&, double*, void*);

}  // namespace hairpin::kernels
