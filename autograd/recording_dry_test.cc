// A dry recording says, by purpose and to the byte, what the real one takes.
#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <utility>
#include <vector>

#include "autograd/recording.h"
#include "autograd/testing_ops.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

using testing_ops::Add;
using testing_ops::Bell;
using testing_ops::Flatten;
using testing_ops::Mul;
using testing_ops::Run;
using testing_ops::Scale;
using testing_ops::Square;
using testing_ops::Sum;
using testing_ops::TripleOp;

constexpr int64_t kChannels = 40;

struct Bytes {
  std::array<int64_t, kNumPurposes> live, peak;
  int64_t peak_total;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

std::ostream& operator<<(std::ostream& stream, const Bytes& bytes) {
  for (const Purpose purpose : kAllPurposes) {
    const int i = static_cast<int>(purpose);
    stream << Name(purpose) << " " << bytes.live[i] << ", peak " << bytes.peak[i] << "; ";
  }
  return stream << "peak in all " << bytes.peak_total;
}

Bytes Read(const Account& account) {
  Bytes bytes;
  for (const Purpose purpose : kAllPurposes) {
    bytes.live[static_cast<int>(purpose)] = account.live(purpose);
    bytes.peak[static_cast<int>(purpose)] = account.peak(purpose);
  }
  bytes.peak_total = account.peak_total();
  return bytes;
}

// Rows of data and the most that there may be.
struct Rows {
  int64_t found;
  int64_t bound;
};

// Two steps of a graph that has everything: broadcasts of parameters and rows,
// residuals, values moved and held, a view, an extra, workspace, one value as
// three inputs.
std::vector<Bytes> Steps(Allocator::Kind kind, Rows rows) {
  Allocator allocator(kind);
  const auto zeros = [&](const Shape& shape, Purpose purpose) {
    return Tensor::Zeros({DType::kFloat64, shape}, purpose, allocator);
  };
  Parameter bias("bias", zeros({kChannels}, Purpose::kParameter));
  Parameter row("row", zeros({1, kChannels}, Purpose::kParameter));
  std::vector<Bytes> result;
  Recording recording;
  for (int step = 0; step < 2; ++step) {
    allocator.account().ResetPeaks();
    recording.Reset({.allocator = &allocator});
    bias.ClearGradient();
    const Variable x = recording.Constant(zeros({rows.found, kChannels}, Purpose::kActivation),
                                          Shape({rows.bound, kChannels}));
    const Variable row_input = recording.Input(zeros({1, kChannels}, Purpose::kActivation));
    Variable h = Add(Add(x, recording.Use(bias)), recording.Use(row));
    for (int layer = 0; layer < 2; ++layer) {
      Variable branch = Square(Scale(Mul(h, h), 0.5));
      branch = Run<TripleOp<false>>(branch, branch, branch);
      h = Add(std::move(h), Scale(std::move(branch), 2));
    }
    // A value with a bound that is broadcast itself: along an axis before.
    const Variable pair = recording.Constant(
        zeros({2, rows.found, kChannels}, Purpose::kActivation), Shape({2, rows.bound, kChannels}));
    h = Add(Add(pair, h), h);
    auto [bell, next] = Bell(Add(std::move(h), row_input));
    Variable sum = Sum(Flatten(Mul(std::move(bell), std::move(next))));
    Variable cubes = Run<TripleOp<true>>(recording.Use(bias), recording.Use(bias),
                                         recording.Use(bias));
    const Variable loss = Add(std::move(sum), Sum(std::move(cubes)));
    result.push_back(Read(allocator.account()));
    recording.Backward(loss);
    result.push_back(Read(allocator.account()));
    EXPECT_EQ(recording.num_alive_values(), 1);
  }
  recording.Reset({});
  return result;
}

TEST(DryRecordingTest, CountsWhatTheRealOneTakes) {
  const std::vector<Bytes> dry = Steps(Allocator::Kind::kDry, {7, 7});
  EXPECT_EQ(Steps(Allocator::Kind::kCaching, {7, 7}), dry);
  EXPECT_GT(dry.back().peak[static_cast<int>(Purpose::kWorkspace)], 0);
  EXPECT_GT(dry.back().peak[static_cast<int>(Purpose::kGradient)], 0);
}

// Whatever sizes the data gives, what is taken is what the bound says; only the
// data itself (three times the rows) is as large as it is.
TEST(DryRecordingTest, CountsBoundsAndNotShapes) {
  const std::vector<Bytes> at_bound = Steps(Allocator::Kind::kDry, {7, 7});
  for (const int64_t found : {1, 3, 7}) {
    const std::vector<Bytes> dry = Steps(Allocator::Kind::kDry, {found, 7});
    EXPECT_EQ(Steps(Allocator::Kind::kCaching, {found, 7}), dry);
    const int64_t smaller = 3 * (7 - found) * kChannels * 8;
    for (size_t i = 0; i < dry.size(); ++i) {
      Bytes expected = at_bound[i];
      expected.live[static_cast<int>(Purpose::kActivation)] -= smaller;
      expected.peak[static_cast<int>(Purpose::kActivation)] -= smaller;
      expected.peak_total -= smaller;
      EXPECT_EQ(dry[i], expected) << found << " rows, reading " << i;
    }
  }
}

// The peak of a backward whose largest moment is a gradient summed over rows
// before others (`pairs`), or one that is shared and then added to.
int64_t PeakOfBackward(Rows rows, bool pairs) {
  Allocator allocator(Allocator::Kind::kDry);
  const auto empty = [&](const Shape& shape) {
    return Tensor::Empty({DType::kFloat64, shape}, Purpose::kActivation, allocator);
  };
  Recording recording({.allocator = &allocator});
  const Variable x =
      recording.Constant(empty({rows.found, kChannels}), Shape({rows.bound, kChannels}));
  const Variable pair =
      recording.Constant(empty({2, rows.found, kChannels}), Shape({2, rows.bound, kChannels}));
  Variable h = Add(x, recording.Input(empty({1, kChannels})));
  const Variable loss = Sum(Add(pairs ? pair : h, h));
  h = Variable();
  const int64_t before = allocator.account().live_total();
  allocator.account().ResetPeaks();
  recording.Backward(loss);
  return allocator.account().peak_total() - before;
}

TEST(DryRecordingBoundsTest, SummedAndSharedGradients) {
  for (const bool pairs : {true, false}) {
    EXPECT_EQ(PeakOfBackward({3, 7}, pairs), PeakOfBackward({7, 7}, pairs)) << pairs;
    EXPECT_LT(PeakOfBackward({3, 3}, pairs), PeakOfBackward({3, 7}, pairs)) << pairs;
  }
}

TEST(PolicyTest, RecomputingTakesLessMemory) {
  Allocator dry(Allocator::Kind::kDry);
  int64_t peaks[2];
  for (const bool keep : {true, false}) {
    dry.account().ResetPeaks();
    Recording recording({.allocator = &dry, .policy = keep ? &KeepAll() : &RecomputeAll()});
    Variable y = recording.Input(
        Tensor::Empty({DType::kFloat64, {1 << 20}}, Purpose::kActivation, dry));
    for (int i = 0; i < 20; ++i) y = Square(std::move(y));
    const Variable loss = Sum(std::move(y));
    peaks[keep] = dry.account().peak_total();
  }
  EXPECT_LT(5 * peaks[false], peaks[true]);
}

}  // namespace
}  // namespace hairpin
