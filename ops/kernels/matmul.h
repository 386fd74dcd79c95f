// Matrix products: C = op(A) op(B), the one hot loop of the house.
//
//   // y[m, n] = x[m, k] weight[n, k]^T + bias[n]
//   const kernels::MatMulShape shape = {.m = m, .k = k, .n = n, .transpose_b = true};
//   kernels::MatMul(shape, x, weight, bias, y, workspace);
//                                 // of MatMulWorkspaceBytes(shape, sizeof(float))
//
// What an element of C is, exactly: a chain of fused multiply-adds in ascending order of k,
//   s = 0;  s = fma(A[i, 0], B[0, j], s);  s = fma(A[i, 1], B[1, j], s);  ...
//   C[i, j] = s,   or C[i, j] = C[i, j] + s when accumulating,   then + bias[j].
// It is the same chain in the middle of a matrix and at its edges, whichever operand is stored
// transposed, for any number of rows, columns and threads. So rows computed alone have the bits
// of the same rows computed among others. (A target without fma, SSE4 say, multiplies and adds.)
//
// One operand streams past the other in packed panels; the other is packed, too, or read where it
// is, where the inner loop can read it in order. k is cut only where the panels would leave the
// cache, and then the chain goes on from the stored partial sum.
// Panels: Goto, van de Geijn, "Anatomy of high-performance matrix multiplication", 2008.
#ifndef HAIRPIN_OPS_KERNELS_MATMUL_H_
#define HAIRPIN_OPS_KERNELS_MATMUL_H_

#include <cstdint>

namespace hairpin::kernels {

// Row-major matrices. Sizes may be 0; with k = 0 the sum is 0.
struct MatMulShape {
  int64_t m = 1;  // rows of C
  int64_t k = 1;  // terms of each sum
  int64_t n = 1;  // columns of C
  bool transpose_a = false;  // a is stored [k, m] instead of [m, k]
  bool transpose_b = false;  // b is stored [n, k] instead of [k, n]
  bool accumulate = false;   // adds to C, otherwise overwrites it
  // Elements from one stored row to the next; 0 means that rows follow each other without gap.
  int64_t lda = 0, ldb = 0, ldc = 0;
  // outer_batch x inner_batch products; the strides are elements from one to the next, 0 for an
  // operand that all share. C's products must not overlap. Layout [B, T, H, D], one product for
  // each (b, h): inner stride D, outer stride T * H * D, leading dimension H * D.
  int64_t outer_batch = 1, inner_batch = 1;
  int64_t a_outer = 0, a_inner = 0;
  int64_t b_outer = 0, b_inner = 0;
  int64_t c_outer = 0, c_inner = 0;
};

// Where the sums of A's rows go, sums[i] (+)= sum of A[i, p] over p, of a MatMul of one product
// with a transposed A and n > 0: each term is at hand there, while a pass of its own reads all of A
// again. The bias gradient of a linear map beside its weight's: A = dy^T. Sums of 32 terms, then in
// double.
template <class T>
struct MatMulRowSums {
  T* sums = nullptr;  // [m], or null
  bool accumulate = false;
};

// Bytes of scratch that MatMul needs for this shape and the present NumThreads(), for elements
// of element_bytes each.
int64_t MatMulWorkspaceBytes(const MatMulShape& shape, int64_t element_bytes);

// C (+)= op(A) op(B) + bias. bias [n] may be null. workspace: MatMulWorkspaceBytes bytes,
// aligned to 64, overwritten. C must not overlap a, b, bias or workspace. Allocates nothing.
void MatMul(const MatMulShape& shape, const float* a, const float* b, const float* bias, float* c,
            void* workspace, const MatMulRowSums<float>& row_sums = {});
void MatMul(const MatMulShape& shape, const double* a, const double* b, const double* bias,
            double* c, void* workspace, const MatMulRowSums<double>& row_sums = {});

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_MATMUL_H_
