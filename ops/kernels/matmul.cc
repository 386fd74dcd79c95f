#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/matmul.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "hwy/highway.h"
#include "ops/kernels/matmul.h"
#include "ops/kernels/matmul_driver-inl.h"
#include "ops/kernels/matmul_workspace.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {
using kernels::MatMulRowSums;
using kernels::MatMulShape;

void MatMulFloat32(const MatMulShape& shape, const float* a, const float* b, const float* bias,
                   float* c, void* workspace, const MatMulRowSums<float>& row_sums) {
  RunMatMul(shape, a, b, bias, c, workspace, row_sums);
}
void MatMulFloat64(const MatMulShape& shape, const double* a, const double* b, const double* bias,
                   double* c, void* workspace, const MatMulRowSums<double>& row_sums) {
  RunMatMul(shape, a, b, bias, c, workspace, row_sums);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace hairpin {

HWY_EXPORT(MatMulFloat32);
HWY_EXPORT(MatMulFloat64);

namespace kernels {

int64_t MatMulWorkspaceBytes(const MatMulShape& shape, int64_t element_bytes) {
  return PlanMatMul(shape, element_bytes).total_bytes;
}

void MatMul(const MatMulShape& shape, const float* a, const float* b, const float* bias, float* c,
            void* workspace, const MatMulRowSums<float>& row_sums) {
  HWY_DYNAMIC_DISPATCH(MatMulFloat32)(shape, a, b, bias, c, workspace, row_sums);
}

void MatMul(const MatMulShape& shape, const double* a, const double* b, const double* bias,
            double* c, void* workspace, const MatMulRowSums<double>& row_sums) {
  HWY_DYNAMIC_DISPATCH(MatMulFloat64)(shape, a, b, bias, c, workspace, row_sums);
}

}  // namespace kernels
}  // namespace hairpin
#endif  // HWY_ONCE
