#include "ops/kernels/attention.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/attention.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <algorithm>

#include "hwy/highway.h"
#include "ops/kernels/attention_head-inl.h"
#include "ops/kernels/attention_scratch.h"
#include "tensor/thread_pool.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

using kernels::AttentionGradients;
using kernels::AttentionInputs;
using kernels::AttentionShape;

// Head number b H + h. The rows of sequence b are a range, for they ascend.
template <class T>
Head<T> MakeHead(const AttentionShape& shape, const AttentionInputs<T>& in, const T* upstream,
                 int64_t number) {
  const int64_t b = number / shape.heads, h = number % shape.heads;
  const int64_t stride = shape.heads * shape.head_width, column = h * shape.head_width;
  int64_t first_row = b * shape.queries, end_row = first_row + shape.queries;
  if (in.rows != nullptr) {
    const int32_t* const end = in.rows + in.num_rows;
    const int64_t next_query = end_row;
    end_row = std::lower_bound(in.rows, end, next_query) - in.rows;
    first_row = std::lower_bound(in.rows, end, first_row) - in.rows;
  }
  const int64_t first_key = b * shape.keys;
  return {.shape = shape,
          .number = number,
          .first_row = first_row,
          .num_rows = end_row - first_row,
          .rows = in.rows == nullptr ? nullptr : in.rows + first_row,
          .first_query = b * shape.queries,
          .q = in.q + first_row * stride + column,
          .k = in.k + first_key * stride + column,
          .v = in.v + first_key * stride + column,
          .visible = in.visible == nullptr ? nullptr : in.visible + first_key,
          .stride = stride,
          .upstream = upstream == nullptr ? nullptr : upstream + first_row * stride + column,
          .next = nullptr};
}

// Calls body(head, worker) for each head.
template <class T, class Body>
HWY_INLINE void ForEachHead(const AttentionShape& shape, const AttentionInputs<T>& in,
                            const T* upstream, const Body& body) {
  const int64_t heads = shape.batch * shape.heads;
  ParallelFor(heads, [&](int64_t number, int worker) HWY_ATTR {
    Head<T> head = MakeHead(shape, in, upstream, number);
    // A worker takes heads in order until its part is done.
    const int64_t next_number = number + 1;
    if (next_number >= heads) return body(head, worker);
    const Head<T> next = MakeHead(shape, in, upstream, next_number);
    head.next = &next;
    body(head, worker);
  });
}

template <class T>
void Forward(const AttentionShape& shape, const AttentionInputs<T>& in, T* out, char* workspace) {
  const int64_t bytes = kernels::PlanAttention(shape, sizeof(T)).forward();
  const T* const no_upstream = nullptr;
  ForEachHead(shape, in, no_upstream, [&](const Head<T>& head, int worker) HWY_ATTR {
    if (head.num_rows == 0) return;
    HeadScratch<T> scratch(shape, workspace + worker * bytes);
    HeadForward(head, out + (head.q - in.q), scratch);
  });
}

template <class T>
void Backward(const AttentionShape& shape, const AttentionInputs<T>& in, const T* upstream,
              const AttentionGradients<T>& gradients, char* workspace) {
  const int64_t bytes = kernels::PlanAttention(shape, sizeof(T)).backward();
  ForEachHead(shape, in, upstream, [&](const Head<T>& head, int worker) HWY_ATTR {
    AttentionGradients<T> to = gradients;
    if (to.q != nullptr) to.q += head.q - in.q;
    if (to.k != nullptr) to.k += head.k - in.k;
    if (to.v != nullptr) to.v += head.v - in.v;
    HeadScratch<T> scratch(shape, workspace + worker * bytes);
    HeadBackward(head, to, scratch);
  });
}

void ForwardF32(const AttentionShape& shape, const AttentionInputs<float>& in, float* out,
                char* workspace) {
  Forward(shape, in, out, workspace);
}
void ForwardF64(const AttentionShape& shape, const AttentionInputs<double>& in, double* out,
                char* workspace) {
  Forward(shape, in, out, workspace);
}
void BackwardF32(const AttentionShape& shape, const AttentionInputs<float>& in,
                 const float* upstream, const AttentionGradients<float>& gradients,
                 char* workspace) {
  Backward(shape, in, upstream, gradients, workspace);
}
void BackwardF64(const AttentionShape& shape, const AttentionInputs<double>& in,
                 const double* upstream, const AttentionGradients<double>& gradients,
                 char* workspace) {
  Backward(shape, in, upstream, gradients, workspace);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(ForwardF32);
HWY_EXPORT(ForwardF64);
HWY_EXPORT(BackwardF32);
HWY_EXPORT(BackwardF64);

namespace kernels {

int64_t AttentionForwardWorkspaceBytes(const AttentionShape& shape, int64_t element_bytes) {
  return NumThreads() * PlanAttention(shape, element_bytes).forward();
}
int64_t AttentionBackwardWorkspaceBytes(const AttentionShape& shape, int64_t element_bytes) {
  return NumThreads() * PlanAttention(shape, element_bytes).backward();
}

template <>
void AttentionForward(const AttentionShape& shape, const AttentionInputs<float>& in, float* out,
                      void* workspace) {
  if (shape.queries == 0) return;
  HWY_DYNAMIC_DISPATCH(ForwardF32)(shape, in, out, static_cast<char*>(workspace));
}
template <>
void AttentionForward(const AttentionShape& shape, const AttentionInputs<double>& in, double* out,
                      void* workspace) {
  if (shape.queries == 0) return;
  HWY_DYNAMIC_DISPATCH(ForwardF64)(shape, in, out, static_cast<char*>(workspace));
}
template <>
void AttentionBackward(const AttentionShape& shape, const AttentionInputs<float>& in,
                       const float* upstream, const AttentionGradients<float>& gradients,
                       void* workspace) {
  if (shape.keys == 0) return;
  HWY_DYNAMIC_DISPATCH(BackwardF32)(shape, in, upstream, gradients, static_cast<char*>(workspace));
}
template <>
void AttentionBackward(const AttentionShape& shape, const AttentionInputs<double>& in,
                       const double* upstream, const AttentionGradients<double>& gradients,
                       void* workspace) {
  if (shape.keys == 0) return;
  HWY_DYNAMIC_DISPATCH(BackwardF64)(shape, in, upstream, gradients, static_cast<char*>(workspace));
}

}  // namespace kernels
}  // namespace hairpin
#endif  // HWY_ONCE
