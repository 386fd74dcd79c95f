#include "ops/kernels/machine_peak.h"

#include <chrono>
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
    const MachinePeak peak = MeasureMachinePeak(threads, /*seconds=*/0);
    EXPECT_EQ(peak.threads, threads);
    for (const double rate : {peak.float32_flops, peak.float64_flops, peak.read_bytes,
                              peak.write_bytes, peak.copy_bytes, peak.cache_bytes}) {
      EXPECT_TRUE(std::isfinite(rate));
      EXPECT_GT(rate, 1e6);
    }
    EXPECT_EQ(NumThreads(), 3);
  }
  SetNumThreads(1);
}

// At least that long: how much longer is the machine's business.
TEST(MachinePeak, MultiplyAddsAreMeasuredForTheTimeAskedFor) {
  SetNumThreads(2);
  const auto begin = std::chrono::steady_clock::now();
  const MachinePeak peak = MeasureMultiplyAdds(/*threads=*/1, /*seconds=*/0.2);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(seconds.count(), 0.2);
  EXPECT_EQ(peak.threads, 1);
  EXPECT_GT(peak.float32_flops, 1e6);
  EXPECT_EQ(peak.read_bytes, 0);
  EXPECT_EQ(NumThreads(), 2);
  SetNumThreads(1);
}

TEST(MachinePeak, RunsOnEveryTarget) {
  ForEachTarget([](const char*) {
    const MachinePeak peak = MeasureMachinePeak(1, /*seconds=*/0);
    EXPECT_GT(peak.float32_flops, 1e6);
    EXPECT_GT(peak.float64_flops, 1e6);
  });
}

}  // namespace
}  // namespace hairpin
