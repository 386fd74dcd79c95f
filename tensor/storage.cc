#include "tensor/storage.h"

#include <algorithm>
#include <vector>

#include "tensor/check.h"

namespace hairpin {
namespace {

constexpr int64_t kAlignment = MemoryPool::kAlignment;
constexpr int kHeadersPerSlab = 256;

}  // namespace

const char* Name(Purpose purpose) {
  switch (purpose) {
    case Purpose::kParameter: return "parameter";
    case Purpose::kGradient: return "gradient";
    case Purpose::kOptimizer: return "optimizer";
    case Purpose::kActivation: return "activation";
    case Purpose::kWorkspace: return "workspace";
  }
  return "unknown";
}

void Account::ResetPeaks() {
  peak_ = live_;
  peak_total_ = live_total_;
  peak_recording_ = live_recording();
}

void Account::Add(Purpose purpose, int64_t bytes) {
  const int i = Index(purpose);
  live_[i] += bytes;
  live_total_ += bytes;
  peak_[i] = std::max(peak_[i], live_[i]);
  peak_total_ = std::max(peak_total_, live_total_);
  peak_recording_ = std::max(peak_recording_, live_recording());
}

StorageRef::~StorageRef() {
  if (storage_ != nullptr && --storage_->references_ == 0) storage_->allocator_->Free(storage_);
}

Allocator::~Allocator() {
  HAIRPIN_CHECK(num_live_ == 0) << "Allocator: " << num_live_ << " tensors outlive it";
}

Allocator& Allocator::Default() {
  static Allocator* allocator = new Allocator(Kind::kCaching);  // outlives every tensor
  return *allocator;
}

StorageRef Allocator::Allocate(int64_t bytes, Purpose purpose) {
  HAIRPIN_CHECK(bytes >= 0 && bytes <= INT64_MAX - kAlignment)
      << "Allocator: found " << bytes << " bytes, expected a size of memory";
  bytes = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  if (spare_headers_.empty()) {
    header_slabs_.push_back(std::make_unique<Storage[]>(kHeadersPerSlab));
    // Room for all headers that there are, so that Free never allocates.
    spare_headers_.reserve(header_slabs_.size() * kHeadersPerSlab);
    for (int i = 0; i < kHeadersPerSlab; ++i) spare_headers_.push_back(&header_slabs_.back()[i]);
  }
  Storage* storage = spare_headers_.back();
  spare_headers_.pop_back();
  storage->bytes_ = bytes;
  storage->purpose_ = purpose;
  storage->allocator_ = this;
  storage->version_ = 0;
  account_.Add(purpose, bytes);
  storage->block_ = bytes == 0 ? nullptr : pool_.Take(bytes);
  storage->data_ = bytes == 0 ? nullptr : storage->block_->data;
  ++num_live_;
  if (listener_ != nullptr) listener_->Allocated(*storage);
  return StorageRef(storage);
}

void Allocator::Free(Storage* storage) {
  if (listener_ != nullptr) listener_->Freed(*storage);
  account_.Add(storage->purpose_, -storage->bytes_);
  --num_live_;
  if (storage->block_ != nullptr) pool_.GiveBack(storage->block_);
  storage->data_ = nullptr;
  storage->block_ = nullptr;
  spare_headers_.push_back(storage);
}

}  // namespace hairpin
