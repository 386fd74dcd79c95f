// What lstm, gru and their cells share: the shapes, and the products that need not go step by step.
//
// Inputs: x [B, T, C], or [B, C] of a cell; states [B, H]; then w_ih [n H, C], w_hh [n H, H],
// b_ih [n H], b_hh [n H] with n gates. Forward all x go through one product; backward each weight's
// gradient is one, over all steps.
#ifndef HAIRPIN_OPS_RECURRENT_H_
#define HAIRPIN_OPS_RECURRENT_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "autograd/op.h"
#include "ops/definition.h"
#include "ops/kernels/matmul.h"
#include "ops/kernels/recurrent.h"

namespace hairpin {

struct RecurrentSizes {
  int64_t B, T, C, H, n;
  bool cell;    // no axis of T
  int states;   // inputs between x and w_ih

  int64_t rows() const { return B * T; }
  int w_ih() const { return 1 + states; }
  int w_hh() const { return 2 + states; }
  int b_ih() const { return 3 + states; }
  int b_hh() const { return 4 + states; }
  kernels::RecurrentShape kernel() const { return {.batch = B, .steps = T, .hidden = H}; }

  // a [B T, n H] = x w_ih^T
  kernels::MatMulShape InputProduct() const {
    return {.m = rows(), .k = C, .n = n * H, .transpose_b = true};
  }
  // dx = da w_ih
  kernels::MatMulShape InputGradient(bool accumulate) const {
    return {.m = rows(), .k = n * H, .n = C, .accumulate = accumulate};
  }
  // dw = da^T v, v [B T, width]
  kernels::MatMulShape WeightGradient(int64_t width, bool accumulate) const {
    return {.m = n * H, .k = rows(), .n = width, .transpose_a = true, .accumulate = accumulate};
  }
  // Of the products of backward.
  int64_t BackwardProductBytes(int64_t element_bytes) const {
    return std::max({kernels::MatMulWorkspaceBytes(InputGradient(false), element_bytes),
                     kernels::MatMulWorkspaceBytes(WeightGradient(C, false), element_bytes),
                     kernels::MatMulWorkspaceBytes(WeightGradient(H, false), element_bytes)});
  }
};

// The specs of N inputs: spec(0), spec(1), ...
template <int N, class Spec>
std::array<TensorSpec, N> RecurrentSpecs(const Spec& spec) {
  std::array<TensorSpec, N> specs;
  for (int i = 0; i < N; ++i) specs[i] = spec(i);
  return specs;
}

// CHECKs dtypes and shapes of the inputs of the operation `name`.
RecurrentSizes CheckRecurrent(const char* name, Specs inputs, int gates, int states, bool cell);

// The gradients of x, weights and biases from da, by the product of x, and dm, by that of the
// state, both [B T, n H]. `previous` [B T, H] is filled with the states before each step: h, then
// out.
template <class T>
void RecurrentGradients(const BackwardArgs& args, const RecurrentSizes& sizes, const T* da,
                        const T* dm, const T* h, const T* out, T* previous, void* workspace);

// Inputs of a sample of the operation, all small and different.
std::vector<Tensor> RecurrentSample(const RecurrentSizes& sizes);

// Cuts pieces, each aligned to 64 bytes, from a workspace.
class WorkspacePieces {
 public:
  explicit WorkspacePieces(void* bytes) : bytes_(static_cast<char*>(bytes)) {}
  template <class T>
  T* Take(int64_t elements) {
    return static_cast<T*>(TakeBytes(elements * static_cast<int64_t>(sizeof(T))));
  }
  void* Rest() const { return bytes_; }
  static int64_t Bytes(int64_t elements, int64_t element_bytes) {
    return (elements * element_bytes + 63) / 64 * 64;
  }

 private:
  void* TakeBytes(int64_t bytes) {
    void* const taken = bytes_;
    bytes_ += Bytes(bytes, 1);
    return taken;
  }
  char* bytes_;
};

}  // namespace hairpin

#endif  // HAIRPIN_OPS_RECURRENT_H_
