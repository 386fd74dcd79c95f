#include "tools/peers/hairpin_tasks.h"

#include <cmath>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ops/kernels/machine_peak.h"
#include "ops/kernels/target.h"
#include "tensor/test_files.h"
#include "tensor/thread_pool.h"
#include "tools/peers/model_task.h"
#include "tools/peers/text_task.h"

namespace hairpin {
namespace {

using ::testing::AllOf;
using ::testing::Gt;
using ::testing::Lt;

using Json = nlohmann::json;

Json Answer(const std::string& task) {
  const auto answer = RunTask(Json::parse(task));
  EXPECT_TRUE(answer.ok()) << answer.status();
  return answer.ok() ? Json(*answer) : Json();
}

ModelTask Tiny() {
  ModelTask task = {.batch = 2, .warm_up_seconds = 0, .seconds = 0};
  task.config.set_layers(2);
  task.config.set_hidden(16);
  task.config.set_heads(2);
  task.config.set_intermediate(32);
  task.config.set_seq_len(12);
  task.config.set_vocab_size(50);
  return task;
}

TEST(ModelTask, IsDoneInAllItsForms) {
  // With 0.02 as initial deviation every logit is almost 0, and the loss ln V.
  const double expected = std::log(50);
  ModelTask task = Tiny();
  task.optimizer = false;
  const Json masked = Answer(TaskJson(task));
  EXPECT_NEAR(masked["loss"], expected, 0.2);
  EXPECT_GT(masked["micro_batch"], 0);
  EXPECT_GT(masked["step"].get<double>(), 2 * masked["micro_batch"].get<double>());
  EXPECT_GT(masked["least_peak_flops"], 1e8);
  EXPECT_GE(masked["peak_flops"], masked["least_peak_flops"]);

  task.checkpointing = true;
  EXPECT_EQ(Answer(TaskJson(task))["loss"], masked["loss"]) << "the same bits";

  task.all_logits = true;
  const Json all = Answer(TaskJson(task));
  EXPECT_NEAR(all["loss"], expected, 0.2);
  EXPECT_NE(all["loss"], masked["loss"]);

  task.optimizer = true;
  EXPECT_LT(Answer(TaskJson(task))["loss"], all["loss"]) << "it learns";
}

TEST(TextTask, VocabularyThenIds) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "the cat sat\n\n  \nthe hat\n";
  const std::string path = WriteTestFile("peers_text.txt", text);
  Json task = VocabularyTask({path}, 40, 2);
  task["save"] = TestPath("peers_vocab.txt");
  const Json trained = Answer(task.dump());
  EXPECT_GT(trained["tokens"], 15);
  EXPECT_LE(trained["tokens"], 40);

  const Json encoded = Answer(EncodeTask({path, path}, task["save"], 0.01).dump());
  EXPECT_EQ(encoded["bytes"], 2 * 50 * (11 + 7));  // of lines that are not blank
  EXPECT_EQ(encoded["ids"], 2 * 50 * 5);           // each word has become a token
  EXPECT_GT(encoded["seconds"], 0);
}

TEST(TextTask, NamesAFileThatIsNotThere) {
  const auto answer = RunTask(Json(VocabularyTask({TestPath("none.txt")}, 40, 1)));
  EXPECT_NE(std::string(answer.status().message()).find("none.txt"), std::string::npos);
}

// What the functions themselves say of this machine, but for others' work between two bursts.
TEST(MachineTask, SaysWhatTheMachineCanDo) {
  const Json machine = Answer(R"({"task": "machine", "threads": 2, "seconds": 0.01})");
  EXPECT_EQ(machine["target"], KernelTargetName());
  EXPECT_EQ(machine["cores"], NumCores());
  const MachinePeak one = MeasureMultiplyAdds(1, 0.01), two = MeasureMachinePeak(2, 0.01);
  const auto near = [](double expected) { return AllOf(Gt(expected / 4), Lt(expected * 4)); };
  EXPECT_THAT(machine["flops_of_one"].get<double>(), near(one.float32_flops));
  EXPECT_THAT(machine["flops"].get<double>(), near(two.float32_flops));
  EXPECT_THAT(machine["read_bytes"].get<double>(), near(two.read_bytes));
  EXPECT_THAT(machine["write_bytes"].get<double>(), near(two.write_bytes));
}

}  // namespace
}  // namespace hairpin
