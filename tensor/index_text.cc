#include "tensor/index_text.h"

#include "absl/strings/str_cat.h"

namespace hairpin {

std::string IndexText(const Shape& shape, int64_t index) {
  std::string text;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    text = absl::StrCat(index % shape[axis], text.empty() ? "" : ", ", text);
    index /= shape[axis];
  }
  return absl::StrCat("[", text, "]");
}

}  // namespace hairpin
