// Layers and the flagship in miniature trained under every policy: three steps of
// AdamW, each of two micro-batches, with dropout, hidden keys and chosen rows, on one
// thread and on three. Losses, gradients and parameters have the bits that they have
// with everything kept, and after each backward only the loss, the output and what
// went in are alive.
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "autograd/all_policies.h"
#include "gtest/gtest.h"
#include "models/mini_bert/mini_bert.h"
#include "nn/dropout.h"
#include "nn/embedding.h"
#include "nn/gelu.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"
#include "nn/multi_head_attention.h"
#include "nn/sequential.h"
#include "nn/transformer_encoder_layer.h"
#include "ops/add.h"
#include "ops/definition.h"
#include "ops/mse.h"
#include "ops/reshape.h"
#include "ops/slice.h"
#include "optim/adamw.h"
#include "tensor/thread_pool.h"

namespace hairpin {
namespace {

constexpr int64_t B = 3, T = 20, C = 32, V = 50;
constexpr int kSteps = 3, kMicroBatches = 2;

// Of one micro-batch.
struct Batch {
  Tensor x;        // float32 [B, T, C]
  Tensor target;   // the same
  Tensor ids;      // int32 [B, T]
  Tensor visible;  // int32 [B, T]
  Tensor rows;     // int32 [M], b T + t ascending
  Tensor labels;   // int32 [M]
};

Batch MakeBatch(uint64_t number, Allocator& allocator) {
  const auto in = [&](const Tensor& tensor) {
    Tensor copy = Tensor::Empty(tensor.spec(), Purpose::kActivation, allocator);
    copy.CopyFrom(tensor);
    return copy;
  };
  const auto floats = [&](uint64_t seed) {
    return in(SampleUniform({B, T, C}, -1, 1, seed).Cast(DType::kFloat32));
  };
  // Unequal numbers of rows.
  std::vector<int32_t> rows = {0, 3, 7, 21, 22, 40, 59};
  if (number % 2 == 1) rows.resize(4);
  const Shape m({static_cast<int64_t>(rows.size())});
  return {.x = floats(10 * number),
          .target = floats(10 * number + 1),
          .ids = in(SampleIds({B, T}, 5, V, 10 * number + 2)),
          .visible = in(SampleIds({B, T}, 0, 4, 10 * number + 3)),
          .rows = in(Tensor::FromValues<int32_t>(m, absl::MakeConstSpan(rows))),
          .labels = in(SampleIds(m, 5, V, 10 * number + 4))};
}

struct Result {
  Variable loss, output;
};

struct Case {
  std::string name;
  std::function<std::unique_ptr<nn::Module>(const nn::ModuleContext&)> make;
  std::function<Result(nn::Module&, Recording&, const Batch&)> forward;
  friend std::ostream& operator<<(std::ostream& stream, const Case& test) {
    return stream << test.name;
  }
};

// A module whose output is compared with the target, row by row where there are rows.
template <class M, class Make, class Forward>
Case MakeCase(const std::string& name, const Make& make, const Forward& forward) {
  return {name, make, [forward](nn::Module& module, Recording& recording, const Batch& batch) {
            const Variable y = forward(static_cast<M&>(module), recording, batch);
            const int64_t elements = y.shape().num_elements();
            Variable target = recording.Constant(batch.target.Reshape({B * T * C}));
            target = Slice(std::move(target), 0, 0, elements);
            return Result{Mse(Reshape(y, {elements}), std::move(target)), y};
          }};
}

std::vector<Case> Cases() {
  using nn::ModuleContext;
  const auto x = [](Recording& recording, const Batch& batch) {
    return recording.Constant(batch.x);
  };
  const auto visible = [](Recording& recording, const Batch& batch) {
    return recording.Constant(batch.visible);
  };
  const auto rows = [](Recording& recording, const Batch& batch) {
    return recording.Constant(batch.rows);
  };
  return {
      MakeCase<nn::Sequential>(
          "sequential",
          [](const ModuleContext& context) {
            auto layers = std::make_unique<nn::Sequential>(context);
            layers->Append<nn::Linear>("in", nn::LinearOptions{.in = C, .out = 2 * C});
            layers->Append<nn::Gelu>("gelu");
            layers->Append<nn::Dropout>("dropout", 0.2);
            layers->Append<nn::LayerNorm>("norm", nn::LayerNormOptions{.channels = 2 * C});
            layers->Append<nn::Linear>("out", nn::LinearOptions{.in = 2 * C, .out = C});
            return layers;
          },
          [=](nn::Sequential& layers, Recording& recording, const Batch& batch) {
            return layers.Forward(x(recording, batch));
          }),
      MakeCase<nn::Embedding>(
          "embedding",
          [](const ModuleContext& context) {
            return std::make_unique<nn::Embedding>(context,
                                                   nn::EmbeddingOptions{.rows = V, .channels = C});
          },
          [](nn::Embedding& table, Recording& recording, const Batch& batch) {
            return Add(table.Forward(recording.Constant(batch.ids)),
                       table.FirstRows(recording, T));
          }),
      MakeCase<nn::MultiHeadAttention>(
          "multi_head_attention",
          [](const ModuleContext& context) {
            return std::make_unique<nn::MultiHeadAttention>(
                context,
                nn::MultiHeadAttentionOptions{.channels = C, .heads = 4, .dropout = 0.2});
          },
          [=](nn::MultiHeadAttention& attention, Recording& recording, const Batch& batch) {
            return attention.Forward(x(recording, batch), visible(recording, batch),
                                     rows(recording, batch));
          }),
      MakeCase<nn::TransformerEncoderLayer>(
          "transformer_encoder_layer",
          [](const ModuleContext& context) {
            return std::make_unique<nn::TransformerEncoderLayer>(
                context, nn::TransformerEncoderLayerOptions{
                             .channels = C, .heads = 4, .intermediate = 3 * C, .dropout = 0.2});
          },
          [=](nn::TransformerEncoderLayer& layer, Recording& recording, const Batch& batch) {
            return layer.Forward(layer.Forward(x(recording, batch), visible(recording, batch)),
                                 {}, rows(recording, batch));
          }),
      {"mini_bert",
       [](const ModuleContext& context) {
         MiniBertConfig config;
         config.set_layers(3);
         config.set_hidden(C);
         config.set_heads(4);
         config.set_intermediate(3 * C);
         config.set_seq_len(T);
         config.set_vocab_size(V);
         config.set_dropout(0.2);
         return std::make_unique<MiniBert>(context, config);
       },
       [=](nn::Module& module, Recording& recording, const Batch& batch) {
         Variable logits = static_cast<MiniBert&>(module).Forward(
             {.ids = recording.Constant(batch.ids),
              .visible = visible(recording, batch),
              .masked_rows = rows(recording, batch)});
         return Result{
             MaskedLanguageModelLoss(logits, recording.Constant(batch.labels)).loss, logits};
       }},
  };
}

std::string BytesOf(const Tensor& tensor) {
  return std::string(static_cast<const char*>(tensor.raw_bytes()),
                     static_cast<size_t>(tensor.spec().bytes()));
}

// What a training gives, under the name of each piece.
using Bits = std::vector<std::pair<std::string, std::string>>;

Bits Train(const Case& test, const SavedPolicy& policy) {
  Allocator allocator(Allocator::Kind::kCaching);
  const std::unique_ptr<nn::Module> module = test.make({.allocator = &allocator, .seed = 5});
  AdamW optimizer(DecayMatricesOnly(*module, 0.01));
  Bits bits;
  Recording recording;
  for (int step = 0; step < kSteps; ++step) {
    module->ClearGradients();
    for (int micro_batch = 0; micro_batch < kMicroBatches; ++micro_batch) {
      const std::string place =
          "step " + std::to_string(step) + ", micro-batch " + std::to_string(micro_batch) + ": ";
      recording.Reset({.seed = 7,
                       .step = static_cast<uint64_t>(step),
                       .micro_batch = static_cast<uint32_t>(micro_batch),
                       .allocator = &allocator,
                       .policy = &policy});
      const Batch batch = MakeBatch(kMicroBatches * step + micro_batch, allocator);
      const int64_t before = allocator.account().live(Purpose::kActivation);
      const Result result = test.forward(*module, recording, batch);
      bits.emplace_back(place + "loss", BytesOf(result.loss.value()));
      bits.emplace_back(place + "output", BytesOf(result.output.value()));
      recording.Backward(result.loss);
      EXPECT_EQ(recording.num_alive_values(), 2);
      EXPECT_EQ(allocator.account().live(Purpose::kActivation) - before,
                result.loss.value().storage()->bytes() + result.output.value().storage()->bytes());
      module->VisitParameters([&](const nn::ParameterVisit& visit) {
        bits.emplace_back(place + "gradient of " + visit.name(),
                          BytesOf(visit.parameter.gradient()));
      });
    }
    optimizer.Step(1e-2);
  }
  module->VisitParameters([&](const nn::ParameterVisit& visit) {
    bits.emplace_back(visit.name() + " in the end", BytesOf(visit.parameter.value()));
  });
  recording.Reset({});
  return bits;
}

class TrainingBitsTest : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Modules, TrainingBitsTest, testing::ValuesIn(Cases()),
                         [](const auto& info) { return info.param.name; });

TEST_P(TrainingBitsTest, AreThoseOfEverythingKept) {
  SetNumThreads(1);
  const Bits expected = Train(GetParam(), KeepAll());
  EXPECT_GT(expected.size(), 2u * kSteps * kMicroBatches);
  for (const int threads : {1, 3}) {
    SetNumThreads(threads);
    for (const SavedPolicy* policy : AllPolicies()) {
      SCOPED_TRACE(std::string(policy->name()) + ", " + std::to_string(threads) + " threads");
      const Bits bits = Train(GetParam(), *policy);
      ASSERT_EQ(bits.size(), expected.size());
      for (size_t i = 0; i < bits.size(); ++i) {
        ASSERT_TRUE(bits[i] == expected[i]) << bits[i].first;
      }
    }
  }
  SetNumThreads(1);
}

}  // namespace
}  // namespace hairpin
