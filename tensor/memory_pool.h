// MemoryPool: large segments of the system's memory, cut into blocks as they are
// asked for and joined again as they come back.
//
//   MemoryPool pool(/*dry=*/false);
//   MemoryPool::Block* block = pool.Take(4096);
//   std::memset(block->data, 0, 4096);
//   pool.GiveBack(block);
//
// A request gets the smallest free block that it fits into, of equals the first in
// its segment; what is left over stays free. A block that comes back joins the free
// ones beside it. So what was one large tensor serves as several small ones and the
// other way round, and what is held is little more than what was ever alive, however
// many sizes there are: replays have others than the forward had.
//
// A segment is taken when nothing fits, each as large as all before it together (64 MB
// to 1 GB, or the request). The system gives pages when they are first touched: only
// what was ever handed out counts as held. Where a load has settled, nothing is taken
// from the system and no memory of this class's own is allocated.
//
// A dry pool does the same without memory: what it counts, a real one holds. So it can be a
// rehearsal: a pool that is told what will be touched takes it in huge pages (2 MB), of which a
// core remembers more than it reads at once, and not one that reaches beyond.
//
//   MemoryPool rehearsal(/*dry=*/true);
//   Run(rehearsal);
//   pool.Expect(rehearsal);
//   Run(pool);
#ifndef HAIRPIN_TENSOR_MEMORY_POOL_H_
#define HAIRPIN_TENSOR_MEMORY_POOL_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <vector>

#include "tensor/saturate.h"

namespace hairpin {

class MemoryPool {
 public:
  struct Block;

 private:
  struct Segment;
  // Free blocks by size; of equals the earlier segment's, then the lower.
  struct Smaller {
    using is_transparent = void;
    bool operator()(const Block* a, const Block* b) const;
    bool operator()(const Block* block, int64_t bytes) const;
  };

 public:
  static constexpr int64_t kAlignment = 64;

  struct Block {
    void* data = nullptr;  // aligned; null in a dry pool

   private:
    friend class MemoryPool;
    int64_t size = 0;  // sizes and offsets are multiples of the alignment
    Segment* segment = nullptr;
    int64_t offset = 0;
    Block* before = nullptr;  // of the segment; null at its ends
    Block* after = nullptr;
    bool free = false;
    // Of free_, while the block is not in it: coming back allocates nothing.
    std::set<Block*, Smaller>::node_type place;
  };

  explicit MemoryPool(bool dry);
  MemoryPool(const MemoryPool&) = delete;
  MemoryPool& operator=(const MemoryPool&) = delete;
  ~MemoryPool();

  // bytes > 0, a multiple of kAlignment; contents are unspecified. Where the system has no more,
  // std::get_new_handler() is called until it does, as of `new`; a CHECK where there is none.
  Block* Take(int64_t bytes);
  void GiveBack(Block* block);

  // Bytes of segments up to the last that was ever handed out of each.
  int64_t held_bytes() const { return Saturate(held_bytes_); }

  // The segments taken from here on will be touched as those of `rehearsal` were, in the order in
  // which they were taken. Where that turns out wrong nothing breaks: memory may be held in huge
  // pages of which a part was never handed out, or in small ones.
  void Expect(const MemoryPool& rehearsal);

  // Gives back to the system the segments of which nothing is in use.
  void ReleaseUnused();

 private:
  void AddSegment(int64_t bytes);
  Block* NewBlock(Segment* segment, int64_t offset, int64_t size);
  void Free(Block* block);
  Block* Join(Block* lower);

  const bool dry_;
  Int128 held_bytes_ = 0, all_bytes_ = 0;
  int64_t num_segments_ = 0;  // ever taken
  std::vector<int64_t> expected_;  // bytes to be touched of segments from number first_expected_ on
  int64_t first_expected_ = 0;
  std::vector<std::unique_ptr<Segment>> segments_;
  std::set<Block*, Smaller> free_;
  std::deque<Block> blocks_;
  Block* spare_ = nullptr;  // of blocks_, chained by `after`
};

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_MEMORY_POOL_H_
