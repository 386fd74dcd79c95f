#include "data/image/augment.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin {
namespace {

std::vector<float> Augmented(const AugmentOptions& options, int64_t sample, int64_t channels,
                             int64_t height, int64_t width, std::vector<float> image) {
  Augmenter(options).Apply(sample, channels, height, width, image);
  return image;
}

// A smooth spot in the middle, its weights' sum and its centre.
std::vector<float> Spot(int64_t size, double y0, double x0) {
  std::vector<float> image;
  for (int64_t y = 0; y < size; ++y) {
    for (int64_t x = 0; x < size; ++x) {
      image.push_back(static_cast<float>(
          std::exp(-((y - y0) * (y - y0) + (x - x0) * (x - x0)) / 8)));
    }
  }
  return image;
}

struct Centre {
  double mass = 0, y = 0, x = 0;
};
Centre CentreOf(const std::vector<float>& image, int64_t size) {
  Centre centre;
  for (int64_t i = 0; i < size * size; ++i) {
    centre.mass += image[i];
    centre.y += image[i] * static_cast<double>(i / size);
    centre.x += image[i] * static_cast<double>(i % size);
  }
  centre.y /= centre.mass;
  centre.x /= centre.mass;
  return centre;
}

TEST(AugmenterTest, NothingIsNothing) {
  const std::vector<float> image = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(Augmented({}, 3, 1, 2, 3, image), image);
}

TEST(AugmenterTest, ShiftMovesUpToItsLimit) {
  const std::vector<float> image = Spot(32, 15.5, 15.5);
  double least_y = 9, most_y = -9, least_x = 9, most_x = -9;
  for (int64_t sample = 0; sample < 60; ++sample) {
    const Centre centre =
        CentreOf(Augmented({.shift = 3, .seed = 2}, sample, 1, 32, 32, image), 32);
    least_y = std::min(least_y, centre.y - 15.5);
    most_y = std::max(most_y, centre.y - 15.5);
    least_x = std::min(least_x, centre.x - 15.5);
    most_x = std::max(most_x, centre.x - 15.5);
    EXPECT_NEAR(centre.mass, CentreOf(image, 32).mass, 1e-2);
  }
  for (const double limit : {-least_y, most_y, -least_x, most_x}) {
    EXPECT_GT(limit, 2.5);
    EXPECT_LT(limit, 3.01);
  }
}

TEST(AugmenterTest, RotationKeepsTheDistanceFromTheMiddle) {
  const std::vector<float> image = Spot(32, 15.5, 23.5);  // 8 to the right of the middle
  double least = 0, most = 0;
  for (int64_t sample = 0; sample < 60; ++sample) {
    const Centre centre =
        CentreOf(Augmented({.degrees = 30, .seed = 2}, sample, 1, 32, 32, image), 32);
    EXPECT_NEAR(std::hypot(centre.y - 15.5, centre.x - 15.5), 8, 0.05);
    const double degrees = std::atan2(15.5 - centre.y, centre.x - 15.5) * 180 / std::numbers::pi;
    least = std::min(least, degrees);
    most = std::max(most, degrees);
  }
  EXPECT_THAT(least, testing::AllOf(testing::Gt(-30.1), testing::Lt(-25)));
  EXPECT_THAT(most, testing::AllOf(testing::Lt(30.1), testing::Gt(25)));
}

// A warp acts on every channel alike, and in images that are no squares.
TEST(AugmenterTest, ChannelsAndOblongImages) {
  std::vector<float> plane(5 * 7);
  for (size_t i = 0; i < plane.size(); ++i) plane[i] = static_cast<float>(i * i % 11);
  std::vector<float> image = plane;
  for (const float value : plane) image.push_back(2 * value);
  const AugmentOptions options = {.shift = 1, .degrees = 20, .seed = 4};
  const std::vector<float> one = Augmented(options, 9, 1, 5, 7, plane);
  const std::vector<float> two = Augmented(options, 9, 2, 5, 7, image);
  for (size_t i = 0; i < plane.size(); ++i) {
    EXPECT_EQ(two[i], one[i]);
    EXPECT_EQ(two[plane.size() + i], 2 * one[i]);
  }
  // Rows that are alike stay so where no border comes in.
  std::vector<float> rows(5 * 7);
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<float>(1 + i / 7);
  const std::vector<float> shifted = Augmented({.shift = 1, .seed = 4}, 9, 1, 5, 7, rows);
  for (size_t y = 1; y < 4; ++y) {
    for (size_t x = 1; x < 6; ++x) EXPECT_NEAR(shifted[y * 7 + x], shifted[y * 7 + 1], 1e-6);
    if (y > 1) {
      EXPECT_NEAR(shifted[y * 7 + 1] - shifted[y * 7 - 6], 1, 1e-6);
    }
  }
}

TEST(AugmenterTest, NoiseIsNormal) {
  const std::vector<float> noise =
      Augmented({.noise = 0.5, .seed = 3}, 1, 1, 101, 101, std::vector<float>(101 * 101));
  double sum = 0, squares = 0, fourths = 0;
  for (const double x : noise) {
    sum += x;
    squares += x * x;
    fourths += x * x * x * x;
  }
  const double n = 101 * 101;
  EXPECT_NEAR(sum / n, 0, 3 * 0.5 / 101);
  EXPECT_NEAR(squares / n, 0.25, 0.011);
  EXPECT_NEAR(fourths / n / std::pow(squares / n, 2), 3, 0.2);
}

TEST(AugmenterTest, AFunctionOfSeedAndSample) {
  const std::vector<float> image = Spot(8, 3, 4);
  const AugmentOptions options = {.shift = 1, .degrees = 10, .noise = 0.1, .seed = 5};
  const auto one = Augmented(options, 77, 1, 8, 8, image);
  EXPECT_EQ(Augmented(options, 77, 1, 8, 8, image), one);
  EXPECT_NE(Augmented(options, 78, 1, 8, 8, image), one);
  EXPECT_NE(Augmented({.shift = 1, .degrees = 10, .noise = 0.1, .seed = 6}, 77, 1, 8, 8, image),
            one);
  EXPECT_DEATH(Augmented(options, 0, 1, 8, 9, image), "64 numbers for \\[1, 8, 9\\]");
}

}  // namespace
}  // namespace hairpin
