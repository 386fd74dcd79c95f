#include "ops/registry.h"

// One line for each operation, in alphabetical order.
#define HAIRPIN_OPERATIONS(X) \
  X(Add)                      \
  X(CrossEntropy)             \
  X(Dropout)                  \
  X(Embedding)                \
  X(Gelu)                     \
  X(IndexSelect)              \
  X(LayerNorm)                \
  X(Linear)                   \
  X(Matmul)                   \
  X(Reshape)                  \
  X(ScaledDotProductAttention) \
  X(Softmax)

namespace hairpin {

#define HAIRPIN_DECLARE(Name) OpDefinition Name##Definition();
HAIRPIN_OPERATIONS(HAIRPIN_DECLARE)
#undef HAIRPIN_DECLARE

const std::vector<OpDefinition>& Operations() {
#define HAIRPIN_LIST(Name) Name##Definition(),
  static const auto* operations = new std::vector<OpDefinition>{HAIRPIN_OPERATIONS(HAIRPIN_LIST)};
#undef HAIRPIN_LIST
  return *operations;
}

const OpDefinition* FindOperation(const std::string& name) {
  for (const OpDefinition& operation : Operations()) {
    if (operation.name == name) return &operation;
  }
  return nullptr;
}

}  // namespace hairpin
