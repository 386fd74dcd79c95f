// StateDict: the named tensors that make a training what it is.
//
//   nn::StateDict state = nn::ParameterState(model);
//   optimizer.VisitState([&](const std::string& name, Tensor& tensor) {
//     state.push_back({nn::kOptimizerKind, name, tensor});
//   });
//   nn::Digest(state);       // "9f86d0...": equal runs have equal ones
//
// Entries hold handles, so reading a checkpoint into a StateDict changes the
// module and the optimizer that it was made from.
#ifndef HAIRPIN_NN_STATE_DICT_H_
#define HAIRPIN_NN_STATE_DICT_H_

#include <string>
#include <vector>

#include "nn/module.h"
#include "tensor/hash.h"
#include "tensor/tensor.h"

namespace hairpin::nn {

inline constexpr char kParameterKind[] = "parameter";
inline constexpr char kBufferKind[] = "buffer";
inline constexpr char kOptimizerKind[] = "optimizer";

struct StateEntry {
  std::string kind;  // kParameterKind, kBufferKind or kOptimizerKind
  std::string name;  // "decoder.weight"; of an optimizer's, "decoder.weight.m"
  Tensor tensor;
};

using StateDict = std::vector<StateEntry>;

// What a module is made of: the parameters, each once under its first name, in the visitor's order,
// then the buffers.
StateDict ParameterState(Module& module);

// SHA-256 over kinds, names, dtypes, shapes and bits, in the order of adding.
class StateDigest {
 public:
  void Add(const StateEntry& entry);
  // 64 hexadecimal digits. Once.
  std::string Hex() { return sha256_.HexDigest(); }

 private:
  Sha256 sha256_;
};

std::string Digest(const StateDict& state);

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_STATE_DICT_H_
