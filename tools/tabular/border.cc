#include "tools/tabular/border.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tensor/check.h"
#include "tools/analysis/svg.h"

namespace hairpin {
namespace {

constexpr int kCells = 100;     // of the plane, either way
constexpr double kCell = 5;     // pixels
constexpr double kMargin = 50;  // around the plane

// Colours that colour-blind people tell apart (Okabe and Ito, 2008), and pale ones for the plane.
constexpr std::array<const char*, 7> kColours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                 "#56b4e9", "#e69f00", "#f0e442"};
constexpr std::array<const char*, 7> kPale = {"#b3d4e8", "#f2cfb3", "#b3e2d5", "#f0d7e5",
                                              "#d5ecfa", "#f8e2b3", "#fbf8c7"};
const char* Colour(int32_t of_class) { return kColours[of_class % kColours.size()]; }
const char* Pale(int32_t of_class) { return kPale[of_class % kPale.size()]; }

// Names of a made-up table's features.
std::string MadeName(int64_t feature) { return std::string(1, feature == 0 ? 'x' : 'y'); }

// All features that are numbers.
std::vector<BorderAxis> Numbers(const TableDataset& table) {
  std::vector<BorderAxis> axes;
  int64_t feature = 0;
  for (const TableColumn& column : table.encoding.features()) {
    if (column.kind() == TableColumn::NUMBER) {
      axes.push_back({column.name(), feature, column.shift(), column.scale()});
    }
    feature += column.kind() == TableColumn::ONE_HOT ? column.values_size() : 1;
    feature += column.indicator();
  }
  if (feature > 0) return axes;
  for (; feature < table.dataset.features_per_record(); ++feature) {
    axes.push_back({.name = MadeName(feature), .feature = feature});
  }
  return axes;
}

absl::Status Wrong(std::string_view found, const std::string& expected) {
  return absl::InvalidArgumentError(
      absl::StrCat("found '", std::string(found), "', expected ", expected));
}

// One feature of all rows.
std::vector<double> ValuesOf(const Dataset& dataset, int64_t feature) {
  std::vector<float> row(dataset.features_per_record());
  std::vector<double> values;
  for (int64_t i = 0; i < dataset.size(); ++i) {
    dataset.ReadFeatures(i, row);
    values.push_back(row[feature]);
  }
  return values;
}

// Means over the rows for training.
std::vector<float> Means(const TableDataset& table) {
  const int64_t features = table.dataset.features_per_record();
  std::vector<float> row(features), means(features);
  for (const int64_t i : table.split.train) {
    table.dataset.ReadFeatures(i, row);
    for (int64_t f = 0; f < features; ++f) {
      means[f] += row[f] / static_cast<float>(table.split.train.size());
    }
  }
  return means;
}

// What a feature's values are on an axis of the picture: a twentieth is left on both sides.
struct Range {
  explicit Range(const std::vector<double>& values) {
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    const double margin = *most > *least ? (*most - *least) / 20 : 1;
    low = *least - margin, high = *most + margin;
  }
  double At(double part) const { return low + (high - low) * part; }
  double PartOf(double value) const { return (value - low) / (high - low); }
  double low, high;
};

}  // namespace

absl::StatusOr<std::vector<BorderAxis>> FindBorderAxes(const TableDataset& table,
                                                       std::string_view names) {
  const std::vector<BorderAxis> numbers = Numbers(table);
  if (names.empty()) {
    const bool plane = numbers.size() == 2 && table.dataset.features_per_record() == 2;
    return plane && table.dataset.has_classes() ? numbers : std::vector<BorderAxis>();
  }
  if (!table.dataset.has_classes()) return Wrong(names, "none, as the target is a number");
  std::vector<BorderAxis> axes;
  for (const auto wanted : absl::StrSplit(std::string(names), ',', absl::SkipWhitespace())) {
    const std::string name(wanted);
    const auto found = std::find_if(numbers.begin(), numbers.end(),
                                    [&](const BorderAxis& axis) { return axis.name == name; });
    if (found != numbers.end()) axes.push_back(*found);
  }
  if (axes.size() == 2 && axes[0].feature != axes[1].feature) return axes;
  const auto add_name = [](std::string* text, const BorderAxis& axis) { *text += axis.name; };
  return Wrong(names, absl::StrCat("two, as X,Y, of the columns of numbers: ",
                                   absl::StrJoin(numbers, ", ", add_name)));
}

std::string DrawBorder(const TableDataset& table, const std::vector<BorderAxis>& axes,
                       const Classifier& classify) {
  HAIRPIN_CHECK(axes.size() == 2) << "DrawBorder: found " << axes.size() << " axes, expected 2";
  const Dataset& dataset = table.dataset;
  const std::vector<double> xs = ValuesOf(dataset, axes[0].feature);
  const std::vector<double> ys = ValuesOf(dataset, axes[1].feature);
  const Range x_range(xs), y_range(ys);

  // The plane's middles of cells, line by line from above.
  const int64_t features = dataset.features_per_record();
  const std::vector<float> means = Means(table);
  const Tensor rows = Tensor::Empty({DType::kFloat32, Shape({kCells * kCells, features})});
  for (int64_t cell = 0; cell < kCells * kCells; ++cell) {
    float* const row = rows.raw<float>() + cell * features;
    std::copy(means.begin(), means.end(), row);
    row[axes[0].feature] =
        static_cast<float>(x_range.At((static_cast<double>(cell % kCells) + 0.5) / kCells));
    row[axes[1].feature] =
        static_cast<float>(y_range.At(1 - (static_cast<double>(cell / kCells) + 0.5) / kCells));
  }
  const std::vector<int32_t> said = classify(rows);

  constexpr double kSide = kCells * kCell;
  Svg svg(kSide + 2 * kMargin, kSide + 2 * kMargin);
  for (int line = 0; line < kCells; ++line) {
    for (int begin = 0, end = 0; begin < kCells; begin = end) {  // cells of one class are one box
      const int32_t of_class = said[line * kCells + begin];
      while (end < kCells && said[line * kCells + end] == of_class) ++end;
      svg.Rectangle({kMargin + begin * kCell, kMargin + line * kCell, (end - begin) * kCell, kCell},
                    Pale(of_class));
    }
  }
  const auto draw_points = [&](const std::vector<int64_t>& records, double radius) {
    for (const int64_t i : records) {
      svg.Circle({kMargin + kSide * x_range.PartOf(xs[i]),
                  kMargin + kSide * (1 - y_range.PartOf(ys[i]))},
                 radius, Colour(dataset.classes()[i]));
    }
  };
  draw_points(table.split.train, 2);
  draw_points(table.split.test, 4);

  const auto number = [](const BorderAxis& axis, double value) {
    return absl::StrFormat("%.4g", axis.shift + axis.scale * value);
  };
  constexpr double kEnd = kMargin + kSide, kMiddle = kMargin + kSide / 2;
  using Anchor = Svg::Anchor;
  svg.Text({kMargin, kEnd + 20}, number(axes[0], x_range.low));
  svg.Text({kEnd, kEnd + 20}, number(axes[0], x_range.high), {.anchor = Anchor::kEnd});
  svg.Text({kMiddle, kEnd + 20}, axes[0].name, {.anchor = Anchor::kMiddle, .bold = true});
  svg.Text({kMargin - 10, kEnd}, number(axes[1], y_range.low), {.turned = -90});
  svg.Text({kMargin - 10, kMargin}, number(axes[1], y_range.high),
           {.anchor = Anchor::kEnd, .turned = -90});
  svg.Text({kMargin - 10, kMiddle}, axes[1].name,
           {.anchor = Anchor::kMiddle, .bold = true, .turned = -90});
  double x = kMargin;
  for (int32_t k = 0; k < dataset.class_count(); ++k) {
    const std::string& name = dataset.class_names()[k];
    svg.Circle({x + 5, kMargin - 19}, 5, Colour(k));
    svg.Text({x + 14, kMargin - 15}, name);
    x += 30 + Svg::TextWidth(name, 12);
  }
  return svg.Finish();
}

}  // namespace hairpin
