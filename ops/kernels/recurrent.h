// Steps of recurrent networks: what must go one after another in time, forward and back, between
// the large products that need not (ops/lstm.cc, ops/gru.cc). T float or double.
//
// B sequences of T steps, H hidden units, arrays row-major:
//   gates, d_gates [B, T, n H]; out, cells [B, T, H]; states [B, H]; w_hh [n H, H]; b_hh [n H].
// Sequences don't depend on one another: each thread takes some through all of their steps, no
// thread waits, and a sequence's bits don't depend on the others. W_hh is packed once a call.
//
// LSTM, n = 4, with a the product of the input (with its bias), h and c of the step before:
//   i, f, o = sigmoid(a + W_hh h + b_hh);  g = tanh(the same);  order i, f, g, o
//   c' = f c + i g;  h' = o tanh(c')
// GRU, n = 3, in the order r, z, n:
//   r, z = sigmoid(a + W_hh h + b_hh);  m = W_hn h + b_hn;  n = tanh(a_n + r m)
//   h' = (1 - z) n + z h
//
// Source: Hochreiter and Schmidhuber, "Long short-term memory", 1997; Cho et al., "Learning phrase
// representations using RNN encoder-decoder", 2014; with PyTorch's order and biases.
#ifndef HAIRPIN_OPS_KERNELS_RECURRENT_H_
#define HAIRPIN_OPS_KERNELS_RECURRENT_H_

#include <cstdint>

namespace hairpin::kernels {

struct RecurrentShape {
  int64_t batch = 1;   // B
  int64_t steps = 1;   // T, at least 1
  int64_t hidden = 1;  // H, at least 1
};

template <class T>
struct LstmArrays {
  const T* w_hh;
  const T* b_hh;
  const T *h, *c;  // before the first step
  T* gates;        // a in, i, f, g, o out
  T* cells;        // c' of each step
  T* out;          // h' of each step
  T *h_out, *c_out;  // after the last step; null: not wanted
};

// Gradients d_... of a loss; null upstream ones are 0, null results aren't computed. gates, cells:
// as forward left them.
template <class T>
struct LstmGradients {
  const T* w_hh;
  const T* c;
  const T *gates, *cells;
  const T *d_out, *d_h_out, *d_c_out;
  T* d_gates;  // by a, which is also that by W_hh h + b_hh
  T *d_h, *d_c;
};

// Bytes of scratch, with the present NumThreads().
int64_t LstmForwardWorkspaceBytes(const RecurrentShape& shape, int64_t element_bytes);
int64_t LstmBackwardWorkspaceBytes(const RecurrentShape& shape, int64_t element_bytes);

// workspace is aligned to 64; nothing overlaps.
template <class T>
void LstmForward(const RecurrentShape& shape, const LstmArrays<T>& arrays, void* workspace);
template <class T>
void LstmBackward(const RecurrentShape& shape, const LstmGradients<T>& arrays, void* workspace);

template <class T>
struct GruArrays {
  const T* w_hh;
  const T* b_hh;
  const T* h;
  const T* a;  // [B, T, 3 H]
  T* gates;    // [B, T, 4 H]: r, z, n, m out
  T* out;
  T* h_out;  // null: not wanted
};

template <class T>
struct GruGradients {
  const T* w_hh;
  const T* h;
  const T *gates, *out;
  const T *d_out, *d_h_out;
  T* d_gates;   // by a
  T* d_hidden;  // [B, T, 3 H], by W_hh h + b_hh
  T* d_h;
};

int64_t GruForwardWorkspaceBytes(const RecurrentShape& shape, int64_t element_bytes);
int64_t GruBackwardWorkspaceBytes(const RecurrentShape& shape, int64_t element_bytes);

template <class T>
void GruForward(const RecurrentShape& shape, const GruArrays<T>& arrays, void* workspace);
template <class T>
void GruBackward(const RecurrentShape& shape, const GruGradients<T>& arrays, void* workspace);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_RECURRENT_H_
