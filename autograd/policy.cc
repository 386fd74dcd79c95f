#include "autograd/policy.h"

namespace hairpin {
namespace {

Fate KeepIf(bool keep) { return keep ? Fate::kKeep : Fate::kDrop; }

class KeepAllPolicy final : public SavedPolicy {
 public:
  const char* name() const override { return "none"; }
  Fate Decide(const ReleasedValue&) const override { return Fate::kKeep; }
};

class RecomputeAllPolicy final : public SavedPolicy {
 public:
  const char* name() const override { return "all"; }
  Fate Decide(const ReleasedValue&) const override { return Fate::kDrop; }
};

class RecomputeCheapPolicy final : public SavedPolicy {
 public:
  const char* name() const override { return "cheap"; }
  Fate Decide(const ReleasedValue& value) const override { return KeepIf(!value.cheap); }
};

class RecomputeSegmentsPolicy final : public SavedPolicy {
 public:
  const char* name() const override { return "segments"; }
  Fate Decide(const ReleasedValue& value) const override {
    if (value.crosses) return Fate::kHold;
    return KeepIf(!value.in_region);
  }
};

template <class Policy>
const SavedPolicy& TheOne() {
  static const Policy policy;
  return policy;
}

}  // namespace

const SavedPolicy& KeepAll() { return TheOne<KeepAllPolicy>(); }
const SavedPolicy& RecomputeAll() { return TheOne<RecomputeAllPolicy>(); }
const SavedPolicy& RecomputeCheap() { return TheOne<RecomputeCheapPolicy>(); }
const SavedPolicy& RecomputeSegments() { return TheOne<RecomputeSegmentsPolicy>(); }

}  // namespace hairpin
