#include "tools/analysis/replay_times.h"

#include <chrono>
#include <thread>
#include <utility>

#include "autograd/recording.h"
#include "gtest/gtest.h"
#include "ops/gelu.h"
#include "ops/sum.h"

namespace hairpin {
namespace {

// Makes replays of node 1 take 3 ms, and backward and forward, too.
class Slow final : public Observer {
 public:
  void Results(const OperationRun& run, absl::Span<const Tensor>) override {
    if (run.node == 1) std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
};

TEST(ReplayTimes, MeanOfReplaysAlone) {
  ReplayTimes times;
  Slow slow;
  ObserverList observers({&times, &slow});
  EXPECT_EQ(times.seconds(0), 0);
  for (int i = 0; i < 2; ++i) {
    Recording recording({.policy = &RecomputeAll(), .observer = &observers});
    Variable x = recording.Input(Tensor::Zeros({DType::kFloat32, {2}}));
    for (int layer = 0; layer < 3; ++layer) x = Gelu(std::move(x));
    recording.Backward(Sum(std::move(x)));
    EXPECT_EQ(recording.num_replays(), 2);  // of nodes 0 and 1
  }
  EXPECT_EQ(times.recordings(), 2);
  EXPECT_GE(times.seconds(1), 0.003);  // and not 0.006, nor with backward's
  EXPECT_GT(times.seconds(0), 0);
  EXPECT_EQ(times.seconds(2), 0);
  EXPECT_EQ(times.seconds(77), 0);
}

}  // namespace
}  // namespace hairpin
