#include "tests/training/malloc_counter.h"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>

extern "C" {
void* __libc_malloc(size_t bytes);
void* __libc_calloc(size_t n, size_t bytes);
void* __libc_realloc(void* memory, size_t bytes);
void* __libc_memalign(size_t alignment, size_t bytes);
void* memalign(size_t alignment, size_t bytes);
}

namespace {

std::atomic<int64_t> allocations{0};

void* CountedMemalign(size_t alignment, size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_memalign(alignment, bytes);
}

}  // namespace

// operator new of libstdc++ calls malloc or aligned_alloc, so it is counted with them.
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
void* aligned_alloc(size_t alignment, size_t bytes) { return CountedMemalign(alignment, bytes); }
void* memalign(size_t alignment, size_t bytes) { return CountedMemalign(alignment, bytes); }
int posix_memalign(void** memory, size_t alignment, size_t bytes) {
  *memory = CountedMemalign(alignment, bytes);
  return *memory == nullptr ? ENOMEM : 0;
}
}

namespace hairpin {
int64_t NumAllocations() { return allocations.load(); }
}  // namespace hairpin
