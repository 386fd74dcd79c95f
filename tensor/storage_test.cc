#include "tensor/storage.h"

#include <algorithm>
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
  // b was freed first, a last; what was freed last comes first.
  const StorageRef a = allocator.Allocate(4096, Purpose::kGradient);
  const StorageRef b = allocator.Allocate(4000, Purpose::kWorkspace);
  EXPECT_EQ(a->data(), first);
  EXPECT_EQ(b->data(), second);
  EXPECT_EQ(a->purpose(), Purpose::kGradient);
  EXPECT_EQ(b->bytes(), 4032);
}

TEST(StorageTest, ASmallRequestDoesNotPinALargePiece) {
  Allocator allocator(Allocator::Kind::kCaching);
  void* large = allocator.Allocate(1 << 20, Purpose::kActivation)->data();
  const StorageRef small = allocator.Allocate(64, Purpose::kActivation);
  EXPECT_NE(small->data(), large);
  const StorageRef again = allocator.Allocate(1 << 20, Purpose::kActivation);
  EXPECT_EQ(again->data(), large);
}

TEST(StorageTest, ARecycledPieceKeepsItsCapacity) {
  Allocator allocator(Allocator::Kind::kCaching);
  void* memory = allocator.Allocate(4096, Purpose::kActivation)->data();
  // Served by the piece of 4096 bytes, counted as 3968.
  {
    const StorageRef smaller = allocator.Allocate(3968, Purpose::kActivation);
    EXPECT_EQ(smaller->data(), memory);
    EXPECT_EQ(allocator.account().live_total(), 3968);
  }
  EXPECT_EQ(allocator.Allocate(4096, Purpose::kActivation)->data(), memory);
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

// The same for both kinds: what is known dry is what a real run takes.
TEST_P(AccountTest, HeldBytesAreThoseAliveAndTheCaches) {
  Allocator allocator(GetParam());
  EXPECT_EQ(allocator.held_bytes(), 0);
  {
    const StorageRef a = allocator.Allocate(4096, Purpose::kActivation);
    const StorageRef b = allocator.Allocate(100, Purpose::kActivation);
    const StorageRef none = allocator.Allocate(0, Purpose::kActivation);
    EXPECT_EQ(allocator.held_bytes(), 4096 + 128);
  }
  EXPECT_EQ(allocator.account().live_total(), 0);
  EXPECT_EQ(allocator.held_bytes(), 4096 + 128);
  {
    // The first fits into the cached 4096 and the second into none.
    const StorageRef a = allocator.Allocate(4000, Purpose::kActivation);
    const StorageRef b = allocator.Allocate(3000, Purpose::kActivation);
    EXPECT_EQ(allocator.held_bytes(), 4096 + 128 + 3008);
  }
  allocator.ReleaseCache();
  EXPECT_EQ(allocator.held_bytes(), 0);
}

// 2000 sizes, none of which fits the next one: what was freed first goes back.
TEST_P(AccountTest, SizesThatNeverComeAgainAreNotKept) {
  Allocator allocator(GetParam());
  const StorageRef stays = allocator.Allocate(1000, Purpose::kParameter);
  int64_t most = 0;
  for (int i = 1; i <= 2000; ++i) {
    const int64_t bytes = i * 512;
    allocator.Allocate(bytes, Purpose::kActivation);
    EXPECT_LE(allocator.held_bytes(), 2 * (1024 + bytes));
    most = std::max(most, allocator.held_bytes());
  }
  EXPECT_GT(most, 1024 + 2000 * 512);  // there is a cache
}

// Two loads by turns, each within the peak: none of either goes back.
TEST_P(AccountTest, SizesThatComeAgainAreKept) {
  Allocator allocator(GetParam());
  std::vector<StorageRef> alive;
  const auto run = [&](int64_t bytes, int pieces) {
    for (int i = 0; i < pieces; ++i) {
      alive.push_back(allocator.Allocate(bytes, Purpose::kActivation));
    }
    alive.clear();
    return allocator.held_bytes();
  };
  run(1024, 100);
  const int64_t held = run(64 * 1024, 1);
  EXPECT_EQ(held, 100 * 1024 + 64 * 1024);
  for (int turn = 0; turn < 3; ++turn) {
    EXPECT_EQ(run(1024, 100), held);
    EXPECT_EQ(run(64 * 1024, 1), held);
  }
}

// Of two pieces that fit nothing, the one that was freed last stays.
TEST(StorageTest, TheOldestPieceGoesFirst) {
  Allocator allocator(Allocator::Kind::kCaching);
  allocator.Allocate(1000, Purpose::kActivation);
  allocator.Allocate(3000, Purpose::kActivation);
  allocator.Allocate(2000, Purpose::kActivation);
  EXPECT_EQ(allocator.held_bytes(), 3008 + 2048);
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
