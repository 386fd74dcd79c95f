// Embedding: rows of a table by their numbers.
//
//   y[...] = table[ids[...]];  dtable[ids[i]] += dy[i], in order of i
//
// ids int32 of any shape, table [V, C], y ids.shape + [C]. CHECKs ids in [0, V).
// Saved: ids. The gradient is dense; it is added to row by row.
#ifndef HAIRPIN_OPS_EMBEDDING_H_
#define HAIRPIN_OPS_EMBEDDING_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

Variable Embedding(Variable ids, Variable table);

OpDefinition EmbeddingDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_EMBEDDING_H_
