// AnalyzeStep: a training step of a task taken apart before any number of it
// exists: floating-point operations, parameters and bytes by layer and
// operation, and its memory at every moment.
//
//   const StepAnalysis step = AnalyzeStep(CommonSettings(settings), make_task);
//   for (const LayerRow& layer : step.layers) {
//     std::printf("%s: %.1f MB kept\n", layer.path.c_str(), layer.kept_bytes / 1048576.0);
//   }
//   step.predicted.peak_total();
//
// From a dry step (tools/training/dry_step.h) at the most masked positions there
// can be, with the present number of threads: workspaces depend on it.
#ifndef HAIRPIN_TOOLS_ANALYSIS_STEP_ANALYSIS_H_
#define HAIRPIN_TOOLS_ANALYSIS_STEP_ANALYSIS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "autograd/memory_timeline.h"
#include "autograd/policy.h"
#include "autograd/recording.h"
#include "models/mini_bert/mini_bert.h"
#include "tensor/storage.h"
#include "tensor/tensor.h"
#include "tools/training/run.pb.h"
#include "tools/training/training_task.h"

namespace hairpin {

// What operations and layers are asked about, all for one micro-batch.
struct StepCosts {
  // Elements of the parameters that are read here first.
  int64_t parameters = 0;
  // By the operations' own count, a multiply-add being two.
  int64_t forward_flops = 0;
  int64_t backward_flops = 0;
  // That they have to move for it (tools/analysis/operation_bytes.h).
  int64_t forward_bytes = 0;
  int64_t backward_bytes = 0;
  // Operations that the policy of checkpointing runs again, and their FLOPs.
  int64_t replays = 0;
  int64_t replay_flops = 0;
  // Of what was made here and is alive between forward and backward, rounded as
  // the allocator rounds. Memory that a view shares counts where it was made.
  int64_t kept_bytes = 0;
  // The same of what backward reads and the policy has dropped.
  int64_t dropped_bytes = 0;

  void Add(const StepCosts& other);
};

// One operation of the graph.
struct OperationRow : StepCosts {
  int64_t node = 0;    // its number in the recording
  std::string scope;   // "encoder.0.attention.query"
  std::string region;  // path of the Region that it was recorded in, or ""
  std::string name;    // "linear"
  TensorSpec output;
};

struct LayerRow : StepCosts {
  std::string path;   // "encoder.0.attention"
  TensorSpec output;  // of its last operation
  std::vector<OperationRow> operations;  // in the order in which they run
};

// Memory of a step's last micro-batch and its update, change by change
// (autograd/memory_timeline.h).
struct StepMemory {
  MemoryTimeline::Bytes initial = {};
  std::vector<MemoryTimeline::Bytes> changes;
  std::vector<MemoryTimeline::Moment> moments;
  // The change that begins backward, and the one that ends it.
  int64_t backward_begin = 0, backward_end = 0;
  int64_t peak = -1;
  int64_t peak_total = 0;
  std::vector<MemoryTimeline::Block> alive_at_peak;
};

struct StepAnalysis {
  std::vector<LayerRow> layers;  // in the order in which they are first met
  StepCosts micro_batch;         // the sum over layers
  int micro_batches = 1;         // of a step
  // Ids, masked rows and labels: alive as long as the graph.
  int64_t input_bytes = 0;
  // Peaks of a step in steady state.
  Account predicted;
  // What the allocator holds for it, free blocks included. Not to the byte: it depends
  // a little on how many micro-batches came before.
  int64_t held_bytes = 0;
  StepMemory memory;

  int64_t micro_batch_flops() const {
    return micro_batch.forward_flops + micro_batch.backward_flops + micro_batch.replay_flops;
  }
  // Of the graph's operations; clipping and the optimizer are not in it.
  double step_flops() const {
    return static_cast<double>(micro_batch_flops()) * micro_batches;
  }
};

// INVALID_ARGUMENT where a step, whatever runs again in it, could have more FLOPs
// than 64 bits count: by a bound from above, before any is counted. Of resolved
// settings.
absl::Status CheckCountable(const TrainMlmSettings& settings);

// Of resolved settings that are countable.
StepAnalysis AnalyzeStep(const TrainingSettings& settings, const TaskMaker& make_task,
                         const SavedPolicy& policy = KeepAll());
// The same of a Mini-BERT, of a valid config.
StepAnalysis AnalyzeStep(const TrainMlmSettings& settings, const MiniBertConfig& config,
                         const SavedPolicy& policy = KeepAll());

// Layers of a recording, dry or not, between its forward and its backward.
std::vector<LayerRow> LayersOf(const Recording& recording);

// The layer that a scope belongs to: its path up to the name after a number, or
// the first name where there is none. "encoder.0.attention.query" is of
// "encoder.0.attention", "embeddings.token" of "embeddings".
std::string LayerOf(std::string_view scope);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_STEP_ANALYSIS_H_
