// Operations beside PyTorch: all golden cases of one, outputs and gradients.
//
//   const auto cases = OperationCases::Open();   // of all groups
//   for (const OpDefinition& operation : Operations()) {
//     const CasesChecked checked = cases->Check(operation, DType::kFloat32);
//     std::printf("%s: %d cases within %g\n", ..., checked.count, checked.largest);
//   }
#ifndef HAIRPIN_TESTS_GOLDEN_OPERATION_CASES_H_
#define HAIRPIN_TESTS_GOLDEN_OPERATION_CASES_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ops/definition.h"
#include "tests/golden/golden.h"

namespace hairpin {

struct CasesChecked {
  int count = 0;
  // The largest relative difference (golden.h) where all inputs are below 1000.
  double largest = 0;
};

class OperationCases {
 public:
  static absl::StatusOr<OperationCases> Open();

  // Names of the operations that the cases are of.
  std::set<std::string> Names() const;

  // Runs the operation's cases in that dtype, on the target that kernels run on now. The running
  // test fails where an output or gradient is further from PyTorch's than README.md allows.
  CasesChecked Check(const OpDefinition& operation, DType dtype) const;

 private:
  explicit OperationCases(std::vector<golden::Golden> groups) : groups_(std::move(groups)) {}

  std::vector<golden::Golden> groups_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TESTS_GOLDEN_OPERATION_CASES_H_
