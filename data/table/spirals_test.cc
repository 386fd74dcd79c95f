#include "data/table/spirals.h"

#include <cmath>
#include <numbers>
#include <vector>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

std::vector<float> Point(const Dataset& dataset, int64_t record) {
  std::vector<float> point(2);
  dataset.ReadFeatures(record, point);
  return point;
}

TEST(SpiralsTest, PointsLieOnTheSpiralOfTheirClass) {
  const Dataset spirals = TwoSpirals({.points = 500, .turns = 1.5, .seed = 3});
  ASSERT_EQ(spirals.size(), 500);
  double inside = 0;
  for (int64_t i = 0; i < 500; ++i) {
    const std::vector<float> p = Point(spirals, i);
    const double r = std::hypot(p[0], p[1]);
    ASSERT_LE(r, 1);
    inside += r * r < 0.5;
    const double angle = 3 * std::numbers::pi * r + std::numbers::pi * spirals.classes()[i];
    EXPECT_NEAR(p[0], r * std::cos(angle), 1e-5);
    EXPECT_NEAR(p[1], r * std::sin(angle), 1e-5);
    EXPECT_EQ(spirals.classes()[i], i % 2);
  }
  EXPECT_NEAR(inside, 250, 34);  // three standard deviations: points are even over the area
}

TEST(SpiralsTest, NoiseHasItsDeviationAndRecordsAreTheirOwn) {
  const Dataset clean = TwoSpirals({.points = 2000, .seed = 5});
  const Dataset noisy = TwoSpirals({.points = 2000, .noise = 0.1, .seed = 5});
  const Dataset more = TwoSpirals({.points = 3000, .noise = 0.1, .seed = 5});
  double squares = 0;
  for (int64_t i = 0; i < 2000; ++i) {
    EXPECT_EQ(Point(noisy, i), Point(more, i));
    for (int axis = 0; axis < 2; ++axis) {
      squares += std::pow(Point(noisy, i)[axis] - Point(clean, i)[axis], 2);
    }
  }
  EXPECT_NEAR(std::sqrt(squares / 4000), 0.1, 0.004);
  EXPECT_NE(Point(clean, 0), Point(TwoSpirals({.points = 2, .seed = 6}), 0));
}

}  // namespace
}  // namespace hairpin
