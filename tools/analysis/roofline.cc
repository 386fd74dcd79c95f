#include "tools/analysis/roofline.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace hairpin {
namespace {

// Of one scope's operations of one name, in one micro-batch.
struct Moved {
  int64_t nodes = 0;
  double forward_bytes = 0, backward_bytes = 0;
  TensorSpec output;
};
using MovedByPlace = std::map<std::pair<std::string, std::string>, Moved>;

MovedByPlace BytesByPlace(const StepAnalysis& step) {
  MovedByPlace places;
  for (const LayerRow& layer : step.layers) {
    for (const OperationRow& operation : layer.operations) {
      Moved& moved = places[{operation.scope, operation.name}];
      ++moved.nodes;
      moved.forward_bytes += static_cast<double>(operation.forward_bytes);
      moved.backward_bytes += static_cast<double>(operation.backward_bytes);
      moved.output = operation.output;
    }
  }
  return places;
}

// The names of a path, without numbers, from its end: "query", "attention", "encoder" of
// "encoder.0.attention.query".
std::vector<std::string> NamesFromTheEnd(const std::string& scope) {
  std::vector<std::string> names;
  for (size_t end = scope.size(); end != std::string::npos && end > 0;) {
    const size_t dot = scope.rfind('.', end - 1);
    const size_t begin = dot == std::string::npos ? 0 : dot + 1;
    std::string name = scope.substr(begin, end - begin);
    if (name.find_first_not_of("0123456789") != std::string::npos) names.push_back(name);
    end = dot;
  }
  return names;
}

// A point before it has a name that tells it from others.
struct Group {
  std::string operation;
  std::set<std::string> scopes;
  TensorSpec output;
  RoofPoint point;

  // What all scopes end with, or else the name before that: "in", "attention".
  std::string Module() const {
    std::set<std::string> last, before;
    for (const std::string& scope : scopes) {
      const std::vector<std::string> names = NamesFromTheEnd(scope);
      if (!names.empty()) last.insert(names[0]);
      if (names.size() > 1) before.insert(names[1]);
    }
    return last.size() > 1 && before.size() == 1 ? *before.begin() : absl::StrJoin(last, ", ");
  }
};

// The operation; its module where it has several; its shape where that leaves another of
// the same name and phase.
void NameApart(std::vector<Group>* groups) {
  for (Group& group : *groups) {
    const auto elsewhere = [&](const Group& other) {
      return other.operation == group.operation && other.Module() != group.Module();
    };
    group.point.name = group.operation;
    if (std::any_of(groups->begin(), groups->end(), elsewhere)) {
      absl::StrAppend(&group.point.name, " ", group.Module());
    }
  }
  std::map<std::pair<std::string, Profile::Kind>, int> same;
  for (const Group& group : *groups) ++same[{group.point.name, group.point.kind}];
  for (Group& group : *groups) {
    if (same[{group.point.name, group.point.kind}] == 1) continue;
    absl::StrAppend(&group.point.name, " ", group.output.shape.ToString());
  }
}

}  // namespace

std::vector<RoofPoint> RoofPoints(const StepAnalysis& step, const StepMeasurement& measured) {
  const MovedByPlace places = BytesByPlace(step);
  // Operations of equal shapes do and move the same.
  std::map<std::tuple<std::string, Profile::Kind, int64_t, int64_t>, Group> by_work;
  for (const Profile::Row& row : measured.rows) {
    const auto place = places.find({row.scope, row.name});
    if (row.kind == Profile::Kind::kSpan || place == places.end() || row.runs == 0) continue;
    const Moved& moved = place->second;
    const double bytes = (row.kind == Profile::Kind::kBackward ? moved.backward_bytes
                                                               : moved.forward_bytes) /
                         static_cast<double>(moved.nodes);
    if (bytes == 0 || row.flops == 0 || row.seconds == 0) continue;
    const auto runs = static_cast<double>(row.runs);
    Group& group = by_work[{row.name, row.kind, static_cast<int64_t>(row.flops / runs),
                            static_cast<int64_t>(bytes)}];
    group.operation = row.name;
    group.scopes.insert(row.scope);
    group.output = moved.output;
    group.point.kind = row.kind;
    group.point.runs += row.runs;
    group.point.seconds += row.seconds;
    group.point.flops += row.flops;
    group.point.bytes += bytes * runs;
  }
  std::vector<Group> groups;
  for (auto& [work, group] : by_work) groups.push_back(std::move(group));
  NameApart(&groups);
  std::vector<RoofPoint> points;
  for (Group& group : groups) points.push_back(std::move(group.point));
  std::stable_sort(points.begin(), points.end(), [](const RoofPoint& a, const RoofPoint& b) {
    return a.seconds > b.seconds;
  });
  return points;
}

double Roof(const MachinePeak& machine, double intensity) {
  return std::min(machine.float32_flops, machine.read_bytes * intensity);
}

}  // namespace hairpin
