#include "tools/analysis/label_places.h"

#include <vector>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

constexpr Svg::Box kLeft = {0, 0, 10, 10}, kRight = {20, 0, 10, 10};

TEST(LabelPlaces, TheCheapestOfWhatIsFree) {
  LabelPlaces places;
  EXPECT_EQ(places.Place({{kLeft, 2}, {kRight, 1}}).x, kRight.x);
  // The right one is taken now.
  EXPECT_EQ(places.Place({{kLeft, 2}, {kRight, 1}}).x, kLeft.x);
}

TEST(LabelPlaces, ALineIsAvoidedButALabelMore) {
  LabelPlaces places;
  places.AvoidLine({0, 5}, {10, 5});
  EXPECT_EQ(places.Place({{kLeft, 0}, {kRight, 5}}).x, kRight.x);
  EXPECT_EQ(places.Place({{kLeft, 0}, {kRight, 5}}).x, kLeft.x);
}

TEST(LabelPlaces, BoxesThatTouchDoNotOverlap) {
  LabelPlaces places;
  places.Avoid({10, 0, 5, 10}, 100);
  EXPECT_EQ(places.Place({{kLeft, 0}, {kRight, 5}}).x, kLeft.x);
}

TEST(LabelPlacesDeathTest, NoCandidate) {
  LabelPlaces places;
  EXPECT_DEATH(places.Place({}), "found no candidate, expected one");
}

}  // namespace
}  // namespace hairpin
