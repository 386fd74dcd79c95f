// The scores of one head of one sequence and what becomes of them: masks, softmax, dropout. Both
// ways of attention start here.
#if defined(HAIRPIN_OPS_KERNELS_ATTENTION_SCORES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_ATTENTION_SCORES_INL_H_
#undef HAIRPIN_OPS_KERNELS_ATTENTION_SCORES_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_ATTENTION_SCORES_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "hwy/highway.h"
#include "ops/kernels/attention.h"
#include "ops/kernels/attention_product-inl.h"
#include "ops/kernels/attention_scratch.h"
#include "ops/kernels/math-inl.h"
#include "ops/kernels/matmul_pack-inl.h"
#include "ops/kernels/philox-inl.h"
#include "ops/kernels/prefetch.h"
#include "tensor/philox.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {

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
  const T* upstream;      // of first_row, backward only
  const Head* next;       // the head that will be worked on then, or null

  int64_t t(int64_t i) const { return rows == nullptr ? i : rows[i] - first_query; }
  // With `causal`: row i sees the keys [0, seen(i)).
  int64_t seen(int64_t i) const { return t(i) + 1 + shape.keys - shape.queries; }
};

// Asks for the rows of `head` from `begin` / total to `end` / total of them.
template <class T>
HWY_INLINE void PrefetchPart(const Head<T>& head, int64_t begin, int64_t end, int64_t total) {
  const kernels::AttentionShape& shape = head.shape;
  for (int64_t j = begin * shape.keys / total; j < end * shape.keys / total; ++j) {
    PrefetchSpan(head.k + j * head.stride, shape.head_width);
    PrefetchSpan(head.v + j * head.stride, shape.head_width);
  }
  for (int64_t i = begin * head.num_rows / total; i < end * head.num_rows / total; ++i) {
    PrefetchSpan(head.q + i * head.stride, shape.head_width);
    if (head.upstream != nullptr) {
      PrefetchSpan(head.upstream + i * head.stride, shape.head_width);
    }
  }
}

// Rows [begin, begin + count) of a head, which are worked on at once, and the keys that any of
// them sees: [0, keys).
struct RowBlock {
  int64_t begin, count, keys;
  // Of the scores that are computed: whole vectors.
  int64_t width;
};
template <class T>
HWY_INLINE RowBlock MakeBlock(const Head<T>& head, int64_t begin) {
  RowBlock block = {.begin = begin,
                    .count = std::min(kernels::AttentionQueries(head.shape), head.num_rows - begin),
                    .keys = head.shape.keys,
                    .width = 0};
  if (head.shape.causal) block.keys = head.seen(begin + block.count - 1);
  block.width = VectorsOf<T>(block.keys) * TileLanes<T>();
  return block;
}

// Scratch as pointers, and the distance of two rows of scores.
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
    by_width = take(plan.by_width), gradients = take(plan.gradients);
    width = VectorsOf<T>(shape.keys) * TileLanes<T>();
    words = reinterpret_cast<uint32_t*>(factors + CeilDiv(shape.keys, 64) * 64);
  }
  int64_t width;
  T *keys, *values, *scores, *mask, *factors, *by_width, *gradients;
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

// factors[j] = keep / (1 - probability) for the probabilities of row i, one of `block`.
template <class T>
HWY_INLINE void DrawFactors(const Head<T>& head, const RowBlock& block, int64_t i,
                            HeadScratch<T>& scratch) {
  const kernels::AttentionShape& shape = head.shape;
  const uint64_t first =
      static_cast<uint64_t>((head.number * shape.queries + head.t(i)) * shape.keys);
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(hn::ScalableTag<uint32_t>()));
  const int64_t blocks = CeilDiv(static_cast<int64_t>(first % 4) + block.keys, 4);
  PhiloxBlocks(shape.dropout_key, first / 4, CeilDiv(blocks, lanes) * lanes, scratch.words);
  const uint32_t* const words = scratch.words + first % 4;
  const T kept = static_cast<T>(1 / (1 - shape.dropout));
  for (int64_t j = 0; j < block.keys; ++j) {
    scratch.factors[j] = UniformFloat(words[j]) >= shape.dropout ? kept : T(0);
  }
  std::fill(scratch.factors + block.keys, scratch.factors + block.width, T(0));
}

// Rows that are worked on side by side: sums along a row wait for one another, those of
// different rows don't.
constexpr int64_t kRowsAtOnce = 4;

// Calls body(first, rows) for all rows, `rows` a constant: kRowsAtOnce or 1.
template <class Body>
HWY_INLINE void ForEachRowGroup(int64_t rows, const Body& body) {
  int64_t i = 0;
  for (; i + kRowsAtOnce <= rows; i += kRowsAtOnce) {
    body(i, std::integral_constant<int64_t, kRowsAtOnce>());
  }
  for (; i < rows; ++i) body(i, std::integral_constant<int64_t, 1>());
}

// row = softmax(scale row + mask) of kRows rows of n numbers, whole vectors, `step` apart, in
// powers of two: 2^(c s - c max), c = scale log2(e). The rounding of c max is the same for a whole
// row.
template <int64_t kRows, class T>
HWY_INLINE void SoftmaxScores(T scale, const T* HWY_RESTRICT mask, int64_t n, int64_t step,
                              T* HWY_RESTRICT rows) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int64_t kLanes = TileLanes<T>();
  const V c = hn::Set(d, static_cast<T>(scale * 1.4426950408889634074));
  const V lowest = hn::Set(d, -static_cast<T>(FloatFormat<T>::kExponentBias));
  V offset[kRows], sum[kRows];
  for (V& largest : offset) largest = hn::Set(d, -std::numeric_limits<T>::infinity());
  for (int64_t j = 0; j < n; j += kLanes) {
    const V seen = hn::LoadU(d, mask + j);
    for (int64_t r = 0; r < kRows; ++r) {
      offset[r] = hn::Max(offset[r], hn::Add(hn::LoadU(d, rows + r * step + j), seen));
    }
  }
  for (int64_t r = 0; r < kRows; ++r) {
    offset[r] = hn::Mul(hn::MaxOfLanes(d, offset[r]), c);
    sum[r] = hn::Zero(d);
  }
  for (int64_t j = 0; j < n; j += kLanes) {
    const V seen = hn::LoadU(d, mask + j);
    for (int64_t r = 0; r < kRows; ++r) {
      const V s = hn::Add(hn::LoadU(d, rows + r * step + j), seen);
      V x = hn::MulSub(s, c, offset[r]);
      x = hn::IfThenElse(hn::Lt(x, lowest), lowest, x);  // a NaN passes
      const V e = Exp2Bounded(d, x);
      sum[r] = hn::Add(sum[r], e);
      hn::StoreU(e, d, rows + r * step + j);
    }
  }
  for (V& s : sum) s = hn::Div(hn::Set(d, T(1)), hn::SumOfLanes(d, s));
  for (int64_t j = 0; j < n; j += kLanes) {
    for (int64_t r = 0; r < kRows; ++r) {
      T* const p = rows + r * step + j;
      hn::StoreU(hn::Mul(hn::LoadU(d, p), sum[r]), d, p);
    }
  }
}

// scores = p of the block's rows and keys; the mask is made.
template <class T>
HWY_INLINE void Probabilities(const Head<T>& head, const PanelColumns<T>& keys,
                              const RowBlock& block, HeadScratch<T>& scratch) {
  const kernels::AttentionShape& shape = head.shape;
  PanelProduct<true>(block.count, shape.head_width, block.keys,
                     head.q + block.begin * head.stride, head.stride, keys, false, true,
                     scratch.scores, scratch.width);
  const T scale = static_cast<T>(1 / std::sqrt(static_cast<double>(shape.head_width)));
  for (int64_t i = 0; shape.causal && i < block.count; ++i) {
    T* const row = scratch.scores + i * scratch.width;
    std::fill(row + head.seen(block.begin + i), row + block.width,
              -std::numeric_limits<T>::infinity());
  }
  ForEachRowGroup(block.count, [&](int64_t i, auto rows) HWY_ATTR {
    // A bit at a time: requests wait for one another.
    if (head.next != nullptr) {
      PrefetchPart(*head.next, block.begin + i, block.begin + i + rows, head.num_rows);
    }
    SoftmaxScores<decltype(rows)::value>(scale, scratch.mask, block.width, scratch.width,
                                         scratch.scores + i * scratch.width);
  });
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

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_ATTENTION_SCORES_INL_H_
