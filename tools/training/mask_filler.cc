#include "tools/training/mask_filler.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace hairpin {

MaskFiller::MaskFiller(MiniBert& model, const Vocabulary& vocabulary, bool lowercase)
    : model_(model),
      vocabulary_(vocabulary),
      encoder_(vocabulary,
               {.lowercase = lowercase, .special_tokens = SpecialTokens::kRecognised}) {}

absl::StatusOr<std::vector<std::vector<Guess>>> MaskFiller::Fill(const std::string& sentence,
                                                                 int top) {
  std::vector<int32_t> ids = {kClsId};
  encoder_.Encode(sentence, &ids);
  ids.push_back(kSepId);
  const int64_t most = model_.config().seq_len();
  if (static_cast<int64_t>(ids.size()) > most) {
    return absl::InvalidArgumentError(absl::StrCat("sentence: found ", ids.size() - 2,
                                                   " tokens, expected at most ", most - 2, ": \"",
                                                   sentence, "\""));
  }
  std::vector<int32_t> rows;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] == kMaskId) rows.push_back(static_cast<int32_t>(i));
  }
  if (rows.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("sentence: found no [MASK], expected at least one: \"", sentence, "\""));
  }
  const int64_t V = vocabulary_.size();
  Recording recording({.train = false, .gradients = false});
  const Shape ids_shape({1, static_cast<int64_t>(ids.size())});
  const Shape rows_shape({static_cast<int64_t>(rows.size())});
  const Variable logits = model_.Forward(
      {.ids = recording.Constant(Tensor::FromValues<int32_t>(ids_shape, ids)),
       .masked_rows = recording.Constant(Tensor::FromValues<int32_t>(rows_shape, rows))});
  const std::vector<double> values = logits.value().ToDoubles();
  std::vector<std::vector<Guess>> masks;
  for (size_t m = 0; m < rows.size(); ++m) {
    const double* x = values.data() + static_cast<int64_t>(m) * V;
    // p_v = exp(x_v - max) / sum; over the tokens that can stand in a text.
    const double largest = *std::max_element(x + kFirstOrdinaryId, x + V);
    double sum = 0;
    for (int64_t v = kFirstOrdinaryId; v < V; ++v) sum += std::exp(x[v] - largest);
    std::vector<int32_t> order(V - kFirstOrdinaryId);
    std::iota(order.begin(), order.end(), kFirstOrdinaryId);
    const size_t shown = std::min<size_t>(top, order.size());
    std::partial_sort(order.begin(), order.begin() + shown, order.end(),
                      [&](int32_t a, int32_t b) { return x[a] != x[b] ? x[a] > x[b] : a < b; });
    std::vector<Guess> guesses;
    for (size_t i = 0; i < shown; ++i) {
      guesses.push_back({std::string(vocabulary_.Token(order[i])),
                         std::exp(x[order[i]] - largest) / sum});
    }
    masks.push_back(std::move(guesses));
  }
  return masks;
}

std::string FormatGuesses(const std::string& sentence,
                          const std::vector<std::vector<Guess>>& masks) {
  std::string text = sentence + "\n";
  for (const std::vector<Guess>& guesses : masks) {
    absl::StrAppend(&text, "   ");
    for (const Guess& guess : guesses) {
      absl::StrAppendFormat(&text, " %s %.3f ", guess.token, guess.probability);
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

}  // namespace hairpin
