// Accumulating 4 micro-batches of 8 gives the gradient of one batch of 32: each
// micro-batch's summed loss is differentiated with the seed 1 / N, N the masked
// tokens of all of them, which micro-batches have in unequal numbers.
#include <cmath>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "models/mini_bert/mini_bert.h"
#include "ops/definition.h"

namespace hairpin {
namespace {

constexpr int64_t kSequences = 32, kTokens = 10, kVocabulary = 23;

MiniBertConfig SmallConfig() {
  MiniBertConfig config;
  config.set_layers(2);
  config.set_hidden(12);
  config.set_heads(3);
  config.set_intermediate(20);
  config.set_seq_len(kTokens);
  config.set_vocab_size(kVocabulary);
  return config;
}

// Sequence b has b mod 4 masked positions, from 1 on: micro-batches of 8 that
// are counted below have unequal numbers of them.
std::vector<int32_t> MaskedRows(int64_t first, int64_t count) {
  std::vector<int32_t> rows;
  for (int64_t b = first; b < first + count; ++b) {
    for (int64_t m = 0; m < (b < 8 ? 1 : b % 4); ++m) {
      rows.push_back(static_cast<int32_t>((b - first) * kTokens + 1 + 2 * m));
    }
  }
  return rows;
}

// The loss of the whole and the gradients, in micro-batches of `size`.
std::vector<std::vector<double>> Gradients(int64_t size, double* loss) {
  MiniBert model({.dtype = DType::kFloat64, .seed = 3}, SmallConfig());
  const Tensor all_ids = SampleIds(Shape({kSequences, kTokens}), 5, kVocabulary);
  const double total = static_cast<double>(MaskedRows(0, kSequences).size());
  *loss = 0;
  Recording recording;
  for (int64_t first = 0; first < kSequences; first += size) {
    recording.Reset({});
    const int32_t* begin = all_ids.data<int32_t>() + first * kTokens;
    const std::vector<int32_t> ids(begin, begin + size * kTokens);
    const std::vector<int32_t> rows = MaskedRows(first, size);
    std::vector<int32_t> labels;
    for (const int32_t row : rows) labels.push_back(ids[row]);
    const Shape masked({static_cast<int64_t>(rows.size())});
    const CrossEntropyResult result = MaskedLanguageModelLoss(
        model.Forward({.ids = recording.Constant(
                           Tensor::FromValues<int32_t>(Shape({size, kTokens}), ids)),
                       .masked_rows = recording.Constant(
                           Tensor::FromValues<int32_t>(masked, rows))}),
        recording.Constant(Tensor::FromValues<int32_t>(masked, labels)));
    *loss += result.loss.value().item() / total;
    const Tensor seed = Tensor::Scalar(1 / total);
    recording.Backward(absl::MakeConstSpan(&result.loss, 1), absl::MakeConstSpan(&seed, 1));
  }
  std::vector<std::vector<double>> gradients;
  model.VisitParameters([&](const nn::ParameterVisit& visit) {
    gradients.push_back(visit.parameter.gradient().ToDoubles());
  });
  return gradients;
}

TEST(Accumulation, FourTimesEightIsThirtyTwo) {
  double whole_loss, accumulated_loss;
  const auto whole = Gradients(32, &whole_loss);
  const auto accumulated = Gradients(8, &accumulated_loss);
  EXPECT_NEAR(accumulated_loss, whole_loss, 1e-12);
  ASSERT_EQ(whole.size(), accumulated.size());
  double largest = 0;
  for (size_t p = 0; p < whole.size(); ++p) {
    for (size_t i = 0; i < whole[p].size(); ++i) {
      largest = std::max(largest, std::abs(whole[p][i]));
      ASSERT_NEAR(accumulated[p][i], whole[p][i], 1e-12) << "parameter " << p << ", " << i;
    }
  }
  EXPECT_GT(largest, 1e-3);  // there was something to compare
}

}  // namespace
}  // namespace hairpin
