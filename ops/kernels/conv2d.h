// Convolution of images (cross-correlation, as the field says), and its gradients.
//
//   const kernels::Conv2dShape shape = {.batch = B, .in_channels = C, .out_channels = F,
//                                       .height = H, .width = W, .kernel_height = 3,
//                                       .kernel_width = 3, .padding = 1};
//   kernels::Conv2dForward(shape, x, weight, bias, y, workspace);
//                                // of Conv2dForwardWorkspaceBytes(shape, sizeof(float))
//
//   y[b, f, i, j] = bias[f] + sum over c, u, v of
//                   weight[f, c, u, v] x[b, c, i stride + u dilation - padding, j ... v ...]
//
// with x 0 outside its borders. With groups, filter f sees only the channels of its group:
// weight is [F, C / groups, KH, KW], filters [g F / groups, (g + 1) F / groups) see channels
// [g C / groups, (g + 1) C / groups). Tensors are [B, C, H, W], without gaps.
//
// The sums are products of tiles over a copy of a few rows of one image with its borders. Where
// filters fill vectors, tiles read an image's numbers where they are in that copy: rows are
// positions side by side (for the gradient by weight: channels), columns are filters. Elsewhere the
// positions are columns, and what is under the kernel there is laid side by side, 32 positions at a
// time: never the columns of a whole image.
// Chellapilla, Puri, Simard, "High performance convolutional neural networks for document
// processing", 2006; Georganas and others, "Anatomy of high-performance deep learning convolutions
// on SIMD architectures", 2018; Dukhan, "The indirect convolution algorithm", 2019.
//
// Every sum is taken in an order that depends on the shape alone, so the bits are the same for any
// number of threads. Pointers must not overlap; workspaces are aligned to 64 and overwritten.
#ifndef HAIRPIN_OPS_KERNELS_CONV2D_H_
#define HAIRPIN_OPS_KERNELS_CONV2D_H_

#include <cstdint>

namespace hairpin::kernels {

// All sizes but batch at least 1; groups divides both channels; y has at least one row and column.
struct Conv2dShape {
  int64_t batch = 1;
  int64_t groups = 1;
  int64_t in_channels = 1, out_channels = 1;
  int64_t height = 1, width = 1;  // of x
  int64_t kernel_height = 1, kernel_width = 1;
  int64_t stride = 1, padding = 0, dilation = 1;

  int64_t out_height() const { return Out(height, kernel_height); }
  int64_t out_width() const { return Out(width, kernel_width); }

 private:
  int64_t Out(int64_t size, int64_t kernel) const {
    return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
  }
};

// Bytes of scratch for elements of element_bytes and the present NumThreads().
int64_t Conv2dForwardWorkspaceBytes(const Conv2dShape& shape, int64_t element_bytes);
int64_t Conv2dInputGradientWorkspaceBytes(const Conv2dShape& shape, int64_t element_bytes);
int64_t Conv2dWeightGradientWorkspaceBytes(const Conv2dShape& shape, int64_t element_bytes);

// For float and double. bias [F] may be null.
template <class T>
void Conv2dForward(const Conv2dShape& shape, const T* x, const T* weight, const T* bias, T* y,
                   void* workspace);

// dx[b, c, h, w] (+)= sum of weight[f, c, u, v] dy[b, f, i, j] over f and all (u, v), (i, j) with
// i stride + u dilation - padding = h and so for w.
template <class T>
void Conv2dInputGradient(const Conv2dShape& shape, const T* dy, const T* weight, bool accumulate,
                         T* dx, void* workspace);

// Where the gradients of the parameters go.
template <class T>
struct Conv2dParameterGradients {
  T* weight;
  bool accumulate_weight = false;
  T* bias = nullptr;  // null if nobody needs it
  bool accumulate_bias = false;
};

// dweight[f, c, u, v] (+)= sum over b, i, j of dy[b, f, i, j] x[b, c, i stride + ..., j ...],
// dbias[f] (+)= sum over b, i, j of dy[b, f, i, j].
template <class T>
void Conv2dWeightGradient(const Conv2dShape& shape, const T* x, const T* dy,
                          const Conv2dParameterGradients<T>& gradients, void* workspace);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_CONV2D_H_
