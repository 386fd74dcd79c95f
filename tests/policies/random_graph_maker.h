// Makes a RandomGraph: picks steps by a seed, and records them dry as it goes, for
// shapes and for what needs a gradient. Private to random_graph.
#ifndef HAIRPIN_TESTS_POLICIES_RANDOM_GRAPH_MAKER_H_
#define HAIRPIN_TESTS_POLICIES_RANDOM_GRAPH_MAKER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ops/definition.h"
#include "tensor/philox.h"
#include "tests/policies/random_graph.h"

namespace hairpin {

class RandomGraphMaker {
 public:
  explicit RandomGraphMaker(RandomGraph& graph);
  void Make();

 private:
  struct Value {
    Variable variable;  // empty when it was moved in or released
    bool leaf = false;
    int half = 0;       // of a graph that is differentiated in two halves
    // An operation that backward will go through reads it; so it need be no root.
    bool read = false;
    bool alive() const { return static_cast<bool>(variable); }
  };
  using Inputs = std::vector<Variable>;
  using Step = RandomGraph::Step;

  uint32_t Below(uint32_t n) { return UniformBelow(philox_.At(draws_++)[0], n); }
  bool Percent(uint32_t chance) { return Below(100) < chance; }

  // The number of a value of this half that `accepts`, the latest most likely; -1
  // if there is none.
  template <class Accepts>
  int Find(const Accepts& accepts);
  // A new leaf of these numbers, or, half of the time, a leaf of that spec that is there.
  int Leaf(const Tensor& tensor);
  int Weight(const Shape& shape, uint64_t seed) { return Leaf(SampleUniform(shape, -1, 1, seed)); }
  TensorSpec SpecOf(int value) const { return values_[value].variable.spec(); }

  // A sample of the registry, on values of its shapes where there are some.
  void AddSample();
  // An operation that fits any shape, on a value that is there.
  void AddAnywhere();
  void Add(std::string name, std::function<Inputs(Recording&, Inputs)> apply,
           const std::vector<int>& inputs);

  RandomGraph& graph_;
  Philox philox_;
  uint64_t draws_ = 0;
  const DType dtype_;
  Allocator dry_{Allocator::Kind::kDry};
  Recording recording_;
  std::vector<Value> values_;
  int half_ = 0;
  int regions_ = 0;  // open
};

}  // namespace hairpin

#endif  // HAIRPIN_TESTS_POLICIES_RANDOM_GRAPH_MAKER_H_
