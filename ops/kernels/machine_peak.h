// What this machine can do at most, measured: benchmarks print it beside their own numbers.
//
//   const MachinePeak peak = MeasureMachinePeak(/*threads=*/2);
//   printf("%.0f of %.0f GFLOP/s\n", mine, peak.float32_flops / 1e9);
//
// Arithmetic: as many independent chains of fused multiply-adds as hide their latency, on registers
// alone (chains of different values, or a compiler merges them). Memory: passes over 64 MiB that
// read, write, or copy one half to the other; where a last-level cache is larger, it is that cache's
// rate. Second-level cache: passes over 128 KiB a thread that read. Each is the best of many
// repetitions.
#ifndef HAIRPIN_OPS_KERNELS_MACHINE_PEAK_H_
#define HAIRPIN_OPS_KERNELS_MACHINE_PEAK_H_

namespace hairpin {

// All of all threads together.
struct MachinePeak {
  int threads = 1;
  double float32_flops = 0;  // operations a second; a multiply-add is two
  double float64_flops = 0;
  double read_bytes = 0;   // of memory, a second
  double write_bytes = 0;  // stored; that a store may load the line first is not counted
  double copy_bytes = 0;   // read and written together
  double cache_bytes = 0;  // read of the second-level cache
};

// float32_flops alone, the other rates 0: what a report of float32 work needs, from the
// best of as many bursts of about a millisecond as fit into `seconds`. Less is found
// where other programs never leave the cores alone for so long.
MachinePeak MeasureMultiplyAdds(int threads, double seconds = 0.3);

// All rates, each the best of what fits into `seconds` and of five repetitions at least. Takes
// 64 MiB while it runs. Measures with `threads` >= 1 threads; NumThreads() is as before afterwards.
// Not while work runs.
MachinePeak MeasureMachinePeak(int threads, double seconds = 0.1);

}  // namespace hairpin

#endif  // HAIRPIN_OPS_KERNELS_MACHINE_PEAK_H_
