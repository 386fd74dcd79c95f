#include "tensor/memory_pool.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tensor/address_sanitizer.h"

namespace hairpin {
namespace {

using Block = MemoryPool::Block;

// An address sanitizer keeps a stretch behind each block.
#if HAIRPIN_ADDRESS_SANITIZER
constexpr int64_t kRedZone = 64;
#else
constexpr int64_t kRedZone = 0;
#endif

TEST(MemoryPoolTest, BlocksAreAlignedAndWritable) {
  MemoryPool pool(/*dry=*/false);
  std::vector<Block*> blocks;
  for (const int64_t bytes : {64, 128, 4096, 1 << 20, 100 << 20}) {
    blocks.push_back(pool.Take(bytes));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(blocks.back()->data) % MemoryPool::kAlignment, 0u);
    std::memset(blocks.back()->data, 1, bytes);
  }
  for (Block* block : blocks) pool.GiveBack(block);
}

TEST(MemoryPoolTest, WhatWasOneServesAsSeveralAndIsOneAgain) {
  MemoryPool pool(/*dry=*/false);
  Block* const large = pool.Take(12288);
  void* const memory = large->data;
  Block* const behind = pool.Take(64);  // the rest of the segment is not beside `large`
  pool.GiveBack(large);
  for (const bool forwards : {true, false}) {
    std::vector<Block*> small;
    for (int i = 0; i < 3; ++i) small.push_back(pool.Take(4096 - kRedZone));
    EXPECT_EQ(small[0]->data, memory);
    EXPECT_EQ(static_cast<char*>(small[2]->data) - static_cast<char*>(memory), 8192);
    if (!forwards) std::reverse(small.begin(), small.end());
    for (Block* block : small) pool.GiveBack(block);
    Block* const again = pool.Take(12288);
    EXPECT_EQ(again->data, memory);
    pool.GiveBack(again);
  }
  pool.GiveBack(behind);
}

TEST(MemoryPoolTest, TheSmallestThatFitsAndOfEqualsTheLowest) {
  MemoryPool pool(/*dry=*/false);
  std::vector<Block*> blocks;
  for (const int64_t bytes : {4096, 64, 1024, 64, 2048, 64, 1024, 64}) {
    blocks.push_back(pool.Take(bytes));
  }
  const std::vector<void*> at = {blocks[0]->data, blocks[2]->data, blocks[4]->data,
                                 blocks[6]->data};
  for (const int i : {6, 0, 4, 2}) pool.GiveBack(blocks[i]);
  Block* const first = pool.Take(1024);
  Block* const second = pool.Take(960);
  Block* const third = pool.Take(1088);
  EXPECT_EQ(first->data, at[1]);
  EXPECT_EQ(second->data, at[3]);
  EXPECT_EQ(third->data, at[2]);
  for (Block* block : {first, second, third}) pool.GiveBack(block);
  for (const int i : {1, 3, 5, 7}) pool.GiveBack(blocks[i]);
}

TEST(MemoryPoolTest, HeldIsWhatWasTouched) {
  for (const bool dry : {true, false}) {
    MemoryPool pool(dry);
    EXPECT_EQ(pool.held_bytes(), 0);
    Block* const a = pool.Take(4096);
    Block* const b = pool.Take(1024);
    EXPECT_EQ(a->data == nullptr, dry);
    const int64_t held = 4096 + 1024 + 2 * kRedZone;
    EXPECT_EQ(pool.held_bytes(), held);
    pool.GiveBack(a);
    EXPECT_EQ(pool.held_bytes(), held);
    Block* const c = pool.Take(2048);  // where `a` was
    EXPECT_EQ(pool.held_bytes(), held);
    pool.ReleaseUnused();  // there is one segment, and it is in use
    EXPECT_EQ(pool.held_bytes(), held);
    pool.GiveBack(b);
    pool.GiveBack(c);
    Block* const huge = pool.Take(int64_t{1} << 28);  // a segment of its own
    pool.GiveBack(pool.Take(64));
    EXPECT_EQ(pool.held_bytes(), held + (int64_t{1} << 28) + kRedZone);
    pool.ReleaseUnused();
    EXPECT_EQ(pool.held_bytes(), (int64_t{1} << 28) + kRedZone);
    pool.GiveBack(huge);
    pool.ReleaseUnused();
    EXPECT_EQ(pool.held_bytes(), 0);
    Block* const after = pool.Take(128);
    EXPECT_EQ(pool.held_bytes(), 128 + kRedZone);
    pool.GiveBack(after);
  }
}

// 2000 sizes that never come again are not added up.
TEST(MemoryPoolTest, SizesThatNeverComeAgain) {
  MemoryPool pool(/*dry=*/true);
  Block* const stays = pool.Take(1024);
  for (int i = 1; i <= 2000; ++i) pool.GiveBack(pool.Take(i * 512 + 64));
  EXPECT_EQ(pool.held_bytes(), 1024 + 2000 * 512 + 64 + 2 * kRedZone);
  pool.GiveBack(stays);
}

// Loads like a training's: pieces of a few sizes, in other numbers in backward than in
// forward. What is held is little more than what was alive, the same in a dry pool,
// and from the second turn on the same in each.
TEST(MemoryPoolTest, ALoadOfManySizes) {
  MemoryPool real(/*dry=*/false), dry(/*dry=*/true);
  const int64_t kUnit = 3 << 18;  // 768 KB
  struct Piece {
    Block *real, *dry;
    int64_t bytes;
  };
  std::vector<Piece> alive;
  int64_t live = 0, most = 0, held = 0;
  const auto take = [&](int64_t bytes) {
    alive.push_back({real.Take(bytes), dry.Take(bytes), bytes});
    most = std::max(most, live += bytes);
  };
  const auto drop = [&](size_t i) {
    real.GiveBack(alive[i].real);
    dry.GiveBack(alive[i].dry);
    live -= alive[i].bytes;
    alive.erase(alive.begin() + i);
  };
  take(17 << 20);  // parameters
  for (int turn = 0; turn < 6; ++turn) {
    for (int layer = 0; layer < 12; ++layer) {
      take(kUnit);
      take(4 * kUnit);
      take(1024);
      if (layer % 3 != 2) drop(alive.size() - 2);
    }
    take(6 * kUnit);
    while (alive.size() > 1) {
      take(4 * kUnit);
      take(4 * kUnit);
      take(kUnit);
      drop(alive.size() - 2);
      drop(alive.size() - 2);
      drop(alive.size() - 1);
      drop(alive.size() - 1);
    }
    EXPECT_EQ(real.held_bytes(), dry.held_bytes());
    if (turn > 1) {
      EXPECT_EQ(real.held_bytes(), held);
    }
    held = real.held_bytes();
  }
  EXPECT_GE(held, most);
  EXPECT_LE(held, most + most / 20);
  drop(0);
}

// Whether huge pages were asked for, as the system tells it in /proc/self/smaps: "hg" among the
// flags of the mapping that holds `address`. Empty where it tells no flags.
std::string MappingFlags(const char* address) {
  std::ifstream mappings("/proc/self/smaps");
  bool inside = false;
  for (std::string line; std::getline(mappings, line);) {
    unsigned long begin = 0, end = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx ", &begin, &end) == 2) {
      inside = begin <= reinterpret_cast<uintptr_t>(address) &&
               reinterpret_cast<uintptr_t>(address) < end;
    }
    if (inside && line.starts_with("VmFlags:")) return line;
  }
  return "";
}

TEST(MemoryPoolTest, WhatIsExpectedLiesInHugePagesAndNothingBeyondIsTouched) {
  constexpr int64_t kHuge = 2 << 20, kBytes = 3 * kHuge + 64;
  const int64_t page_bytes = sysconf(_SC_PAGESIZE);
  MemoryPool rehearsal(/*dry=*/true), pool(/*dry=*/false);
  Block* const rehearsed = rehearsal.Take(kBytes);
  pool.Expect(rehearsal);
  Block* const block = pool.Take(kBytes);
  EXPECT_EQ(pool.held_bytes(), rehearsal.held_bytes());
  char* const data = static_cast<char*>(block->data);
  std::memset(data, 1, kBytes);
  // Whatever huge pages there are, the one after the last byte is none of them.
  char* const beyond =
      data + kBytes + page_bytes - reinterpret_cast<uintptr_t>(data + kBytes) % page_bytes;
  std::vector<unsigned char> resident(kHuge / page_bytes);
  ASSERT_EQ(mincore(beyond, kHuge, resident.data()), 0);
  for (const unsigned char page : resident) ASSERT_EQ(page & 1, 0);
  const std::string flags = MappingFlags(data + kHuge);
  if (!flags.empty() && access("/sys/kernel/mm/transparent_hugepage", F_OK) == 0) {
    EXPECT_NE(flags.find(" hg"), std::string::npos) << flags;
  }
  pool.GiveBack(block);
  rehearsal.GiveBack(rehearsed);
}

#if HAIRPIN_ADDRESS_SANITIZER
TEST(MemoryPoolDeathTest, ASanitizerSeesBlocks) {
  MemoryPool pool(/*dry=*/false);
  Block* const block = pool.Take(64);
  volatile char* const data = static_cast<char*>(block->data);
  EXPECT_DEATH(data[64] = 1, "use-after-poison");
  pool.GiveBack(block);
  EXPECT_DEATH(data[0] = 1, "use-after-poison");
}
#endif

}  // namespace
}  // namespace hairpin
