#include "autograd/arena.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

struct alignas(alignof(std::max_align_t)) Aligned {
  char bytes[48];
};

template <class T>
bool IsAligned(const T* p) {
  return reinterpret_cast<uintptr_t>(p) % alignof(T) == 0;
}

TEST(ArenaTest, ObjectsAreAlignedAndApart) {
  Arena arena;
  std::vector<char*> chars;
  std::vector<double*> doubles;
  for (int i = 0; i < 20'000; ++i) {  // several chunks
    chars.push_back(arena.New<char>(static_cast<char>(i % 100)));
    doubles.push_back(arena.New<double>(i));
    ASSERT_TRUE(IsAligned(doubles.back())) << i;
    ASSERT_TRUE(IsAligned(arena.New<Aligned>())) << i;
  }
  for (int i = 0; i < 20'000; ++i) {
    ASSERT_EQ(*chars[i], i % 100);
    ASSERT_EQ(*doubles[i], i);
  }
}

TEST(ArenaTest, ArraysOfAnyLength) {
  Arena arena;
  arena.New<char>();
  EXPECT_TRUE(IsAligned(arena.NewArray<int64_t>(0)));
  // Longer than a chunk; what comes after it must not lie inside.
  constexpr size_t kMany = 100'000;
  int64_t* const large = arena.NewArray<int64_t>(kMany);
  EXPECT_TRUE(IsAligned(large));
  for (size_t i = 0; i < kMany; ++i) large[i] = 7;
  const int64_t* const next = arena.NewArray<int64_t>(3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(next[i], 0);
  for (size_t i = 0; i < kMany; ++i) ASSERT_EQ(large[i], 7);
}

// Objects are made anew in memory that held others.
TEST(ArenaTest, ResetReusesTheMemory) {
  Arena arena;
  const auto fill = [&] {
    std::set<const void*> places;
    for (int i = 0; i < 3'000; ++i) {
      int64_t* const array = arena.NewArray<int64_t>(i % 20 == 0 ? 10'000 : 5);
      EXPECT_EQ(array[0], 0);
      array[0] = -1;
      places.insert(array);
    }
    return places;
  };
  const std::set<const void*> first = fill();
  EXPECT_EQ(first.size(), 3'000u);
  for (int step = 0; step < 3; ++step) {
    arena.Reset();
    EXPECT_EQ(fill(), first);
  }
}

// Another sequence of sizes skips chunks that are too small for it.
TEST(ArenaTest, AfterResetLargeObjectsFindTheirChunk) {
  Arena arena;
  arena.NewArray<char>(100);
  char* const large = arena.NewArray<char>(1 << 20);
  arena.Reset();
  EXPECT_EQ(arena.NewArray<char>(1 << 20), large);
}

}  // namespace
}  // namespace hairpin
