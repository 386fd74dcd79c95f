#include "tools/analysis/graph_words.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/analysis/markup.h"

namespace hairpin {
namespace {

std::string Scaled(int64_t number, double base, const std::vector<const char*>& units) {
  double scaled = static_cast<double>(number);
  size_t unit = 0;
  for (; scaled >= base && unit + 1 < units.size(); ++unit) scaled /= base;
  return absl::StrFormat("%.4g%s", scaled, units[unit]);
}

}  // namespace

std::string Bytes(int64_t bytes) { return Scaled(bytes, 1024, {" B", " kB", " MB", " GB", " TB"}); }
std::string Flops(int64_t count) { return Scaled(count, 1000, {"", " k", " M", " G", " T"}); }

std::string ShapeText(const ValueView& value) {
  std::string text;
  if (value.spec.dtype != DType::kFloat32) text = absl::StrCat(Name(value.spec.dtype), " ");
  absl::StrAppend(&text, value.spec.shape.ToString());
  if (!(value.spec == value.bound)) {
    absl::StrAppend(&text, " of ", value.bound.shape.ToString());
  }
  return text;
}

std::string CallText(const NodeView& node) {
  return absl::StrCat(EscapeMarkup(node.scope), *node.scope == '\0' ? "" : ": ",
                      EscapeMarkup(node.op->name()));
}

}  // namespace hairpin
