#include "tools/sentences/sentence_index.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <span>

namespace hairpin {

// Padded to the longest of them; a row's bits do not depend on that.
void SentenceIndex::Embed(const TokenRows& rows, const std::vector<int64_t>& numbers,
                          float* const* places) {
  size_t longest = 0;
  for (const int64_t number : numbers) longest = std::max(longest, rows.Row(number).size());
  const auto N = static_cast<int>(numbers.size()), T = static_cast<int>(longest);
  PaddedBatch batch(N, T);
  batch.Clear(N);
  for (int i = 0; i < N; ++i) rows.Copy(numbers[i], i, &batch);
  Recording recording({.train = false, .gradients = false});
  const auto input = [&](std::span<const int32_t> values) {
    return recording.Constant(
        Tensor::FromValues<int32_t>(Shape({N, T}), {values.data(), values.size()}));
  };
  const Variable embedded = model_.Forward(input(batch.ids()), input(batch.attention_mask()));
  for (int i = 0; i < N; ++i) {
    std::memcpy(places[i], embedded.value().data<float>() + i * channels(),
                static_cast<size_t>(channels()) * sizeof(float));
  }
}

void SentenceIndex::Add(const std::vector<std::string>& texts,
                        const std::function<void(int64_t done)>& progress) {
  constexpr size_t kBatch = 32;
  TokenRows rows = Rows();
  for (const std::string& text : texts) rows.Add(text);
  std::vector<int64_t> order(texts.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return rows.Row(a).size() < rows.Row(b).size();
  });
  const int64_t before = size();
  vectors_.resize(vectors_.size() + texts.size() * static_cast<size_t>(channels()));
  for (size_t begin = 0; begin < order.size(); begin += kBatch) {
    const size_t end = std::min(order.size(), begin + kBatch);
    const std::vector<int64_t> numbers(order.begin() + static_cast<std::ptrdiff_t>(begin),
                                       order.begin() + static_cast<std::ptrdiff_t>(end));
    std::vector<float*> places;
    for (const int64_t number : numbers) {
      places.push_back(vectors_.data() + (before + number) * channels());
    }
    Embed(rows, numbers, places.data());
    if (progress) progress(static_cast<int64_t>(end));
  }
}

std::vector<Neighbour> SentenceIndex::Nearest(const std::string& query, int64_t most) {
  TokenRows rows = Rows();
  rows.Add(query);
  std::vector<float> vector(channels());
  float* const place = vector.data();
  Embed(rows, {0}, &place);
  std::vector<Neighbour> all(size());
  for (int64_t i = 0; i < size(); ++i) {
    const float* const other = vectors_.data() + i * channels();
    all[i] = {i, std::inner_product(place, place + channels(), other, 0.0)};
  }
  const auto kept = static_cast<std::ptrdiff_t>(std::min<int64_t>(most, size()));
  std::partial_sort(all.begin(), all.begin() + kept, all.end(),
                    [](const Neighbour& a, const Neighbour& b) {
                      return a.cosine != b.cosine ? a.cosine > b.cosine : a.text < b.text;
                    });
  all.resize(kept);
  return all;
}

}  // namespace hairpin
