#include "ops/kernels/machine_peak.h"

#include <cmath>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"
#include "tensor/thread_pool.h"

namespace hairpin {
namespace {

// How fast is the machine's business; that it is measured is ours.
TEST(MachinePeak, MeasuresAllRatesAndLeavesTheThreads) {
  SetNumThreads(3);
  for (const int threads : {1, 2}) {
    const MachinePeak peak = MeasureMachinePeak(threads);
    EXPECT_EQ(peak.threads, threads);
    for (const double rate :
         {peak.float32_flops, peak.float64_flops, peak.read_bytes, peak.write_bytes}) {
      EXPECT_TRUE(std::isfinite(rate));
      EXPECT_GT(rate, 1e6);
    }
    EXPECT_EQ(NumThreads(), 3);
  }
  SetNumThreads(1);
}

TEST(MachinePeak, RunsOnEveryTarget) {
  ForEachTarget([](const char*) {
    const MachinePeak peak = MeasureMachinePeak(1);
    EXPECT_GT(peak.float32_flops, 1e6);
    EXPECT_GT(peak.float64_flops, 1e6);
  });
}

}  // namespace
}  // namespace hairpin
