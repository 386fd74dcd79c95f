#include "ops/kernels/matmul.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/matmul_test_util.h"
#include "ops/kernels/target_test_util.h"
#include "tensor/thread_pool.h"

namespace hairpin::kernels {
namespace {

template <class T>
class MatMulTest : public testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(MatMulTest, Types);

TYPED_TEST(MatMulTest, EveryEdgeOfATile) {
  using T = TypeParam;
  ForEachTarget([&](const char*) {
    constexpr int64_t kLanes = 64 / sizeof(T);
    for (const int64_t m : {1, 2, 3, 6, 7, 11, 14, 15, 29}) {
      for (int64_t n = 1; n <= 2 * kLanes + 1; ++n) {
        for (const int64_t k : {0, 1, 3, 6}) {
          const int transposes = (m + n + k) % 4;
          CheckMatMul<T>({.m = m, .k = k, .n = n, .transpose_a = transposes % 2 == 1,
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
        CheckMatMul<TypeParam>({.m = m, .k = k, .n = n, .transpose_a = (options & 1) != 0,
                                .transpose_b = (options & 2) != 0,
                                .accumulate = (options & 4) != 0},
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
      CheckMatMul<TypeParam>({.m = tall ? 40 : 9, .k = 2051, .n = tall ? 7 : 45,
                              .transpose_a = (options & 1) != 0, .transpose_b = (options & 2) != 0,
                              .accumulate = options % 3 == 0},
                             0, 1, options % 2 == 1);
    }
  });
}

// Columns of a transposed A share cache sets: its panels are packed several at a time.
TYPED_TEST(MatMulTest, PanelsPackedTogether) {
  ForEachTarget([&](const char*) {
    CheckMatMul<TypeParam>({.m = 1024, .k = 20, .n = 33, .transpose_a = true}, 0, 1, true);
  });
}

TYPED_TEST(MatMulTest, Batches) {
  ForEachTarget([&](const char*) {
    for (int transposes = 0; transposes < 4; ++transposes) {
      CheckMatMul<TypeParam>({.m = 9, .k = 5, .n = 7, .transpose_a = transposes % 2 == 1,
                              .transpose_b = transposes >= 2, .accumulate = true, .outer_batch = 3,
                              .inner_batch = 2},
                             1, 1, true);
      CheckMatMul<TypeParam>({.m = 64, .k = 48, .n = 64, .transpose_a = transposes % 2 == 1,
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
  FillRandom(x, -1, 1, 1), FillRandom(w, -1, 1, 2);
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
      {.m = 70, .k = 64, .n = 100, .transpose_a = true},                     // A stays, packed
      {.m = 130, .k = 40, .n = 96, .transpose_a = true, .accumulate = true},  // B stays in place
      {.m = 130, .k = 40, .n = 90, .transpose_a = true, .transpose_b = true}, // B stays, packed
      {.m = 200, .k = 1000, .n = 200, .transpose_a = true},  // A stays, packed block by block
      {.m = 60, .k = 1024, .n = 20},   // rows of A share cache sets, so it is packed
      {.m = 1024, .k = 20, .n = 40, .transpose_a = true},  // columns too: panels packed together
      {.m = 230, .k = 900, .n = 33},   // several blocks of rows for the second-level cache
      {.m = 80, .k = 1300, .n = 64, .accumulate = true},  // many terms, B in place
      {.m = 96, .k = 600, .n = 72, .transpose_a = true, .accumulate = true},  // read across, small
  };
  ForEachTarget([&](const char*) {
    for (const MatMulShape& shape : shapes) {
      MatMulProblem<T> p = MakeMatMulProblem<T>(shape, 0, 1, true);
      MisalignedArray<T> one = p.c;
      RunMatMul(p, one);
      for (int threads = 2; threads <= 3; ++threads) {
        SetNumThreads(threads);
        MisalignedArray<T> several = p.c;
        RunMatMul(p, several);
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
  MatMulProblem<T> whole =
      MakeMatMulProblem<T>({.m = kM, .k = kK, .n = kN, .transpose_b = true}, 0, 1, true);
  ForEachTarget([&](const char*) {
    MisalignedArray<T> c = whole.c;
    RunMatMul(whole, c);
    MisalignedArray<T> workspace(MatMulWorkspaceBytes(whole.shape, sizeof(T)) / sizeof(T), 0);
    for (const auto& [first, rows] : {std::array<int64_t, 2>{0, 1}, {13, 2}, {31, 17}, {69, 1}}) {
      std::vector<T> part(rows * kN);
      MatMul({.m = rows, .k = kK, .n = kN, .transpose_b = true}, whole.a.data() + first * kK,
             whole.b.data(), whole.bias.data(), part.data(), workspace.data());
      EXPECT_TRUE(SameBits(part.data(), c.data() + first * kN, part.size())) << first;
    }
  });
}

// Whichever operand streams, however k is cut and whoever takes which task, each row once.
TYPED_TEST(MatMulTest, SumsOfRows) {
  using T = TypeParam;
  const MatMulShape shapes[] = {
      {.m = 1, .k = 1, .n = 1},     {.m = 5, .k = 0, .n = 3},
      {.m = 70, .k = 64, .n = 100}, {.m = 130, .k = 40, .n = 96},
      {.m = 130, .k = 40, .n = 90}, {.m = 200, .k = 1000, .n = 200},
      {.m = 90, .k = 300, .n = 90}, {.m = 34, .k = 1100, .n = 600},
      {.m = 300, .k = 1030, .n = 9}};
  ForEachTarget([&](const char* target) {
    for (MatMulShape shape : shapes) {
      shape.transpose_a = true;
      MatMulProblem<T> p = MakeMatMulProblem<T>(shape, 1, 1, false);
      MisalignedArray<T> before(shape.m, 1);
      FillRandom(before, -1, 1, 5);
      for (const bool accumulate : {false, true}) {
        std::vector<T> one;
        for (int threads = 1; threads <= 3; ++threads) {
          SetNumThreads(threads);
          MisalignedArray<T> sums = before, c = p.c;
          RunMatMul(p, c, MatMulRowSums<T>{sums.data(), accumulate});
          EXPECT_TRUE(sums.Intact());
          if (threads == 1) {
            one.assign(sums.data(), sums.data() + shape.m);
            ExpectChain(p, p.c, c);
          }
          EXPECT_TRUE(SameBits(one.data(), sums.data(), shape.m)) << threads << " threads";
        }
        SetNumThreads(1);
        for (int64_t i = 0; i < shape.m; ++i) {
          double expected = accumulate ? before[i] : 0, magnitude = std::fabs(expected);
          for (int64_t q = 0; q < shape.k; ++q) {
            expected += p.a[q * p.shape.lda + i], magnitude += std::fabs(p.a[q * p.shape.lda + i]);
          }
          EXPECT_NEAR(one[i], expected, 12 * std::numeric_limits<T>::epsilon() * magnitude)
              << target << ": row " << i << " of " << shape.m << " x " << shape.k;
        }
      }
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
