#include "tools/analysis/step_analysis.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tensor/check.h"
#include "tools/analysis/operation_bytes.h"
#include "tools/analysis/region_paths.h"
#include "tools/training/dry_step.h"
#include "tools/training/mlm_dry_step.h"
#include "tools/training/training_settings.h"

namespace hairpin {
namespace {

// Rows for the graph between forward and backward, each parameter and each piece
// of memory counted where it is first met.
class GraphRows {
 public:
  explicit GraphRows(const Recording& recording) : regions_(RegionPaths(recording)) {
    for (int64_t i = 0; i < recording.num_nodes(); ++i) AddNode(recording.node(i));
    for (const auto& [place, bytes] : dropped_) {
      StepCosts dropped;
      dropped.dropped_bytes = bytes;
      Add(place.first, dropped);
    }
  }
  // Of the same recording after its backward.
  void AddReplays(const Recording& recording) {
    for (int64_t i = 0; i < recording.num_nodes(); ++i) {
      const NodeView node = recording.node(i);
      StepCosts again;
      again.replays = node.replays;
      again.replay_flops = node.replays * node.cost.forward_flops;
      Add(i, again);
    }
  }
  std::vector<LayerRow> layers;
  int64_t input_bytes = 0;

 private:
  using Place = std::pair<int64_t, int>;  // node and output

  int64_t NewBytes(const Tensor& tensor) {
    if (!tensor || !storages_.insert(tensor.storage()).second) return 0;
    return tensor.storage()->bytes();
  }

  // To a row and its layer.
  void Add(int64_t node, const StepCosts& costs) {
    LayerRow& layer = layers[places_[node].first];
    layer.Add(costs);
    layer.operations[places_[node].second].Add(costs);
  }

  // Where the memory of a value was made: of a view, what it shows.
  Place MadeAt(const ValueView& value) const {
    const Place shown = value.input() ? Place(-1, 0) : views_[value.node];
    return value.input() || shown.first == kNoView ? Place(value.node, value.output) : shown;
  }

  // What is saved and has no tensor is dropped, unless it is a view of what is there.
  void NoteDropped(const ValueView& output) {
    const Place made = MadeAt(output);
    if (output.tensor) alive_.insert(made);
    if (output.saves == 0 || output.tensor || made.first < 0 || alive_.count(made) > 0) return;
    constexpr int64_t kRounding = 64;
    dropped_[made] = (output.bound.bytes() + kRounding - 1) / kRounding * kRounding;
  }

  void AddNode(const NodeView& node) {
    views_.push_back(node.op->is_view() ? MadeAt(node.inputs[0]) : Place(kNoView, 0));
    OperationRow row;
    row.node = node.number;
    row.scope = node.scope;
    row.region = regions_[node.region];
    row.name = node.op->name();
    row.output = node.outputs[0].bound;
    row.forward_flops = node.cost.forward_flops;
    row.forward_bytes = ForwardBytes(node);
    // What no gradient goes through has no backward.
    if (node.outputs[0].requires_gradient) {
      row.backward_flops = node.cost.backward_flops;
      row.backward_bytes = BackwardBytes(node);
    }
    for (const ValueView& input : node.inputs) {
      if (input.parameter != nullptr) {
        if (parameters_.insert(input.parameter).second) {
          row.parameters += input.spec.shape.num_elements();
        }
      } else if (input.input()) {
        input_bytes += NewBytes(input.tensor);
      }
    }
    for (const ValueView& output : node.outputs) {
      row.kept_bytes += NewBytes(output.tensor);
      NoteDropped(output);
    }
    LayerRow& layer = Layer(LayerOf(node.scope));
    layer.Add(row);
    layer.output = row.output;
    places_.emplace_back(&layer - layers.data(), layer.operations.size());
    layer.operations.push_back(std::move(row));
  }

  LayerRow& Layer(const std::string& path) {
    const auto layer = std::find_if(layers.begin(), layers.end(),
                                    [&](const LayerRow& row) { return row.path == path; });
    if (layer != layers.end()) return *layer;
    layers.emplace_back().path = path;
    return layers.back();
  }

  static constexpr int64_t kNoView = -2;

  const std::vector<std::string> regions_;
  std::vector<std::pair<size_t, size_t>> places_;  // by node: its layer, its row there
  std::vector<Place> views_;                       // by node: what it shows
  std::set<Place> alive_;
  std::map<Place, int64_t> dropped_;               // bytes
  std::set<const Parameter*> parameters_;
  std::set<const Storage*> storages_;
};

}  // namespace

std::vector<LayerRow> LayersOf(const Recording& recording) {
  return std::move(GraphRows(recording).layers);
}

void StepCosts::Add(const StepCosts& other) {
  parameters += other.parameters;
  forward_flops += other.forward_flops;
  backward_flops += other.backward_flops;
  forward_bytes += other.forward_bytes;
  backward_bytes += other.backward_bytes;
  replays += other.replays;
  replay_flops += other.replay_flops;
  kept_bytes += other.kept_bytes;
  dropped_bytes += other.dropped_bytes;
}

std::string LayerOf(std::string_view scope) {
  size_t end = 0;
  bool after_number = false;
  while (end < scope.size()) {
    const size_t begin = end == 0 ? 0 : end + 1;
    const size_t next = std::min(scope.find('.', begin), scope.size());
    const std::string_view name = scope.substr(begin, next - begin);
    end = next;
    if (after_number) return std::string(scope.substr(0, end));
    after_number = name.find_first_not_of("0123456789") == std::string_view::npos;
  }
  return std::string(after_number ? scope : scope.substr(0, scope.find('.')));
}

absl::Status CheckCountable(const TrainMlmSettings& s) {
  const double n = static_cast<double>(s.micro_batch()) * s.seq_len(), T = s.seq_len();
  const double C = s.hidden(), F = s.intermediate(), V = s.vocab_size();
  const double layer = 8 * C * C + 4 * C * F + 50 * T * C + 60 * (C + F);  // and H <= C
  // Backward is twice a forward, and at most one runs again.
  const double flops = 4 * s.accumulation() * n * (s.layers() * layer + 2 * C * V + 40 * V);
  constexpr double kMost = 4.6e18;  // 2^62
  if (flops <= kMost) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "--hidden, --layers, --intermediate, --seq_len, --micro_batch, --accumulation: found a step "
      "of some ", flops, " FLOPs, expected at most ", kMost));
}

StepAnalysis AnalyzeStep(const TrainingSettings& settings, const TaskMaker& make_task,
                         const SavedPolicy& policy) {
  StepAnalysis step;
  step.micro_batches = settings.accumulation();
  DryStep dry(settings, make_task, {.policy = &policy});
  dry.Step();  // makes what stays
  dry.account().ResetPeaks();
  if (step.micro_batches > 1) {  // the last one adds to gradients
    dry.Forward();
    dry.Backward();
  }
  {
    MemoryTimeline timeline(dry.allocator());
    dry.set_observer(&timeline);
    dry.Forward();
    GraphRows rows(dry.recording());
    step.memory.backward_begin = static_cast<int64_t>(timeline.changes().size());
    dry.Backward();
    rows.AddReplays(dry.recording());
    step.layers = std::move(rows.layers);
    step.input_bytes = rows.input_bytes;
    step.memory.backward_end = static_cast<int64_t>(timeline.changes().size());
    dry.Update();
    dry.set_observer(nullptr);
    step.memory.initial = timeline.initial();
    step.memory.changes = timeline.changes();
    step.memory.moments = timeline.moments();
    step.memory.peak = timeline.peak();
    step.memory.peak_total = timeline.peak_total();
    step.memory.alive_at_peak = timeline.AliveAtPeak();
  }
  step.predicted = dry.account();
  step.held_bytes = dry.allocator().held_bytes();
  for (const LayerRow& layer : step.layers) step.micro_batch.Add(layer);
  return step;
}

StepAnalysis AnalyzeStep(const TrainMlmSettings& settings, const MiniBertConfig& config,
                         const SavedPolicy& policy) {
  StepAnalysis step = AnalyzeStep(CommonSettings(settings), MlmTaskMaker(settings, config), policy);
  HAIRPIN_CHECK(step.micro_batch.parameters == CountParameters(config))
      << "AnalyzeStep: the graph reads " << step.micro_batch.parameters << " parameters of "
      << CountParameters(config);
  return step;
}

}  // namespace hairpin
