#include "tensor/shape.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

constexpr int64_t kLargest = INT64_MAX;

std::optional<Shape> Try(const std::vector<int64_t>& sizes) { return Shape::TryMake(sizes); }

TEST(ShapeTest, KnowsItsSizes) {
  const Shape shape({8, 64, 192});
  EXPECT_EQ(shape.rank(), 3);
  EXPECT_EQ(shape.num_elements(), 8 * 64 * 192);
  EXPECT_EQ(shape[0], 8);
  EXPECT_EQ(shape[-1], 192);
  EXPECT_EQ(shape.NormalizeAxis(-3), 0);
  EXPECT_EQ(shape.ToString(), "[8, 64, 192]");
  EXPECT_EQ(shape.Product(1, 3), 64 * 192);
  EXPECT_EQ(shape.Product(1, 1), 1);
  EXPECT_EQ(shape.With(-2, 5), Shape({8, 5, 192}));
  EXPECT_EQ(shape.With(1, 0).num_elements(), 0);
}

TEST(ShapeTest, AScalarHasOneElementAndNoAxes) {
  const Shape scalar;
  EXPECT_EQ(scalar.rank(), 0);
  EXPECT_EQ(scalar.num_elements(), 1);
  EXPECT_EQ(scalar.ToString(), "[]");
  EXPECT_FALSE(scalar == Shape({1}));
}

TEST(ShapeTest, EqualityLooksAtSizesAlone) {
  EXPECT_EQ(Shape({2, 3}), Shape({2, 3}));
  EXPECT_FALSE(Shape({2, 3}) == Shape({3, 2}));
  EXPECT_FALSE(Shape({2, 3}) == Shape({2, 3, 1}));
}

TEST(ShapeTest, TryMakeRefusesWhatIsNoShape) {
  EXPECT_TRUE(Try({1, 2, 3, 4, 5, 6}).has_value());
  EXPECT_FALSE(Try({1, 1, 1, 1, 1, 1, 1}).has_value());
  EXPECT_FALSE(Try({2, -1}).has_value());
  EXPECT_TRUE(Try({kLargest}).has_value());
  EXPECT_FALSE(Try({kLargest, 2}).has_value());
  EXPECT_FALSE(Try({int64_t{1} << 32, int64_t{1} << 32}).has_value());
}

TEST(ShapeTest, AZeroDoesNotHideAnOverflow) {
  EXPECT_EQ(Try({0, 5})->num_elements(), 0);
  EXPECT_FALSE(Try({0, kLargest, 2}).has_value());
  EXPECT_FALSE(Try({kLargest, 2, 0}).has_value());
}

TEST(ShapeTest, Broadcasts) {
  EXPECT_EQ(BroadcastShapes(Shape({2, 3}), Shape({3})), Shape({2, 3}));
  EXPECT_EQ(BroadcastShapes(Shape({2, 1}), Shape({1, 3})), Shape({2, 3}));
  EXPECT_EQ(BroadcastShapes(Shape(), Shape({4, 5})), Shape({4, 5}));
  EXPECT_EQ(BroadcastShapes(Shape({0}), Shape({1})), Shape({0}));
  EXPECT_EQ(BroadcastShapes(Shape({2, 1, 1}), Shape({3, 1})), Shape({2, 3, 1}));
  EXPECT_EQ(BroadcastShapes(Shape({2}), Shape({3})), std::nullopt);
  EXPECT_EQ(BroadcastShapes(Shape({2, 3}), Shape({2})), std::nullopt);
  EXPECT_EQ(BroadcastShapes(Shape({int64_t{1} << 40, 1}), Shape({1, int64_t{1} << 40})),
            std::nullopt);
}

TEST(ShapeDeathTest, SaysWhatItFoundAndExpected) {
  EXPECT_DEATH(Shape({2, -3}), "sizes \\[2, -3\\], expected at most 6 sizes");
  EXPECT_DEATH(Shape({1, 1, 1, 1, 1, 1, 1}), "expected at most 6 sizes");
  EXPECT_DEATH((void)Shape({2, 3})[2], "axis 2 of shape \\[2, 3\\], expected in \\[-2, 2\\)");
  EXPECT_DEATH((void)Shape()[-1], "axis -1 of shape \\[\\]");
}

}  // namespace
}  // namespace hairpin
