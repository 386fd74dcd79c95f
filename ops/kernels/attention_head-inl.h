// Attention of one head of one sequence.
#if defined(HAIRPIN_OPS_KERNELS_ATTENTION_HEAD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_ATTENTION_HEAD_INL_H_
#undef HAIRPIN_OPS_KERNELS_ATTENTION_HEAD_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_ATTENTION_HEAD_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "hwy/highway.h"
#include "ops/kernels/attention.h"
#include "ops/kernels/attention_scratch.h"
#include "ops/kernels/math-inl.h"
#include "ops/kernels/matmul_pack-inl.h"
#include "ops/kernels/matmul_tile-inl.h"
#include "ops/kernels/philox-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {

// c[m, n] (=|+=) a b: a by rows or by steps (see TileSums), b packed as panels of its n columns
// with k steps. whole_panels: c has room for the last panel's width, and all of it is written.
template <bool kARows, class T>
HWY_INLINE void PanelProduct(int64_t m, int64_t k, int64_t n, const T* a, int64_t a_step,
                             const T* b, bool accumulate, bool whole_panels, T* c, int64_t ldc) {
  const RowPanels rows(m);
  const ColumnPanels<T> columns(n);
  for (int64_t j = 0; j < columns.count(); ++j) {
    const int64_t column = columns.start(j), width = columns.width(j);
    for (int64_t i = 0; i < rows.count(); ++i) {
      const int64_t row = rows.start(i);
      const TileOutput<T> out = {.c = c + row * ldc + column,
                                 .ldc = ldc,
                                 .columns = whole_panels ? width : columns.size(j),
                                 .accumulate = accumulate};
      RunTile<kARows>(rows.size(i), width, a + row * (kARows ? a_step : 1), a_step,
                      b + column * k, k, out);
    }
  }
}

template <class T>
HWY_INLINE void PackColumns(const Operand<T>& from, T* to) {
  const ColumnPanels<T> panels(from.extent);
  for (int64_t j = 0; j < panels.count(); ++j) {
    PackPanel(from, panels.start(j), panels.size(j), panels.width(j), 0, from.k,
              to + panels.start(j) * from.k);
  }
}

// What a task works on: one head of one sequence.
template <class T>
struct Head {
  const kernels::AttentionShape& shape;
  int64_t number;         // b H + h
  int64_t first_row;      // of q, out and their gradients
  int64_t num_rows;
  const int32_t* rows;    // rows[i] - first_query is t of row first_row + i; null: t is i
  int64_t first_query;    // b Tq
  const T *q, *k, *v;     // of first_row and of the first key
  const int32_t* visible;  // of the first key, or null
  int64_t stride;         // C

  int64_t t(int64_t i) const { return rows == nullptr ? i : rows[i] - first_query; }
};

// Scratch as pointers, and the width of a row of scores.
template <class T>
struct HeadScratch {
  HeadScratch(const kernels::AttentionShape& shape, char* bytes) {
    const kernels::AttentionScratch plan = kernels::PlanAttention(shape, sizeof(T));
    const auto take = [&](int64_t size) {
      T* const taken = reinterpret_cast<T*>(bytes);
      bytes += size;
      return taken;
    };
    keys = take(plan.keys), values = take(plan.values), scores = take(plan.scores);
    mask = take(plan.mask), factors = take(plan.draw);
    values_by_key = take(plan.values_by_key), keys_by_width = take(plan.keys_by_width);
    queries = take(plan.queries), gradients = take(plan.gradients);
    const ColumnPanels<T> panels(shape.keys);
    const int64_t last = panels.count() - 1;
    width = panels.start(last) + panels.width(last);
    words = reinterpret_cast<uint32_t*>(factors + CeilDiv(shape.keys, 64) * 64);
  }
  int64_t width;
  T *keys, *values, *scores, *mask, *factors, *values_by_key, *keys_by_width, *queries, *gradients;
  uint32_t* words;
};

// mask[j] = 0 where key j is seen, else -infinity, also beyond the last key.
template <class T>
HWY_INLINE void MakeMask(const Head<T>& head, HeadScratch<T>& scratch) {
  for (int64_t j = 0; j < scratch.width; ++j) {
    const bool seen =
        j < head.shape.keys && (head.visible == nullptr || head.visible[j] != 0);
    scratch.mask[j] = seen ? T(0) : -std::numeric_limits<T>::infinity();
  }
}

// factors[j] = keep / (1 - probability) for the probabilities of the query at position t.
template <class T>
HWY_INLINE void DrawFactors(const Head<T>& head, int64_t t, HeadScratch<T>& scratch) {
  const kernels::AttentionShape& shape = head.shape;
  const uint64_t first = static_cast<uint64_t>((head.number * shape.queries + t) * shape.keys);
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(hn::ScalableTag<uint32_t>()));
  const int64_t blocks = CeilDiv(static_cast<int64_t>(first % 4) + shape.keys, 4);
  PhiloxBlocks(shape.dropout_key, first / 4, CeilDiv(blocks, lanes) * lanes, scratch.words);
  const uint32_t* const words = scratch.words + first % 4;
  const T kept = static_cast<T>(1 / (1 - shape.dropout));
  for (int64_t j = 0; j < shape.keys; ++j) {
    scratch.factors[j] = UniformFloat(words[j]) >= shape.dropout ? kept : T(0);
  }
  std::fill(scratch.factors + shape.keys, scratch.factors + scratch.width, T(0));
}

// row = softmax(row * scale + mask), over n numbers, whole vectors.
template <class T>
HWY_INLINE void SoftmaxScores(T scale, const T* HWY_RESTRICT mask, int64_t n,
                              T* HWY_RESTRICT row) {
  const hn::ScalableTag<T> d;
  constexpr int64_t kLanes = TileLanes<T>();
  const auto factor = hn::Set(d, scale);
  auto largest = hn::Set(d, -std::numeric_limits<T>::infinity());
  for (int64_t j = 0; j < n; j += kLanes) {
    const auto s = hn::MulAdd(hn::LoadU(d, row + j), factor, hn::LoadU(d, mask + j));
    largest = hn::Max(largest, s);
    hn::StoreU(s, d, row + j);
  }
  largest = hn::MaxOfLanes(d, largest);
  auto sum = hn::Zero(d);
  for (int64_t j = 0; j < n; j += kLanes) {
    const auto e = Exp(d, hn::Sub(hn::LoadU(d, row + j), largest));
    sum = hn::Add(sum, e);
    hn::StoreU(e, d, row + j);
  }
  const auto reciprocal = hn::Div(hn::Set(d, T(1)), hn::SumOfLanes(d, sum));
  for (int64_t j = 0; j < n; j += kLanes) {
    hn::StoreU(hn::Mul(hn::LoadU(d, row + j), reciprocal), d, row + j);
  }
}

// scores = p of rows [begin, begin + count) of the head; keys are packed, the mask is made.
template <class T>
HWY_INLINE void Probabilities(const Head<T>& head, int64_t begin, int64_t count,
                              HeadScratch<T>& scratch) {
  const kernels::AttentionShape& shape = head.shape;
  PanelProduct<true>(count, shape.head_width, shape.keys, head.q + begin * head.stride,
                     head.stride, scratch.keys, false, true, scratch.scores, scratch.width);
  const T scale = static_cast<T>(1 / std::sqrt(static_cast<double>(shape.head_width)));
  for (int64_t i = 0; i < count; ++i) {
    T* const row = scratch.scores + i * scratch.width;
    if (shape.causal) {
      const int64_t seen = std::min(shape.keys, head.t(begin + i) + 1);
      std::fill(row + seen, row + scratch.width, -std::numeric_limits<T>::infinity());
    }
    SoftmaxScores(scale, scratch.mask, scratch.width, row);
  }
}

template <class T>
Operand<T> KeyColumns(const Head<T>& head, const T* from) {
  return {.data = from, .step = head.stride, .extent = head.shape.keys,
          .k = head.shape.head_width, .k_contiguous = true};
}
// Columns d of k or v, or of rows of q: steps are rows.
template <class T>
Operand<T> WidthColumns(const Head<T>& head, const T* from, int64_t rows) {
  return {.data = from, .step = head.stride, .extent = head.shape.head_width, .k = rows,
          .k_contiguous = false};
}

// out_i = sum_j p'_ij v_j.
template <class T>
void HeadForward(const Head<T>& head, T* out, HeadScratch<T>& scratch) {
  const kernels::AttentionShape& shape = head.shape;
  PackColumns(KeyColumns(head, head.k), scratch.keys);
  PackColumns(WidthColumns(head, head.v, shape.keys), scratch.values);
  MakeMask(head, scratch);
  const hn::ScalableTag<T> d;
  for (int64_t begin = 0; begin < head.num_rows; begin += kernels::kAttentionQueries) {
    const int64_t count = std::min(kernels::kAttentionQueries, head.num_rows - begin);
    Probabilities(head, begin, count, scratch);
    for (int64_t i = 0; shape.dropout > 0 && i < count; ++i) {
      DrawFactors(head, head.t(begin + i), scratch);
      T* const row = scratch.scores + i * scratch.width;
      for (int64_t j = 0; j < scratch.width; j += TileLanes<T>()) {
        hn::StoreU(hn::Mul(hn::LoadU(d, row + j), hn::LoadU(d, scratch.factors + j)), d, row + j);
      }
    }
    PanelProduct<true>(count, shape.keys, shape.head_width, scratch.scores, scratch.width,
                       scratch.values, false, false, out + begin * head.stride, head.stride);
  }
}

// One query's row: p and dp' (the gradient by p') in, p' and ds out.
//   p'_j = f_j p_j, so dp_j = f_j dp'_j;  ds_j = p_j (dp_j - sum_l p_l dp_l) / sqrt(D)
template <class T>
HWY_INLINE void ScoresBackward(T scale, const T* HWY_RESTRICT factors, int64_t n,
                               T* HWY_RESTRICT p, T* HWY_RESTRICT dp) {
  const hn::ScalableTag<T> d;
  constexpr int64_t kLanes = TileLanes<T>();
  auto sum = hn::Zero(d);
  for (int64_t j = 0; j < n; j += kLanes) {
    auto g = hn::LoadU(d, dp + j);
    if (factors != nullptr) {
      g = hn::Mul(g, hn::LoadU(d, factors + j));
      hn::StoreU(g, d, dp + j);
    }
    sum = hn::MulAdd(hn::LoadU(d, p + j), g, sum);
  }
  const auto mean = hn::SumOfLanes(d, sum), factor = hn::Set(d, scale);
  for (int64_t j = 0; j < n; j += kLanes) {
    const auto probability = hn::LoadU(d, p + j);
    const auto centred = hn::Sub(hn::LoadU(d, dp + j), mean);
    hn::StoreU(hn::Mul(hn::Mul(probability, centred), factor), d, dp + j);
    if (factors != nullptr) {
      hn::StoreU(hn::Mul(probability, hn::LoadU(d, factors + j)), d, p + j);
    }
  }
}

// dv_j = sum_i p'_ij do_i;  dq_i = sum_j ds_ij k_j;  dk_j = sum_i ds_ij q_i.
// Pointers of `to` are of the head's first row and first key, null where not wanted.
template <class T>
void HeadBackward(const Head<T>& head, const T* upstream,
                  const kernels::AttentionGradients<T>& to, HeadScratch<T>& scratch) {
  const kernels::AttentionShape& shape = head.shape;
  const int64_t keys = shape.keys, width = shape.head_width, stride = head.stride;
  PackColumns(KeyColumns(head, head.k), scratch.keys);
  PackColumns(KeyColumns(head, head.v), scratch.values_by_key);
  if (to.q != nullptr) PackColumns(WidthColumns(head, head.k, keys), scratch.keys_by_width);
  MakeMask(head, scratch);
  const T scale = static_cast<T>(1 / std::sqrt(static_cast<double>(width)));
  int64_t begin = 0;
  // Runs once even where a sequence has no rows: its dk and dv are then sums of nothing.
  do {
    const int64_t count = std::min(kernels::kAttentionQueries, head.num_rows - begin);
    const T* const dout = upstream + begin * stride;
    if (count > 0) {
      Probabilities(head, begin, count, scratch);
      PanelProduct<true>(count, width, keys, dout, stride, scratch.values_by_key, false, true,
                         scratch.gradients, scratch.width);
    }
    for (int64_t i = 0; i < count; ++i) {
      const bool drops = shape.dropout > 0;
      if (drops) DrawFactors(head, head.t(begin + i), scratch);
      ScoresBackward(scale, drops ? scratch.factors : nullptr, scratch.width,
                     scratch.scores + i * scratch.width, scratch.gradients + i * scratch.width);
    }
    if (to.v != nullptr) {
      if (count > 0) PackColumns(WidthColumns(head, dout, count), scratch.queries);
      PanelProduct<false>(keys, count, width, scratch.scores, scratch.width, scratch.queries,
                          to.accumulate_v || begin > 0, false, to.v, stride);
    }
    if (to.q != nullptr && count > 0) {
      PanelProduct<true>(count, keys, width, scratch.gradients, scratch.width,
                         scratch.keys_by_width, to.accumulate_q, false, to.q + begin * stride,
                         stride);
    }
    if (to.k != nullptr) {
      if (count > 0) {
        PackColumns(WidthColumns(head, head.q + begin * stride, count), scratch.queries);
      }
      PanelProduct<false>(keys, count, width, scratch.gradients, scratch.width, scratch.queries,
                          to.accumulate_k || begin > 0, false, to.k, stride);
    }
    begin += kernels::kAttentionQueries;
  } while (begin < head.num_rows);
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_ATTENTION_HEAD_INL_H_
