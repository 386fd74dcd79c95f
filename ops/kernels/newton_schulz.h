// The nearest matrix without stretching, about: every singular value of X becomes nearly 1.
//
//   const int64_t bytes = kernels::NewtonSchulzWorkspaceBytes(m, n, sizeof(float));
//   kernels::NewtonSchulz(m, n, {.steps = 5}, x, workspace);   // x [m, n], in place
//
// T float or double. With X of m <= n (of m > n the same for its transpose, that is with X^T X and
// X B), and |X| the root of the sum of all squares:
//   X = X / max(|X|, epsilon)
//   steps times:  A = X X^T;  B = b A + c A A;  X = a X + B X
// which takes each singular value s to a s + b s^3 + c s^5. The default a, b, c grow small ones as
// fast as they can and do not settle at 1: five steps bring what is between 0.002 and 1 into
// [0.68, 1.21]. Three products a step; the same bits for any number of threads.
//
// Sources: Bernstein and Newhouse, "Old optimizer, new norm", 2024; coefficients: Jordan et al.,
// "Muon: an optimizer for hidden layers in neural networks", 2024.
#ifndef HAIRPIN_OPS_KERNELS_NEWTON_SCHULZ_H_
#define HAIRPIN_OPS_KERNELS_NEWTON_SCHULZ_H_

#include <cstdint>

namespace hairpin::kernels {

struct NewtonSchulzOptions {
  int steps = 5;
  double a = 3.4445, b = -4.7750, c = 2.0315;
  double epsilon = 1e-7;
};

// Bytes of scratch for this size and the present NumThreads(), for elements of element_bytes each.
int64_t NewtonSchulzWorkspaceBytes(int64_t m, int64_t n, int64_t element_bytes);

// x is row-major and changed. workspace: NewtonSchulzWorkspaceBytes bytes, aligned to 64,
// overwritten. Allocates nothing.
template <typename T>
void NewtonSchulz(int64_t m, int64_t n, const NewtonSchulzOptions& options, T* x, void* workspace);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_NEWTON_SCHULZ_H_
