// For tests of matrix products: problems with strides, batches and guards, and what must come out.
//
//   CheckMatMul<float>({.m = 5, .k = 3, .n = 7, .transpose_a = true}, 1, 0, false);
//
// Every element must be the chain of multiply-adds that matmul.h promises, to the bit; and that
// chain must lie within k eps sum |a| |b| of the true sum.
#ifndef HAIRPIN_OPS_KERNELS_MATMUL_TEST_UTIL_H_
#define HAIRPIN_OPS_KERNELS_MATMUL_TEST_UTIL_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/matmul.h"
#include "ops/kernels/target.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin::kernels {

// Strides and batches as a full description; the arrays have guards around them.
template <class T>
struct MatMulProblem {
  MatMulShape shape;
  MisalignedArray<T> a, b, bias, c;
  bool with_bias;
};

// Leading dimensions are `gap` more than tight; a batch is one matrix after another.
template <class T>
MatMulProblem<T> MakeMatMulProblem(MatMulShape s, int64_t gap, size_t offset, bool with_bias) {
  const int64_t a_rows = s.transpose_a ? s.k : s.m, b_rows = s.transpose_b ? s.n : s.k;
  s.lda = (s.transpose_a ? s.m : s.k) + gap;
  s.ldb = (s.transpose_b ? s.k : s.n) + gap;
  s.ldc = s.n + gap;
  s.a_inner = a_rows * s.lda, s.b_inner = b_rows * s.ldb, s.c_inner = s.m * s.ldc;
  s.a_outer = s.inner_batch * s.a_inner, s.b_outer = s.inner_batch * s.b_inner;
  s.c_outer = s.inner_batch * s.c_inner;
  const auto size = [&](int64_t stride, int64_t gap) {
    return static_cast<size_t>(std::max<int64_t>(0, s.outer_batch * stride - gap));
  };
  MatMulProblem<T> p = {s,
                        MisalignedArray<T>(size(s.a_outer, gap), offset),
                        MisalignedArray<T>(size(s.b_outer, gap), offset + 1),
                        MisalignedArray<T>(s.n, offset),
                        MisalignedArray<T>(size(s.c_outer, gap), offset + 2),
                        with_bias};
  FillRandom(p.a, -1, 1, 1), FillRandom(p.b, -1, 1, 2), FillRandom(p.bias, -1, 1, 3);
  FillRandom(p.c, -1, 1, 4);
  return p;
}

template <class T>
void RunMatMul(MatMulProblem<T>& p, MisalignedArray<T>& c,
               const MatMulRowSums<T>& row_sums = {}) {
  MisalignedArray<T> workspace(MatMulWorkspaceBytes(p.shape, sizeof(T)) / sizeof(T), 0);
  MatMul(p.shape, p.a.data(), p.b.data(), p.with_bias ? p.bias.data() : nullptr, c.data(),
         workspace.data(), row_sums);
  EXPECT_TRUE(c.Intact());
  EXPECT_TRUE(workspace.Intact());
}

inline bool HasFma() {
  const std::string target = KernelTargetName();
  return target != "SSE2" && target != "SSSE3" && target != "SSE4" && target != "SCALAR" &&
         target != "EMU128";
}

// What c must be after the product: the chain, and the bound on its distance from the truth.
template <class T>
void ExpectChain(const MatMulProblem<T>& p, const MisalignedArray<T>& before,
                 const MisalignedArray<T>& after) {
  const MatMulShape& s = p.shape;
  const bool fma = HasFma();
  std::vector<bool> written(after.size());
  int64_t wrong = 0;
  for (int64_t o = 0; o < s.outer_batch; ++o) {
    for (int64_t in = 0; in < s.inner_batch; ++in) {
      const T* a = p.a.data() + o * s.a_outer + in * s.a_inner;
      const T* b = p.b.data() + o * s.b_outer + in * s.b_inner;
      for (int64_t i = 0; i < s.m; ++i) {
        for (int64_t j = 0; j < s.n; ++j) {
          T sum = 0;
          long double exact = 0, magnitude = 0;
          for (int64_t q = 0; q < s.k; ++q) {
            const T x = s.transpose_a ? a[q * s.lda + i] : a[i * s.lda + q];
            const T y = s.transpose_b ? b[j * s.ldb + q] : b[q * s.ldb + j];
            sum = fma ? std::fma(x, y, sum) : sum + x * y;
            exact += static_cast<long double>(x) * y;
            magnitude += std::fabs(static_cast<long double>(x) * y);
          }
          EXPECT_LE(std::fabs(sum - exact),
                    s.k * std::numeric_limits<T>::epsilon() * magnitude);
          const int64_t at = o * s.c_outer + in * s.c_inner + i * s.ldc + j;
          if (s.accumulate) sum = before[at] + sum;
          if (p.with_bias) sum = sum + p.bias[j];
          wrong += !SameBits(&sum, &after[at], 1);
          written[at] = true;
        }
      }
    }
  }
  for (size_t i = 0; i < after.size(); ++i) {
    wrong += !written[i] && !SameBits(&before[i], &after[i], 1);
  }
  EXPECT_EQ(wrong, 0) << "m " << s.m << ", k " << s.k << ", n " << s.n << ", transposed "
                      << s.transpose_a << s.transpose_b;
}

template <class T>
void CheckMatMul(const MatMulShape& shape, int64_t gap, size_t offset, bool with_bias) {
  MatMulProblem<T> p = MakeMatMulProblem<T>(shape, gap, offset, with_bias);
  MisalignedArray<T> c = p.c;
  // A copy may lie elsewhere relative to 64 bytes; what matters is that it is guarded.
  RunMatMul(p, c);
  ExpectChain(p, p.c, c);
}

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_MATMUL_TEST_UTIL_H_
