// RecurrentLayer: an LSTM or a GRU over time. Recurrent: a stack of them, one way or both ways.
//
//   nn::Recurrent lstm(context, {.cell = nn::Cell::kLstm, .in = C, .hidden = H, .layers = 2});
//   Variable y = lstm.Forward(recording.Constant(x));              // [B, T, C] -> [B, T, H]
//
//   std::vector<nn::RecurrentState> states;                        // zeros
//   lstm.Forward(first, &states);                                  // and then those after `first`
//   lstm.Forward(second, &states);                                 // goes on from there
//
// Source: Hochreiter and Schmidhuber 1997; Cho et al. 2014; Schuster and Paliwal, "Bidirectional
// recurrent neural networks", 1997; with PyTorch's gates and biases (ops/lstm.h, ops/gru.h).
#ifndef HAIRPIN_NN_RECURRENT_LAYER_H_
#define HAIRPIN_NN_RECURRENT_LAYER_H_

#include <vector>

#include "nn/dropout.h"
#include "nn/module.h"

namespace hairpin::nn {

enum class Cell { kLstm, kGru };

// What a layer hands from one piece of a sequence to the next, [B, H] each; null: zeros. No
// gradient goes through it.
struct RecurrentState {
  Tensor h, c;  // c of an LSTM alone
};

struct RecurrentOptions {
  Cell cell = Cell::kLstm;
  int64_t in = 0;      // C
  int64_t hidden = 0;  // H
  // Of Recurrent:
  int layers = 1;
  // Each layer goes both ways, each way with weights of its own; outputs are [B, T, 2 H], the way
  // forward first.
  bool bidirectional = false;
  double dropout = 0;  // between layers
};

// Parameters weight_ih [n H, C], weight_hh [n H, H], bias_ih and bias_hh [n H], n = 4 or 3 gates,
// all normal with deviation 1 / sqrt(3 H), that of PyTorch's uniform numbers.
class RecurrentLayer : public Layer {
 public:
  RecurrentLayer(const ModuleContext& context, const RecurrentOptions& options);
  // x [B, T, C] -> [B, T, H].
  Variable Forward(Variable x) override { return Forward(std::move(x), nullptr); }
  // The same from a state, which is replaced by that after the last step.
  Variable Forward(Variable x, RecurrentState* state);

 private:
  Cell cell_;
  int64_t hidden_;
  Parameter &weight_ih_, &weight_hh_, &bias_ih_, &bias_hh_;
};

// A layer that goes forward and one that goes from the last step to the first, side by side.
class Bidirectional : public Layer {
 public:
  Bidirectional(const ModuleContext& context, const RecurrentOptions& options);
  // x [B, T, C] -> [B, T, 2 H].
  Variable Forward(Variable x) override;

 private:
  RecurrentLayer &forward_, &backward_;
};

// Layers "0", "1", ...: layer 0 from C, the others from the layer below.
class Recurrent : public Layer {
 public:
  Recurrent(const ModuleContext& context, const RecurrentOptions& options);
  Variable Forward(Variable x) override { return Forward(std::move(x), nullptr); }
  // From states, one a layer, which are replaced; empty ones are zeros. CHECKs one direction.
  Variable Forward(Variable x, std::vector<RecurrentState>* states);

 private:
  std::vector<Layer*> layers_;
  bool bidirectional_;
  Dropout& dropout_;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_RECURRENT_LAYER_H_
