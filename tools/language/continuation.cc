#include "tools/language/continuation.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "models/gpt/gpt.h"
#include "models/load_model.h"
#include "models/lstm_lm/lstm_lm.h"
#include "nn/checkpoint.h"

namespace hairpin {
namespace {

Tensor Row(absl::Span<const int32_t> ids) {
  return Tensor::FromValues<int32_t>(Shape({1, static_cast<int64_t>(ids.size())}), ids);
}

// Of logits [1, T, V] the last row, kept here.
class LastRow {
 public:
  absl::Span<const float> Of(const Tensor& logits) {
    logits_ = logits;
    const auto V = static_cast<size_t>(logits_.shape()[2]);
    return logits_.values<float>().last(V);
  }

 private:
  Tensor logits_;
};

class GptContinuation final : public Continuation {
 public:
  explicit GptContinuation(std::unique_ptr<Gpt> model)
      : model_(std::move(model)), cache_(model_->MakeCache({}, 1)) {}

  int32_t vocab_size() const override { return model_->config().vocab_size(); }

  absl::Span<const float> Feed(const std::vector<int32_t>& ids) override {
    seen_.insert(seen_.end(), ids.begin(), ids.end());
    const size_t most = model_->config().seq_len();
    absl::Span<const int32_t> next = ids;
    if (seen_.size() > most) {
      const size_t kept = std::max<size_t>(most / 2, 1);
      seen_.erase(seen_.begin(), seen_.end() - static_cast<std::ptrdiff_t>(kept));
      for (nn::KeyValueCache& layer : cache_) layer.length = 0;
      next = seen_;
    }
    Recording recording({.train = false, .gradients = false});
    return last_.Of(model_->Forward(recording.Constant(Row(next)), {}, &cache_).value());
  }

 private:
  std::unique_ptr<Gpt> model_;
  GptCache cache_;
  std::vector<int32_t> seen_;  // what the cache holds
  LastRow last_;
};

class LstmContinuation final : public Continuation {
 public:
  explicit LstmContinuation(std::unique_ptr<LstmLm> model) : model_(std::move(model)) {}

  int32_t vocab_size() const override { return model_->config().vocab_size(); }

  absl::Span<const float> Feed(const std::vector<int32_t>& ids) override {
    Recording recording({.train = false, .gradients = false});
    return last_.Of(model_->Forward(recording.Constant(Row(ids)), &states_).value());
  }

 private:
  std::unique_ptr<LstmLm> model_;
  std::vector<nn::RecurrentState> states_;
  LastRow last_;
};

template <class Made, class Model, class Config>
absl::StatusOr<std::unique_ptr<Continuation>> Load(const std::string& path) {
  const absl::StatusOr<Config> config = ReadConfig<Config>(path);
  if (!config.ok()) return config.status();
  absl::StatusOr<std::unique_ptr<Model>> model = LoadModel<Model>(path, *config);
  if (!model.ok()) return model.status();
  return std::make_unique<Made>(*std::move(model));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Continuation>> LoadContinuation(const std::string& checkpoint) {
  const auto metadata = nn::ReadCheckpointMetadata(checkpoint);
  if (!metadata.ok()) return metadata.status();
  if (metadata->config_type() == LstmLmConfig().GetTypeName()) {
    return Load<LstmContinuation, LstmLm, LstmLmConfig>(checkpoint);
  }
  return Load<GptContinuation, Gpt, GptConfig>(checkpoint);
}

}  // namespace hairpin
