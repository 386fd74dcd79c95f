// Arena: memory for the many small objects of one recording, freed all at once.
//
//   Arena arena;
//   Node* node = arena.New<Node>(...);
//   arena.Reset();   // every object is gone; the memory stays for the next step
//
// No destructors run: only trivially destructible types live here, or types
// whose owner ends them by hand before Reset. After the first step of a
// training no call allocates.
#ifndef HAIRPIN_AUTOGRAD_ARENA_H_
#define HAIRPIN_AUTOGRAD_ARENA_H_

#include <cstddef>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace hairpin {

class Arena {
 public:
  // n objects of T, value-initialised; aligned for T. n may be 0.
  template <class T>
  T* NewArray(size_t n) {
    static_assert(alignof(T) <= kMaxAlignment);
    T* array = static_cast<T*>(Allocate(n * sizeof(T), alignof(T)));
    for (size_t i = 0; i < n; ++i) new (array + i) T();
    return array;
  }
  template <class T, class... Args>
  T* New(Args&&... args) {
    static_assert(alignof(T) <= kMaxAlignment);
    return new (Allocate(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
  }

  void Reset() { chunk_ = used_ = 0; }

 private:
  static constexpr size_t kChunkBytes = 1 << 16;
  // What the memory of a chunk starts at a multiple of.
  static constexpr size_t kMaxAlignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__;
  struct Chunk {
    std::unique_ptr<char[]> memory;
    size_t size;
  };

  void* Allocate(size_t bytes, size_t alignment) {
    used_ = (used_ + alignment - 1) / alignment * alignment;
    if (chunk_ == chunks_.size() || used_ + bytes > chunks_[chunk_].size) NextChunk(bytes);
    void* memory = chunks_[chunk_].memory.get() + used_;
    used_ += bytes;
    return memory;
  }

  void NextChunk(size_t bytes) {
    if (chunk_ < chunks_.size()) ++chunk_;
    while (chunk_ < chunks_.size() && chunks_[chunk_].size < bytes) ++chunk_;
    if (chunk_ == chunks_.size()) {
      const size_t size = bytes > kChunkBytes ? bytes : kChunkBytes;
      chunks_.push_back({std::make_unique<char[]>(size), size});
    }
    used_ = 0;
  }

  std::vector<Chunk> chunks_;
  size_t chunk_ = 0;  // the one in use
  size_t used_ = 0;   // bytes of it
};

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_ARENA_H_
