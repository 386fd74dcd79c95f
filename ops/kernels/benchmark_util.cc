#include "ops/kernels/benchmark_util.h"

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ops/kernels/target.h"
#include "tensor/check.h"
#include "tensor/philox.h"

namespace hairpin {
namespace {

// Shows `amount` an iteration as a rate in units of 1e9 a second under `unit`, beside the peak.
void SetRateCounters(benchmark::State& state, const std::string& unit, double amount,
                     double peak) {
  using benchmark::Counter;
  state.counters[unit] = Counter(amount * 1e-9, Counter::kIsIterationInvariantRate);
  state.counters["peak_" + unit] = Counter(peak * 1e-9);
  state.counters["%peak"] = Counter(100 * amount / peak, Counter::kIsIterationInvariantRate);
}

// What the library would show, but no "/s" after rates whose names say of what they are.
class Reporter final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override { return shown_->ReportContext(context); }
  void ReportRuns(const std::vector<Run>& runs) override {
    std::vector<Run> changed = runs;
    for (Run& run : changed) {
      for (auto& [name, counter] : run.counters) {
        if (name == "%peak" || name.ends_with("/s")) counter.flags = benchmark::Counter::kDefaults;
      }
    }
    shown_->ReportRuns(changed);
  }
  void Finalize() override { shown_->Finalize(); }

 private:
  const std::unique_ptr<benchmark::BenchmarkReporter> shown_{
      benchmark::CreateDefaultDisplayReporter()};
};

void AddPeakToContext(int threads) {
  const ThreadsForBenchmark with(threads);
  const MachinePeak& peak = PeakForBenchmark();
  const auto add = [&](const char* name, double rate) {
    benchmark::AddCustomContext(
        absl::StrCat("peak_", threads, threads == 1 ? "_thread_" : "_threads_", name),
        absl::StrFormat("%.2f", rate * 1e-9));
  };
  add("float32_GFLOP/s", peak.float32_flops);
  add("float64_GFLOP/s", peak.float64_flops);
  add("memory_read_GB/s", peak.read_bytes);
  add("memory_write_GB/s", peak.write_bytes);
  add("memory_copy_GB/s", peak.copy_bytes);
  add("cache_read_GB/s", peak.cache_bytes);
}

}  // namespace

FolderForBenchmark::FolderForBenchmark()
    : path_(std::filesystem::temp_directory_path() / "hairpin_benchmark.XXXXXX") {
  HAIRPIN_CHECK(mkdtemp(path_.data()) != nullptr) << path_;
}

FolderForBenchmark::~FolderForBenchmark() { std::filesystem::remove_all(path_); }

void OneAndAllThreads(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("threads")->Arg(1)->UseRealTime()->MinTime(0.1);
  if (NumCores() > 1) benchmark->Arg(NumCores());
}

std::vector<float> NumbersForBenchmark(int64_t n) {
  const Philox philox(DeriveKey(0, Stream::kTest));
  std::vector<float> numbers(n);
  for (int64_t i = 0; i < n; ++i) {
    numbers[i] = 3 * (static_cast<float>(philox.At(i)[0] >> 8) * 0x1p-24f - 0.5f);
  }
  return numbers;
}

const MachinePeak& PeakForBenchmark() {
  static auto* const peaks = new std::map<int, MachinePeak>;
  const int threads = NumThreads();
  const auto found = peaks->find(threads);
  if (found != peaks->end()) return found->second;
  return peaks->emplace(threads, MeasureMachinePeak(threads)).first->second;
}

void SetFlopsCounters(benchmark::State& state, double flops, int64_t element_bytes) {
  const MachinePeak& peak = PeakForBenchmark();
  SetRateCounters(state, "GFLOP/s", flops,
                  element_bytes == 8 ? peak.float64_flops : peak.float32_flops);
}

void SetBytesCounters(benchmark::State& state, double bytes) {
  SetRateCounters(state, "GB/s", bytes, PeakForBenchmark().read_bytes);
}

}  // namespace hairpin

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::AddCustomContext("target", hairpin::KernelTargetName());
  hairpin::AddPeakToContext(1);
  if (hairpin::NumCores() > 1) hairpin::AddPeakToContext(hairpin::NumCores());
  hairpin::Reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();
}
