#include "autograd/memory_timeline.h"

#include <algorithm>

#include "tensor/check.h"

namespace hairpin {

MemoryTimeline::MemoryTimeline(Allocator& allocator)
    : allocator_(allocator), before_(allocator.set_listener(this)) {
  Clear();
}

MemoryTimeline::~MemoryTimeline() {
  HAIRPIN_CHECK(allocator_.set_listener(before_) == this)
      << "MemoryTimeline: another began to listen to the allocator and still does";
}

void MemoryTimeline::Clear() {
  HAIRPIN_CHECK(open_.empty()) << "MemoryTimeline::Clear inside an operation";
  changes_.clear();
  moments_.clear();
  blocks_.clear();
  alive_.clear();
  live_total_ = 0;
  for (const Purpose purpose : kAllPurposes) {
    live_[static_cast<int>(purpose)] = allocator_.account().live(purpose);
    live_total_ += allocator_.account().live(purpose);
  }
  initial_ = live_;
  peak_total_ = live_total_;
  peak_ = -1;
}

void MemoryTimeline::Begin(const OperationRun& run) {
  open_.push_back(static_cast<int32_t>(moments_.size()));
  const int64_t now = static_cast<int64_t>(changes_.size());
  moments_.push_back({.scope = run.scope,
                      .name = run.op.name(),
                      .phase = run.phase,
                      .node = run.node,
                      .begin = now,
                      .end = now});
}

void MemoryTimeline::End(const OperationRun& run) {
  moments_[open_.back()].end = static_cast<int64_t>(changes_.size());
  open_.pop_back();
}

void MemoryTimeline::Change(Purpose purpose, int64_t bytes) {
  live_[static_cast<int>(purpose)] += bytes;
  live_total_ += bytes;
  if (live_total_ > peak_total_) {
    peak_total_ = live_total_;
    peak_ = static_cast<int64_t>(changes_.size());
  }
  changes_.push_back(live_);
}

void MemoryTimeline::Allocated(const Storage& storage) {
  alive_[&storage] = static_cast<int64_t>(blocks_.size());
  blocks_.push_back({.purpose = storage.purpose(),
                     .bytes = storage.bytes(),
                     .moment = open_.empty() ? -1 : open_.back(),
                     .born = static_cast<int64_t>(changes_.size())});
  Change(storage.purpose(), storage.bytes());
}

void MemoryTimeline::Freed(const Storage& storage) {
  const auto block = alive_.find(&storage);
  if (block != alive_.end()) {  // else it was there before
    blocks_[block->second].died = static_cast<int64_t>(changes_.size());
    alive_.erase(block);
  }
  Change(storage.purpose(), -storage.bytes());
}

std::vector<MemoryTimeline::Block> MemoryTimeline::AliveAtPeak() const {
  std::vector<Block> alive;
  for (const Block& block : blocks_) {
    if (block.born <= peak_ && (block.died < 0 || block.died > peak_)) alive.push_back(block);
  }
  std::stable_sort(alive.begin(), alive.end(),
                   [](const Block& a, const Block& b) { return a.bytes > b.bytes; });
  return alive;
}

}  // namespace hairpin
