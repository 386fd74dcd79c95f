#include "tools/analysis/region_paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/gelu.h"
#include "tools/training/mlm_dry_step.h"
#include "tools/training/tiny_step.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;

TEST(RegionPaths, AreWhatScopesHaveInCommon) {
  Recording recording;
  Variable x = recording.Constant(Tensor::Zeros({DType::kFloat32, {2}}));
  const auto run = [&](const char* path) {
    const Scope scope(recording, path);
    x = Gelu(std::move(x));
  };
  run("a.0.norm");
  {
    const Region region(recording, "a.0");
    run("a.0.norm");
    run("a.0.normal");
    {
      const Region inner(recording, "a.0.in");
      run("a.0.in");
      run("a.0.in.norm");
    }
    run("a.0.norm.x");
  }
  { const Region empty(recording, "nothing in it"); }
  {
    const Region alone(recording, "b");
    run("b.1");
  }
  x = Variable();
  EXPECT_THAT(RegionPaths(recording), ElementsAre("", "a.0", "a.0.in", "", "b.1"));
}

TEST(RegionPaths, OfAModelAreItsLayers) {
  MlmDryStep dry(TinyStepSettings(), TinyStepConfig());
  dry.Forward();
  EXPECT_THAT(RegionPaths(dry.recording()), ElementsAre("", "encoder.0", "encoder.1"));
  dry.Backward();
}

}  // namespace
}  // namespace hairpin
