// Small helpers of this folder's tests.
#ifndef HAIRPIN_NN_TEST_UTIL_H_
#define HAIRPIN_NN_TEST_UTIL_H_

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "nn/initializer.h"
#include "nn/module.h"
#include "nn/module_gradcheck.h"
#include "ops/mul.h"
#include "ops/sum.h"
#include "tensor/check.h"

namespace hairpin::nn {

inline Tensor Random(const Shape& shape, DType dtype, uint64_t seed) {
  Tensor tensor = Tensor::Empty({dtype, shape});
  NormalInitializer(1.0)(seed, 0, &tensor);
  return tensor;
}

// Other values for all parameters, so that no bias is 0 and no norm's weight 1.
inline void Randomize(Module& module, uint64_t seed) {
  module.VisitParameters([&](const ParameterVisit& visit) {
    NormalInitializer(0.5)(seed++, 0, &visit.parameter.value());
  });
}

// "weight", or "table=head.weight" where there are other names, in order.
inline std::vector<std::string> Names(Module& module) {
  std::vector<std::string> names;
  module.VisitParameters([&](const ParameterVisit& visit) {
    std::string name = visit.name();
    for (const std::string& alias : visit.aliases) name += "=" + alias;
    names.push_back(name);
  });
  return names;
}

inline Parameter& Find(Module& module, const std::string& name) {
  Parameter* found = nullptr;
  module.VisitParameters([&](const ParameterVisit& visit) {
    if (visit.name() == name) found = &visit.parameter;
  });
  HAIRPIN_CHECK(found != nullptr) << "no parameter " << name;
  return *found;
}

inline bool SameBits(const Tensor& a, const Tensor& b) {
  return a.spec() == b.spec() &&
         std::memcmp(a.raw_bytes(), b.raw_bytes(), static_cast<size_t>(a.spec().bytes())) == 0;
}

// GradcheckModule for an output of any shape, projected on a fixed random direction.
inline GradcheckResult GradcheckOutput(Module& module,
                                       const std::function<Variable(Recording&)>& forward) {
  return GradcheckModule(module, [&](Recording& recording) {
    Variable y = forward(recording);
    Variable direction = recording.Constant(ProjectionDirection(0, y.spec()));
    return Sum(Mul(std::move(y), std::move(direction)));
  });
}

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_TEST_UTIL_H_
