#include "tools/training/threads.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tensor/thread_pool.h"

namespace hairpin {
namespace {

class StartThreadsTest : public testing::Test {
 protected:
  ~StartThreadsTest() override { SetNumThreads(1); }
};

TEST_F(StartThreadsTest, AsManyAsWanted) {
  for (const int wanted : {2, 1}) {
    EXPECT_EQ(StartThreads(wanted), "");
    EXPECT_EQ(NumThreads(), wanted);
  }
}

TEST_F(StartThreadsTest, TwoForEachCoreAtMost) {
  const int most = 2 * NumCores();
  EXPECT_EQ(StartThreads(most + 1), absl::StrCat("--threads: found ", most + 1, ", started ", most,
                                                 ": 2 for each core at most"));
  EXPECT_EQ(NumThreads(), most);
}

}  // namespace
}  // namespace hairpin
