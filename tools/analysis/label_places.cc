#include "tools/analysis/label_places.h"

#include <limits>

#include "tensor/check.h"

namespace hairpin {
namespace {

constexpr double kLabel = 1000;  // of covering one

bool Overlap(const Svg::Box& a, const Svg::Box& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
         b.y < a.y + a.height;
}

}  // namespace

void LabelPlaces::AvoidLine(const Svg::Point& from, const Svg::Point& to) {
  constexpr int kPieces = 60;
  for (int i = 0; i <= kPieces; ++i) {
    const double share = static_cast<double>(i) / kPieces;
    Avoid({from.x + share * (to.x - from.x) - 1, from.y + share * (to.y - from.y) - 1, 2, 2});
  }
}

Svg::Box LabelPlaces::Place(const std::vector<Candidate>& candidates) {
  HAIRPIN_CHECK(!candidates.empty()) << "LabelPlaces::Place: found no candidate, expected one";
  const Candidate* best = nullptr;
  double least = std::numeric_limits<double>::infinity();
  for (const Candidate& candidate : candidates) {
    double cost = candidate.cost;
    for (const Candidate& other : taken_) {
      if (Overlap(candidate.box, other.box)) cost += other.cost;
    }
    if (cost >= least) continue;
    least = cost;
    best = &candidate;
  }
  Avoid(best->box, kLabel);
  return best->box;
}

}  // namespace hairpin
