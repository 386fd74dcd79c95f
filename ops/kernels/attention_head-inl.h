// Attention of one head of one sequence, forward and backward.
#if defined(HAIRPIN_OPS_KERNELS_ATTENTION_HEAD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_ATTENTION_HEAD_INL_H_
#undef HAIRPIN_OPS_KERNELS_ATTENTION_HEAD_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_ATTENTION_HEAD_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "hwy/highway.h"
#include "ops/kernels/attention.h"
#include "ops/kernels/attention_product-inl.h"
#include "ops/kernels/attention_scores-inl.h"
#include "ops/kernels/attention_scratch.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {

// out_i = sum_j p'_ij v_j.
template <class T>
void HeadForward(const Head<T>& head, T* out, HeadScratch<T>& scratch) {
  const kernels::AttentionShape& shape = head.shape;
  const auto keys = PackColumns(KeyColumns(head, head.k), scratch.keys);
  const auto values = PackColumns(WidthColumns(head, head.v, shape.keys), scratch.values);
  MakeMask(head, scratch);
  const hn::ScalableTag<T> d;
  for (int64_t begin = 0; begin < head.num_rows; begin += kernels::kAttentionQueries) {
    const int64_t count = std::min(kernels::kAttentionQueries, head.num_rows - begin);
    Probabilities(head, keys, begin, count, scratch);
    for (int64_t i = 0; shape.dropout > 0 && i < count; ++i) {
      DrawFactors(head, head.t(begin + i), scratch);
      T* const row = scratch.scores + i * scratch.width;
      for (int64_t j = 0; j < scratch.width; j += TileLanes<T>()) {
        hn::StoreU(hn::Mul(hn::LoadU(d, row + j), hn::LoadU(d, scratch.factors + j)), d, row + j);
      }
    }
    PanelProduct<true>(count, shape.keys, shape.head_width, scratch.scores, scratch.width,
                       values, false, false, out + begin * head.stride, head.stride);
  }
}

// kRows queries: p and dp' (the gradient by p') in, p' and ds out.
//   p'_j = f_j p_j, so dp_j = f_j dp'_j;  ds_j = p_j (dp_j - sum_l p_l dp_l) / sqrt(D)
// f is a row of factors for one query, null for 1.
template <int64_t kRows, class T>
HWY_INLINE void ScoresBackward(T scale, const T* HWY_RESTRICT factors, int64_t n,
                               T* HWY_RESTRICT p, T* HWY_RESTRICT dp) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int64_t kLanes = TileLanes<T>();
  V mean[kRows];
  for (V& sum : mean) sum = hn::Zero(d);
  for (int64_t j = 0; j < n; j += kLanes) {
    for (int64_t r = 0; r < kRows; ++r) {
      V g = hn::LoadU(d, dp + r * n + j);
      if (factors != nullptr) {
        g = hn::Mul(g, hn::LoadU(d, factors + j));
        hn::StoreU(g, d, dp + r * n + j);
      }
      mean[r] = hn::MulAdd(hn::LoadU(d, p + r * n + j), g, mean[r]);
    }
  }
  for (V& sum : mean) sum = hn::SumOfLanes(d, sum);
  const V factor = hn::Set(d, scale);
  for (int64_t j = 0; j < n; j += kLanes) {
    for (int64_t r = 0; r < kRows; ++r) {
      const V probability = hn::LoadU(d, p + r * n + j);
      const V centred = hn::Sub(hn::LoadU(d, dp + r * n + j), mean[r]);
      hn::StoreU(hn::Mul(hn::Mul(probability, centred), factor), d, dp + r * n + j);
      if (factors != nullptr) {
        hn::StoreU(hn::Mul(probability, hn::LoadU(d, factors + j)), d, p + r * n + j);
      }
    }
  }
}

// dv_j = sum_i p'_ij do_i;  dq_i = sum_j ds_ij k_j;  dk_j = sum_i ds_ij q_i.
// Pointers of `to` are of the head's first row and first key, null where not wanted.
template <class T>
void HeadBackward(const Head<T>& head, const kernels::AttentionGradients<T>& to,
                  HeadScratch<T>& scratch) {
  const kernels::AttentionShape& shape = head.shape;
  const int64_t Tk = shape.keys, D = shape.head_width, stride = head.stride;
  const auto keys = PackColumns(KeyColumns(head, head.k), scratch.keys);
  const auto values = PackColumns(KeyColumns(head, head.v), scratch.values);
  MakeMask(head, scratch);
  const T scale = static_cast<T>(1 / std::sqrt(static_cast<double>(D)));
  int64_t begin = 0;
  // Runs once even where a sequence has no rows: its dk and dv are then sums of nothing.
  do {
    const int64_t count = std::min(kernels::kAttentionQueries, head.num_rows - begin);
    const T* const dout = head.upstream + begin * stride;
    if (count > 0) {
      Probabilities(head, keys, begin, count, scratch);
      PanelProduct<true>(count, D, Tk, dout, stride, values, false, true, scratch.gradients,
                         scratch.width);
    }
    const int64_t n = scratch.width;
    T *const p = scratch.scores, *const dp = scratch.gradients;
    if (shape.dropout > 0) {
      for (int64_t i = 0; i < count; ++i) {
        DrawFactors(head, head.t(begin + i), scratch);
        ScoresBackward<1>(scale, scratch.factors, n, p + i * n, dp + i * n);
      }
    } else {
      ForEachRowGroup(count, [&](int64_t i, auto rows) HWY_ATTR {
        const T* const none = nullptr;
        ScoresBackward<decltype(rows)::value>(scale, none, n, p + i * n, dp + i * n);
      });
    }
    // The gradients' columns d take turns in one piece of scratch, where they need it.
    if (to.v != nullptr) {
      const auto upstream = PackColumns(WidthColumns(head, dout, count), scratch.by_width);
      PanelProduct<false>(Tk, count, D, p, n, upstream, to.accumulate_v || begin > 0, false, to.v,
                          stride);
    }
    if (to.q != nullptr && count > 0) {
      const auto keys_by_width = PackColumns(WidthColumns(head, head.k, Tk), scratch.by_width);
      PanelProduct<true>(count, Tk, D, dp, n, keys_by_width, to.accumulate_q, false,
                         to.q + begin * stride, stride);
    }
    if (to.k != nullptr) {
      const auto queries =
          PackColumns(WidthColumns(head, head.q + begin * stride, count), scratch.by_width);
      PanelProduct<false>(Tk, count, D, dp, n, queries, to.accumulate_k || begin > 0, false, to.k,
                          stride);
    }
    begin += kernels::kAttentionQueries;
  } while (begin < head.num_rows);
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_ATTENTION_HEAD_INL_H_
