#include "ops/operations_document.h"

#include <fstream>
#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ops/registry.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;

TEST(OperationsDocument, IsTheFileInDocs) {
  std::ifstream file("docs/operations.md");
  std::stringstream found;
  found << file.rdbuf();
  EXPECT_EQ(found.str(), OperationsDocument())
      << "docs/operations.md is not what the registry says. To write it again:\n"
      << "  ./bazelw run //ops:operations_doc > docs/operations.md";
}

std::string RowOf(const std::string& name) { return OperationsDocumentRow(*FindOperation(name)); }

// What the Ops' own comments say.
TEST(OperationsDocument, SaysWhatTheOperationsDo) {
  EXPECT_EQ(RowOf("exp"),
            "| exp | `y = exp(x)` | x | - | d x: y | 12 n / 1 n, n of y | y over x, d x over d y "
            "|\n");
  EXPECT_THAT(RowOf("add"), HasSubstr("d a, d b: nothing, d y is handed on"));
  EXPECT_THAT(RowOf("rms_norm"), HasSubstr("| eps | d weight: x, extra [1]; d x: x, weight, extra "
                                           "[1] |"));
  EXPECT_THAT(RowOf("mse"), HasSubstr("d target: input, target; d input: input, target"));
  EXPECT_THAT(RowOf("mse"), HasSubstr("d input over input"));
  EXPECT_THAT(RowOf("matmul"), HasSubstr(" for ["));
  EXPECT_THAT(RowOf("reshape"), HasSubstr("y is a view"));
}

TEST(OperationsDocumentDeathTest, NoSamples) {
  OpDefinition definition;
  definition.name = "nothing";
  EXPECT_DEATH(OperationsDocumentRow(definition), "nothing has no samples");
}

}  // namespace
}  // namespace hairpin
