// What max_pool2d and avg_pool2d share: options, shape rule, attributes and definition.
#ifndef HAIRPIN_OPS_POOL2D_H_
#define HAIRPIN_OPS_POOL2D_H_

#include <cstdint>
#include <string>

#include "autograd/recording.h"
#include "ops/definition.h"
#include "ops/kernels/pool2d.h"

namespace hairpin {

// The same for both axes.
struct Pool2dOptions {
  int64_t kernel = 2;
  int64_t stride = 0;   // 0: kernel, windows side by side
  int64_t padding = 0;  // at most half the kernel
};

class Pool2dOp : public Op {
 public:
  explicit Pool2dOp(const Pool2dOptions& options);
  OutputSpecs InferOutputs(Specs inputs) const override;
  int64_t ForwardWorkspaceBytes(Specs inputs) const override;
  int64_t BackwardWorkspaceBytes(int stage, Specs inputs) const override;
  // A comparison or addition for each number under a window.
  Cost cost(Specs inputs) const override;
  void WriteAttributes(Attributes* attributes) const override;

 protected:
  kernels::Pool2dShape KernelShape(const Shape& x) const;

 private:
  Pool2dOptions options_;
};

OpDefinition Pool2dDefinition(const std::string& name, const std::string& formula,
                              Variable (*apply)(Variable, const Pool2dOptions&));

}  // namespace hairpin

#endif  // HAIRPIN_OPS_POOL2D_H_
