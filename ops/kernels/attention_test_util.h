// For tests of attention: a problem, what comes out of it, and what should by the formulas of
// attention.h in long double.
#ifndef HAIRPIN_OPS_KERNELS_ATTENTION_TEST_UTIL_H_
#define HAIRPIN_OPS_KERNELS_ATTENTION_TEST_UTIL_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ops/kernels/attention.h"
#include "ops/kernels/target_test_util.h"
#include "tensor/philox.h"

namespace hairpin::kernels {

template <class T>
MisalignedArray<T> RandomArray(int64_t size, uint32_t seed) {
  MisalignedArray<T> array(size, 1);
  FillRandom(array, -2, 2, seed);
  return array;
}

template <class T>
struct AttentionProblem {
  explicit AttentionProblem(const AttentionShape& s)
      : shape(s),
        C(s.heads * s.head_width),
        q(RandomArray<T>(s.batch * s.queries * C, 1)),
        k(RandomArray<T>(s.batch * s.keys * C, 2)),
        v(RandomArray<T>(s.batch * s.keys * C, 3)),
        upstream(RandomArray<T>(s.batch * s.queries * C, 4)) {}

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
struct AttentionResults {
  explicit AttentionResults(const AttentionProblem<T>& p)
      : out(p.q.size(), 2), dq(p.q.size(), 3), dk(p.k.size(), 1), dv(p.v.size(), 0) {}
  MisalignedArray<T> out, dq, dk, dv;
};

// The formulas of attention.h in long double.
struct AttentionReference {
  std::vector<long double> out, dq, dk, dv;
};

template <class T>
AttentionReference ExpectedAttention(const AttentionProblem<T>& p) {
  const AttentionShape& s = p.shape;
  AttentionReference r;
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
                            (!s.causal || j <= t + s.keys - s.queries);
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

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_ATTENTION_TEST_UTIL_H_
