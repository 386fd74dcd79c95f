#include "tensor/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "tensor/check.h"
#include "tensor/cpu_quota.h"

namespace hairpin {
namespace {

// How long a thread looks for new work before it sleeps: longer than the longest wait between and
// within two kernels of a training step, as waking takes some 50 microseconds; short enough to leave
// the core to others when nothing comes.
constexpr std::chrono::microseconds kSpin{200};

inline void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Whether done() came true within kSpin.
template <class Done>
bool SpinUntil(const Done& done) {
  const auto end = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < 32; ++i) {
      if (done()) return true;
      Pause();
    }
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

// Workers sleep between jobs; a job is (function, body, blocks). Each job
// carries a number, so that a worker that wakes late can't join the wrong one.
class Pool {
 public:
  static Pool& Get() {
    static Pool* pool = new Pool;  // never destroyed: workers may outlive main
    return *pool;
  }

  int size() const { return size_.load(std::memory_order_relaxed); }

  void Resize(int n) {
    HAIRPIN_CHECK(n >= 1) << "SetNumThreads: found " << n << ", expected at least 1";
    std::lock_guard<std::mutex> call(call_mutex_);
    if (n == size()) return;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    stopping_ = false;
    const uint64_t seen = job_number_.load();
    spins_ = n <= NumCores();
    // The one place where an exception comes from the system: it has no more threads.
    try {
      for (int worker = 1; worker < n; ++worker) {
        threads_.emplace_back([this, worker, seen] { Work(worker, seen); });
      }
    } catch (const std::system_error&) {
    }
    size_ = 1 + static_cast<int>(threads_.size());
    ranges_ = std::vector<Range>(size());
  }

  void Run(int64_t blocks, internal::BlockFunction function, const void* body) {
    if (blocks <= 0) return;
    if (blocks == 1 || in_body_ || size() == 1 || !call_mutex_.try_lock()) {
      RunInline(blocks, function, body);
      return;
    }
    function_ = function;
    body_ = body;
    const int workers = size();
    for (int worker = 0; worker < workers; ++worker) {
      ranges_[worker].next.store(blocks * worker / workers, std::memory_order_relaxed);
      ranges_[worker].end = blocks * (worker + 1) / workers;
    }
    running_.store(size() - 1, std::memory_order_relaxed);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      job_number_.fetch_add(1, std::memory_order_release);
    }
    if (sleeping_.load(std::memory_order_seq_cst) > 0) wake_.notify_all();
    TakeBlocks(0);
    WaitForWorkers();
    call_mutex_.unlock();
  }

 private:
  // A nested call keeps its outer worker's number: its scratch is its own.
  static void RunInline(int64_t blocks, internal::BlockFunction function, const void* body) {
    const bool outer = in_body_;
    in_body_ = true;
    for (int64_t block = 0; block < blocks; ++block) function(body, block, worker_);
    in_body_ = outer;
  }

  // Its own range first, then what is left of the others'.
  void TakeBlocks(int worker) {
    in_body_ = true;
    worker_ = worker;
    const int workers = size();
    for (int i = 0; i < workers; ++i) {
      Range& range = ranges_[(worker + i) % workers];
      for (;;) {
        const int64_t block = range.next.fetch_add(1, std::memory_order_relaxed);
        if (block >= range.end) break;
        function_(body_, block, worker);
      }
    }
    in_body_ = false;
    worker_ = 0;
  }

  void WaitForWorkers() {
    const auto done = [&] { return running_.load(std::memory_order_acquire) == 0; };
    if (spins_ ? SpinUntil(done) : done()) return;
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, done);
  }

  void Work(int worker, uint64_t seen) {
    for (;;) {
      const auto called = [&] { return job_number_.load(std::memory_order_acquire) != seen; };
      if (!(spins_ ? SpinUntil(called) : called())) {
        std::unique_lock<std::mutex> lock(mutex_);
        sleeping_.fetch_add(1, std::memory_order_seq_cst);
        wake_.wait(lock, [&] { return stopping_ || called(); });
        sleeping_.fetch_sub(1, std::memory_order_seq_cst);
        if (!called()) return;  // stopping
      }
      ++seen;
      TakeBlocks(worker);
      if (running_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        std::lock_guard<std::mutex> lock(mutex_);
        done_.notify_one();
      }
    }
  }

  static thread_local bool in_body_;
  static thread_local int worker_;

  std::mutex call_mutex_;  // held by the thread whose job is under way
  std::mutex mutex_;       // guards sleeping and waking
  std::condition_variable wake_, done_;
  std::vector<std::thread> threads_;
  std::atomic<int> size_{1};
  std::atomic<int> sleeping_{0};
  bool stopping_ = false;
  bool spins_ = true;  // not where threads would take the cores from one another

  // Blocks that one worker begins with: about the same part of every job, so that what it has
  // written in one is in its core's cache for the next. A cache line each.
  struct alignas(64) Range {
    std::atomic<int64_t> next{0};
    int64_t end = 0;
  };

  // The job under way.
  std::vector<Range> ranges_ = std::vector<Range>(1);
  std::atomic<uint64_t> job_number_{0};
  std::atomic<int> running_{0};
  internal::BlockFunction function_ = nullptr;
  const void* body_ = nullptr;
};

thread_local bool Pool::in_body_ = false;
thread_local int Pool::worker_ = 0;

}  // namespace

int NumThreads() { return Pool::Get().size(); }

void SetNumThreads(int n) { Pool::Get().Resize(n); }

int NumCores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  const double quota = std::ceil(CpuQuota());
  return std::max(1, static_cast<int>(std::min<double>(CPU_COUNT(&set), quota)));
}

namespace internal {
void RunBlocks(int64_t blocks, BlockFunction function, const void* body) {
  Pool::Get().Run(blocks, function, body);
}
}  // namespace internal

}  // namespace hairpin
