// What this machine can do at most, measured: benchmarks print it beside their own numbers.
//
//   const MachinePeak peak = MeasureMachinePeak(/*threads=*/2);
//   printf("%.0f of %.0f GFLOP/s\n", mine, peak.float32_flops / 1e9);
//
// Arithmetic: as many independent chains of fused multiply-adds as hide their latency, on registers
// alone (chains of different values, or a compiler merges them). Memory: one pass over 64 MiB that
// reads, and one that writes. Each is the best of five repetitions; all takes about 0.3 s.
#ifndef HAIRPIN_OPS_KERNELS_MACHINE_PEAK_H_
#define HAIRPIN_OPS_KERNELS_MACHINE_PEAK_H_

namespace hairpin {

// All of all threads together.
struct MachinePeak {
  int threads = 1;
  double float32_flops = 0;  // operations a second; a multiply-add is two
  double float64_flops = 0;
  double read_bytes = 0;  // a second
  double write_bytes = 0;
};

// float32_flops alone, the other rates 0: what a report of float32 work needs, from the
// best of as many bursts of about a millisecond as fit into `seconds`. Less is found
// where other programs never leave the cores alone for so long.
MachinePeak MeasureMultiplyAdds(int threads, double seconds = 0.3);

// Measures with `threads` >= 1 threads; NumThreads() is as before afterwards. Not while work runs.
MachinePeak MeasureMachinePeak(int threads);

}  // namespace hairpin

#endif  // HAIRPIN_OPS_KERNELS_MACHINE_PEAK_H_
