// LabelPlaces: where the labels of a picture go, so that none lies on another.
//
//   LabelPlaces places;
//   places.Avoid(box_of_the_legend, 1000);
//   places.AvoidLine(from, to);
//   const Svg::Box box = places.Place({{beside, 0}, {below, 5}});   // the dearer, the later
//
// Each label takes that of its candidates which costs least: its own cost and that of all
// it would cover. Labels placed before are the dearest to cover, so place first what
// matters most.
#ifndef HAIRPIN_TOOLS_ANALYSIS_LABEL_PLACES_H_
#define HAIRPIN_TOOLS_ANALYSIS_LABEL_PLACES_H_

#include <vector>

#include "tools/analysis/svg.h"

namespace hairpin {

class LabelPlaces {
 public:
  struct Candidate {
    Svg::Box box;
    double cost = 0;
  };

  // What a label had better not cover.
  void Avoid(const Svg::Box& box, double cost = 10) { taken_.push_back({box, cost}); }
  void AvoidLine(const Svg::Point& from, const Svg::Point& to);

  // The best of the candidates, at least one, the first of equals; it is avoided from
  // now on.
  Svg::Box Place(const std::vector<Candidate>& candidates);

 private:
  std::vector<Candidate> taken_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_LABEL_PLACES_H_
