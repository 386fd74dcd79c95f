// The table of all operations, docs/operations.md, made from the registry.
//
//   ./bazelw run //ops:operations_doc > docs/operations.md
//
// An operation that comes into the registry comes into the table by itself:
// formula, what backward reads, cost and what may be overwritten are asked of its
// definition and of its Op, on the definition's samples. operations_document_test
// fails where the file says something else.
#ifndef HAIRPIN_OPS_OPERATIONS_DOCUMENT_H_
#define HAIRPIN_OPS_OPERATIONS_DOCUMENT_H_

#include <string>

#include "ops/definition.h"

namespace hairpin {

// The whole file, Markdown.
std::string OperationsDocument();

// One row of its table. CHECKs that the operation has samples and that its apply
// records an Op of its name.
std::string OperationsDocumentRow(const OpDefinition& operation);

}  // namespace hairpin

#endif  // HAIRPIN_OPS_OPERATIONS_DOCUMENT_H_
