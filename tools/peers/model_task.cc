#include "tools/peers/model_task.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "data/batch.h"
#include "nlohmann/json.hpp"

namespace hairpin {
namespace {

using Json = nlohmann::ordered_json;

std::vector<int32_t> Copy(std::span<const int32_t> numbers) {
  return {numbers.begin(), numbers.end()};
}

// With the head on all positions every position has a label: the id that stood there.
Json MicroBatchJson(const ModelTask& task, const MlmBatch& batch) {
  if (!task.all_logits) {
    return {{"ids", Copy(batch.ids())},
            {"rows", Copy(batch.masked_rows())},
            {"labels", Copy(batch.labels())}};
  }
  std::vector<int32_t> labels = Copy(batch.ids());
  for (int m = 0; m < batch.masked(); ++m) labels[batch.masked_rows()[m]] = batch.labels()[m];
  return {{"ids", Copy(batch.ids())}, {"rows", Json::array()}, {"labels", std::move(labels)}};
}

}  // namespace

int64_t HeadRows(const ModelTask& task) {
  const int T = task.config.seq_len();
  const int each = task.all_logits ? T : MaxMaskedPerSequence(task.mask_probability, T);
  return int64_t{task.batch} * each;
}

// Forward, with n = B T rows of which r are computed:
//   2 n 2 C C              keys and values
//   2 r 2 C C              queries and output
//   2 r 2 T C              scores, and their sums of values
//   2 r 2 C F              feed-forward
// r = n in every layer but the last, and the head takes 2 M C V.
double ProductFlops(const ModelTask& task, bool selects_rows) {
  const MiniBertConfig& config = task.config;
  const double T = config.seq_len(), C = config.hidden(), F = config.intermediate();
  const double n = task.batch * T, M = static_cast<double>(HeadRows(task));
  const auto layer = [&](double r) {
    return 2 * n * 2 * C * C + 2 * r * (2 * C * C + 2 * T * C + 2 * C * F);
  };
  const double forward = (config.layers() - 1) * layer(n) + layer(selects_rows ? M : n) +
                         2 * M * C * config.vocab_size();
  return 3 * forward;
}

std::string TaskJson(const ModelTask& task) {
  const MiniBertConfig& config = task.config;
  Json json = {{"task", "model"},
               {"model",
                {{"layers", config.layers()},
                 {"hidden", config.hidden()},
                 {"heads", config.heads()},
                 {"intermediate", config.intermediate()},
                 {"sequence", config.seq_len()},
                 {"vocabulary", config.vocab_size()}}},
               {"batch", task.batch},
               {"head", task.all_logits ? "all" : "masked"},
               {"threads", task.threads},
               {"checkpointing", task.checkpointing},
               {"optimizer", task.optimizer},
               {"warm_up_seconds", task.warm_up_seconds},
               {"seconds", task.seconds},
               {"micro_batches", Json::array()}};
  MlmBatch batch(task.batch, config.seq_len(),
                 MaxMaskedPerSequence(task.mask_probability, config.seq_len()));
  for (int i = 0; i < task.accumulation; ++i) {
    MlmLoader::LoadRandom({.seed = static_cast<uint64_t>(i),
                           .probability = task.mask_probability,
                           .vocabulary_size = config.vocab_size()},
                          /*padded=*/false, &batch);
    json["micro_batches"].push_back(MicroBatchJson(task, batch));
  }
  return json.dump();
}

}  // namespace hairpin
