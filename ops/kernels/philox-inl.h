// Philox4x32-10 (tensor/philox.h), a block in every lane.
//
// Included once per Highway target, after foreach_target.h.
#if defined(HAIRPIN_OPS_KERNELS_PHILOX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HAIRPIN_OPS_KERNELS_PHILOX_INL_H_
#undef HAIRPIN_OPS_KERNELS_PHILOX_INL_H_
#else
#define HAIRPIN_OPS_KERNELS_PHILOX_INL_H_
#endif

#include <cstdint>
#include <cstring>

#include "hwy/highway.h"
#include "tensor/philox.h"

HWY_BEFORE_NAMESPACE();
namespace hairpin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The halves of the 64-bit products a * b, lane by lane.
#if HWY_TARGET == HWY_SCALAR
template <class D, class V>
HWY_INLINE void MultiplyWide(D d, V a, uint32_t b, V& high, V& low) {
  const uint64_t product = uint64_t{hn::GetLane(a)} * b;
  high = hn::Set(d, static_cast<uint32_t>(product >> 32));
  low = hn::Set(d, static_cast<uint32_t>(product));
}
#else
template <class D, class V>
HWY_INLINE void MultiplyWide(D d, V a, uint32_t b, V& high, V& low) {
  const hn::Repartition<uint64_t, D> d64;
  const V factor = hn::Set(d, b);
  const auto even = hn::MulEven(a, factor);
  const auto odd =
      hn::MulEven(hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(d64, a))), factor);
  high = hn::OddEven(hn::BitCast(d, odd), hn::BitCast(d, hn::ShiftRight<32>(even)));
  low = hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odd)), hn::BitCast(d, even));
}
#endif

// The words of `blocks` blocks from number `first` on, four a block; `blocks` is
// a multiple of the lanes of uint32, and `words` is aligned.
HWY_INLINE void PhiloxBlocks(PhiloxKey key, uint64_t first, int64_t blocks, uint32_t* words) {
  const hn::ScalableTag<uint32_t> d;
  using V = hn::Vec<decltype(d)>;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t block = 0; block < blocks; block += lanes, words += 4 * lanes) {
    const uint64_t index = first + static_cast<uint64_t>(block);
    const uint32_t low_half = static_cast<uint32_t>(index);
    const uint32_t high_half = static_cast<uint32_t>(index >> 32);
    if (low_half > UINT32_MAX - static_cast<uint32_t>(lanes)) {  // a carry between lanes
      const Philox philox(key);
      for (int64_t lane = 0; lane < lanes; ++lane) {
        const PhiloxWords block_words = philox.At(index + static_cast<uint64_t>(lane));
        std::memcpy(words + 4 * lane, block_words.data(), sizeof(block_words));
      }
      continue;
    }
    V c0 = hn::Iota(d, low_half), c1 = hn::Set(d, high_half), c2 = hn::Zero(d), c3 = hn::Zero(d);
    uint32_t k0 = key.low, k1 = key.high;
    for (int round = 0; round < 10; ++round) {
      V high0, low0, high1, low1;
      MultiplyWide(d, c0, 0xD2511F53, high0, low0);
      MultiplyWide(d, c2, 0xCD9E8D57, high1, low1);
      c0 = hn::Xor(hn::Xor(high1, c1), hn::Set(d, k0));
      c1 = low1;
      c2 = hn::Xor(hn::Xor(high0, c3), hn::Set(d, k1));
      c3 = low0;
      k0 += 0x9E3779B9;
      k1 += 0xBB67AE85;
    }
#if HWY_TARGET == HWY_SCALAR
    words[0] = hn::GetLane(c0), words[1] = hn::GetLane(c1);
    words[2] = hn::GetLane(c2), words[3] = hn::GetLane(c3);
#else
    hn::StoreInterleaved4(c0, c1, c2, c3, d, words);
#endif
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace hairpin
HWY_AFTER_NAMESPACE();

#endif  // HAIRPIN_OPS_KERNELS_PHILOX_INL_H_
