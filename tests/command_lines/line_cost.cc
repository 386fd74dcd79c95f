#include "tests/command_lines/line_cost.h"

#include <algorithm>
#include <initializer_list>

namespace hairpin {
namespace {

// Input files have fewer tokens of any kind than this, so a vocabulary that is made of them has.
constexpr double kMostVocabulary = 300;
// Records that an evaluation has at most, besides those which fill its last batch up.
constexpr double kMostEvaluated = 16, kMostEvaluatedTokens = 2000;
// How a micro-batch's layer counts that has nothing to compute: its operations are called.
constexpr double kLayerFlops = 5e5;
// How a parameter counts that is drawn, updated, written to a checkpoint and read again.
constexpr double kParameterFlops = 600;
constexpr double kFloatBytes = 4;

// A model by what bounds its cost. Sizes by their letters: B, T, H, L, V as everywhere, F
// intermediate, E embedding, Z latent.
struct ModelCost {
  double least_parameters = 0, most_parameters = 0;
  double rows = 0;            // of a micro-batch: tokens or records
  double evaluated_rows = 0;  // besides a micro-batch
  double layers = 1;
  double row_flops = 0;       // of a step, besides 6 for each parameter
  double least_floats = 0;    // saved of a row, for backward
  double most_floats = 0;     // of a row: values, gradients and what operations need besides
};

double Size(const Sizes& sizes, const char* name, double otherwise) {
  const auto found = sizes.find(name);
  return found == sizes.end() ? otherwise : found->second;
}

// Kernels take narrow matrices for as wide as a register.
double Wide(double size) { return std::max(size, 16.0); }

// MiniBert, Gpt and what stands on a MiniBertEncoder.
ModelCost Transformer(const std::string& program, const Sizes& sizes) {
  const double B = Size(sizes, "micro_batch", 32), T = Size(sizes, "seq_len", 64);
  const double H = Size(sizes, "hidden", 192), F = Size(sizes, "intermediate", 4 * H);
  const double L = Size(sizes, "layers", 3), heads = Size(sizes, "heads", 4);
  const double V = program == "analyze" ? Size(sizes, "vocab_size", 8192) : kMostVocabulary;
  const double texts = program == "train_embedding" ? 2 * B : B;  // pairs
  ModelCost cost;
  cost.least_parameters = L * (4 * H * H + 2 * H * F);
  cost.most_parameters =
      L * (4 * Wide(H) * Wide(H) + 2 * Wide(H) * Wide(F) + 16 * (H + F)) + (2 * V + T + 32) * H + V;
  cost.rows = texts * T;
  cost.evaluated_rows = kMostEvaluatedTokens + kMostEvaluated * T;
  cost.layers = L;
  // Scores and weighted values: 2 x 2 T H forward and twice that backward, which also makes the
  // probabilities again; an exponential and its like count 30.
  cost.row_flops = L * (14 * T * Wide(H / heads) * heads + 90 * T * heads);
  cost.least_floats = 4 * L * H;  // q, k, v and the layer's input
  cost.most_floats = 2 * (L * (32 * H + 8 * F) + 32 * H + 4 * V);
  return cost;
}

ModelCost Recurrent(const Sizes& sizes) {
  const double B = Size(sizes, "micro_batch", 32), T = Size(sizes, "seq_len", 64);
  const double H = Size(sizes, "hidden", 256), E = Size(sizes, "embedding", 64);
  const double L = Size(sizes, "layers", 1), V = kMostVocabulary;
  ModelCost cost;
  cost.least_parameters = 3 * H * (E + H) + (L - 1) * 6 * H * H;  // a GRU's
  cost.most_parameters = 4 * Wide(H) * (Wide(E) + Wide(H) + 2) +
                         (L - 1) * 8 * Wide(H) * Wide(H + 1) + V * (Wide(E) + Wide(H) + 1);
  cost.rows = B * T;
  cost.evaluated_rows = kMostEvaluatedTokens + kMostEvaluated * T;
  cost.layers = L;
  cost.row_flops = L * (200 * H + 20000);  // a step in time is a call of its own
  cost.least_floats = L * H;
  cost.most_floats = 2 * (L * 24 * H + 8 * E + 4 * V);
  return cost;
}

// Records of `in` numbers through layers as wide as `widths` says, all but the last one hidden.
ModelCost Perceptron(const Sizes& sizes, double in, std::initializer_list<double> widths) {
  ModelCost cost;
  cost.rows = Size(sizes, "micro_batch", 128);
  cost.evaluated_rows = 128;  // and as many images are drawn at an end
  cost.layers = static_cast<double>(widths.size());
  cost.most_floats = 8 * in;
  for (const double out : widths) {
    cost.least_parameters += in * out;
    cost.most_parameters += Wide(in) * Wide(out) + 8 * out;
    cost.least_floats += out;
    cost.most_floats += 16 * out;
    in = out;
  }
  return cost;
}

// LeNet with its own sizes on 8 x 8 pixels: only the number of images is to be chosen.
ModelCost LeNet(const Sizes& sizes) {
  ModelCost cost;
  cost.least_parameters = 1e4;
  cost.most_parameters = 2e5;
  cost.rows = Size(sizes, "micro_batch", 64);
  cost.evaluated_rows = 64;
  cost.layers = 8;
  cost.row_flops = 64 * 6 * 2e4;  // kernels are at 64 places
  cost.least_floats = 64 * 16;
  cost.most_floats = 2 * 64 * 16 * 16;
  return cost;
}

}  // namespace

LineCost CostOf(const std::string& program, const Sizes& sizes) {
  ModelCost model;
  double steps = 1;
  if (program == "train_lstm") {
    model = Recurrent(sizes);
  } else if (program == "train_vae") {
    const double H = Size(sizes, "hidden", 400), Z = Size(sizes, "latent", 20);
    model = Perceptron(sizes, 64, {H, Z, H, 64});
    model.most_parameters += Wide(H) * Wide(Z) + 8 * Z;  // codes have means and variances
  } else if (program == "train_tabular") {
    model = Perceptron(sizes, 2, {Size(sizes, "hidden", 64), 2});
    model.evaluated_rows += 1e4;  // the picture of the border between two classes
  } else if (program == "train_digits") {
    model = LeNet(sizes);
  } else if (program == "analyze" ? sizes.count("measure") > 0 : program.starts_with("train_")) {
    if (program == "analyze") steps = 12;
    model = Transformer(program, sizes);
  } else {
    return {};
  }
  const double P = model.most_parameters, micro_batches = Size(sizes, "accumulation", 1);
  const double rows = model.rows * micro_batches * steps + model.rows + model.evaluated_rows;
  LineCost cost;
  cost.flops = rows * (6 * P + model.row_flops + 30 * model.most_floats) + kParameterFlops * P +
               kLayerFlops * model.layers * (micro_batches * steps + 1);
  // Parameters, gradients, both moments and what is saved; a checkpoint is made in memory of its
  // own. Batches have a few numbers for each row or less than a hundred.
  const double batches = 128 * model.rows * (micro_batches + 1);
  cost.most_bytes =
      64e6 + kFloatBytes * (6 * P + model.most_floats * (model.rows + 128) + batches);
  cost.least_bytes =
      kFloatBytes * (3 * model.least_parameters + model.rows * model.least_floats);
  return cost;
}

}  // namespace hairpin
