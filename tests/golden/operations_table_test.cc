// Every operation of the registry has been checked in every way that there is: this test does all
// of it, prints a table of what it found, and fails where a cell stays empty.
//
//   golden            PyTorch's cases
//   float64, float32  the largest relative difference from them
//   gradcheck         the largest error beside finite differences in float64
//   a policy          samples with the same bits as without recomputation, in both dtypes
//   a target          PyTorch's cases in both dtypes and samples in float32 beside float64, all of
//                     them run on that target
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "autograd/all_policies.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hwy/highway.h"
#include "ops/kernels/target_test_util.h"
#include "ops/operation_checks.h"
#include "ops/registry.h"
#include "tests/golden/operation_cases.h"
#include "tools/analysis/text_table.h"

namespace hairpin {
namespace {

using Row = std::vector<std::string>;

int Failures() {
  const testing::TestResult& result =
      *testing::UnitTest::GetInstance()->current_test_info()->result();
  int failures = 0;
  for (int i = 0; i < result.total_part_count(); ++i) {
    failures += result.GetTestPartResult(i).failed();
  }
  return failures;
}

// What the check says that it found, unless something failed in it.
std::string Cell(const std::function<std::string()>& check) {
  const int before = Failures();
  const std::string found = check();
  return Failures() == before ? found : "FAILED";
}

// Of nothing there is nothing to say.
std::string Count(int64_t count) { return count == 0 ? "" : absl::StrCat(count); }
std::string Error(int64_t count, double error) {
  return count == 0 ? "" : absl::StrFormat("%.0e", error);
}

Row EmptyCells(const Row& header, const std::vector<Row>& rows) {
  Row empty;
  for (const Row& row : rows) {
    for (size_t i = 0; i < header.size(); ++i) {
      if (i >= row.size() || row[i].empty()) empty.push_back(absl::StrCat(row[0], ": ", header[i]));
    }
  }
  return empty;
}

// Checks that don't depend on the target.
Row CheckOperation(const OpDefinition& operation, const OperationCases& cases) {
  Row row = {operation.name};
  CasesChecked in64, in32;
  const std::string golden = Cell([&] {
    in64 = cases.Check(operation, DType::kFloat64);
    in32 = cases.Check(operation, DType::kFloat32);
    return Count(in64.count);
  });
  row.push_back(golden);
  row.push_back(Error(in64.count, in64.largest));
  row.push_back(Error(in32.count, in32.largest));
  row.push_back(Cell([&] {
    return Error(static_cast<int64_t>(operation.samples.size()), CheckGradients(operation));
  }));
  for (const SavedPolicy* policy : AllPolicies()) {
    row.push_back(Cell([&] { return Count(CheckRecomputation(operation, *policy)); }));
  }
  return row;
}

std::string CheckOnThisTarget(const OpDefinition& operation, const OperationCases& cases) {
  return Cell([&] {
    int64_t checked = cases.Check(operation, DType::kFloat64).count;
    checked += cases.Check(operation, DType::kFloat32).count;
    if (checked == 0) return std::string();
    CheckFloat32(operation);
    return Count(checked + static_cast<int64_t>(operation.samples.size()));
  });
}

// Targets that this binary holds and this CPU lacks.
Row TargetsNotHere() {
  Row names;
  for (int64_t targets = HWY_TARGETS & ~hwy::SupportedTargets(); targets != 0;
       targets &= targets - 1) {
    names.push_back(hwy::TargetName(targets & -targets));
  }
  return names;
}

TEST(OperationsTable, HasNoEmptyCell) {
  const auto cases = OperationCases::Open();
  ASSERT_TRUE(cases.ok()) << cases.status();
  Row header = {"operation", "golden", "float64", "float32", "gradcheck"};
  for (const SavedPolicy* policy : AllPolicies()) header.push_back(policy->name());
  std::vector<Row> rows;
  for (const OpDefinition& operation : Operations()) {
    rows.push_back(CheckOperation(operation, *cases));
  }
  ForEachTarget([&](const char* target) {
    header.push_back(target);
    for (size_t i = 0; i < rows.size(); ++i) {
      rows[i].push_back(CheckOnThisTarget(Operations()[i], *cases));
    }
  });
  EXPECT_THAT(EmptyCells(header, rows), testing::IsEmpty());
  TextTable table(header);
  for (const Row& row : rows) table.Add(row);
  std::printf("%s", table.Text().c_str());
  for (const std::string& name : TargetsNotHere()) {
    std::printf("not on this CPU: %s\n", name.c_str());
  }
}

TEST(OperationsTable, FindsEmptyCells) {
  EXPECT_THAT(EmptyCells({"operation", "golden", "none"}, {{"add", "6", "3"}, {"mul", "", "3"},
                                                           {"div", "6"}}),
              testing::ElementsAre("mul: golden", "div: none"));
}

// Cases whose operation isn't registered, or has another name, would go unseen.
TEST(OperationsTable, AllCasesAreOfOperationsThatThereAre) {
  const auto cases = OperationCases::Open();
  ASSERT_TRUE(cases.ok()) << cases.status();
  for (const std::string& name : cases->Names()) EXPECT_NE(FindOperation(name), nullptr) << name;
}

}  // namespace
}  // namespace hairpin
