// MemoryPicture: the memory of a step as areas stacked by purpose, one column for
// each operation's run forward and backward, the peak marked with what is alive
// there. Purposes that never change in it stand below as strips with their bytes,
// not to scale: what rises and falls has the picture to itself.
//
//   const MemoryPicture picture(step.memory);
//   Svg svg(picture.width(), picture.height());
//   picture.Draw(/*top=*/0, &svg);
#ifndef HAIRPIN_TOOLS_ANALYSIS_SVG_MEMORY_H_
#define HAIRPIN_TOOLS_ANALYSIS_SVG_MEMORY_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/analysis/step_analysis.h"
#include "tools/analysis/svg.h"

namespace hairpin {

// The colour of each purpose in pictures.
const char* ColourOf(Purpose purpose);
// Of each phase: none is a purpose's.
const char* ColourOf(RunPhase phase);
// "forward", "backward", "run again".
const char* TextOf(RunPhase phase);

class MemoryPicture {
 public:
  // `memory` must outlive it.
  explicit MemoryPicture(const StepMemory& memory);

  double width() const;
  double height() const;
  // From `top` down.
  void Draw(double top, Svg* svg) const;

  // One run of an operation, its stages of backward together, with the changes
  // [begin, end) that happened from its begin to the next one's. A backward has a column
  // on each side of what runs again inside of it, for its own changes.
  struct Column {
    std::string scope, name;
    RunPhase phase = RunPhase::kForward;
    int64_t node = 0;
    int64_t begin = 0, end = 0;
  };
  // The first is what comes before all operations: the micro-batch's ids.
  const std::vector<Column>& columns() const { return columns_; }

  // What is alive at the peak, by who made it: "encoder.0.attention.query linear",
  // pieces of one origin together, the largest first.
  struct Alive {
    std::string origin;
    Purpose purpose = Purpose::kActivation;
    int64_t bytes = 0;
  };
  const std::vector<Alive>& alive() const { return alive_; }

 private:
  static double ColumnWidth(double columns);
  double X(int64_t change) const;  // where the bytes after it begin
  // Of a purpose in no strip, stacked up to and with it; of all: the last purpose.
  int64_t Stacked(const MemoryTimeline::Bytes& bytes, int purpose) const;
  double StripsHeight() const;
  void DrawAreas(double top, Svg* svg) const;
  void DrawAxis(double top, Svg* svg) const;
  void DrawColumns(double top, Svg* svg) const;
  void DrawPeak(double top, Svg* svg) const;
  void DrawAlive(double top, Svg* svg) const;

  const StepMemory& memory_;
  std::vector<Column> columns_;
  std::vector<Alive> alive_;
  double column_width_ = 0;
  std::array<bool, kNumPurposes> strip_ = {};
  int64_t most_ = 1;  // bytes at the plot's upper edge
};

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_ANALYSIS_SVG_MEMORY_H_
