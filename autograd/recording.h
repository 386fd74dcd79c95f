// Recording: runs operations, remembers them, and goes the way back.
//
//   Recording recording({.seed = 7, .step = 12, .micro_batch = 0, .train = true});
//   Variable x = recording.Constant(batch);
//   Variable loss = Sum(Mul(x, recording.Use(weight)));
//   recording.Backward(loss);            // fills weight.gradient()
//   recording.Reset({.seed = 7, .step = 12, .micro_batch = 1});
//
// Everything that is recorded lives in an arena that Reset empties: after the
// first step of a training, recording allocates nothing. Not for use by several
// threads; operations use many by themselves.
//
// A dry recording (one whose allocator is dry) runs everything, backward and replays
// included, on tensors without storage: no kernel is called and its own
// allocator counts. What it says a step takes, the step takes, to the byte.
#ifndef HAIRPIN_AUTOGRAD_RECORDING_H_
#define HAIRPIN_AUTOGRAD_RECORDING_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "autograd/arena.h"
#include "autograd/graph.h"
#include "autograd/graph_view.h"
#include "autograd/observer.h"
#include "autograd/op.h"
#include "autograd/parameter.h"
#include "autograd/policy.h"
#include "autograd/variable.h"
#include "tensor/philox.h"
#include "tensor/tensor.h"

namespace hairpin {

// What options that name none begin with. Others set here are those of the whole
// process: how all tests of a binary run under each policy (autograd/policies_main.cc).
struct RecordingDefaults {
  const SavedPolicy* policy = &KeepAll();
  Observer* observer = nullptr;
};
RecordingDefaults& Defaults();

struct RecordingOptions {
  // What everything random in this recording is a function of.
  uint64_t seed = 0;
  uint64_t step = 0;
  uint32_t micro_batch = 0;
  // Whether dropout drops. An argument of the recording, not a switch inside
  // modules.
  bool train = true;
  // False: nothing is remembered for a backward (evaluation).
  bool gradients = true;
  // Dry recordings name an allocator of kind kDry; others the default one.
  Allocator* allocator = &Allocator::Default();
  // KeepAll.
  const SavedPolicy* policy = Defaults().policy;
  // Hears of every operation; null, as by default: nobody does.
  Observer* observer = Defaults().observer;
};

class Recording {
 public:
  explicit Recording(const RecordingOptions& options = {});
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  // CHECKs, as Reset, that no Variable outlives it.
  ~Recording();

  // Forgets everything and starts anew. CHECKs that no Variable is left.
  void Reset(const RecordingOptions& options);

  bool dry() const { return options_.allocator->dry(); }
  bool train() const { return options_.train; }
  Allocator& allocator() const { return *options_.allocator; }

  // --- Inputs of the graph ------------------------------------------------

  // A tensor that needs no gradient: ids, masks, data. `bound` is the largest
  // shape it takes in other micro-batches, if that depends on the data.
  Variable Constant(Tensor tensor);
  Variable Constant(Tensor tensor, const Shape& bound);
  // A tensor whose gradient is wanted: Variable::gradient after Backward.
  Variable Input(Tensor tensor);
  // The parameter's value here; the same Value however often it is asked for.
  // CHECKs that a dry recording gets dry parameters and no other does.
  Variable Use(Parameter& parameter);

  // --- Operations ---------------------------------------------------------

  // Makes an Op in the arena: recording.New<ScaleOp>(factor).
  template <class OpType, class... Args>
  const OpType* New(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<OpType>,
                  "an Op lives in an arena and is never destroyed");
    return arena_.New<OpType>(std::forward<Args>(args)...);
  }

  // Runs `op` on the inputs and returns output 0. Move Variables in that are
  // not needed any more: their memory may be reused.
  template <class... Variables>
  Variable Apply(const Op* op, Variables... inputs) {
    std::array<Variable, sizeof...(Variables)> array = {std::move(inputs)...};
    return ApplySpan(op, absl::MakeSpan(array)).output(0);
  }
  // The same for any number of inputs and all outputs.
  class Applied {
   public:
    ~Applied();  // frees the outputs that nobody asked for
    Applied(const Applied&) = delete;
    Applied& operator=(const Applied&) = delete;
    Variable output(int i) const;

   private:
    friend class Recording;
    explicit Applied(Node* node);
    Node* node_;
  };
  Applied ApplySpan(const Op* op, absl::Span<Variable> inputs);

  // The key of the next random draw of this recording: a function of (seed,
  // step, micro-batch, how many draws came before), so that a replay, another
  // thread count or a resumed run draws the same.
  PhiloxKey NextDrawKey();

  // --- The way back -------------------------------------------------------

  // Adds the gradient of `root`, a value of one element, to all parameters and
  // Inputs it depends on. CHECKs that root is a scalar; that nothing on the
  // way was differentiated before; that no saved value has changed since.
  void Backward(const Variable& root);
  // The same for sum(seed * root), any shape; seeds as many and as shaped as
  // the roots. Seeds need no numbers in a dry recording.
  void Backward(absl::Span<const Variable> roots, absl::Span<const Tensor> seeds);

  // Keeps the gradient of a value inside the graph for Variable::gradient.
  void RetainGradient(const Variable& variable) { variable.value_->retains_gradient = true; }

  // --- For tests and tools ------------------------------------------------

  int64_t num_nodes() const { return static_cast<int64_t>(nodes_.size()); }
  // A copy of what is known of a node; CHECKs 0 <= number < num_nodes().
  NodeView node(int64_t number) const;
  // Operations that were run a second time because a policy dropped a value.
  int64_t num_replays() const { return num_replays_; }
  // Their floating-point operations, by Op::cost.
  int64_t replay_flops() const { return replay_flops_; }
  // Values of this recording whose tensor is alive, inputs of the graph aside.
  int64_t num_alive_values() const;

 private:
  friend class Variable;
  friend class NoGradient;
  friend class Scope;
  friend class Region;
  friend class BackwardPass;

  Value* NewInput(Tensor tensor, const Shape& bound);
  ValueView View(const Value& value) const;
  static ReleasedValue Released(const Value& value);
  bool IsHeld(const Value& value) const;
  void ReleaseHandle(Value* value);
  // Frees the tensor of a value that nothing needs any more.
  void FreeIfUnused(Value* value);
  bool gradients_enabled() const { return options_.gradients && no_gradient_ == 0; }
  OperationRun RunOf(const Node& node, RunPhase phase, int stage = 0,
                     uint32_t gradients = 0) const {
    return {*this, node.sequence, *node.op, node.scope, phase, stage, gradients};
  }
  // Runs `node`'s Forward on outputs that are there.
  void RunForward(Node* node, absl::Span<const Tensor> outputs);
  void MakeOutputs(Node* node, int overwritten_input);
  void MarkRead(Node* node, bool cheap);
  // Makes the tensor of a dropped value again, running what it takes.
  void Replay(Value* value);
  void ReplayNode(Node* node);
  // The tensor of a saved value: replayed if dropped; CHECKed to be what it was
  // when its storage had `version`.
  const Tensor& Fetch(Value* value, uint32_t version, const Node& reader);
  void DestroyValues();

  RecordingOptions options_;
  uint64_t number_ = 0;     // unique in the process; parameters remember it
  int no_gradient_ = 0;     // NoGradients alive
  const char* scope_ = "";   // of the operations to come; in the arena
  int32_t region_ = 0;       // the same
  int32_t num_regions_ = 0, open_regions_ = 0;
  uint32_t draws_ = 0;
  int64_t handles_ = 0;
  int64_t num_replays_ = 0, replay_flops_ = 0;
  Arena arena_;
  std::vector<Node*> nodes_;   // in order of sequence
  std::vector<Value*> inputs_;
  std::vector<Node*> replay_stack_;
  std::vector<Value*> replayed_;
};

// While it lives, operations of the recording remember nothing for backward.
class NoGradient {
 public:
  explicit NoGradient(Recording& recording) : recording_(recording) { ++recording_.no_gradient_; }
  ~NoGradient() { --recording_.no_gradient_; }
  NoGradient(const NoGradient&) = delete;
  NoGradient& operator=(const NoGradient&) = delete;

 private:
  Recording& recording_;
};

// While it lives, operations are recorded under `path`, the whole path of a
// module: "encoder.0.attention". What tables, profiles and messages call them.
// Must not live across a Reset.
class Scope {
 public:
  Scope(Recording& recording, std::string_view path);
  ~Scope() { recording_.scope_ = before_; }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  Recording& recording_;
  const char* before_;
};

// A Scope that is also a region for the policy "segments": a part of the model,
// such as a layer, of which backward keeps the inputs only and runs the rest once
// more. To any other policy it is a Scope.
//
//   const Region region(recording, "block.3");
//
// Inside another one, the inner one counts. CHECKs that regions end in the
// reverse order of their beginnings, and before the recording's Reset.
class Region {
 public:
  Region(Recording& recording, std::string_view path);
  ~Region() {
    if (scope_.has_value()) Close();
  }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  // Ends it now. CHECKs that it has not ended.
  void Close();

 private:
  Recording& recording_;
  std::optional<Scope> scope_;
  int32_t before_, number_;
};

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_RECORDING_H_
