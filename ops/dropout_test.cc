#include "ops/dropout.h"

#include <cstring>

#include "gtest/gtest.h"
#include "ops/index_select.h"

namespace hairpin {
namespace {

const RecordingOptions kTraining = {.seed = 5, .step = 3, .train = true};

TEST(Dropout, DoesNothingOutsideTraining) {
  Recording recording({.seed = 5, .train = false});
  const Variable x = recording.Input(SampleUniform(Shape({20})));
  EXPECT_EQ(Dropout(x, 0.5).value().data<double>(), x.value().data<double>());
  EXPECT_EQ(recording.num_nodes(), 0);
}

// p = 0 takes no draw, so that it moves no other one.
TEST(Dropout, ZeroTakesNoDraw) {
  const Tensor x = SampleUniform(Shape({50}));
  Recording plain(kTraining), with_zero(kTraining);
  const Variable a = Dropout(plain.Input(x), 0.5);
  Dropout(with_zero.Input(x), 0);
  const Variable b = Dropout(with_zero.Input(x), 0.5);
  EXPECT_EQ(std::memcmp(a.value().data<double>(), b.value().data<double>(), 50 * 8), 0);
}

TEST(Dropout, DrawsDiffer) {
  const Tensor x = SampleUniform(Shape({50}));
  Recording recording(kTraining);
  const Variable a = Dropout(recording.Input(x), 0.5), b = Dropout(recording.Input(x), 0.5);
  EXPECT_NE(std::memcmp(a.value().data<double>(), b.value().data<double>(), 50 * 8), 0);
}

// Rows computed alone get the draws that they get among all.
TEST(Dropout, RowsDrawAsTheirPlaceInTheWhole) {
  const Tensor x = SampleUniform(Shape({9, 7}));
  Tensor rows = SampleIds(Shape({3}), 0, 9);
  Recording whole(kTraining), part(kTraining);
  const Variable all = IndexSelect(Dropout(whole.Input(x), 0.5), whole.Constant(rows));
  const Variable ids = part.Constant(rows);
  const Variable some = Dropout(IndexSelect(part.Input(x), ids), 0.5, ids);
  EXPECT_EQ(std::memcmp(all.value().data<double>(), some.value().data<double>(), 21 * 8), 0);
}

}  // namespace
}  // namespace hairpin
