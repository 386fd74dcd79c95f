// The registry: every operation there is, in one list. Tests, documentation and
// tools walk it.
#ifndef HAIRPIN_OPS_REGISTRY_H_
#define HAIRPIN_OPS_REGISTRY_H_

#include <string>
#include <vector>

#include "ops/definition.h"

namespace hairpin {

const std::vector<OpDefinition>& Operations();

// Null if there is none of that name.
const OpDefinition* FindOperation(const std::string& name);

}  // namespace hairpin

#endif  // HAIRPIN_OPS_REGISTRY_H_
