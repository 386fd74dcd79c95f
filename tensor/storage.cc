#include "tensor/storage.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "tensor/check.h"

namespace hairpin {
namespace {

constexpr int64_t kAlignment = 64;
constexpr int kHeadersPerSlab = 256;
// What is held, at most, of what was ever alive at once. A training holds a few
// per cent more than its peak, and an evaluation in between, whose sizes differ,
// less than that peak once more; so neither gives back what comes again.
constexpr int kMostHeld = 2;

// A cached piece may serve a request if it is at most this much larger, or a
// small request would pin a large piece while a large one calls malloc.
bool Fits(int64_t capacity, int64_t bytes) {
  return capacity >= bytes && capacity - bytes <= std::max<int64_t>(bytes / 8, 256);
}

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
  ReleaseCache();
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
  storage->capacity_ = 0;
  account_.Add(purpose, bytes);
  most_live_ = std::max(most_live_, account_.live_total());
  storage->data_ = bytes == 0 ? nullptr : TakeMemory(bytes, &storage->capacity_);
  ++num_live_;
  if (listener_ != nullptr) listener_->Allocated(*storage);
  return StorageRef(storage);
}

void* Allocator::TakeMemory(int64_t bytes, int64_t* capacity) {
  // Of the smallest pieces that fit, the one freed last: it is still in cache.
  auto piece = std::lower_bound(cache_.begin(), cache_.end(), bytes,
                                [](const Piece& p, int64_t b) { return p.capacity < b; });
  if (piece != cache_.end() && Fits(piece->capacity, bytes)) {
    // By halving: a deep graph leaves 100,000 pieces of one size.
    piece = std::upper_bound(piece, cache_.end(), piece->capacity, IsSmaller) - 1;
    *capacity = piece->capacity;
    void* memory = piece->memory;
    cache_.erase(piece);
    return memory;
  }
  *capacity = bytes;
  return NewPiece(bytes);
}

template <class Goes>
void Allocator::Release(const Goes& goes) {
  std::erase_if(cache_, [&](const Piece& piece) {
    if (!goes(piece)) return false;
    held_bytes_ -= piece.capacity;
    --num_pieces_;
    std::free(piece.memory);
    return true;
  });
}

void* Allocator::NewPiece(int64_t bytes) {
  held_bytes_ += bytes;
  while (!cache_.empty() && held_bytes_ > Int128{kMostHeld} * most_live_) ReleaseOlder();
  // Room in the cache for all pieces that there are, so that Free never allocates.
  if (++num_pieces_ > cache_.capacity()) cache_.reserve(2 * num_pieces_);
  if (dry()) return nullptr;
  void* memory = std::aligned_alloc(kAlignment, bytes);
  HAIRPIN_CHECK(memory != nullptr) << "Allocator: the system gave no " << bytes << " bytes";
  return memory;
}

void Allocator::Free(Storage* storage) {
  if (listener_ != nullptr) listener_->Freed(*storage);
  account_.Add(storage->purpose_, -storage->bytes_);
  --num_live_;
  if (storage->capacity_ > 0) {
    const Piece piece = {storage->capacity_, storage->data_, num_freed_++};
    const auto place =
        std::upper_bound(cache_.begin(), cache_.end(), piece.capacity, IsSmaller);
    cache_.insert(place, piece);
    storage->data_ = nullptr;
  }
  spare_headers_.push_back(storage);
}

// The oldest piece and all in the older half of the times at which the cached ones
// were freed: many at once, for each call looks at all of them.
void Allocator::ReleaseOlder() {
  const auto [oldest, newest] =
      std::minmax_element(cache_.begin(), cache_.end(),
                          [](const Piece& a, const Piece& b) { return a.freed < b.freed; });
  Release([limit = oldest->freed + (newest->freed - oldest->freed) / 2](const Piece& piece) {
    return piece.freed <= limit;
  });
}

void Allocator::ReleaseCache() {
  Release([](const Piece&) { return true; });
}

}  // namespace hairpin
