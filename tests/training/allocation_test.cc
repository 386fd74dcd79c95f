// Between the ends of steps 10 and 20 a training takes no memory from the system,
// log line and progress line included: malloc and its relatives are counted in the
// whole process.
#include <malloc.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/storage.h"
#include "tensor/thread_pool.h"
#include "tests/training/malloc_counter.h"
#include "tests/training/small_run.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;

// The allocations of steps 11 to 20, in which a log line falls and the progress
// line is redrawn.
int64_t AllocationsOfTenSteps(const std::string& packing) {
  TrainMlmSettings settings = SmallSettings();
  settings.set_packing(packing);
  settings.set_steps(1000);
  settings.set_log_every(7);
  settings.set_eval_every(0);
  settings.set_checkpoint_every(0);
  ::testing::internal::CaptureStderr();
  SmallRun run(absl::StrCat("allocations_", packing, NumThreads()), settings, /*terminal=*/true);
  EXPECT_TRUE(run.trainer().Start().ok());
  for (int step = 0; step < 10; ++step) EXPECT_TRUE(run.trainer().Step().ok());
  const int64_t before = NumAllocations();
  bool ok = true;
  for (int step = 0; step < 10; ++step) {
    if (step == 1) std::this_thread::sleep_for(std::chrono::milliseconds(110));
    ok &= run.trainer().Step().ok();
  }
  const int64_t after = NumAllocations();
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_TRUE(ok);
  EXPECT_THAT(said, HasSubstr("step 12 of 1000  loss "));
  EXPECT_THAT(said, HasSubstr("step     14  loss "));
  return after - before;
}

// What `allocate` takes is counted, and freed.
template <class Allocate>
void ExpectCounted(const char* name, const Allocate& allocate) {
  const int64_t before = NumAllocations();
  void* volatile memory = allocate();
  EXPECT_EQ(NumAllocations() - before, 1) << name;
  std::free(memory);
}

TEST(Allocation, TheCounterCounts) {
  ExpectCounted("malloc", [] { return malloc(100); });
  ExpectCounted("calloc", [] { return calloc(10, 10); });
  ExpectCounted("realloc", [] { return realloc(nullptr, 100); });
  ExpectCounted("aligned_alloc", [] { return aligned_alloc(64, 128); });
  ExpectCounted("memalign", [] { return memalign(64, 128); });
  ExpectCounted("posix_memalign", [] {
    void* memory = nullptr;
    return posix_memalign(&memory, 64, 128) == 0 ? memory : nullptr;
  });
  int64_t before = NumAllocations();
  ::operator delete(::operator new(100));
  EXPECT_EQ(NumAllocations() - before, 1) << "operator new";
  before = NumAllocations();
  ::operator delete(::operator new(128, std::align_val_t{64}), std::align_val_t{64});
  EXPECT_EQ(NumAllocations() - before, 1) << "operator new, aligned";
}

// Giving back takes nothing, however many pieces wait: of 2000 every second one first,
// none of which lies beside another.
TEST(Allocation, FreeingTakesNone) {
  Allocator allocator(Allocator::Kind::kDry);
  std::vector<StorageRef> storages;
  for (int i = 1; i <= 2000; ++i) {
    storages.push_back(allocator.Allocate(i * 64, Purpose::kActivation));
  }
  const int64_t before = NumAllocations();
  for (int i = 0; i < 2000; i += 2) storages[i] = StorageRef();
  for (StorageRef& storage : storages) storage = StorageRef();
  EXPECT_EQ(NumAllocations() - before, 0);
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
