// The products of one micro-batch (8 x 64 tokens) of the flagship, float32 and float64: with the
// same operands again and again, and in float32 with others each time (from_memory), as in a step.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "ops/kernels/benchmark_util.h"
#include "ops/kernels/matmul.h"

namespace hairpin::kernels {
namespace {

struct Case {
  const char* name;
  MatMulShape shape;
};

// m x k x n; A is transposed where k runs over tokens, B where it is a weight [out, in].
const Case kCases[] = {
    {"forward_512x192x768", {.m = 512, .k = 192, .n = 768, .transpose_b = true}},
    {"forward_512x768x192", {.m = 512, .k = 768, .n = 192, .transpose_b = true}},
    {"forward_512x192x192", {.m = 512, .k = 192, .n = 192, .transpose_b = true}},
    {"forward_72x192x8192", {.m = 72, .k = 192, .n = 8192, .transpose_b = true}},
    {"input_gradient_512x768x192", {.m = 512, .k = 768, .n = 192}},
    {"input_gradient_512x192x768", {.m = 512, .k = 192, .n = 768}},
    {"input_gradient_512x192x192", {.m = 512, .k = 192, .n = 192}},
    {"input_gradient_72x8192x192", {.m = 72, .k = 8192, .n = 192}},
    {"weight_gradient_768x512x192",
     {.m = 768, .k = 512, .n = 192, .transpose_a = true, .accumulate = true}},
    {"weight_gradient_192x512x768",
     {.m = 192, .k = 512, .n = 768, .transpose_a = true, .accumulate = true}},
    {"weight_gradient_192x512x192",
     {.m = 192, .k = 512, .n = 192, .transpose_a = true, .accumulate = true}},
    {"weight_gradient_8192x72x192",
     {.m = 8192, .k = 72, .n = 192, .transpose_a = true, .accumulate = true}},
    // Queries, keys and values as one, which the flagship's layers don't do.
    {"forward_512x192x576", {.m = 512, .k = 192, .n = 576, .transpose_b = true}},
    {"input_gradient_512x576x192", {.m = 512, .k = 576, .n = 192}},
    {"weight_gradient_576x512x192",
     {.m = 576, .k = 512, .n = 192, .transpose_a = true, .accumulate = true}},
    // The head for all positions.
    {"forward_512x192x8192", {.m = 512, .k = 192, .n = 8192, .transpose_b = true}},
    {"input_gradient_512x8192x192", {.m = 512, .k = 8192, .n = 192}},
    {"weight_gradient_8192x512x192",
     {.m = 8192, .k = 512, .n = 192, .transpose_a = true, .accumulate = true}},
    {"scores_32_of_64x48x64",
     {.m = 64, .k = 48, .n = 64, .transpose_b = true, .lda = 192, .ldb = 192, .outer_batch = 8,
      .inner_batch = 4, .a_outer = 64 * 192, .a_inner = 48, .b_outer = 64 * 192, .b_inner = 48,
      .c_outer = 4 * 64 * 64, .c_inner = 64 * 64}},
    {"mix_32_of_64x64x48",
     {.m = 64, .k = 64, .n = 48, .ldb = 192, .ldc = 192, .outer_batch = 8, .inner_batch = 4,
      .a_outer = 4 * 64 * 64, .a_inner = 64 * 64, .b_outer = 64 * 192, .b_inner = 48,
      .c_outer = 64 * 192, .c_inner = 48}},
};

// Elements that an operand of the case spans, at most.
int64_t Extent(int64_t rows, int64_t columns, const MatMulShape& s) {
  return rows * columns * s.outer_batch * s.inner_batch;
}

// Operands of all sets together, more than any core's own caches and less than a training's memory.
constexpr int64_t kFromMemoryBytes = 40 << 20;

template <class T>
void BM_MatMul(benchmark::State& state, const MatMulShape& shape, bool from_memory) {
  const ThreadsForBenchmark threads(state.range(0));
  const int64_t a_size = Extent(shape.m, shape.k, shape), b_size = Extent(shape.k, shape.n, shape);
  const int64_t c_size = Extent(shape.m, shape.n, shape);
  const int64_t set_bytes = (a_size + b_size + c_size) * static_cast<int64_t>(sizeof(T));
  const int64_t sets = from_memory ? kFromMemoryBytes / set_bytes + 1 : 1;
  std::vector<T> a(sets * a_size), b(sets * b_size), c(sets * c_size);
  for (size_t i = 0; i < a.size(); ++i) a[i] = static_cast<T>(i % 17) * T{0.1} - T{0.8};
  for (size_t i = 0; i < b.size(); ++i) b[i] = static_cast<T>(i % 13) * T{0.1} - T{0.6};
  std::vector<double> workspace(MatMulWorkspaceBytes(shape, sizeof(T)) / sizeof(double) + 8);
  const uintptr_t address = reinterpret_cast<uintptr_t>(workspace.data());
  void* const aligned = reinterpret_cast<void*>((address + 63) / 64 * 64);
  int64_t set = 0;
  for (auto _ : state) {
    MatMul(shape, a.data() + set * a_size, b.data() + set * b_size, static_cast<const T*>(nullptr),
           c.data() + set * c_size, aligned);
    benchmark::ClobberMemory();
    if (++set == sets) set = 0;
  }
  const double products = static_cast<double>(shape.outer_batch * shape.inner_batch);
  SetFlopsCounters(state, 2.0 * shape.m * shape.k * shape.n * products, sizeof(T));
}

template <class T>
void Register(const char* type, const Case& c, bool from_memory) {
  const std::string name = std::string(from_memory ? "BM_MatMulFromMemory<" : "BM_MatMul<") + type +
                           ">/" + c.name;
  benchmark::RegisterBenchmark(name.c_str(), BM_MatMul<T>, c.shape, from_memory)
      ->Apply(OneAndAllThreads);
}

const int kRegistered = [] {
  for (const Case& c : kCases) Register<float>("float", c, false);
  for (const Case& c : kCases) Register<float>("float", c, true);
  for (const Case& c : kCases) Register<double>("double", c, false);
  return 0;
}();

}  // namespace
}  // namespace hairpin::kernels
