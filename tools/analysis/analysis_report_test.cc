#include "tools/analysis/analysis_report.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/training/tiny_step.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::ordered_json;

class AnalysisReportTest : public testing::Test {
 protected:
  AnalysisReport Predicted() const { return {settings_, step_, nullptr, machine_}; }
  AnalysisReport Measured() const { return {settings_, step_, &measured_, machine_}; }

  const TrainMlmSettings settings_ = TinyStepSettings();
  const StepAnalysis step_ = AnalyzeStep(settings_, TinyStepConfig());
  const StepMeasurement measured_ = *MeasureSteps(settings_, TinyStepConfig(), 2);
  const MachinePeak machine_ = {.threads = 1, .float32_flops = 1e11};
};

std::vector<std::string> Keys(const Json& json) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  return keys;
}

TEST_F(AnalysisReportTest, JsonHasTheKeysThatItsReadersKnow) {
  const Json json = ReportJson(Measured());
  EXPECT_EQ(json["parameters"], CountParameters(TinyStepConfig()));
  EXPECT_EQ(json["flops"]["forward"], step_.micro_batch.forward_flops);
  EXPECT_EQ(json["flops"]["step"], 4 * json["flops"]["micro_batch"].get<int64_t>());
  for (const char* which : {"predicted", "measured"}) {
    for (const Purpose purpose : kAllPurposes) {
      EXPECT_EQ(json[which][Name(purpose)], step_.predicted.peak(purpose)) << which;
    }
    EXPECT_EQ(json[which]["total"], step_.predicted.peak_total()) << which;
  }
  const std::vector<std::string> purposes = {"parameter",  "gradient",  "optimizer",
                                             "activation", "workspace", "total"};
  EXPECT_EQ(Keys(json["predicted"]), purposes);
  EXPECT_FALSE(ReportJson(Predicted()).contains("measured"));
}

TEST_F(AnalysisReportTest, JsonAddsUp) {
  const Json json = ReportJson(Measured());
  int64_t parameters = 0, flops = 0, kept = 0;
  for (const Json& layer : json["layers"]) {
    int64_t of_layer = 0;
    for (const Json& operation : layer["operations"]) {
      of_layer += operation["forward_flops"].get<int64_t>();
    }
    EXPECT_EQ(of_layer, layer["forward_flops"]) << layer["path"];
    parameters += layer["parameters"].get<int64_t>();
    flops += of_layer;
    kept += layer["kept_bytes"].get<int64_t>();
  }
  EXPECT_EQ(parameters, json["parameters"]);
  EXPECT_EQ(flops, json["flops"]["forward"]);
  EXPECT_EQ(kept, json["kept_bytes"]);
  const Json& measured = json["measured"];
  double seconds = measured["operation_seconds"];
  for (const auto& [name, outside] : measured["outside_seconds"].items()) {
    seconds += outside.get<double>();
  }
  EXPECT_NEAR(seconds, measured["step_seconds"].get<double>(), 1e-6);
}

TEST_F(AnalysisReportTest, TextSaysWhatWasMeasuredAndWhatIsEstimated) {
  const std::string predicted = ReportText(Predicted()), measured = ReportText(Measured());
  for (const std::string& text : {predicted, measured}) {
    EXPECT_THAT(text, HasSubstr("encoder.1.attention"));
    EXPECT_THAT(text, HasSubstr("  query linear"));
    EXPECT_THAT(text, HasSubstr("100,000 steps, estimated from the FLOPs: "));
    EXPECT_THAT(text, HasSubstr("100.0 GFLOP/s"));
    EXPECT_THAT(text, HasSubstr("checkpointing none\n"));
    EXPECT_THAT(text, Not(HasSubstr("1 threads")));
  }
  EXPECT_THAT(predicted, Not(HasSubstr("measured bytes")));
  EXPECT_THAT(measured, HasSubstr("measured bytes"));
  EXPECT_THAT(measured, HasSubstr("resident memory at its peak: "));
  EXPECT_THAT(measured, HasSubstr("operations together"));
}

TEST(Settings, TellTwoReportsApart) {
  TrainMlmSettings settings = TinyStepSettings();
  settings.set_dropout(0.25);
  settings.set_checkpointing("cheap");
  EXPECT_EQ(SettingsText(settings),
            "Mini-BERT of 2 layers, 32 channels, 2 heads, 48 of feed-forward, 22 tokens, "
            "vocabulary 100\na step is 4 micro-batches of 3 sequences; 1 thread\n"
            "packing stream, 20 % masked, dropout 0.25, checkpointing cheap\n\n");
  const Json json = SettingsJson(settings);
  EXPECT_EQ(json["checkpointing"], "cheap");
  EXPECT_EQ(json["dropout"], 0.25);
}

TEST_F(AnalysisReportTest, EstimateIsFlopsOverThePeak) {
  EXPECT_DOUBLE_EQ(LeastSeconds(Predicted(), 10), 10 * step_.step_flops() / 1e11);
  EXPECT_EQ(ExpectedResident(Measured()),
            step_.held_bytes + measured_.resident.batches + kResidentConstant);
}

TEST(CheckBytes, NamesWhatDiffers) {
  Account predicted, measured;
  predicted.Add(Purpose::kActivation, 640);
  measured.Add(Purpose::kActivation, 640);
  EXPECT_TRUE(CheckBytes(predicted, measured).ok());
  measured.Add(Purpose::kWorkspace, 64);
  const absl::Status status = CheckBytes(predicted, measured);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(status.message(),
            "memory is not what was predicted: workspace: found 64 bytes, expected 0; total: "
            "found 704 bytes, expected 640");
}

TEST(DesignBudget, IsOfTheFlagshipAlone) {
  TrainMlmSettings settings;
  ASSERT_TRUE(ResolveSettings(&settings).ok());
  double sum = 0;
  for (const double mb : DesignBudget(settings)) sum += mb;
  EXPECT_NEAR(sum, 91.0, 0.05);
  const auto other = [&](const auto& change) {
    TrainMlmSettings changed = settings;
    change(&changed);
    return DesignBudget(changed)[0] == 0;
  };
  EXPECT_TRUE(other([](TrainMlmSettings* s) { s->set_layers(6); }));
  EXPECT_TRUE(other([](TrainMlmSettings* s) { s->set_mask_probability(1); }));
  EXPECT_TRUE(other([](TrainMlmSettings* s) { s->set_dropout(0.1); }));
  EXPECT_TRUE(other([](TrainMlmSettings* s) { s->set_checkpointing("cheap"); }));
}

}  // namespace
}  // namespace hairpin
