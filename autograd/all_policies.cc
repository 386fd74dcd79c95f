#include "autograd/all_policies.h"

#include <cstdint>
#include <string>
#include <utility>

#include "tensor/philox.h"

namespace hairpin {
namespace {

class RandomPolicy final : public SavedPolicy {
 public:
  RandomPolicy(std::string name, uint64_t seed)
      : name_(std::move(name)), key_(DeriveKey(seed, Stream::kTest)) {}
  const char* name() const override { return name_.c_str(); }
  Fate Decide(const ReleasedValue& value) const override {
    const uint32_t word =
        PhiloxBlock(key_, {static_cast<uint32_t>(value.node), static_cast<uint32_t>(value.output),
                           0, 0})[0];
    constexpr Fate kFates[] = {Fate::kDrop, Fate::kKeep, Fate::kHold};
    return kFates[UniformBelow(word, 3)];
  }

 private:
  std::string name_;
  PhiloxKey key_;
};

}  // namespace

const std::vector<const SavedPolicy*>& AllPolicies() {
  static const RandomPolicy first("random_1", 1), second("random_2", 2);
  static const std::vector<const SavedPolicy*> policies = {
      &KeepAll(), &RecomputeCheap(), &RecomputeSegments(), &RecomputeAll(), &first, &second};
  return policies;
}

}  // namespace hairpin
