#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/kernels/philox_test.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <cstdint>

#include "hwy/highway.h"
#include "ops/kernels/philox-inl.h"
#include "tensor/philox.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace {

void Draw(PhiloxKey key, uint64_t first, int64_t blocks, uint32_t* words) {
  PhiloxBlocks(key, first, blocks, words);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

HWY_EXPORT(Draw);

// Block by block the words of tensor/philox.h, also where the low half of the counter overflows.
TEST(PhiloxBlocks, AreThoseOfPhilox) {
  constexpr int64_t kBlocks = 64;
  constexpr PhiloxKey kKey = {0x12345678, 0x9ABCDEF0};
  const Philox philox(kKey);
  ForEachTarget([&](const char*) {
    for (const uint64_t first : {uint64_t{0}, uint64_t{12345}, (uint64_t{1} << 32) - 37,
                                 (uint64_t{1} << 40) - kBlocks, (uint64_t{7} << 32) + 5}) {
      MisalignedArray<uint32_t> words(4 * kBlocks, 0);
      HWY_DYNAMIC_DISPATCH(Draw)(kKey, first, kBlocks, words.data());
      EXPECT_TRUE(words.Intact());
      for (int64_t block = 0; block < kBlocks; ++block) {
        const PhiloxWords expected = philox.At(first + static_cast<uint64_t>(block));
        EXPECT_TRUE(SameBits(&words[4 * block], expected.data(), 4)) << first << " " << block;
      }
    }
  });
}

}  // namespace
}  // namespace hairpin
#endif
