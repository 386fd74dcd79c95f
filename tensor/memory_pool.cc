#include "tensor/memory_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <tuple>
#include <utility>

#include "tensor/address_sanitizer.h"
#include "tensor/check.h"

#if HAIRPIN_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

namespace hairpin {
namespace {

constexpr int64_t kLeastSegment = int64_t{64} << 20, kMostSegment = int64_t{1} << 30;

// With an address sanitizer free blocks may not be touched, and a stretch behind each
// one in use; neighbours are one allocation to it.
#if HAIRPIN_ADDRESS_SANITIZER
constexpr int64_t kRedZone = 64;
void Forbid(const void* data, int64_t bytes) {
  if (data != nullptr) ASAN_POISON_MEMORY_REGION(data, bytes);
}
void Allow(const void* data, int64_t bytes) {
  if (data != nullptr) ASAN_UNPOISON_MEMORY_REGION(data, bytes);
}
#else
constexpr int64_t kRedZone = 0;
void Forbid(const void*, int64_t) {}
void Allow(const void*, int64_t) {}
#endif

// Asks for huge pages, of those that lie within [memory, memory + bytes) alone: a huge page is
// there as a whole as soon as a byte of it is touched, and beyond `bytes` nothing will be. It is
// advice: where the system has none, small ones do.
void AskForHugePages(char* memory, int64_t bytes) {
  constexpr int64_t kHugePage = int64_t{2} << 20;
  const int64_t skipped = -reinterpret_cast<intptr_t>(memory) & (kHugePage - 1);
  const int64_t inside = (bytes - skipped) & -kHugePage;
  if (inside > 0) madvise(memory + skipped, static_cast<size_t>(inside), MADV_HUGEPAGE);
}

}  // namespace

struct MemoryPool::Segment {
  int64_t number = 0;
  char* memory = nullptr;
  int64_t size = 0;
  int64_t touched = 0;     // bytes from its begin that were ever handed out
  Block* first = nullptr;  // at offset 0
};

bool MemoryPool::Smaller::operator()(const Block* a, const Block* b) const {
  return std::make_tuple(a->size, a->segment->number, a->offset) <
         std::make_tuple(b->size, b->segment->number, b->offset);
}

bool MemoryPool::Smaller::operator()(const Block* block, int64_t bytes) const {
  return block->size < bytes;
}

MemoryPool::MemoryPool(bool dry) : dry_(dry) {}

MemoryPool::~MemoryPool() {
  for (const auto& segment : segments_) {
    Allow(segment->memory, segment->size);
    std::free(segment->memory);
  }
}

MemoryPool::Block* MemoryPool::Take(int64_t bytes) {
  const int64_t size = bytes + kRedZone;
  auto place = free_.lower_bound(size);
  if (place == free_.end()) {
    AddSegment(size);
    place = free_.lower_bound(size);
  }
  Block* const block = *place;
  block->place = free_.extract(place);
  block->free = false;
  Segment* const segment = block->segment;
  if (block->size > size) {
    Block* const rest = NewBlock(segment, block->offset + size, block->size - size);
    block->size = size;
    rest->before = block;
    rest->after = block->after;
    if (rest->after != nullptr) rest->after->before = rest;
    block->after = rest;
    Free(rest);
  }
  const int64_t end = block->offset + size;
  held_bytes_ += std::max<int64_t>(0, end - segment->touched);
  segment->touched = std::max(segment->touched, end);
  Allow(block->data, bytes);
  return block;
}

void MemoryPool::GiveBack(Block* block) {
  Forbid(block->data, block->size);
  if (block->after != nullptr && block->after->free) Join(block);
  if (block->before != nullptr && block->before->free) block = Join(block->before);
  Free(block);
}

// Makes `lower` and the block behind it one, which is in use; returns it.
MemoryPool::Block* MemoryPool::Join(Block* lower) {
  Block* const upper = lower->after;
  for (Block* block : {lower, upper}) {
    if (!block->free) continue;
    block->place = free_.extract(block);
    block->free = false;
  }
  lower->size += upper->size;
  lower->after = upper->after;
  if (lower->after != nullptr) lower->after->before = lower;
  upper->after = spare_;
  spare_ = upper;
  return lower;
}

void MemoryPool::Free(Block* block) {
  block->free = true;
  block->place.value() = block;
  free_.insert(std::move(block->place));
}

MemoryPool::Block* MemoryPool::NewBlock(Segment* segment, int64_t offset, int64_t size) {
  Block* block = spare_;
  if (block != nullptr) {
    spare_ = block->after;
  } else {
    block = &blocks_.emplace_back();
  }
  block->data = segment->memory == nullptr ? nullptr : segment->memory + offset;
  block->size = size;
  block->segment = segment;
  block->offset = offset;
  block->before = block->after = nullptr;
  if (block->place.empty()) block->place = free_.extract(free_.insert(block).first);
  return block;
}

void MemoryPool::AddSegment(int64_t bytes) {
  auto segment = std::make_unique<Segment>();
  segment->number = num_segments_++;
  segment->size =
      std::max(bytes, std::clamp(Saturate(all_bytes_), kLeastSegment, kMostSegment));
  if (!dry_) {
    const auto take = [&](int64_t size) {
      return static_cast<char*>(std::aligned_alloc(kAlignment, size));
    };
    segment->memory = take(segment->size);
    // Where address space is short, as much as must be.
    if (segment->memory == nullptr) segment->memory = take(segment->size = bytes);
    while (segment->memory == nullptr) {  // what operator new does
      const std::new_handler handler = std::get_new_handler();
      HAIRPIN_CHECK(handler != nullptr) << "Allocator: the system gave no " << bytes << " bytes";
      handler();
      segment->memory = take(bytes);
    }
    const size_t index = static_cast<size_t>(segment->number - first_expected_);
    if (index < expected_.size()) AskForHugePages(segment->memory, expected_[index]);
    Forbid(segment->memory, segment->size);
  }
  all_bytes_ += segment->size;
  segment->first = NewBlock(segment.get(), 0, segment->size);
  Free(segment->first);
  segments_.push_back(std::move(segment));
}

void MemoryPool::Expect(const MemoryPool& rehearsal) {
  first_expected_ = num_segments_;
  expected_.clear();
  for (const auto& segment : rehearsal.segments_) expected_.push_back(segment->touched);
}

void MemoryPool::ReleaseUnused() {
  std::erase_if(segments_, [&](const std::unique_ptr<Segment>& segment) {
    Block* const block = segment->first;
    if (!block->free || block->size < segment->size) return false;
    block->place = free_.extract(block);
    block->free = false;
    block->after = spare_;
    spare_ = block;
    held_bytes_ -= segment->touched;
    all_bytes_ -= segment->size;
    Allow(segment->memory, segment->size);
    std::free(segment->memory);
    return true;
  });
}

}  // namespace hairpin
