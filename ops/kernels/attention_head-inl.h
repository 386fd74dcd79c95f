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
  for (int64_t begin = 0; begin < head.num_rows;) {
    const RowBlock block = MakeBlock(head, begin);
    Probabilities(head, keys, block, scratch);
    for (int64_t i = 0; shape.dropout > 0 && i < block.count; ++i) {
      DrawFactors(head, block, begin + i, scratch);
      T* const row = scratch.scores + i * scratch.width;
      for (int64_t j = 0; j < block.width; j += TileLanes<T>()) {
        hn::StoreU(hn::Mul(hn::LoadU(d, row + j), hn::LoadU(d, scratch.factors + j)), d, row + j);
      }
    }
    PanelProduct<true>(block.count, block.keys, shape.head_width, scratch.scores, scratch.width,
                       values, false, false, out + begin * head.stride, head.stride);
    begin += block.count;
  }
}

// kRows queries: p and dp' (the gradient by p') in, p' and ds out.
//   p'_j = f_j p_j, so dp_j = f_j dp'_j;  ds_j = p_j (dp_j - sum_l p_l dp_l) / sqrt(D)
// n numbers of each, rows `step` apart. f is a row of factors for one query, null for 1.
template <int64_t kRows, class T>
HWY_INLINE void ScoresBackward(T scale, const T* HWY_RESTRICT factors, int64_t n, int64_t step,
                               T* HWY_RESTRICT p, T* HWY_RESTRICT dp) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int64_t kLanes = TileLanes<T>();
  V mean[kRows];
  for (V& sum : mean) sum = hn::Zero(d);
  for (int64_t j = 0; j < n; j += kLanes) {
    for (int64_t r = 0; r < kRows; ++r) {
      V g = hn::LoadU(d, dp + r * step + j);
      if (factors != nullptr) {
        g = hn::Mul(g, hn::LoadU(d, factors + j));
        hn::StoreU(g, d, dp + r * step + j);
      }
      mean[r] = hn::MulAdd(hn::LoadU(d, p + r * step + j), g, mean[r]);
    }
  }
  for (V& sum : mean) sum = hn::SumOfLanes(d, sum);
  const V factor = hn::Set(d, scale);
  for (int64_t j = 0; j < n; j += kLanes) {
    for (int64_t r = 0; r < kRows; ++r) {
      const V probability = hn::LoadU(d, p + r * step + j);
      const V centred = hn::Sub(hn::LoadU(d, dp + r * step + j), mean[r]);
      hn::StoreU(hn::Mul(hn::Mul(probability, centred), factor), d, dp + r * step + j);
      if (factors != nullptr) {
        hn::StoreU(hn::Mul(probability, hn::LoadU(d, factors + j)), d, p + r * step + j);
      }
    }
  }
}

// to[j] (=|+=) sum over the block's i of a_ij from_i for the block's keys j, a [count, keys]. Keys
// from `done` on were seen by no block before.
template <class T>
HWY_INLINE void AddToKeys(const Head<T>& head, const RowBlock& block, const T* a,
                          const PanelColumns<T>& from, int64_t done, bool accumulate,
                          const HeadScratch<T>& scratch, T* to) {
  const int64_t D = head.shape.head_width, stride = head.stride;
  if (accumulate) done = block.keys;
  PanelProduct<false>(done, block.count, D, a, scratch.width, from, true, false, to, stride);
  PanelProduct<false>(block.keys - done, block.count, D, a + done, scratch.width, from, false,
                      false, to + done * stride, stride);
}

// Rows [done, Tk) of a gradient that no query reaches.
template <class T>
HWY_INLINE void ZeroKeys(const Head<T>& head, int64_t done, T* to) {
  for (int64_t j = done; j < head.shape.keys; ++j) {
    std::fill_n(to + j * head.stride, head.shape.head_width, T(0));
  }
}

// dv_j = sum_i p'_ij do_i;  dq_i = sum_j ds_ij k_j;  dk_j = sum_i ds_ij q_i.
// Pointers of `to` are of the head's first row and first key, null where not wanted.
template <class T>
void HeadBackward(const Head<T>& head, const kernels::AttentionGradients<T>& to,
                  HeadScratch<T>& scratch) {
  const kernels::AttentionShape& shape = head.shape;
  const int64_t D = shape.head_width, stride = head.stride, n = scratch.width;
  const auto keys = PackColumns(KeyColumns(head, head.k), scratch.keys);
  const auto values = PackColumns(KeyColumns(head, head.v), scratch.values);
  MakeMask(head, scratch);
  const T scale = static_cast<T>(1 / std::sqrt(static_cast<double>(D)));
  T *const p = scratch.scores, *const dp = scratch.gradients;
  int64_t done = 0;  // keys that the blocks before have seen
  for (int64_t begin = 0; begin < head.num_rows;) {
    const RowBlock block = MakeBlock(head, begin);
    const T* const dout = head.upstream + begin * stride;
    Probabilities(head, keys, block, scratch);
    PanelProduct<true>(block.count, D, block.keys, dout, stride, values, false, true, dp, n);
    if (shape.dropout > 0) {
      for (int64_t i = 0; i < block.count; ++i) {
        DrawFactors(head, block, begin + i, scratch);
        ScoresBackward<1>(scale, scratch.factors, block.width, n, p + i * n, dp + i * n);
      }
    } else {
      ForEachRowGroup(block.count, [&](int64_t i, auto rows) HWY_ATTR {
        const T* const none = nullptr;
        ScoresBackward<decltype(rows)::value>(scale, none, block.width, n, p + i * n, dp + i * n);
      });
    }
    // The gradients' columns d take turns in one piece of scratch, where they need it.
    if (to.v != nullptr) {
      const auto upstream = PackColumns(WidthColumns(head, dout, block.count), scratch.by_width);
      AddToKeys(head, block, p, upstream, done, to.accumulate_v, scratch, to.v);
    }
    if (to.q != nullptr) {
      const auto keys_by_width =
          PackColumns(WidthColumns(head, head.k, block.keys), scratch.by_width);
      PanelProduct<true>(block.count, block.keys, D, dp, n, keys_by_width, to.accumulate_q, false,
                         to.q + begin * stride, stride);
    }
    if (to.k != nullptr) {
      const auto queries =
          PackColumns(WidthColumns(head, head.q + begin * stride, block.count), scratch.by_width);
      AddToKeys(head, block, dp, queries, done, to.accumulate_k, scratch, to.k);
    }
    done = block.keys;
    begin += block.count;
  }
  if (to.v != nullptr && !to.accumulate_v) ZeroKeys(head, done, to.v);
  if (to.k != nullptr && !to.accumulate_k) ZeroKeys(head, done, to.k);
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_ATTENTION_HEAD_INL_H_
