// A gated recurrent unit over time.
//
//   r, z = sigmoid(W_i x_t + b_i + W_h h + b_h)
//   n = tanh(W_in x_t + b_in + r (W_hn h + b_hn));  h = (1 - z) n + z h;  out_t = h
//
// x [B, T, C]; h [B, H]; w_ih [3 H, C], w_hh [3 H, H], b_ih, b_hh [3 H], gates in the order r, z,
// n. out [B, T, H], h after the last step [B, H]. Saved: inputs but the biases, out, and per step r,
// z, n and the state's part of n (extra, 4 numbers a unit).
// Source: Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014; PyTorch's
// gates and biases.
#ifndef HAIRPIN_OPS_GRU_H_
#define HAIRPIN_OPS_GRU_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

struct GruResult {
  Variable out, h;
};

GruResult Gru(Variable x, Variable h, Variable w_ih, Variable w_hh, Variable b_ih, Variable b_hh);

OpDefinition GruDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_GRU_H_
