// Whether the address sanitizer watches: GCC and clang say it in different words.
//
//   #if HAIRPIN_ADDRESS_SANITIZER
//   #include <sanitizer/asan_interface.h>
//   #endif
#ifndef HAIRPIN_TENSOR_ADDRESS_SANITIZER_H_
#define HAIRPIN_TENSOR_ADDRESS_SANITIZER_H_

#if defined(__SANITIZE_ADDRESS__)
#define HAIRPIN_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAIRPIN_ADDRESS_SANITIZER 1
#endif
#endif

#ifndef HAIRPIN_ADDRESS_SANITIZER
#define HAIRPIN_ADDRESS_SANITIZER 0
#endif

#endif  // HAIRPIN_TENSOR_ADDRESS_SANITIZER_H_
