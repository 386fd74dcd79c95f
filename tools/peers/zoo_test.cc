#include "tools/peers/zoo.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"
#include "tools/training/run_folder.h"

namespace hairpin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

void AddFlag(const char* name, const char* value, Run* run) {
  RunFlag& flag = *run->add_flags();
  flag.set_name(name);
  flag.set_value(value);
}

RunFolder WriteRun(const char* name, const std::string& metrics) {
  const RunFolder folder(TestPath(name));
  EXPECT_TRUE(folder.MakeFolders().ok());
  Run run;
  run.set_program("train_digits");
  run.set_parameters(11);
  run.add_data()->set_path("/data/images \"x\".gz");
  AddFlag("steps", "40", &run);
  AddFlag("micro_batch", "64", &run);
  AddFlag("model", "vit", &run);
  EXPECT_TRUE(folder.WriteRun(run).ok());
  WriteTestFile(std::string(name) + "/metrics.jsonl", metrics);
  return folder;
}

TEST(ZooModels, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const ZooModel& model : ZooModels()) {
    EXPECT_TRUE(names.insert(model.name).second) << model.name;
    EXPECT_EQ(FindZooModel(model.name), &model);
    EXPECT_EQ(model.steps % 100, 0) << model.name;
  }
  EXPECT_EQ(FindZooModel("forest"), nullptr);
}

TEST(ReadZooRun, IsTheRecordAndTheLastEvaluation) {
  const RunFolder folder =
      WriteRun("run", R"({"step":20,"loss":2.5,"seconds":0.5}
{"step":20,"eval_loss":2.25,"eval_accuracy":0.25}
{"step":40,"loss":1.5,"seconds":0.75}
{"step":40,"eval_loss":1.25,"eval_accuracy":0.5}
)");
  const absl::StatusOr<ZooRun> run = ReadZooRun(folder.path());
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(Json::parse(run->task.dump()), Json::parse(R"({"task": "zoo",
      "program": "train_digits", "data": ["/data/images \"x\".gz"],
      "flags": {"steps": "40", "micro_batch": "64", "model": "vit"}})"));
  EXPECT_EQ(run->answer, Json::parse(R"({"parameters": 11, "steps": 40, "micro_batch": 64,
      "seconds": [0.5, 0.75], "eval_loss": 1.25, "eval_accuracy": 0.5})"));
}

TEST(ReadZooRun, HasTheVocabularyOfTheRun) {
  const RunFolder folder = WriteRun("words", "");
  WriteTestFile("words/vocab.txt", "[PAD]\n\"\n##s\n");
  const absl::StatusOr<ZooRun> run = ReadZooRun(folder.path());
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(Json::parse(run->task["vocabulary"].dump()), Json({"[PAD]", "\"", "##s"}));
}

TEST(ReadZooRun, SaysWhatIsWrong) {
  EXPECT_FALSE(ReadZooRun(TestPath("none")).ok());
  const RunFolder folder = WriteRun("torn", "{\"step\":20,\"los");
  EXPECT_THAT(std::string(ReadZooRun(folder.path()).status().message()),
              HasSubstr("metrics.jsonl: found '{\"step\":20,\"los', expected JSON"));
  hairpin::Run other;
  other.set_program("train_mlm");
  EXPECT_TRUE(folder.WriteRun(other).ok());
  EXPECT_THAT(std::string(ReadZooRun(folder.path()).status().message()),
              HasSubstr("found no flag steps"));
}

// The first of five times is left out, however long it took.
TEST(StepSeconds, IsTheMedianAfterWarmUp) {
  EXPECT_DOUBLE_EQ(StepSeconds({{"seconds", {8}}}, 4), 2);
  EXPECT_DOUBLE_EQ(StepSeconds({{"seconds", {90, 92, 96, 98, 106}}}, 2), (1.0 + 2.0) / 2);
}

TEST(ZooMarkdown, HasALineForEachModel) {
  constexpr double kMiB = 1 << 20;
  Comparison comparison = {
      .rows = {{"step", "another row", Quantity::kSeconds, {{"Hairpin", "", {1}}}},
               {"zoo_gru", "", Quantity::kSeconds,
                {{"Hairpin", "", {0.02}, {40 * kMiB}}, {"PyTorch", "", {0.05}, {90 * kMiB}}}},
               {"figures_lenet", "", Quantity::kShare,
                {{"Hairpin", "", {0.991}}, {"PyTorch", "", {0.99}}}},
               {"figures_lenet_time", "", Quantity::kSeconds,
                {{"Hairpin", "", {7}, {36 * kMiB}}, {"PyTorch", "", {9}, {430 * kMiB}}}}}};
  const std::string lines = ZooMarkdown(comparison);
  EXPECT_THAT(lines, HasSubstr("| LeNet | `train_digits` |  |  |  | 36.0 MiB | 430.0 MiB | 7.00 s "
                               "| 9.00 s | accuracy 99.1 % | 99.0 % |\n"));
  EXPECT_THAT(lines, HasSubstr("| GRU | `train_lstm --cell=gru` | 20.0 ms | 50.0 ms | 2.50 | "
                               "40.0 MiB | 90.0 MiB |  |  |  |  |\n"));
  EXPECT_THAT(lines, Not(HasSubstr("GPT")));
  comparison.rows.resize(1);
  EXPECT_EQ(ZooMarkdown(comparison), "");
}

}  // namespace
}  // namespace hairpin
