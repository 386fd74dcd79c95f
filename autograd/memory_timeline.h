// MemoryTimeline: what memory a step takes at every moment, and whose it is. Works
// on dry recordings as on real ones, and tells the same of both.
//
//   MemoryTimeline timeline(allocator);             // listens from here on
//   Recording recording({.allocator = &allocator, .observer = &timeline});
//   ... forward, recording.Backward(loss) ...
//   for (const MemoryTimeline::Block& block : timeline.AliveAtPeak()) ...
//
// Time is counted in changes: each piece of memory that is taken or freed is one.
#ifndef HAIRPIN_AUTOGRAD_MEMORY_TIMELINE_H_
#define HAIRPIN_AUTOGRAD_MEMORY_TIMELINE_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "autograd/observer.h"
#include "tensor/storage.h"

namespace hairpin {

class MemoryTimeline final : public Observer, public AllocationListener {
 public:
  // Listens to the allocator until its end. Both outlive it.
  explicit MemoryTimeline(Allocator& allocator);
  ~MemoryTimeline() override;
  MemoryTimeline(const MemoryTimeline&) = delete;
  MemoryTimeline& operator=(const MemoryTimeline&) = delete;

  using Bytes = std::array<int64_t, kNumPurposes>;

  // One run of an operation, or one stage of its backward.
  struct Moment {
    std::string scope, name;
    RunPhase phase = RunPhase::kForward;
    int64_t node = 0;
    // The changes [begin, end) happened in it (and in replays inside it).
    int64_t begin = 0, end = 0;
  };
  // One piece of memory.
  struct Block {
    Purpose purpose = Purpose::kActivation;
    int64_t bytes = 0;
    int32_t moment = -1;  // in which it was taken; -1: outside of all
    // Alive after the changes [born, died); died is -1 if it never did.
    int64_t born = 0, died = -1;
  };

  // Bytes by purpose after each change; before the first, initial().
  const std::vector<Bytes>& changes() const { return changes_; }
  const Bytes& initial() const { return initial_; }
  const std::vector<Moment>& moments() const { return moments_; }
  const std::vector<Block>& blocks() const { return blocks_; }

  // The change after which the total is largest, the first of equals; -1 if it
  // never rose above the initial total.
  int64_t peak() const { return peak_; }
  int64_t peak_total() const { return peak_total_; }
  // What was taken since listening began and is alive at the peak, largest first.
  std::vector<Block> AliveAtPeak() const;

  // Forgets all; what is alive now is the new initial().
  void Clear();

  void Begin(const OperationRun& run) override;
  void End(const OperationRun& run) override;
  void Allocated(const Storage& storage) override;
  void Freed(const Storage& storage) override;

 private:
  void Change(Purpose purpose, int64_t bytes);

  Allocator& allocator_;
  AllocationListener* const before_;
  Bytes initial_ = {}, live_ = {};
  int64_t live_total_ = 0, peak_total_ = 0, peak_ = -1;
  std::vector<Bytes> changes_;
  std::vector<Moment> moments_;
  std::vector<int32_t> open_;  // moments that run now, outermost first
  std::vector<Block> blocks_;
  std::map<const Storage*, int64_t> alive_;  // index of its block
};

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_MEMORY_TIMELINE_H_
