#include "nn/state_dict.h"

#include "absl/strings/str_cat.h"

namespace hairpin::nn {

StateDict ParameterState(Module& module) {
  StateDict state;
  module.VisitParameters([&](const ParameterVisit& visit) {
    state.push_back({kParameterKind, visit.name(), visit.parameter.value()});
  });
  module.VisitBuffers([&](const std::string& name, Tensor& buffer) {
    state.push_back({kBufferKind, name, buffer});
  });
  return state;
}

void StateDigest::Add(const StateEntry& entry) {
  sha256_.Update(absl::StrCat(entry.kind, " ", entry.name, " ", Name(entry.tensor.dtype()), " ",
                              entry.tensor.shape().ToString(), "\n"));
  if (entry.tensor.spec().bytes() > 0) {
    sha256_.Update(entry.tensor.raw_bytes(), entry.tensor.spec().bytes());
  }
}

std::string Digest(const StateDict& state) {
  StateDigest digest;
  for (const StateEntry& entry : state) digest.Add(entry);
  return digest.Hex();
}

}  // namespace hairpin::nn
