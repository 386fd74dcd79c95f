#include "ops/loss.h"

#include "tensor/check.h"

namespace hairpin {
namespace {

const char* Name(Reduction reduction) { return reduction == Reduction::kMean ? "mean" : "sum"; }

}  // namespace

Reduction GetReduction(const Attributes& attributes, const std::string& operation,
                       Reduction otherwise) {
  const std::string found = GetString(attributes, "reduction", Name(otherwise));
  for (const Reduction reduction : {Reduction::kSum, Reduction::kMean}) {
    if (found == Name(reduction)) return reduction;
  }
  HAIRPIN_CHECK(false) << operation << ": reduction '" << found << "', expected sum or mean";
  return otherwise;
}

void SetReduction(Attributes* attributes, Reduction reduction) {
  SetString(attributes, "reduction", Name(reduction));
}

}  // namespace hairpin
