#include "nn/state_difference.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/checkpoint.h"
#include "tensor/file.h"
#include "tensor/test_files.h"

namespace hairpin::nn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <class T>
TensorDifference Compare(const std::vector<T>& a, const std::vector<T>& b) {
  const Shape shape({static_cast<int64_t>(a.size())});
  return CompareTensors(Tensor::FromValues<T>(shape, a), Tensor::FromValues<T>(shape, b));
}

template <class T>
uint64_t Ulps(T a, T b) {
  const TensorDifference forth = Compare<T>({a}, {b}), back = Compare<T>({b}, {a});
  EXPECT_EQ(forth.ulps, back.ulps);
  EXPECT_EQ(forth.largest, back.largest);
  return forth.ulps;
}

template <class T>
void TestUlps(uint64_t ones_apart, uint64_t from_one_to_infinity) {
  constexpr T kInfinity = std::numeric_limits<T>::infinity();
  constexpr T kTiny = std::numeric_limits<T>::denorm_min();
  EXPECT_EQ(Ulps<T>(1, std::nextafter(T{1}, T{2})), 1u);
  EXPECT_EQ(Ulps<T>(-1, std::nextafter(T{-1}, T{2})), 1u);
  EXPECT_EQ(Ulps<T>(-kTiny, kTiny), 2u);
  EXPECT_EQ(Ulps<T>(-kTiny, 0), 1u);
  EXPECT_EQ(Ulps<T>(-0.0, 0.0), 0u);
  EXPECT_EQ(Ulps<T>(std::numeric_limits<T>::max(), kInfinity), 1u);
  EXPECT_EQ(Ulps<T>(-1, 1), ones_apart);
  EXPECT_EQ(Ulps<T>(1, kInfinity), from_one_to_infinity);
}

TEST(StateDifferenceTest, UlpsAreSteps) {
  TestUlps<float>(2 * uint64_t{0x3f800000}, 0x40000000);
  TestUlps<double>(2 * uint64_t{0x3ff0000000000000}, 0x4000000000000000);
  // Further apart than int64 counts.
  EXPECT_EQ(Ulps<double>(-1e300, 1e300), 2 * uint64_t{0x7e37e43c8800759c});
}

TEST(StateDifferenceTest, EqualBitsAreEqual) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const TensorDifference none =
      Compare<float>({1, nan, INFINITY, -0.0f}, {1, nan, INFINITY, -0.0f});
  EXPECT_EQ(none.elements, 4);
  EXPECT_EQ(none.differing, 0);
  EXPECT_EQ(none.nans, 0);
  EXPECT_EQ(none.largest_at, -1);
  EXPECT_EQ(none.ulps_at, -1);
  EXPECT_EQ(Compare<float>({}, {}).elements, 0);
  const TensorDifference zeros = Compare<float>({0.0f}, {-0.0f});
  EXPECT_EQ(zeros.differing, 1);
  EXPECT_EQ(zeros.largest, 0);
  EXPECT_EQ(zeros.largest_at, 0);
}

TEST(StateDifferenceTest, LargestInValueAndInUlpsHaveTheirPlaces) {
  // 100 to 101 and 7 to 8 are most in value; 1e-30 to 2e-30, twice, most in ulps.
  const TensorDifference values =
      Compare<double>({5, 100, 1e-30, 1e-30, 7}, {5, 101, 2e-30, 2e-30, 8});
  EXPECT_EQ(values.elements, 5);
  EXPECT_EQ(values.differing, 4);
  EXPECT_EQ(values.largest, 1);
  EXPECT_EQ(values.largest_at, 1);
  EXPECT_EQ(values.ulps, uint64_t{1} << 52);
  EXPECT_EQ(values.ulps_at, 2);
  const TensorDifference whole = Compare<int32_t>({INT32_MIN, 3}, {INT32_MAX, 3});
  EXPECT_EQ(whole.differing, 1);
  EXPECT_EQ(whole.largest, 4294967295.0);
  EXPECT_EQ(whole.ulps, 0u);
}

TEST(StateDifferenceTest, NanIsCountedAndHasNoSize) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const TensorDifference values = Compare<double>({1, nan, 3, nan}, {1.5, 2, nan, -nan});
  EXPECT_EQ(values.differing, 4);
  EXPECT_EQ(values.nans, 3);
  EXPECT_EQ(values.nan_at, 1);
  EXPECT_EQ(values.largest, 0.5);
  EXPECT_EQ(values.largest_at, 0);
  EXPECT_EQ(Compare<double>({nan}, {1}).largest_at, -1);
  EXPECT_TRUE(std::isinf(Compare<double>({INFINITY, 1}, {-INFINITY, 2}).largest));
}

TEST(StateDifferenceDeathTest, OtherShapes) {
  EXPECT_DEATH(CompareTensors(Tensor::FromValues<float>({1}, {1}),
                              Tensor::FromValues<double>({1}, {1})),
               "found float32 \\[1\\] and float64 \\[1\\]");
}

std::string File(const std::string& name, const StateDict& state) {
  EXPECT_TRUE(WriteCheckpoint(TestPath(name), {}, state).ok());
  return TestPath(name);
}

std::vector<std::string> Differences(const std::string& a, const std::string& b) {
  std::vector<std::string> lines;
  const absl::StatusOr<int64_t> count = CompareCheckpoints(
      a, b, [&](const StateDifference& difference) { lines.push_back(Describe(difference)); });
  EXPECT_TRUE(count.ok()) << count.status();
  EXPECT_EQ(count.value_or(-1), static_cast<int64_t>(lines.size()));
  return lines;
}

StateDict SmallState() {
  return {{kParameterKind, "w", Tensor::FromValues<float>({2, 3}, {1, 2, 3, 4, 5, 6})},
          {kParameterKind, "b", Tensor::FromValues<float>({0}, {})},
          {kOptimizerKind, "w", Tensor::FromValues<double>({}, {0.5})},
          {kOptimizerKind, "ids", Tensor::FromValues<int32_t>({2}, {7, 8})}};
}

TEST(StateDifferenceTest, EqualFilesInAnyOrder) {
  const std::string a = File("a", SmallState());
  EXPECT_THAT(Differences(a, a), IsEmpty());
  const StateDict state = SmallState();
  const std::string b = File("b", {state[3], state[1], state[2], state[0]});
  EXPECT_THAT(Differences(a, b), IsEmpty());
  EXPECT_THAT(Differences(b, a), IsEmpty());
}

TEST(StateDifferenceTest, DescribesWhatDiffers) {
  StateDict other = SmallState();
  other[0].tensor = Tensor::FromValues<float>({2, 3}, {1, 2, 3, 4.5, 5, NAN});
  other[3].tensor = Tensor::FromValues<int32_t>({2}, {7, 10});
  EXPECT_THAT(Differences(File("a", SmallState()), File("b", other)),
              ElementsAre("parameter w: 2 of 6 elements differ, by at most 0.5 at [1, 0], "
                          "1048576 ulps at [1, 0], 1 NaN, the first at [1, 2]",
                          "optimizer ids: 1 of 2 elements differ, by at most 2 at [1]"));
}

TEST(StateDifferenceTest, DescribesWhatIsMissingOrOfAnotherShape) {
  const StateDict state = SmallState();
  const StateDict other = {
      {kParameterKind, "new", Tensor::FromValues<float>({1}, {1})},
      {kParameterKind, "w", Tensor::FromValues<double>({2, 3}, {1, 2, 3, 4, 5, 6})},
      {kParameterKind, "b", Tensor::FromValues<float>({1}, {0})},
      state[2]};
  EXPECT_THAT(Differences(File("a", state), File("b", other)),
              ElementsAre("parameter w: float32 [2, 3] in the first file, float64 [2, 3] in the "
                          "second",
                          "parameter b: float32 [0] in the first file, float32 [1] in the second",
                          "optimizer ids: int32 [2] in the first file only",
                          "parameter new: float32 [1] in the second file only"));
}

TEST(StateDifferenceTest, DamageOfEitherFileIsAnError) {
  const std::string good = File("a", SmallState());
  std::string contents = ReadFile(good).value();
  contents[contents.size() - 30] ^= 1;
  WriteTestFile("damaged", contents);
  int64_t reported = 0;
  const auto count = [&](const StateDifference&) { ++reported; };
  EXPECT_TRUE(absl::IsDataLoss(CompareCheckpoints(good, TestPath("damaged"), count).status()));
  EXPECT_TRUE(absl::IsDataLoss(CompareCheckpoints(TestPath("damaged"), good, count).status()));
  EXPECT_THAT(CompareCheckpoints(good, TestPath("damaged"), count).status().ToString(),
              HasSubstr("at byte"));
  EXPECT_TRUE(absl::IsNotFound(CompareCheckpoints(good, TestPath("none"), count).status()));
  EXPECT_EQ(reported, 0);
}

}  // namespace
}  // namespace hairpin::nn
