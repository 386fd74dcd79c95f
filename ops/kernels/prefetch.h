// Asking for memory before it is needed, so that it comes while other numbers are worked on.
//
//   for (; i + lanes <= n; i += lanes) {
//     PrefetchAhead(x + i);
//     ...
//   }
//
// A processor's own prefetching starts anew at each page, and in a virtual machine it may do
// little: arrays that are not in the cache are read up to three times as fast with this. Addresses
// beyond an array's end do no harm.
#ifndef HAIRPIN_OPS_KERNELS_PREFETCH_H_
#define HAIRPIN_OPS_KERNELS_PREFETCH_H_

#include <cstdint>

namespace hairpin {

inline constexpr uintptr_t kCacheLine = 64;
// As far as lines take to come, and no so far that they are gone again; tried from 512 to 8192.
inline constexpr uintptr_t kPrefetchAhead = 2048;  // bytes

// Rows that are anywhere are asked for so many before their turn.
inline constexpr int64_t kRowsAhead = 8;

// For loops that read or write memory in its order, once a vector.
inline __attribute__((always_inline)) void PrefetchAhead(const void* p) {
  __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(p) +
                                                   kPrefetchAhead));
}

// The line of p, to be written. Where another core has it too, a store has to take it away from
// there, and that takes as long as a line from memory: a line asked for as if to be read only saves
// nothing of it. GCC gives x86's instruction for this to no target by itself; processors without it
// take it for no operation.
inline __attribute__((always_inline)) void PrefetchForWrite(const void* p) {
#if defined(__x86_64__)
  asm volatile("prefetchw %0" : : "m"(*static_cast<const char*>(p)));
#else
  __builtin_prefetch(p, 1);
#endif
}

// As PrefetchAhead, for memory that will be written.
inline __attribute__((always_inline)) void PrefetchAheadForWrite(const void* p) {
  PrefetchForWrite(reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(p) +
                                                 kPrefetchAhead));
}

// All of p[0, n), n >= 1.
template <typename T>
inline __attribute__((always_inline)) void PrefetchSpan(const T* p, int64_t n) {
  const uintptr_t end = reinterpret_cast<uintptr_t>(p + n);
  for (uintptr_t line = reinterpret_cast<uintptr_t>(p) / kCacheLine * kCacheLine; line < end;
       line += kCacheLine) {
    __builtin_prefetch(reinterpret_cast<const void*>(line));
  }
}

}  // namespace hairpin

#endif  // HAIRPIN_OPS_KERNELS_PREFETCH_H_
