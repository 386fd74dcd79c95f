#include "ops/registry.h"

// One line for each operation, in alphabetical order.
#define HAIRPIN_OPERATIONS(X)  \
  X(Add)                       \
  X(AvgPool2d)                 \
  X(BatchNorm)                 \
  X(BceWithLogits)             \
  X(Concat)                    \
  X(Conv2d)                    \
  X(CrossEntropy)              \
  X(Cumsum)                    \
  X(Div)                       \
  X(Dropout)                   \
  X(Embedding)                 \
  X(Exp)                       \
  X(Gelu)                      \
  X(GeluTanh)                  \
  X(GroupNorm)                 \
  X(Gru)                       \
  X(GruCell)                   \
  X(IndexAdd)                  \
  X(IndexSelect)               \
  X(LayerNorm)                 \
  X(Linear)                    \
  X(Log)                       \
  X(LogSoftmax)                \
  X(Lstm)                      \
  X(LstmCell)                  \
  X(Matmul)                    \
  X(Max)                       \
  X(MaxPool2d)                 \
  X(Mean)                      \
  X(Mse)                       \
  X(Mul)                       \
  X(Neg)                       \
  X(Pad)                       \
  X(Permute)                   \
  X(Pow)                       \
  X(Relu)                      \
  X(Reshape)                   \
  X(RmsNorm)                   \
  X(Rotary)                    \
  X(Scale)                     \
  X(ScaledDotProductAttention) \
  X(Sigmoid)                   \
  X(Silu)                      \
  X(Slice)                     \
  X(SmoothL1)                  \
  X(Softmax)                   \
  X(Sqrt)                      \
  X(Sub)                       \
  X(Sum)                       \
  X(Tanh)                      \
  X(Transpose)                 \
  X(Upsample)                  \
  X(Where)

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
