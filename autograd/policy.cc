#include "autograd/policy.h"

namespace hairpin {
namespace {

template <bool kKeep>
class ConstantPolicy final : public SavedPolicy {
 public:
  bool Keep(const Op& op, int output) const override { return kKeep; }
};

}  // namespace

const SavedPolicy& KeepAll() {
  static const ConstantPolicy<true> policy;
  return policy;
}

const SavedPolicy& RecomputeAll() {
  static const ConstantPolicy<false> policy;
  return policy;
}

}  // namespace hairpin
