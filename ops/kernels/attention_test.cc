#include "ops/kernels/attention.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"
#include "tensor/philox.h"
#include "tensor/thread_pool.h"

namespace hairpin::kernels {
namespace {

template <class T>
class AttentionTest : public testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(AttentionTest, Types);

template <class T>
MisalignedArray<T> Random(int64_t size, uint32_t part) {
  MisalignedArray<T> array(size, 1);
  const Philox random(DeriveKey(1, Stream::kTest, part));
  for (int64_t i = 0; i < size; ++i) {
    array[i] = static_cast<T>(UniformOpenDouble(random.At(i)[0]) * 4 - 2);
  }
  return array;
}

template <class T>
struct Problem {
  explicit Problem(const AttentionShape& s)
      : shape(s),
        C(s.heads * s.head_width),
        q(Random<T>(s.batch * s.queries * C, 1)),
        k(Random<T>(s.batch * s.keys * C, 2)),
        v(Random<T>(s.batch * s.keys * C, 3)),
        upstream(Random<T>(s.batch * s.queries * C, 4)) {}

  // Key 0 is always seen, about a third of the others isn't.
  void HideSomeKeys() {
    visible.resize(shape.batch * shape.keys);
    for (size_t i = 0; i < visible.size(); ++i) {
      visible[i] = static_cast<int64_t>(i) % shape.keys == 0 || i % 3 != 1;
    }
  }
  AttentionInputs<T> inputs() const {
    return {.q = q.data(), .k = k.data(), .v = v.data(),
            .visible = visible.empty() ? nullptr : visible.data()};
  }

  AttentionShape shape;
  int64_t C;
  MisalignedArray<T> q, k, v, upstream;
  std::vector<int32_t> visible;
};

template <class T>
struct Results {
  explicit Results(const Problem<T>& p)
      : out(p.q.size(), 2), dq(p.q.size(), 3), dk(p.k.size(), 1), dv(p.v.size(), 0) {}
  MisalignedArray<T> out, dq, dk, dv;
};

template <class T>
void Run(const AttentionShape& shape, const AttentionInputs<T>& in, const T* upstream,
         bool accumulate, Results<T>& r) {
  MisalignedArray<T> forward(AttentionForwardWorkspaceBytes(shape, sizeof(T)) / sizeof(T), 0);
  AttentionForward(shape, in, r.out.data(), forward.data());
  MisalignedArray<T> backward(AttentionBackwardWorkspaceBytes(shape, sizeof(T)) / sizeof(T), 0);
  AttentionBackward(shape, in, upstream,
                    {.q = r.dq.data(), .k = r.dk.data(), .v = r.dv.data(),
                     .accumulate_q = accumulate, .accumulate_k = accumulate,
                     .accumulate_v = accumulate},
                    backward.data());
  EXPECT_TRUE(forward.Intact() && backward.Intact());
  EXPECT_TRUE(r.out.Intact() && r.dq.Intact() && r.dk.Intact() && r.dv.Intact());
}

// The formulas of attention.h in long double.
struct Reference {
  std::vector<long double> out, dq, dk, dv;
};

template <class T>
Reference Expected(const Problem<T>& p) {
  const AttentionShape& s = p.shape;
  Reference r;
  r.out.resize(p.q.size()), r.dq.resize(p.q.size());
  r.dk.resize(p.k.size()), r.dv.resize(p.k.size());
  const Philox random(s.dropout_key);
  const int64_t D = s.head_width;
  const long double scale = 1 / std::sqrt(static_cast<long double>(D));
  for (int64_t b = 0; b < s.batch; ++b) {
    for (int64_t h = 0; h < s.heads; ++h) {
      for (int64_t t = 0; t < s.queries; ++t) {
        const int64_t query = (b * s.queries + t) * p.C + h * D;
        const auto key = [&](int64_t j) { return (b * s.keys + j) * p.C + h * D; };
        std::vector<long double> probability(s.keys), factor(s.keys), dp(s.keys);
        long double sum = 0, mean = 0;
        for (int64_t j = 0; j < s.keys; ++j) {
          long double score = 0;
          for (int64_t d = 0; d < D; ++d) {
            score += static_cast<long double>(p.q[query + d]) * p.k[key(j) + d];
            dp[j] += static_cast<long double>(p.upstream[query + d]) * p.v[key(j) + d];
          }
          const bool seen = (p.visible.empty() || p.visible[b * s.keys + j] != 0) &&
                            (!s.causal || j <= t);
          probability[j] = seen ? std::exp(score * scale) : 0;
          sum += probability[j];
          const uint64_t element = ((b * s.heads + h) * s.queries + t) * s.keys + j;
          const bool keep = UniformFloat(random.At(element / 4)[element % 4]) >= s.dropout;
          factor[j] = keep ? 1 / (1 - static_cast<long double>(s.dropout)) : 0;
          dp[j] *= factor[j];
        }
        for (long double& x : probability) x /= sum;
        for (int64_t j = 0; j < s.keys; ++j) mean += probability[j] * dp[j];
        for (int64_t j = 0; j < s.keys; ++j) {
          const long double ds = probability[j] * (dp[j] - mean) * scale;
          for (int64_t d = 0; d < D; ++d) {
            r.out[query + d] += probability[j] * factor[j] * p.v[key(j) + d];
            r.dv[key(j) + d] += probability[j] * factor[j] * p.upstream[query + d];
            r.dq[query + d] += ds * p.k[key(j) + d];
            r.dk[key(j) + d] += ds * p.q[query + d];
          }
        }
      }
    }
  }
  return r;
}

// Differences of sums of up to some hundred terms of size 1.
template <class T>
void ExpectNear(const MisalignedArray<T>& actual, const std::vector<long double>& expected,
                T before, const char* what) {
  const long double tolerance = 200 * std::numeric_limits<T>::epsilon();
  int64_t wrong = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    const long double wanted = before + expected[i];
    wrong += !(std::fabs(actual[i] - wanted) <= tolerance * (1 + std::fabs(wanted)));
  }
  EXPECT_EQ(wrong, 0) << what;
}

template <class T>
void Check(const Problem<T>& p, bool accumulate) {
  Results<T> r(p);
  const T before = accumulate ? T(0.5) : T(0);
  for (auto* array : {&r.dq, &r.dk, &r.dv}) std::fill_n(array->data(), array->size(), T(0.5));
  Run(p.shape, p.inputs(), p.upstream.data(), accumulate, r);
  const Reference expected = Expected(p);
  ExpectNear(r.out, expected.out, T(0), "out");
  ExpectNear(r.dq, expected.dq, before, "dq");
  ExpectNear(r.dk, expected.dk, before, "dk");
  ExpectNear(r.dv, expected.dv, before, "dv");
}

const AttentionShape kShapes[] = {
    {.batch = 1, .queries = 1, .keys = 1, .heads = 1, .head_width = 1},
    {.batch = 2, .queries = 5, .keys = 7, .heads = 3, .head_width = 3},
    {.batch = 1, .queries = 19, .keys = 17, .heads = 2, .head_width = 16},
    {.batch = 2, .queries = 33, .keys = 33, .heads = 1, .head_width = 9, .causal = true},
    {.batch = 1, .queries = 64, .keys = 64, .heads = 2, .head_width = 48},
    {.batch = 1, .queries = 140, .keys = 131, .heads = 1, .head_width = 5},
    {.batch = 2, .queries = 70, .keys = 70, .heads = 2, .head_width = 4, .causal = true,
     .dropout = 0.25, .dropout_key = {5, 6}},
    {.batch = 2, .queries = 21, .keys = 21, .heads = 2, .head_width = 4, .dropout = 0.5,
     .dropout_key = {1, 2}},
};

TYPED_TEST(AttentionTest, FollowsItsFormulas) {
  ForEachTarget([&](const char*) {
    for (const AttentionShape& shape : kShapes) {
      Problem<TypeParam> p(shape);
      Check(p, false);
      p.HideSomeKeys();
      Check(p, true);
    }
  });
}

TYPED_TEST(AttentionTest, SameBitsForAnyNumberOfThreads) {
  ForEachTarget([&](const char*) {
    for (const AttentionShape& shape : kShapes) {
      const Problem<TypeParam> p(shape);
      Results<TypeParam> one(p), several(p);
      Run(p.shape, p.inputs(), p.upstream.data(), false, one);
      for (int threads = 2; threads <= 3; ++threads) {
        SetNumThreads(threads);
        Run(p.shape, p.inputs(), p.upstream.data(), false, several);
        EXPECT_TRUE(SameBits(one.out.data(), several.out.data(), one.out.size()));
        EXPECT_TRUE(SameBits(one.dq.data(), several.dq.data(), one.dq.size()));
        EXPECT_TRUE(SameBits(one.dk.data(), several.dk.data(), one.dk.size()));
        EXPECT_TRUE(SameBits(one.dv.data(), several.dv.data(), one.dv.size()));
      }
      SetNumThreads(1);
    }
  });
}

// Some queries alone: the same bits of out and dq; dk and dv as if the others' upstream were 0.
TYPED_TEST(AttentionTest, RowsAloneAreThoseOfTheWhole) {
  using T = TypeParam;
  const AttentionShape shape = {.batch = 4, .queries = 37, .keys = 37, .heads = 2,
                                .head_width = 6, .dropout = 0.2, .dropout_key = {3, 4}};
  Problem<T> p(shape);
  p.HideSomeKeys();
  // Sequence 1 has none, 2 has one.
  const std::vector<int32_t> rows = {0, 5, 6, 36, 2 * 37 + 20, 3 * 37, 3 * 37 + 1, 4 * 37 - 1};
  const int64_t R = rows.size(), C = p.C;
  std::vector<T> q(R * C), upstream(R * C);
  MisalignedArray<T> masked = p.upstream;
  std::fill_n(masked.data(), masked.size(), T(0));
  for (int64_t r = 0; r < R; ++r) {
    std::copy_n(p.q.data() + rows[r] * C, C, q.data() + r * C);
    std::copy_n(p.upstream.data() + rows[r] * C, C, upstream.data() + r * C);
    std::copy_n(p.upstream.data() + rows[r] * C, C, masked.data() + rows[r] * C);
  }
  p.upstream = masked;
  ForEachTarget([&](const char*) {
    Results<T> whole(p), part(p);
    Run(shape, p.inputs(), p.upstream.data(), false, whole);
    AttentionInputs<T> in = p.inputs();
    in.q = q.data(), in.rows = rows.data(), in.num_rows = R;
    Run(shape, in, upstream.data(), false, part);
    for (int64_t r = 0; r < R; ++r) {
      EXPECT_TRUE(SameBits(whole.out.data() + rows[r] * C, part.out.data() + r * C, C)) << r;
      EXPECT_TRUE(SameBits(whole.dq.data() + rows[r] * C, part.dq.data() + r * C, C)) << r;
    }
    const Reference expected = Expected(p);
    ExpectNear(part.dk, expected.dk, T(0), "dk");
    ExpectNear(part.dv, expected.dv, T(0), "dv");
  });
}

// A gradient that nobody wants changes no other.
TYPED_TEST(AttentionTest, GradientsCanBeLeftOut) {
  using T = TypeParam;
  const Problem<T> p({.batch = 2, .queries = 9, .keys = 8, .heads = 2, .head_width = 5});
  Results<T> all(p), some(p);
  Run(p.shape, p.inputs(), p.upstream.data(), false, all);
  MisalignedArray<T> workspace(AttentionBackwardWorkspaceBytes(p.shape, sizeof(T)) / sizeof(T), 0);
  AttentionBackward<T>(p.shape, p.inputs(), p.upstream.data(), {.q = some.dq.data()},
                       workspace.data());
  AttentionBackward<T>(p.shape, p.inputs(), p.upstream.data(), {.k = some.dk.data()},
                       workspace.data());
  AttentionBackward<T>(p.shape, p.inputs(), p.upstream.data(), {.v = some.dv.data()},
                       workspace.data());
  EXPECT_TRUE(SameBits(all.dq.data(), some.dq.data(), all.dq.size()));
  EXPECT_TRUE(SameBits(all.dk.data(), some.dk.data(), all.dk.size()));
  EXPECT_TRUE(SameBits(all.dv.data(), some.dv.data(), all.dv.size()));
}

}  // namespace
}  // namespace hairpin::kernels
