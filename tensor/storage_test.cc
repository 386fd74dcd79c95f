#include "tensor/storage.h"

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

TEST(StorageTest, MemoryIsAlignedAndWritable) {
  Allocator allocator(Allocator::Kind::kCaching);
  for (const int64_t bytes : {1, 63, 64, 65, 1000, 4096, 100000}) {
    const StorageRef storage = allocator.Allocate(bytes, Purpose::kActivation);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(storage->data()) % 64, 0u) << bytes;
    EXPECT_EQ(storage->bytes(), (bytes + 63) / 64 * 64);
    std::memset(storage->data(), 1, storage->bytes());
  }
}

TEST(StorageTest, ZeroBytesAreNoMemory) {
  Allocator allocator(Allocator::Kind::kCaching);
  const StorageRef storage = allocator.Allocate(0, Purpose::kActivation);
  EXPECT_EQ(storage->data(), nullptr);
  EXPECT_EQ(storage->bytes(), 0);
  EXPECT_EQ(allocator.account().live_total(), 0);
}

TEST(StorageTest, FreedMemoryComesBack) {
  Allocator allocator(Allocator::Kind::kCaching);
  void* first = nullptr;
  void* second = nullptr;
  {
    const StorageRef a = allocator.Allocate(4096, Purpose::kActivation);
    const StorageRef b = allocator.Allocate(4096, Purpose::kActivation);
    first = a->data();
    second = b->data();
    EXPECT_NE(first, second);
  }
  const StorageRef a = allocator.Allocate(4096, Purpose::kGradient);
  const StorageRef b = allocator.Allocate(4000, Purpose::kWorkspace);
  EXPECT_EQ(a->data(), first);
  EXPECT_EQ(b->data(), second);
  EXPECT_EQ(a->purpose(), Purpose::kGradient);
  EXPECT_EQ(b->bytes(), 4032);
}

TEST(StorageTest, PiecesInUseNeverOverlap) {
  Allocator allocator(Allocator::Kind::kCaching);
  std::vector<StorageRef> alive(16);
  uint32_t state = 1;
  for (int i = 0; i < 2000; ++i) {
    state = state * 1664525 + 1013904223;
    const int slot = state >> 28;
    if (alive[slot]) {
      const char* bytes = static_cast<const char*>(alive[slot]->data());
      for (int64_t j = 0; j < alive[slot]->bytes(); ++j) ASSERT_EQ(bytes[j], slot);
    }
    alive[slot] = allocator.Allocate(1 + (state >> 8) % 2000, Purpose::kActivation);
    std::memset(alive[slot]->data(), slot, alive[slot]->bytes());
  }
  int64_t sum = 0;
  for (const StorageRef& storage : alive) sum += storage ? storage->bytes() : 0;
  EXPECT_EQ(allocator.account().live_total(), sum);
}

class AccountTest : public testing::TestWithParam<Allocator::Kind> {};
INSTANTIATE_TEST_SUITE_P(Kinds, AccountTest,
                         testing::Values(Allocator::Kind::kCaching, Allocator::Kind::kDry));

TEST_P(AccountTest, CountsByPurpose) {
  Allocator allocator(GetParam());
  const Account& account = allocator.account();
  const StorageRef parameter = allocator.Allocate(100, Purpose::kParameter);
  {
    const StorageRef activation = allocator.Allocate(1000, Purpose::kActivation);
    EXPECT_EQ(account.live(Purpose::kActivation), 1024);
  }
  {
    const StorageRef workspace = allocator.Allocate(500, Purpose::kWorkspace);
    EXPECT_EQ(account.live(Purpose::kWorkspace), 512);
  }
  EXPECT_EQ(account.live(Purpose::kParameter), 128);
  EXPECT_EQ(account.live(Purpose::kActivation), 0);
  EXPECT_EQ(account.live_total(), 128);
  EXPECT_EQ(account.peak(Purpose::kActivation), 1024);
  EXPECT_EQ(account.peak(Purpose::kWorkspace), 512);
  EXPECT_EQ(account.peak(Purpose::kGradient), 0);
  // The peaks of activations and workspace did not coincide.
  EXPECT_EQ(account.peak_total(), 128 + 1024);
  allocator.account().ResetPeaks();
  EXPECT_EQ(account.peak(Purpose::kActivation), 0);
  EXPECT_EQ(account.peak(Purpose::kParameter), 128);
  EXPECT_EQ(account.peak_total(), 128);
}

TEST_P(AccountTest, LastReferenceFrees) {
  Allocator allocator(GetParam());
  StorageRef a = allocator.Allocate(64, Purpose::kActivation);
  EXPECT_TRUE(a->unique());
  StorageRef b = a;
  EXPECT_FALSE(a->unique());
  StorageRef c = std::move(a);
  EXPECT_FALSE(static_cast<bool>(a));
  c = StorageRef();
  EXPECT_TRUE(b->unique());
  EXPECT_EQ(allocator.account().live_total(), 64);
  b = StorageRef();
  EXPECT_EQ(allocator.account().live_total(), 0);
}

TEST(StorageTest, ADryAllocatorHasNoMemory) {
  Allocator allocator(Allocator::Kind::kDry);
  EXPECT_TRUE(allocator.dry());
  const int64_t terabytes = int64_t{1} << 45;
  const StorageRef storage = allocator.Allocate(terabytes, Purpose::kActivation);
  EXPECT_EQ(storage->data(), nullptr);
  EXPECT_EQ(allocator.account().live_total(), terabytes);
}

// What a dry recording counts may exceed 64 bits, and is exact again below.
TEST(StorageTest, ADryAllocatorCountsBeyond64Bits) {
  Allocator allocator(Allocator::Kind::kDry);
  const int64_t half = int64_t{1} << 62;
  {
    std::vector<StorageRef> storages;
    for (const Purpose purpose :
         {Purpose::kActivation, Purpose::kActivation, Purpose::kActivation, Purpose::kWorkspace}) {
      storages.push_back(allocator.Allocate(half, purpose));
    }
    EXPECT_EQ(allocator.account().live(Purpose::kActivation), INT64_MAX);
    EXPECT_EQ(allocator.account().live(Purpose::kWorkspace), half);
    EXPECT_EQ(allocator.account().live_total(), INT64_MAX);
    EXPECT_EQ(allocator.held_bytes(), INT64_MAX);
    storages.resize(1);
    EXPECT_EQ(allocator.account().live_total(), half);
  }
  EXPECT_EQ(allocator.account().live_total(), 0);
  EXPECT_EQ(allocator.account().peak(Purpose::kActivation), INT64_MAX);
  EXPECT_EQ(allocator.account().peak_total(), INT64_MAX);
  EXPECT_EQ(allocator.account().peak_recording(), INT64_MAX);
  allocator.ReleaseCache();
  EXPECT_EQ(allocator.held_bytes(), 0);
}

TEST(StorageTest, VersionsStartAnew) {
  Allocator allocator(Allocator::Kind::kCaching);
  allocator.Allocate(64, Purpose::kActivation)->BumpVersion();
  EXPECT_EQ(allocator.Allocate(64, Purpose::kActivation)->version(), 0u);
}

TEST(StorageDeathTest, NothingOutlivesItsAllocator) {
  EXPECT_DEATH(
      {
        StorageRef storage;
        Allocator allocator(Allocator::Kind::kDry);
        storage = allocator.Allocate(64, Purpose::kActivation);
      },
      "1 tensors outlive it");
  EXPECT_DEATH(Allocator::Default().Allocate(-1, Purpose::kActivation), "found -1 bytes");
}

}  // namespace
}  // namespace hairpin
