// A long short-term memory over time.
//
//   i, f, o = sigmoid(W_i x_t + b_i + W_h h + b_h), g = tanh(the same)
//   c = f c + i g;  h = o tanh(c);  out_t = h
//
// x [B, T, C]; h, c [B, H]; w_ih [4 H, C], w_hh [4 H, H], b_ih, b_hh [4 H], gates in the order
// i, f, g, o. out [B, T, H], h and c after the last step [B, H]. Saved: inputs but the biases, out,
// and per step the gates and c (extra, 5 numbers a unit).
// Source: Hochreiter and Schmidhuber, "Long short-term memory", 1997; PyTorch's gates and biases.
#ifndef HAIRPIN_OPS_LSTM_H_
#define HAIRPIN_OPS_LSTM_H_

#include "autograd/recording.h"
#include "ops/definition.h"

namespace hairpin {

struct LstmResult {
  Variable out, h, c;
};

LstmResult Lstm(Variable x, Variable h, Variable c, Variable w_ih, Variable w_hh, Variable b_ih,
                Variable b_hh);

OpDefinition LstmDefinition();

}  // namespace hairpin

#endif  // HAIRPIN_OPS_LSTM_H_
