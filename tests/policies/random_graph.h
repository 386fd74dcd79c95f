// A graph at random, of operations of the registry: a list of steps that can be
// recorded any number of times, with numbers or dry, under any policy.
//
//   const RandomGraph graph(seed);
//   Allocator allocator(Allocator::Kind::kCaching);
//   const RandomGraph::Run run = graph.RunUnder(RecomputeAll(), allocator);
//
// It has what chains have not: residuals, values read many times and never, moved
// in and held, weights used twice, several outputs, views, dropout, integers, parts
// that need no gradient or are recorded without, regions inside regions, several
// roots, and sometimes two halves that are differentiated one after the other.
#ifndef HAIRPIN_TESTS_POLICIES_RANDOM_GRAPH_H_
#define HAIRPIN_TESTS_POLICIES_RANDOM_GRAPH_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "autograd/parameter.h"
#include "autograd/planner.h"
#include "autograd/recording.h"

namespace hairpin {

class RandomGraph {
 public:
  // What a run gave.
  struct Run {
    // Bytes of the outputs that are held until the end, and of the gradients of
    // leaves and of values that retain theirs; empty where there is none, and in a dry
    // run.
    std::vector<std::string> outputs, gradients;
    bool finite = true;  // none of these is infinite or no number
    Account account;     // with the peaks of the run
    int64_t alive_values = 0, held_values = 0;  // after backward
    int64_t live_bytes = 0, held_bytes = 0;     // of activations; the same
    int64_t replays = 0;
  };

  explicit RandomGraph(uint64_t seed);

  // Forward and backward. The numbers are float32 for odd seeds, else float64.
  Run RunUnder(const SavedPolicy& policy, Allocator& allocator) const;
  // For planners: the forward and the first backward.
  DryGraph ForPlanner(Allocator& dry) const;

  // None if no value needs a gradient; two for the halves of a graph.
  int num_backwards() const { return static_cast<int>(roots_.size()); }
  int64_t num_steps() const { return static_cast<int64_t>(steps_.size()); }
  // The steps by name, one a line, for messages.
  std::string ToString() const;

 private:
  friend class RandomGraphMaker;
  enum class LeafKind { kConstant, kInput, kParameter };
  // Values are numbered in the order in which they are made, leaves included.
  struct Leaf {
    int value;
    LeafKind kind;
    Tensor tensor;
  };
  struct Argument {
    int value = -1;  // -1: an optional input left out
    bool moved = false;
  };
  struct Step {
    std::string name;
    std::function<std::vector<Variable>(Recording&, std::vector<Variable>)> apply;
    std::vector<Argument> inputs = {};
    int first_output = 0;
    int regions_closed = 0, regions_opened = 0;  // before it
    bool no_gradient = false;
    std::vector<int> released = {};  // whose Variables go after it
  };
  struct Root {
    int value;
    TensorSpec spec;
  };

  // What one forward leaves.
  struct Recorded {
    std::vector<Tensor> tensors;                         // of leaves
    std::vector<std::unique_ptr<Parameter>> parameters;  // null for others
    std::vector<Variable> values;                        // empty when they are gone
  };
  Recorded Record(Recording& recording) const;

  uint64_t seed_;
  int num_values_ = 0;
  std::vector<Leaf> leaves_;
  std::vector<Step> steps_;
  std::vector<int> retained_;  // values inside of the graph whose gradients stay
  std::vector<std::vector<Root>> roots_;  // a Backward each
};

}  // namespace hairpin

#endif  // HAIRPIN_TESTS_POLICIES_RANDOM_GRAPH_H_
