#include "tools/training/metrics.h"

#include <cmath>
#include <cstdlib>
#include <string>

#include "gtest/gtest.h"
#include "tensor/file.h"

namespace hairpin {
namespace {

std::string Path() { return std::string(std::getenv("TEST_TMPDIR")) + "/metrics.jsonl"; }

TEST(Metrics, LinesAreAppendedAndCutOnResume) {
  int64_t kept = 0;
  {
    auto metrics = MetricsFile::Open(Path(), 0);
    ASSERT_TRUE(metrics.ok()) << metrics.status().ToString();
    ASSERT_TRUE((*metrics)->Append({{"step", 0}, {"unigram_loss", 6.5}}).ok());
    kept = (*metrics)->bytes();
    ASSERT_TRUE((*metrics)->Append({{"step", 100}, {"loss", NAN}}).ok());
    ASSERT_TRUE((*metrics)->Sync().ok());
  }
  EXPECT_EQ(*ReadFile(Path()), "{\"step\":0,\"unigram_loss\":6.5}\n{\"step\":100,\"loss\":null}\n");
  {
    auto metrics = MetricsFile::Open(Path(), kept);
    ASSERT_TRUE(metrics.ok());
    ASSERT_TRUE((*metrics)->Append({{"step", 50}}).ok());
  }
  EXPECT_EQ(*ReadFile(Path()), "{\"step\":0,\"unigram_loss\":6.5}\n{\"step\":50}\n");
}

TEST(Metrics, ShorterThanTheCheckpointSaysIsAnError) {
  const auto metrics = MetricsFile::Open(Path() + ".short", 10);
  EXPECT_FALSE(metrics.ok());
}

}  // namespace
}  // namespace hairpin
