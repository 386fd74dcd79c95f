// In steady state a training step takes no memory from the system: malloc and
// its relatives are counted in the whole process between two steps.
#include <atomic>
#include <cstddef>

#include "gtest/gtest.h"
#include "tensor/thread_pool.h"
#include "tests/training/small_run.h"

extern "C" {
void* __libc_malloc(size_t bytes);
void* __libc_calloc(size_t n, size_t bytes);
void* __libc_realloc(void* memory, size_t bytes);
void* __libc_memalign(size_t alignment, size_t bytes);
}

namespace {
std::atomic<int64_t> allocations{0};
}

// operator new of libstdc++ calls malloc, so it is counted with it.
extern "C" {
void* malloc(size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(bytes);
}
void* calloc(size_t n, size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_calloc(n, bytes);
}
void* realloc(void* memory, size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_realloc(memory, bytes);
}
void* aligned_alloc(size_t alignment, size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_memalign(alignment, bytes);
}
}

namespace hairpin {
namespace {

int64_t AllocationsOfTenSteps(const std::string& packing) {
  TrainMlmSettings settings = SmallSettings();
  settings.set_packing(packing);
  settings.set_steps(1000);
  SmallRun run("allocations_" + packing, settings);
  EXPECT_TRUE(run.trainer().Start().ok());
  for (int step = 0; step < 10; ++step) EXPECT_TRUE(run.trainer().Step().ok());
  const int64_t before = allocations.load();
  for (int step = 0; step < 10; ++step) {
    if (!run.trainer().Step().ok()) return -1;
  }
  return allocations.load() - before;
}

TEST(Allocation, TheCounterCounts) {
  const int64_t before = allocations.load();
  std::string text(1000, 'x');
  EXPECT_GT(allocations.load(), before) << text.size();
}

TEST(Allocation, StepsTakeNone) {
  for (const int threads : {1, 2}) {
    SetNumThreads(threads);
    EXPECT_EQ(AllocationsOfTenSteps("stream"), 0) << threads << " threads";
    EXPECT_EQ(AllocationsOfTenSteps("line"), 0) << threads << " threads";
  }
  SetNumThreads(1);
}

}  // namespace
}  // namespace hairpin
