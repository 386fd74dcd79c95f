// A recorded graph as the planner sees it. Private to autograd/planner.
//
// Decisions are made a node at a time: what it made is kept, or dropped. A view is
// no node of its own, its base's memory is what counts.
#ifndef HAIRPIN_AUTOGRAD_PLAN_GRAPH_H_
#define HAIRPIN_AUTOGRAD_PLAN_GRAPH_H_

#include <cstdint>
#include <vector>

#include "autograd/planner.h"
#include "autograd/recording.h"

namespace hairpin {

class PlanGraph {
 public:
  // Of a recording after its forward, under KeepAll.
  explicit PlanGraph(const Recording& recording);

  using Kept = std::vector<bool>;  // by node

  int num_nodes() const { return static_cast<int>(nodes_.size()); }
  Kept All() const { return Kept(nodes_.size(), true); }
  // What the policies "cheap" and "segments" keep.
  Kept LikeCheap() const;
  Kept LikeSegments() const;
  // Keeping or dropping it makes a difference: it has bytes that backward reads.
  bool Counts(int node) const { return nodes_[node].saved_bytes > 0; }

  // Nodes that count, those first whose memory costs least to make again; of equals
  // the earlier, whose memory is free longest.
  std::vector<int> DropOrder() const;

  // Places between nodes where fewer bytes are read across than beside: the chain's
  // joints. Place p is behind node p.
  const std::vector<int>& joints() const { return joints_; }
  // What is read across `cuts` of the joints, chosen to leave segments with about
  // the same bytes; nothing else.
  Kept CutAt(int cuts) const;

  // The fates by which exactly these nodes' values are kept. What others are made
  // again from is held until they are.
  Plan Fates(const Kept& kept) const;

 private:
  struct Output {
    int64_t bytes = 0;
    bool saved = false;
    std::vector<int> readers = {};  // nodes
  };
  struct Node {
    // For a view: the node whose memory it shows, or -1 for an input of the graph.
    bool view = false;
    int base = 0, base_output = 0;
    double flops = 0;
    bool cheap = false, in_region = false, crosses = false;
    // Of making it again when all that backward reads is there.
    double closure = 0;
    int64_t saved_bytes = 0;
    std::vector<int> inputs;  // nodes whose values it reads
    std::vector<Output> outputs;
  };

  void FindJoints();

  std::vector<Node> nodes_;
  std::vector<int64_t> crossing_;  // by place
  std::vector<int> joints_;
};

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_PLAN_GRAPH_H_
