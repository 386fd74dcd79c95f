#include "tensor/thread_pool.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

class ThreadPoolTest : public testing::Test {
 protected:
  ~ThreadPoolTest() override { SetNumThreads(1); }
};

// How often each block ran.
std::vector<int> Runs(int64_t blocks) {
  std::vector<std::atomic<int>> runs(blocks);
  ParallelFor(blocks, [&](int64_t block, int worker) {
    EXPECT_GE(worker, 0);
    EXPECT_LT(worker, NumThreads());
    ++runs[block];
  });
  return std::vector<int>(runs.begin(), runs.end());
}

TEST_F(ThreadPoolTest, EachBlockRunsOnceForAnyNumberOfThreads) {
  for (const int threads : {1, 2, 3, 7}) {
    SetNumThreads(threads);
    EXPECT_EQ(NumThreads(), threads);
    for (const int64_t blocks : {0, 1, 2, 3, 8, 100, 1000}) {
      for (int repeat = 0; repeat < 20; ++repeat) {
        ASSERT_EQ(Runs(blocks), std::vector<int>(blocks, 1)) << threads << " threads";
      }
    }
  }
}

TEST_F(ThreadPoolTest, NoTwoCallsShareAWorkerNumber) {
  for (const int threads : {2, 3, 7}) {
    SetNumThreads(threads);
    std::vector<std::atomic<int>> busy(threads);
    std::atomic<bool> clash{false};
    ParallelFor(500, [&](int64_t, int worker) {
      if (busy[worker].exchange(1) != 0) clash = true;
      std::this_thread::yield();
      busy[worker] = 0;
    });
    EXPECT_FALSE(clash);
  }
}

TEST_F(ThreadPoolTest, ANestedCallRunsInItsCallersThread) {
  SetNumThreads(3);
  std::vector<std::atomic<int>> runs(20 * 5);
  ParallelFor(20, [&](int64_t outer, int outer_worker) {
    // Long enough for the others to come.
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const std::thread::id thread = std::this_thread::get_id();
    ParallelFor(5, [&](int64_t inner, int inner_worker) {
      EXPECT_EQ(std::this_thread::get_id(), thread);
      EXPECT_EQ(inner_worker, outer_worker);
      ++runs[outer * 5 + inner];
    });
  });
  for (const std::atomic<int>& count : runs) EXPECT_EQ(count, 1);
}

TEST_F(ThreadPoolTest, TwoThreadsMayCallAtOnce) {
  SetNumThreads(2);
  const auto call = [] {
    for (int i = 0; i < 300; ++i) {
      std::vector<std::atomic<int>> runs(16);
      ParallelFor(16, [&](int64_t block, int) { ++runs[block]; });
      for (const std::atomic<int>& count : runs) ASSERT_EQ(count, 1);
    }
  };
  std::thread second(call);
  call();
  second.join();
}

TEST_F(ThreadPoolTest, ResizesAgainAndAgain) {
  for (int i = 0; i < 30; ++i) {
    SetNumThreads(1 + i * 5 % 7);
    ASSERT_EQ(Runs(50), std::vector<int>(50, 1));
  }
}

TEST_F(ThreadPoolTest, WorkersThatSleepWakeUp) {
  SetNumThreads(3);
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    ASSERT_EQ(Runs(50), std::vector<int>(50, 1));
  }
}

TEST_F(ThreadPoolTest, CeilDivRoundsUp) {
  EXPECT_EQ(CeilDiv(0, 4), 0);
  EXPECT_EQ(CeilDiv(1, 4), 1);
  EXPECT_EQ(CeilDiv(4, 4), 1);
  EXPECT_EQ(CeilDiv(5, 4), 2);
  EXPECT_GE(NumCores(), 1);
}

// In a child with address space for five more stacks or so.
TEST(ThreadPoolDeathTest, WorksWithTheThreadsThatTheSystemStarts) {
  constexpr size_t kStack = size_t{64} << 20;
  EXPECT_EXIT(
      {
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, kStack);
        pthread_setattr_default_np(&attributes);
        size_t pages = 0;
        std::ifstream("/proc/self/statm") >> pages;
        rlimit limit = {};
        limit.rlim_cur = limit.rlim_max = pages * sysconf(_SC_PAGESIZE) + 5 * kStack + kStack / 2;
        setrlimit(RLIMIT_AS, &limit);
        SetNumThreads(40);
        const bool ran = Runs(100) == std::vector<int>(100, 1);
        std::fprintf(stderr, "%s with %s", ran ? "ran" : "failed",
                     NumThreads() == 1 ? "one" : NumThreads() < 40 ? "some" : "all");
        std::_Exit(0);
      },
      testing::ExitedWithCode(0), "ran with some");
}

TEST(ThreadPoolDeathTest, NeedsAThread) {
  EXPECT_DEATH(SetNumThreads(0), "found 0, expected at least 1");
}

}  // namespace
}  // namespace hairpin
