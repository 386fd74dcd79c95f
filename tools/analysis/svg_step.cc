#include "tools/analysis/svg_step.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/analysis/svg.h"
#include "tools/analysis/svg_memory.h"

namespace hairpin {
namespace {

constexpr double kLeft = 60, kNames = 220, kBars = 400, kHead = 64, kBar = 17;
constexpr char kOther[] = "#999";

TimeBar& BarOf(const std::string& name, std::vector<TimeBar>* bars) {
  const auto bar =
      std::find_if(bars->begin(), bars->end(), [&](const TimeBar& b) { return b.name == name; });
  if (bar != bars->end()) return *bar;
  bars->push_back({.name = name});
  return bars->back();
}

std::string TimesTitle(const AnalysisReport& report) {
  if (report.measured == nullptr) {
    return "Time by operation, estimated: FLOPs at the machine's measured peak, nothing was run";
  }
  return absl::StrFormat("Time by operation, measured: %.1f ms a step, mean of %d steps",
                         1e3 * report.measured->seconds / report.measured->steps,
                         report.measured->steps);
}

void DrawTimes(const AnalysisReport& report, const std::vector<TimeBar>& bars, Svg* svg) {
  svg->Text({kLeft, 24}, TimesTitle(report), {.size = 15, .bold = true});
  double key_x = kLeft;
  const auto next = [&](const char* colour, const char* text) {
    svg->Rectangle({key_x, 36, 11, 11}, colour);
    svg->Text({key_x + 16, 46}, text);
    key_x += 110;
  };
  const auto phase_key = [&](RunPhase phase) { next(ColourOf(phase), TextOf(phase)); };
  phase_key(RunPhase::kForward);
  if (std::any_of(bars.begin(), bars.end(), [](const TimeBar& bar) { return bar.again > 0; })) {
    phase_key(RunPhase::kReplay);
  }
  phase_key(RunPhase::kBackward);
  if (report.measured != nullptr) next(kOther, "outside of operations");
  double sum = 0;
  for (const TimeBar& bar : bars) sum += bar.seconds();
  double y = kHead;
  for (const TimeBar& bar : bars) {
    svg->Text({kLeft + kNames - 8, y + 12}, bar.name, {.anchor = Svg::Anchor::kEnd});
    double x = kLeft + kNames;
    const auto part = [&](double seconds, const char* colour, const char* what) {
      const double width = kBars * seconds / bars[0].seconds();
      if (width <= 0) return;
      svg->Rectangle({x, y, width, kBar - 4}, colour,
                     absl::StrFormat("%s, %s: %.3f ms", bar.name, what, 1e3 * seconds));
      x += width;
    };
    const auto phase_part = [&](double seconds, RunPhase phase) {
      part(seconds, ColourOf(phase), TextOf(phase));
    };
    phase_part(bar.forward, RunPhase::kForward);
    phase_part(bar.again, RunPhase::kReplay);
    phase_part(bar.backward, RunPhase::kBackward);
    part(bar.other, kOther, "outside of operations");
    std::string note =
        absl::StrFormat("%.2f ms, %.1f %%", 1e3 * bar.seconds(), 100 * bar.seconds() / sum);
    if (report.measured != nullptr && bar.flops > 0) {
      const double rate = bar.flops / bar.seconds();
      absl::StrAppendFormat(&note, "; %.1f GFLOP/s, %.0f %% of peak", rate / 1e9,
                            100 * rate / report.machine.float32_flops);
    }
    svg->Text({x + 8, y + 12}, note, {.size = 11, .colour = "#444"});
    y += kBar;
  }
}

}  // namespace

std::vector<TimeBar> TimeBars(const AnalysisReport& report) {
  std::vector<TimeBar> bars;
  if (report.measured != nullptr) {
    const double steps = report.measured->steps;
    for (const OperationTime& o : ByOperation(report.measured->rows)) {
      TimeBar& bar = BarOf(o.name, &bars);
      (o.kind == Profile::Kind::kForward  ? bar.forward
       : o.kind == Profile::Kind::kReplay ? bar.again
                                          : bar.backward) += o.seconds / steps;
      bar.flops += o.flops / steps;
    }
    for (const OperationTime& span : OutsideOperations(*report.measured)) {
      BarOf(span.name, &bars).other = span.seconds / steps;
    }
  } else {
    const double micro_batches = report.step.micro_batches;
    for (const LayerRow& layer : report.step.layers) {
      for (const OperationRow& o : layer.operations) {
        TimeBar& bar = BarOf(o.name, &bars);
        const double forward = micro_batches * static_cast<double>(o.forward_flops);
        const double backward = micro_batches * static_cast<double>(o.backward_flops);
        const double again = micro_batches * static_cast<double>(o.replay_flops);
        bar.again += again / report.machine.float32_flops;
        bar.forward += forward / report.machine.float32_flops;
        bar.backward += backward / report.machine.float32_flops;
        bar.flops += forward + again + backward;
      }
    }
  }
  std::erase_if(bars, [](const TimeBar& bar) { return bar.seconds() == 0; });
  std::stable_sort(bars.begin(), bars.end(), [](const TimeBar& a, const TimeBar& b) {
    return a.seconds() > b.seconds();
  });
  return bars;
}

std::string DrawStep(const AnalysisReport& report) {
  const std::vector<TimeBar> bars = TimeBars(report);
  const MemoryPicture memory(report.step.memory);
  const double times = kHead + kBar * static_cast<double>(bars.size()) + 24;
  Svg svg(std::max(memory.width(), 960.0), times + memory.height());
  DrawTimes(report, bars, &svg);
  memory.Draw(times, &svg);
  return svg.Finish();
}

}  // namespace hairpin
