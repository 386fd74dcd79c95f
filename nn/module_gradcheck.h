// Gradients of a whole module's parameters against finite differences.
//
//   GradcheckResult result = GradcheckModule(model, [&](Recording& recording) {
//     return Sum(model.Forward(recording.Constant(x)));
//   });
//   EXPECT_TRUE(result.ok) << result.message;
#ifndef HAIRPIN_NN_MODULE_GRADCHECK_H_
#define HAIRPIN_NN_MODULE_GRADCHECK_H_

#include <functional>

#include "autograd/gradcheck.h"
#include "autograd/recording.h"
#include "nn/module.h"

namespace hairpin::nn {

// `loss` returns a scalar of float64 and is the same function of the parameters
// at each call. All elements of small parameters are moved and every n-th of
// larger ones, by the formula and the tolerance of autograd/gradcheck.h.
GradcheckResult GradcheckModule(Module& module, const std::function<Variable(Recording&)>& loss,
                                const GradcheckOptions& options = {});

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_MODULE_GRADCHECK_H_
