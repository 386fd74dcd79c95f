// Maximum and mean over windows of images, and their gradients.
//
//   y[n, i, j] = max or mean over u, v < kernel of x[n, i stride + u - padding, j stride + v - ...]
//
// for each of `planes` images [height, width] (of all channels of a batch). The maximum leaves out
// what is outside x; the mean takes it as 0 and divides by kernel^2. As in PyTorch, a NaN is larger
// than any number, and the first maximum of a window, in row-major order, has its whole gradient.
// Windows may overlap. The gradient of the maximum reads x alone.
//
// Pointers must not overlap. workspace: Pool2dWorkspaceBytes bytes, aligned to 64, overwritten.
#ifndef HAIRPIN_OPS_KERNELS_POOL2D_H_
#define HAIRPIN_OPS_KERNELS_POOL2D_H_

#include <cstdint>

namespace hairpin::kernels {

// Sizes but planes at least 1, padding at most half the kernel, y with a row and a column or more.
struct Pool2dShape {
  int64_t planes = 1;
  int64_t height = 1, width = 1;
  int64_t kernel = 1, stride = 1, padding = 0;

  int64_t out_height() const { return (height + 2 * padding - kernel) / stride + 1; }
  int64_t out_width() const { return (width + 2 * padding - kernel) / stride + 1; }
};

// For the present NumThreads(), forward and backward.
int64_t Pool2dWorkspaceBytes(const Pool2dShape& shape, int64_t element_bytes);

// For float and double.
template <class T>
void MaxPool2d(const Pool2dShape& shape, const T* x, T* y, void* workspace);
template <class T>
void AvgPool2d(const Pool2dShape& shape, const T* x, T* y, void* workspace);

// dx (+)= the gradient by x.
template <class T>
void MaxPool2dBackward(const Pool2dShape& shape, const T* x, const T* dy, bool accumulate, T* dx,
                       void* workspace);
template <class T>
void AvgPool2dBackward(const Pool2dShape& shape, const T* dy, bool accumulate, T* dx,
                       void* workspace);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_POOL2D_H_
