#include "ops/kernels/attention.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/attention_test_util.h"
#include "ops/kernels/target_test_util.h"
#include "tensor/thread_pool.h"

namespace hairpin::kernels {
namespace {

template <class T>
class AttentionTest : public testing::Test {};
using Types = testing::Types<float, double>;
TYPED_TEST_SUITE(AttentionTest, Types);

template <class T>
void Run(const AttentionShape& shape, const AttentionInputs<T>& in, const T* upstream,
         bool accumulate, AttentionResults<T>& r) {
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
void Check(const AttentionProblem<T>& p, bool accumulate) {
  AttentionResults<T> r(p);
  const T before = accumulate ? T(0.5) : T(0);
  for (auto* array : {&r.dq, &r.dk, &r.dv}) std::fill_n(array->data(), array->size(), T(0.5));
  Run(p.shape, p.inputs(), p.upstream.data(), accumulate, r);
  const AttentionReference expected = ExpectedAttention(p);
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
    {.batch = 1, .queries = 13, .keys = 37, .heads = 2, .head_width = 64},
    {.batch = 1, .queries = 70, .keys = 20, .heads = 1, .head_width = 80},
    {.batch = 1, .queries = 140, .keys = 131, .heads = 1, .head_width = 5},
    {.batch = 2, .queries = 70, .keys = 70, .heads = 2, .head_width = 4, .causal = true,
     .dropout = 0.25, .dropout_key = {5, 6}},
    {.batch = 2, .queries = 21, .keys = 21, .heads = 2, .head_width = 4, .dropout = 0.5,
     .dropout_key = {1, 2}},
    {.batch = 1, .queries = 64, .keys = 64, .heads = 2, .head_width = 48, .causal = true},
    {.batch = 2, .queries = 1, .keys = 20, .heads = 1, .head_width = 8, .causal = true},
    {.batch = 1, .queries = 33, .keys = 150, .heads = 2, .head_width = 64, .causal = true},
    {.batch = 1, .queries = 141, .keys = 270, .heads = 1, .head_width = 7, .causal = true,
     .dropout = 0.25, .dropout_key = {3, 1}},
};

TYPED_TEST(AttentionTest, FollowsItsFormulas) {
  ForEachTarget([&](const char*) {
    for (const AttentionShape& shape : kShapes) {
      AttentionProblem<TypeParam> p(shape);
      Check(p, false);
      p.HideSomeKeys();
      Check(p, true);
    }
  });
}

TYPED_TEST(AttentionTest, SameBitsForAnyNumberOfThreads) {
  ForEachTarget([&](const char*) {
    for (const AttentionShape& shape : kShapes) {
      const AttentionProblem<TypeParam> p(shape);
      AttentionResults<TypeParam> one(p), several(p);
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
  AttentionProblem<T> p(shape);
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
    AttentionResults<T> whole(p), part(p);
    Run(shape, p.inputs(), p.upstream.data(), false, whole);
    AttentionInputs<T> in = p.inputs();
    in.q = q.data(), in.rows = rows.data(), in.num_rows = R;
    Run(shape, in, upstream.data(), false, part);
    for (int64_t r = 0; r < R; ++r) {
      EXPECT_TRUE(SameBits(whole.out.data() + rows[r] * C, part.out.data() + r * C, C)) << r;
      EXPECT_TRUE(SameBits(whole.dq.data() + rows[r] * C, part.dq.data() + r * C, C)) << r;
    }
    const AttentionReference expected = ExpectedAttention(p);
    ExpectNear(part.dk, expected.dk, T(0), "dk");
    ExpectNear(part.dv, expected.dv, T(0), "dv");
  });
}

// Causal: the last queries beside a cache of keys give the bits of the whole, and a query's bits
// don't change when keys come after it.
TYPED_TEST(AttentionTest, LastPositionsAreThoseOfTheWhole) {
  using T = TypeParam;
  const AttentionShape whole = {.queries = 150, .keys = 150, .heads = 2, .head_width = 24,
                                .causal = true};
  const AttentionProblem<T> p(whole);
  ForEachTarget([&](const char*) {
    AttentionResults<T> all(p);
    Run(whole, p.inputs(), p.upstream.data(), false, all);
    for (const int64_t keys : {1, 17, 64, 101, 150}) {
      for (const int64_t queries : {int64_t{1}, keys / 3, keys}) {
        if (queries == 0) continue;
        AttentionShape shape = whole;
        shape.queries = queries, shape.keys = keys;
        const int64_t first = (keys - queries) * p.C;
        AttentionInputs<T> in = p.inputs();
        in.q += first;
        AttentionResults<T> last(p);
        Run(shape, in, p.upstream.data() + first, false, last);
        const int64_t size = queries * p.C;
        EXPECT_TRUE(SameBits(all.out.data() + first, last.out.data(), size)) << keys << queries;
        EXPECT_TRUE(SameBits(all.dq.data() + first, last.dq.data(), size)) << keys << queries;
      }
    }
  });
}

// Causal, some queries alone: keys after the last of them get gradients of 0.
TYPED_TEST(AttentionTest, CausalRowsAloneAreThoseOfTheWhole) {
  using T = TypeParam;
  const AttentionShape shape = {.batch = 2, .queries = 90, .keys = 90, .heads = 1,
                                .head_width = 16, .causal = true};
  AttentionProblem<T> p(shape);
  const std::vector<int32_t> rows = {3, 4, 70, 90 + 31};
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
  const AttentionReference expected = ExpectedAttention(p);
  ForEachTarget([&](const char*) {
    AttentionResults<T> whole(p), part(p);
    for (auto* array : {&part.dk, &part.dv}) std::fill_n(array->data(), array->size(), T(0.5));
    Run(shape, p.inputs(), p.upstream.data(), false, whole);
    AttentionInputs<T> in = p.inputs();
    in.q = q.data(), in.rows = rows.data(), in.num_rows = R;
    Run(shape, in, upstream.data(), false, part);
    for (int64_t r = 0; r < R; ++r) {
      EXPECT_TRUE(SameBits(whole.out.data() + rows[r] * C, part.out.data() + r * C, C)) << r;
      EXPECT_TRUE(SameBits(whole.dq.data() + rows[r] * C, part.dq.data() + r * C, C)) << r;
    }
    ExpectNear(part.dk, expected.dk, T(0), "dk");
    ExpectNear(part.dv, expected.dv, T(0), "dv");
  });
}

// A gradient that nobody wants changes no other.
TYPED_TEST(AttentionTest, GradientsCanBeLeftOut) {
  using T = TypeParam;
  const AttentionProblem<T> p({.batch = 2, .queries = 9, .keys = 8, .heads = 2, .head_width = 5});
  AttentionResults<T> all(p), some(p);
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
