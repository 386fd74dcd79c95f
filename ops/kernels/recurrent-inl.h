// What the steps of recurrent networks share: sequences in groups, products of a group's states
// with the packed W_hh, vectors along the hidden units.
//
// Included once per Highway target, after foreach_target.h.
#if defined(HAIRPIN_OPS_KERNELS_RECURRENT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_RECURRENT_INL_H_
#undef HAIRPIN_OPS_KERNELS_RECURRENT_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_RECURRENT_INL_H_
#endif

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "hwy/highway.h"
#include "ops/kernels/attention_product-inl.h"
#include "ops/kernels/matmul_pack-inl.h"
#include "ops/kernels/recurrent.h"
#include "ops/kernels/recurrent_scratch.h"
#include "ops/kernels/sigmoid-inl.h"
#include "ops/kernels/vector_util-inl.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {

// Panels of three vectors leave room for tiles of eight rows, by which groups are mostly divided.
constexpr int64_t kRecurrentPanelVectors = 3;

// The products of a group: sums[rows, n] = states[rows, k] W, W [k, n].
template <class T>
class RecurrentProduct {
 public:
  // W^T is w_hh [out, H] itself: forward. W is w_hh: backward.
  static RecurrentProduct Forward(const T* w_hh, int64_t out, int64_t H, T* packed) {
    return RecurrentProduct(
        {.data = w_hh, .step = H, .extent = out, .k = H, .k_contiguous = true}, packed);
  }
  static RecurrentProduct Backward(const T* w_hh, int64_t out, int64_t H, T* packed) {
    return RecurrentProduct(
        {.data = w_hh, .step = H, .extent = H, .k = out, .k_contiguous = false}, packed);
  }
  // Between rows of sums: whole vectors.
  int64_t width() const { return VectorsOf<T>(columns_.n) * TileLanes<T>(); }
  void Run(int64_t rows, const T* states, T* sums) const {
    PanelProduct<true>(rows, columns_.depth, columns_.n, states, columns_.depth, columns_, false,
                       true, sums, width());
  }

 private:
  RecurrentProduct(const Operand<T>& w, T* packed)
      : columns_(PackColumns(w, packed, kRecurrentPanelVectors)) {}
  PanelColumns<T> columns_;
};

// Calls body(begin, rows, scratch) for groups of sequences.
template <class T, class Body>
HWY_INLINE void ForEachGroup(const kernels::RecurrentShape& shape,
                             const kernels::RecurrentScratch& plan, char* workspace,
                             const Body& body) {
  ParallelFor(CeilDiv(shape.batch, plan.rows), [&](int64_t group, int worker) HWY_ATTR {
    const int64_t begin = group * plan.rows;
    char* const scratch = workspace + plan.packed + worker * plan.worker();
    body(begin, std::min(plan.rows, shape.batch - begin), reinterpret_cast<T*>(scratch),
         reinterpret_cast<T*>(scratch + plan.sums));
  });
}

// Calls body(j, count, whole) for the vectors that cover [0, n): `whole` a constant, and otherwise
// only the first `count` lanes are there.
template <class T, class Body>
HWY_INLINE void ForEachVector(int64_t n, const Body& body) {
  const int64_t lanes = TileLanes<T>();
  int64_t j = 0;
  for (; j + lanes <= n; j += lanes) body(j, static_cast<size_t>(lanes), std::true_type());
  if (j < n) body(j, static_cast<size_t>(n - j), std::false_type());
}
template <bool kWhole, class D, class T = hn::TFromD<D>>
HWY_INLINE hn::Vec<D> LoadPart(D d, const T* p, size_t count) {
  if constexpr (kWhole) return hn::LoadU(d, p);
  return LoadFirst(d, p, count);
}
template <bool kWhole, class D, class T = hn::TFromD<D>>
HWY_INLINE void StorePart(hn::Vec<D> v, D d, T* p, size_t count) {
  if constexpr (kWhole) {
    hn::StoreU(v, d, p);
  } else {
    StoreFirst(v, d, p, count);
  }
}

// v (1 - v), by which sigmoid's gradient goes back.
template <class V>
HWY_INLINE V SigmoidSlope(V v) {
  return hn::NegMulAdd(v, v, v);
}
// g (1 - v^2), back through tanh.
template <class V>
HWY_INLINE V BackThroughTanh(V g, V v) {
  return hn::NegMulAdd(hn::Mul(g, v), v, g);
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_RECURRENT_INL_H_
