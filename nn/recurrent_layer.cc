#include "nn/recurrent_layer.h"

#include <cmath>
#include <string>

#include "ops/concat.h"
#include "ops/gru.h"
#include "ops/index_select.h"
#include "ops/lstm.h"
#include "ops/transpose.h"
#include "tensor/check.h"

namespace hairpin::nn {
namespace {

int64_t GateRows(const RecurrentOptions& options) {
  return (options.cell == Cell::kLstm ? 4 : 3) * options.hidden;
}
Initializer Initial(const RecurrentOptions& options) {
  return NormalInitializer(1 / std::sqrt(3.0 * static_cast<double>(options.hidden)));
}

// x [B, T, C] from its last step to its first.
Variable Reversed(Variable x) {
  Recording& recording = x.recording();
  const int64_t T = x.shape()[1];
  Tensor steps =
      Tensor::Empty({DType::kInt32, Shape({T})}, Purpose::kActivation, recording.allocator());
  for (int64_t t = 0; t < T && !steps.dry(); ++t) {
    steps.raw<int32_t>()[t] = static_cast<int32_t>(T - 1 - t);
  }
  return Transpose(IndexSelect(Transpose(std::move(x), 0, 1), recording.Constant(steps)), 0, 1);
}

}  // namespace

RecurrentLayer::RecurrentLayer(const ModuleContext& context, const RecurrentOptions& options)
    : cell_(options.cell),
      hidden_(options.hidden),
      weight_ih_(AddParameter(context, "weight_ih", Shape({GateRows(options), options.in}),
                              Initial(options))),
      weight_hh_(AddParameter(context, "weight_hh", Shape({GateRows(options), options.hidden}),
                              Initial(options))),
      bias_ih_(AddParameter(context, "bias_ih", Shape({GateRows(options)}), Initial(options))),
      bias_hh_(AddParameter(context, "bias_hh", Shape({GateRows(options)}), Initial(options))) {}

Variable RecurrentLayer::Forward(Variable x, RecurrentState* state) {
  Recording& recording = x.recording();
  const Scope scope = EnterScope(recording);
  const auto start = [&](const Tensor& given) {
    if (given) return recording.Constant(given);
    return recording.Constant(Tensor::Zeros({x.spec().dtype, Shape({x.shape()[0], hidden_})},
                                            Purpose::kActivation, recording.allocator()));
  };
  Variable h = start(state == nullptr ? Tensor() : state->h);
  Variable w_ih = recording.Use(weight_ih_), w_hh = recording.Use(weight_hh_);
  Variable b_ih = recording.Use(bias_ih_), b_hh = recording.Use(bias_hh_);
  if (cell_ == Cell::kGru) {
    GruResult result = Gru(std::move(x), std::move(h), std::move(w_ih), std::move(w_hh),
                           std::move(b_ih), std::move(b_hh));
    if (state != nullptr) state->h = result.h.value();
    return result.out;
  }
  Variable c = start(state == nullptr ? Tensor() : state->c);
  LstmResult result = Lstm(std::move(x), std::move(h), std::move(c), std::move(w_ih),
                           std::move(w_hh), std::move(b_ih), std::move(b_hh));
  if (state != nullptr) *state = {result.h.value(), result.c.value()};
  return result.out;
}

Bidirectional::Bidirectional(const ModuleContext& context, const RecurrentOptions& options)
    : forward_(Add<RecurrentLayer>(context, "forward", options)),
      backward_(Add<RecurrentLayer>(context, "backward", options)) {}

Variable Bidirectional::Forward(Variable x) {
  const Scope scope = EnterScope(x.recording());
  Variable ahead = forward_.Forward(x);
  return Concat({std::move(ahead), Reversed(backward_.Forward(Reversed(std::move(x))))}, 2);
}

Recurrent::Recurrent(const ModuleContext& context, const RecurrentOptions& options)
    : layers_([&] {
        std::vector<Layer*> layers;
        RecurrentOptions layer = options;
        for (int i = 0; i < options.layers; ++i) {
          const std::string name = std::to_string(i);
          if (options.bidirectional) {
            layers.push_back(&Add<Bidirectional>(context, name, layer));
          } else {
            layers.push_back(&Add<RecurrentLayer>(context, name, layer));
          }
          layer.in = (options.bidirectional ? 2 : 1) * options.hidden;
        }
        return layers;
      }()),
      bidirectional_(options.bidirectional),
      dropout_(Add<Dropout>(context, "dropout", options.dropout)) {}

Variable Recurrent::Forward(Variable x, std::vector<RecurrentState>* states) {
  HAIRPIN_CHECK(states == nullptr || !bidirectional_)
      << path() << ": states of a network of both directions, expected none";
  if (states != nullptr) states->resize(layers_.size());
  for (size_t i = 0; i < layers_.size(); ++i) {
    if (i > 0) x = dropout_.Forward(std::move(x));
    x = states == nullptr ? layers_[i]->Forward(std::move(x))
                          : static_cast<RecurrentLayer*>(layers_[i])->Forward(std::move(x),
                                                                              &(*states)[i]);
  }
  return x;
}

}  // namespace hairpin::nn
