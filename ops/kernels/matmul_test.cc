// Every element must be the chain of multiply-adds that matmul.h promises, to the bit; and that
// chain must lie within k eps sum |a| |b| of the true sum.
#include "ops/kernels/matmul.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target.h"
#include "ops/kernels/target_test_util.h"
#include "tensor/philox.h"
#include "tensor/thread_pool.h"

namespace hairpin::kernels {
namespace {

template <class T>
class MatMulTest : public testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(MatMulTest, Types);

// Strides and batches as a full description; the arrays have guards around them.
template <class T>
struct Problem {
  MatMulShape shape;
  MisalignedArray<T> a, b, bias, c;
  bool with_bias;
};

template <class T>
void Fill(MisalignedArray<T>& array, uint32_t part) {
  const Philox random(DeriveKey(1, Stream::kTest, part));
  for (size_t i = 0; i < array.size(); ++i) {
    array[i] = static_cast<T>(UniformOpenDouble(random.At(i)[0]) * 2 - 1);
  }
}

// Leading dimensions are `gap` more than tight; a batch is one matrix after another.
template <class T>
Problem<T> MakeProblem(MatMulShape s, int64_t gap, size_t offset, bool with_bias) {
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
  Problem<T> p = {s,
                  MisalignedArray<T>(size(s.a_outer, gap), offset),
                  MisalignedArray<T>(size(s.b_outer, gap), offset + 1),
                  MisalignedArray<T>(s.n, offset),
                  MisalignedArray<T>(size(s.c_outer, gap), offset + 2),
                  with_bias};
  Fill(p.a, 1), Fill(p.b, 2), Fill(p.bias, 3), Fill(p.c, 4);
  return p;
}

template <class T>
void Run(Problem<T>& p, MisalignedArray<T>& c) {
  MisalignedArray<T> workspace(MatMulWorkspaceBytes(p.shape, sizeof(T)) / sizeof(T), 0);
  MatMul(p.shape, p.a.data(), p.b.data(), p.with_bias ? p.bias.data() : nullptr, c.data(),
         workspace.data());
  EXPECT_TRUE(c.Intact());
  EXPECT_TRUE(workspace.Intact());
}

bool HasFma() {
  const std::string target = KernelTargetName();
  return target != "SSE2" && target != "SSSE3" && target != "SSE4" && target != "SCALAR" &&
         target != "EMU128";
}

// What c must be after the product: the chain, and the bound on its distance from the truth.
template <class T>
void ExpectChain(const Problem<T>& p, const MisalignedArray<T>& before,
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
void Check(const MatMulShape& shape, int64_t gap, size_t offset, bool with_bias) {
  Problem<T> p = MakeProblem<T>(shape, gap, offset, with_bias);
  MisalignedArray<T> c = p.c;
  // A copy may lie elsewhere relative to 64 bytes; what matters is that it is guarded.
  Run(p, c);
  ExpectChain(p, p.c, c);
}

TYPED_TEST(MatMulTest, EveryEdgeOfATile) {
  using T = TypeParam;
  ForEachTarget([&](const char*) {
    constexpr int64_t kLanes = 64 / sizeof(T);
    for (const int64_t m : {1, 2, 3, 6, 7, 11, 14, 15, 29}) {
      for (int64_t n = 1; n <= 2 * kLanes + 1; ++n) {
        for (const int64_t k : {0, 1, 3, 6}) {
          const int transposes = (m + n + k) % 4;
          Check<T>({.m = m, .k = k, .n = n, .transpose_a = transposes % 2 == 1,
                    .transpose_b = transposes >= 2, .accumulate = n % 3 == 0},
                   n % 2, (m + n) % 5, k % 2 == 1);
        }
      }
    }
  });
}

TYPED_TEST(MatMulTest, AllTransposesAndOptionsOnSeveralTiles) {
  ForEachTarget([&](const char*) {
    for (int options = 0; options < 16; ++options) {
      for (const auto& [m, k, n] : {std::array<int64_t, 3>{67, 33, 41}, {33, 70, 131}}) {
        Check<TypeParam>({.m = m, .k = k, .n = n, .transpose_a = (options & 1) != 0,
                          .transpose_b = (options & 2) != 0, .accumulate = (options & 4) != 0},
                         options % 3, 1, (options & 8) != 0);
      }
    }
  });
}

// k beyond what a panel holds: the chain goes on from the stored sums.
TYPED_TEST(MatMulTest, LongSums) {
  ForEachTarget([&](const char*) {
    for (int options = 0; options < 8; ++options) {
      const bool tall = (options & 4) != 0;
      Check<TypeParam>({.m = tall ? 40 : 9, .k = 2051, .n = tall ? 7 : 45,
                        .transpose_a = (options & 1) != 0, .transpose_b = (options & 2) != 0,
                        .accumulate = options % 3 == 0},
                       0, 1, options % 2 == 1);
    }
  });
}

TYPED_TEST(MatMulTest, Batches) {
  ForEachTarget([&](const char*) {
    for (int transposes = 0; transposes < 4; ++transposes) {
      Check<TypeParam>({.m = 9, .k = 5, .n = 7, .transpose_a = transposes % 2 == 1,
                        .transpose_b = transposes >= 2, .accumulate = true, .outer_batch = 3,
                        .inner_batch = 2},
                       1, 1, true);
      Check<TypeParam>({.m = 64, .k = 48, .n = 64, .transpose_a = transposes % 2 == 1,
                        .transpose_b = transposes >= 2, .outer_batch = 2, .inner_batch = 4},
                       0, 0, false);
    }
  });
}

// Heads of [B, T, H, D] are strided slices; an operand with stride 0 serves the whole batch.
TYPED_TEST(MatMulTest, HeadsAreSlicesAndAnOperandCanBeShared) {
  using T = TypeParam;
  constexpr int64_t kB = 2, kT = 6, kH = 3, kD = 5, kN = 4;
  MisalignedArray<T> x(kB * kT * kH * kD, 1), w(kD * kN, 0), y(kB * kH * kT * kN, 2);
  Fill(x, 1), Fill(w, 2);
  const MatMulShape batched = {.m = kT, .k = kD, .n = kN, .lda = kH * kD, .outer_batch = kB,
                               .inner_batch = kH, .a_outer = kT * kH * kD, .a_inner = kD,
                               .c_outer = kH * kT * kN, .c_inner = kT * kN};
  const MatMulShape single = {.m = kT, .k = kD, .n = kN, .lda = kH * kD};
  ForEachTarget([&](const char*) {
    MisalignedArray<T> workspace(MatMulWorkspaceBytes(batched, sizeof(T)) / sizeof(T), 0);
    MatMul(batched, x.data(), w.data(), nullptr, y.data(), workspace.data());
    for (int64_t b = 0; b < kB; ++b) {
      for (int64_t h = 0; h < kH; ++h) {
        T expected[kT * kN];
        MatMul(single, x.data() + b * kT * kH * kD + h * kD, w.data(), nullptr, expected,
               workspace.data());
        EXPECT_TRUE(SameBits(expected, y.data() + (b * kH + h) * kT * kN, kT * kN));
      }
    }
  });
}

TYPED_TEST(MatMulTest, SameBitsForAnyNumberOfThreads) {
  using T = TypeParam;
  const MatMulShape shapes[] = {
      {.m = 150, .k = 70, .n = 90, .transpose_b = true},
      {.m = 70, .k = 70, .n = 190},
      {.m = 100, .k = 100, .n = 70, .transpose_a = true, .accumulate = true},
      {.m = 34, .k = 1100, .n = 40},
      {.m = 20, .k = 30, .n = 40, .outer_batch = 5, .inner_batch = 4},
      {.m = 130, .k = 80, .n = 60, .outer_batch = 2},
  };
  ForEachTarget([&](const char*) {
    for (const MatMulShape& shape : shapes) {
      Problem<T> p = MakeProblem<T>(shape, 0, 1, true);
      MisalignedArray<T> one = p.c;
      Run(p, one);
      for (int threads = 2; threads <= 3; ++threads) {
        SetNumThreads(threads);
        MisalignedArray<T> several = p.c;
        Run(p, several);
        EXPECT_TRUE(SameBits(one.data(), several.data(), one.size())) << threads << " threads";
      }
      SetNumThreads(1);
      ExpectChain(p, p.c, one);
    }
  });
}

TYPED_TEST(MatMulTest, RowsAloneAreThoseOfTheWhole) {
  using T = TypeParam;
  constexpr int64_t kM = 70, kK = 50, kN = 37;
  Problem<T> whole = MakeProblem<T>({.m = kM, .k = kK, .n = kN, .transpose_b = true}, 0, 1, true);
  ForEachTarget([&](const char*) {
    MisalignedArray<T> c = whole.c;
    Run(whole, c);
    MisalignedArray<T> workspace(MatMulWorkspaceBytes(whole.shape, sizeof(T)) / sizeof(T), 0);
    for (const auto& [first, rows] : {std::array<int64_t, 2>{0, 1}, {13, 2}, {31, 17}, {69, 1}}) {
      std::vector<T> part(rows * kN);
      MatMul({.m = rows, .k = kK, .n = kN, .transpose_b = true}, whole.a.data() + first * kK,
             whole.b.data(), whole.bias.data(), part.data(), workspace.data());
      EXPECT_TRUE(SameBits(part.data(), c.data() + first * kN, part.size())) << first;
    }
  });
}

TYPED_TEST(MatMulTest, NothingToDo) {
  const TypeParam* none = nullptr;
  TypeParam c = 3;
  MatMul({.m = 0, .k = 2, .n = 1}, none, none, none, &c, nullptr);
  MatMul({.m = 2, .k = 2, .n = 0}, none, none, none, &c, nullptr);
  MatMul({.m = 1, .k = 1, .n = 1, .outer_batch = 0}, none, none, none, &c, nullptr);
  EXPECT_EQ(c, 3);
}

}  // namespace
}  // namespace hairpin::kernels
