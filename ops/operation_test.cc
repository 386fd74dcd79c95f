// Everything that is promised of every operation, for the one named by the
// target (ops/operations.bzl makes one target for each).
#include <cstdio>

#include "gtest/gtest.h"
#include "ops/operation_checks.h"
#include "ops/registry.h"

namespace hairpin {
namespace {

const OpDefinition& Operation() {
  const OpDefinition* operation = FindOperation(HAIRPIN_OPERATION);
  HAIRPIN_CHECK(operation != nullptr) << "no operation " << HAIRPIN_OPERATION;
  return *operation;
}

TEST(Operation, GradientsAgreeWithFiniteDifferences) {
  std::printf("gradcheck %s: largest error %.2g\n", HAIRPIN_OPERATION,
              CheckGradients(Operation()));
}
TEST(Operation, RecomputationGivesTheSameBits) { CheckRecomputation(Operation()); }
TEST(Operation, AnyNumberOfThreadsGivesTheSameBits) { CheckThreads(Operation()); }
TEST(Operation, Float32IsNearFloat64) { CheckFloat32(Operation()); }
TEST(Operation, DryRecordingCountsTheSameBytes) { CheckDryRecording(Operation()); }
TEST(Operation, AttributesMakeItAgain) { CheckAttributes(Operation()); }
TEST(Operation, HasACost) { CheckCost(Operation()); }

}  // namespace
}  // namespace hairpin
