#include "ops/kernels/recurrent.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

using kernels::RecurrentShape;
using L = long double;

L Logistic(L x) { return 1 / (1 + std::exp(-x)); }

template <typename T>
MisalignedArray<T> RandomArray(int64_t size, uint32_t seed) {
  MisalignedArray<T> array(static_cast<size_t>(size), seed % 4);
  FillRandom(array, -1, 1, seed);
  return array;
}

// One problem of either network: n gates, and what comes out of it.
template <typename T>
struct Problem {
  Problem(const RecurrentShape& s, int64_t n)
      : shape(s), n(n), B(s.batch), steps(s.steps), H(s.hidden),
        w(RandomArray<T>(n * H * H, 1)), b(RandomArray<T>(n * H, 2)),
        h(RandomArray<T>(B * H, 3)), c(RandomArray<T>(B * H, 4)),
        a(RandomArray<T>(B * steps * n * H, 5)), d_out(RandomArray<T>(B * steps * H, 6)),
        d_h_out(RandomArray<T>(B * H, 7)), d_c_out(RandomArray<T>(B * H, 8)),
        gates(B * steps * 4 * H, 1), out(B * steps * H, 2), cells(B * steps * H, 3),
        h_out(B * H, 0), c_out(B * H, 1), d_gates(a.size(), 2), d_hidden(a.size(), 3),
        d_h(B * H, 0), d_c(B * H, 1) {}

  void Run() {
    n == 4 ? RunLstm() : RunGru();
    for (const auto* array : {&gates, &out, &cells, &h_out, &c_out, &d_gates, &d_hidden, &d_h,
                              &d_c}) {
      EXPECT_TRUE(array->Intact());
    }
  }

  RecurrentShape shape;
  int64_t n, B, steps, H;
  MisalignedArray<T> w, b, h, c, a, d_out, d_h_out, d_c_out;
  MisalignedArray<T> gates, out, cells, h_out, c_out, d_gates, d_hidden, d_h, d_c;

 private:
  void RunLstm() {
    std::copy_n(a.data(), a.size(), gates.data());
    MisalignedArray<T> scratch(kernels::LstmForwardWorkspaceBytes(shape, sizeof(T)) / sizeof(T), 0);
    kernels::LstmForward<T>(shape, {w.data(), b.data(), h.data(), c.data(), gates.data(),
                                    cells.data(), out.data(), h_out.data(), c_out.data()},
                            scratch.data());
    MisalignedArray<T> back(kernels::LstmBackwardWorkspaceBytes(shape, sizeof(T)) / sizeof(T), 0);
    kernels::LstmBackward<T>(
        shape, {w.data(), c.data(), gates.data(), cells.data(), d_out.data(), d_h_out.data(),
                d_c_out.data(), d_gates.data(), d_h.data(), d_c.data()},
        back.data());
    EXPECT_TRUE(scratch.Intact() && back.Intact());
  }
  void RunGru() {
    MisalignedArray<T> scratch(kernels::GruForwardWorkspaceBytes(shape, sizeof(T)) / sizeof(T), 0);
    kernels::GruForward<T>(shape, {w.data(), b.data(), h.data(), a.data(), gates.data(),
                                   out.data(), h_out.data()},
                           scratch.data());
    MisalignedArray<T> back(kernels::GruBackwardWorkspaceBytes(shape, sizeof(T)) / sizeof(T), 0);
    kernels::GruBackward<T>(shape, {w.data(), h.data(), gates.data(), out.data(), d_out.data(),
                                    d_h_out.data(), d_gates.data(), d_hidden.data(), d_h.data()},
                            back.data());
    EXPECT_TRUE(scratch.Intact() && back.Intact());
  }
};

// The formulas of recurrent.h: out, then the last h, then the last c.
struct Reference {
  std::vector<L> out, h, c;
};
template <typename T>
Reference Expected(const Problem<T>& p) {
  Reference r = {.out = std::vector<L>(p.out.size()), .h = {p.h.data(), p.h.data() + p.h.size()},
                 .c = {p.c.data(), p.c.data() + p.c.size()}};
  const int64_t H = p.H;
  for (int64_t row = 0; row < p.B * p.steps; ++row) {
    const int64_t state = row / p.steps * H;
    const std::vector<L> h(r.h.begin() + state, r.h.begin() + state + H);
    const auto by_state = [&](int64_t gate, int64_t j) {
      L sum = p.b[gate * H + j];
      for (int64_t k = 0; k < H; ++k) sum += p.w[(gate * H + j) * H + k] * h[k];
      return sum;
    };
    const auto by_input = [&](int64_t gate, int64_t j) -> L {
      return p.a[(row * p.n + gate) * H + j];
    };
    const auto both = [&](int64_t gate, int64_t j) {
      return by_input(gate, j) + by_state(gate, j);
    };
    for (int64_t j = 0; j < H; ++j) {
      L& cell = r.c[state + j];
      if (p.n == 4) {
        cell = Logistic(both(1, j)) * cell + Logistic(both(0, j)) * std::tanh(both(2, j));
        r.h[state + j] = Logistic(both(3, j)) * std::tanh(cell);
      } else {
        const L z = Logistic(both(1, j));
        const L n = std::tanh(by_input(2, j) + Logistic(both(0, j)) * by_state(2, j));
        r.h[state + j] = (1 - z) * n + z * h[j];
      }
      r.out[row * H + j] = r.h[state + j];
    }
  }
  return r;
}

// What the upstream gradients are those of.
template <typename T>
L Loss(const Problem<T>& p) {
  const Reference r = Expected(p);
  L loss = 0;
  for (size_t i = 0; i < r.out.size(); ++i) loss += r.out[i] * p.d_out[i];
  for (size_t i = 0; i < r.h.size(); ++i) loss += r.h[i] * p.d_h_out[i];
  for (size_t i = 0; p.n == 4 && i < r.c.size(); ++i) loss += r.c[i] * p.d_c_out[i];
  return loss;
}

// Central differences of the formulas by x, one of p's arrays.
template <typename T>
void CheckGradient(Problem<T>& p, MisalignedArray<T>& x, const MisalignedArray<T>& gradient,
                   const char* what) {
  // A power of two, and x rounded to it: both sides of x are numbers of T.
  const T step = static_cast<T>(sizeof(T) == 4 ? 0x1p-10 : 0x1p-17);
  const double tolerance = sizeof(T) == 4 ? 2e-5 : 2e-9;
  for (size_t i = 0; i < x.size(); ++i) {
    const T before = x[i];
    x[i] = before + step;
    const L above = x[i], up = Loss(p);
    x[i] = before - step;
    const L below = x[i], down = Loss(p);
    x[i] = before;
    EXPECT_NEAR(gradient[i], static_cast<double>((up - down) / (above - below)), tolerance)
        << what << " " << i;
  }
}

template <typename T>
void Check(const RecurrentShape& shape, bool gradients) {
  for (const int64_t n : {4, 3}) {
    Problem<T> p(shape, n);
    p.Run();
    const Reference expected = Expected(p);
    const double tolerance = 30 * std::numeric_limits<T>::epsilon();
    for (size_t i = 0; i < p.out.size(); ++i) {
      EXPECT_NEAR(p.out[i], static_cast<double>(expected.out[i]), tolerance) << n;
    }
    for (size_t i = 0; i < p.h.size(); ++i) {
      EXPECT_NEAR(p.h_out[i], static_cast<double>(expected.h[i]), tolerance) << n;
      if (n == 3) continue;
      EXPECT_NEAR(p.c_out[i], static_cast<double>(expected.c[i]), tolerance);
    }
    if (!gradients) continue;
    CheckGradient(p, p.a, p.d_gates, n == 4 ? "lstm a" : "gru a");
    CheckGradient(p, p.h, p.d_h, n == 4 ? "lstm h" : "gru h");
    if (n == 4) CheckGradient(p, p.c, p.d_c, "lstm c");
  }
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    Check<T>({.batch = 2, .steps = 3, .hidden = 3}, true);
    Check<T>({.batch = 1, .steps = 2, .hidden = 17}, true);
    Check<T>({.batch = 1, .steps = 1, .hidden = 1}, true);
    for (const int64_t H : {8, 16, 31, 33, 50}) {
      Check<T>({.batch = 9, .steps = 2, .hidden = H}, false);
    }
    // More than one group.
    Check<T>({.batch = 50, .steps = 2, .hidden = 5}, false);
    Check<T>({.batch = 0, .steps = 2, .hidden = 5}, false);
  });
}

TEST(Recurrent, Float32) { CheckAll<float>(); }
TEST(Recurrent, Float64) { CheckAll<double>(); }

// The gradient by what the state's product gives is that of a bias on it: for the third gate of a
// GRU, r times that by a.
TEST(Recurrent, GruGivesTheGradientOfTheStatesPart) {
  Problem<double> p({.batch = 2, .steps = 3, .hidden = 5}, 3);
  p.Run();
  for (int64_t row = 0; row < p.B * p.steps; ++row) {
    for (int64_t j = 0; j < p.H; ++j) {
      const double r = p.gates[row * 4 * p.H + j];
      for (int64_t gate = 0; gate < 3; ++gate) {
        const int64_t at = (row * 3 + gate) * p.H + j;
        EXPECT_DOUBLE_EQ(p.d_hidden[at], p.d_gates[at] * (gate == 2 ? r : 1.0));
      }
    }
  }
}

// A sequence's bits depend neither on threads nor on how many sequences there are.
TEST(Recurrent, ThreadsAndSequencesAlone) {
  constexpr RecurrentShape kShape = {.batch = 21, .steps = 4, .hidden = 37};
  for (const int64_t n : {4, 3}) {
    Problem<float> whole(kShape, n);
    whole.Run();
    ForEachThreadCount([&] {
      Problem<float> p(kShape, n);
      p.Run();
      EXPECT_TRUE(SameBits(p.out.data(), whole.out.data(), p.out.size()));
      EXPECT_TRUE(SameBits(p.d_gates.data(), whole.d_gates.data(), p.d_gates.size()));
      EXPECT_TRUE(SameBits(p.d_h.data(), whole.d_h.data(), p.d_h.size()));
    });
    RecurrentShape alone = kShape;
    alone.batch = 1;
    Problem<float> first(alone, n);
    first.Run();
    EXPECT_TRUE(SameBits(first.out.data(), whole.out.data(), first.out.size()));
    EXPECT_TRUE(SameBits(first.h_out.data(), whole.h_out.data(), first.h_out.size()));
  }
}

}  // namespace
}  // namespace hairpin
