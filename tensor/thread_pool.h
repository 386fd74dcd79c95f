// ParallelFor: the one way in which Hairpin uses more than one core.
//
//   constexpr int64_t kRows = 64;                      // fixed block size
//   ParallelFor(CeilDiv(rows, kRows), [&](int64_t block, int worker) {
//     const int64_t begin = block * kRows;
//     Process(begin, std::min(rows, begin + kRows), scratch[worker]);
//   });
//
// The caller cuts work into blocks whose size never depends on the number of
// threads; which thread runs a block is open, so a block must write only what
// is its own. That is what makes results the same bits for any --threads.
//
// No exception may leave `body`. No memory is allocated per call. A call from
// inside a body, or while another thread's call is under way, runs its blocks
// in the calling thread.
#ifndef HAIRPIN_TENSOR_THREAD_POOL_H_
#define HAIRPIN_TENSOR_THREAD_POOL_H_

#include <cstdint>
#include <type_traits>

namespace hairpin {

// Rounds up; both non-negative, divisor > 0.
constexpr int64_t CeilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Threads that ParallelFor uses, the caller's included. At first 1.
int NumThreads();

// Sets that number, n >= 1; starts or ends threads. Not while work runs. Where the
// system starts fewer, it is those: NumThreads() says how many.
void SetNumThreads(int n);

// Cores that this process may run on, by its affinity mask and its container's quota of time
// (rounded up), at least 1.
int NumCores();

namespace internal {
using BlockFunction = void (*)(const void* body, int64_t block, int worker);
void RunBlocks(int64_t blocks, BlockFunction function, const void* body);
}  // namespace internal

// Calls body(block, worker) once for each block in [0, blocks), and returns
// when all have returned. worker is in [0, NumThreads()), and within this
// ParallelFor no two calls with one worker number run at once: scratch space
// that it alone uses can be indexed by it. Between two ParallelFor that run at
// once (in threads of the caller's own) that isn't so: both have a worker 0.
template <class Body>
void ParallelFor(int64_t blocks, const Body& body) {
  static_assert(std::is_invocable_v<const Body&, int64_t, int>);
  internal::RunBlocks(
      blocks,
      [](const void* erased, int64_t block, int worker) {
        (*static_cast<const Body*>(erased))(block, worker);
      },
      &body);
}

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_THREAD_POOL_H_
