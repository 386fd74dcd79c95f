// Storage: reference-counted, 64-byte-aligned memory, and the allocators that
// hand it out and count it by purpose.
//
//   StorageRef storage = Allocator::Default().Allocate(4096, Purpose::kActivation);
//   Allocator::Default().account().live(Purpose::kActivation);  // 4096 more
//
// Memory lies in a pool of the allocator (tensor/memory_pool.h): what is freed serves
// later requests of any size, so a training step in steady state calls malloc zero
// times. Bytes are counted as requested, rounded up to 64.
//
// A dry allocator counts the same, its pool too, and has no memory: data() is null. A dry
// recording uses one of its own, so the peak of a step is known, to the byte,
// before the step is run.
#ifndef HAIRPIN_TENSOR_STORAGE_H_
#define HAIRPIN_TENSOR_STORAGE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "tensor/memory_pool.h"
#include "tensor/saturate.h"

namespace hairpin {

// What a piece of memory is for.
enum class Purpose : uint8_t { kParameter, kGradient, kOptimizer, kActivation, kWorkspace };
inline constexpr int kNumPurposes = 5;
inline constexpr std::array<Purpose, kNumPurposes> kAllPurposes = {
    Purpose::kParameter, Purpose::kGradient, Purpose::kOptimizer, Purpose::kActivation,
    Purpose::kWorkspace};
const char* Name(Purpose purpose);

// Bytes that are alive, and the most that were since ResetPeaks, by purpose
// and in all. The peak in all is no sum of peaks: they need not coincide. A dry
// recording may count more than 64 bits hold; it is told as INT64_MAX.
class Account {
 public:
  int64_t live(Purpose purpose) const { return Saturate(live_[Index(purpose)]); }
  int64_t peak(Purpose purpose) const { return Saturate(peak_[Index(purpose)]); }
  int64_t live_total() const { return Saturate(live_total_); }
  int64_t peak_total() const { return Saturate(peak_total_); }
  // The peak of activations and workspace together: what a recording takes, and
  // what a budget of it is about.
  int64_t peak_recording() const { return Saturate(peak_recording_); }
  // Each peak becomes what is alive now.
  void ResetPeaks();
  // Adds `bytes`, which may be negative.
  void Add(Purpose purpose, int64_t bytes);

 private:
  static int Index(Purpose purpose) { return static_cast<int>(purpose); }
  Int128 live_recording() const {
    return live_[Index(Purpose::kActivation)] + live_[Index(Purpose::kWorkspace)];
  }
  std::array<Int128, kNumPurposes> live_ = {}, peak_ = {};
  Int128 live_total_ = 0, peak_total_ = 0, peak_recording_ = 0;
};

class Allocator;

// One piece of memory. Made by an Allocator, held by StorageRef.
class Storage {
 public:
  // 64-byte-aligned; null in a dry allocator or when size is 0 bytes.
  void* data() const { return data_; }
  // As requested, rounded up to 64.
  int64_t bytes() const { return bytes_; }
  Purpose purpose() const { return purpose_; }
  Allocator& allocator() const { return *allocator_; }
  // Grows by one with each change that a user makes through a Tensor; a value
  // saved for backward remembers it and is checked against it.
  uint32_t version() const { return version_; }
  void BumpVersion() { ++version_; }
  // For the graph: these are the numbers of `version` again, made once more.
  void RestoreVersion(uint32_t version) { version_ = version; }
  int references() const { return references_; }
  bool unique() const { return references_ == 1; }

 private:
  friend class Allocator;
  friend class StorageRef;
  void* data_ = nullptr;
  int64_t bytes_ = 0;
  MemoryPool::Block* block_ = nullptr;  // behind data_; null when size is 0 bytes
  Allocator* allocator_ = nullptr;
  uint32_t version_ = 0;
  int32_t references_ = 0;
  Purpose purpose_ = Purpose::kActivation;
};

// Shared ownership of a Storage. Not for sharing between threads: tensors are
// made and dropped by the thread that trains; kernels' threads see pointers.
class StorageRef {
 public:
  StorageRef() = default;
  explicit StorageRef(Storage* storage) : storage_(storage) {
    if (storage_ != nullptr) ++storage_->references_;
  }
  StorageRef(const StorageRef& other) : StorageRef(other.storage_) {}
  StorageRef(StorageRef&& other) noexcept : storage_(std::exchange(other.storage_, nullptr)) {}
  StorageRef& operator=(StorageRef other) noexcept {
    std::swap(storage_, other.storage_);
    return *this;
  }
  ~StorageRef();

  Storage* get() const { return storage_; }
  Storage* operator->() const { return storage_; }
  explicit operator bool() const { return storage_ != nullptr; }

 private:
  Storage* storage_ = nullptr;
};

// Hears of every piece of memory that an allocator hands out and gets back.
class AllocationListener {
 public:
  virtual ~AllocationListener() = default;
  virtual void Allocated(const Storage& storage) = 0;
  // Still as it was: bytes and purpose can be read.
  virtual void Freed(const Storage& storage) = 0;
};

class Allocator {
 public:
  enum class Kind { kCaching, kDry };
  explicit Allocator(Kind kind) : kind_(kind), pool_(kind == Kind::kDry) {}
  Allocator(const Allocator&) = delete;
  Allocator& operator=(const Allocator&) = delete;
  // CHECKs that none of its storage is alive.
  ~Allocator();

  // The process's caching allocator.
  static Allocator& Default();

  bool dry() const { return kind_ == Kind::kDry; }

  // At least `bytes` bytes (0 is allowed) with unspecified contents. Where the
  // system has no more, as MemoryPool::Take: what a run needs is known from its
  // dry recording and was compared with what there is before.
  StorageRef Allocate(int64_t bytes, Purpose purpose);

  // For reading; reset its peaks with account().ResetPeaks().
  Account& account() { return account_; }

  // Bytes of the system's memory that were touched and not given back: of what is
  // alive, and free ones that wait for requests. A dry allocator counts what a real
  // one would hold for the same requests.
  int64_t held_bytes() const { return pool_.held_bytes(); }

  // Null: nobody listens. It is to outlive its use here. Returns who listened
  // before.
  AllocationListener* set_listener(AllocationListener* listener) {
    return std::exchange(listener_, listener);
  }

  // What follows will take the memory that `rehearsal`, a dry allocator, was asked for: it can be
  // laid out in huge pages. See MemoryPool::Expect.
  void Expect(const Allocator& rehearsal) { pool_.Expect(rehearsal.pool_); }

  // Gives memory back to the system where a whole segment of the pool is free.
  void ReleaseCache() { pool_.ReleaseUnused(); }

 private:
  friend class StorageRef;
  void Free(Storage* storage);

  const Kind kind_;
  MemoryPool pool_;
  Account account_;
  AllocationListener* listener_ = nullptr;
  int64_t num_live_ = 0;
  std::vector<Storage*> spare_headers_;
  std::vector<std::unique_ptr<Storage[]>> header_slabs_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_STORAGE_H_
