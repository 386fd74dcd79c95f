// Scope and Region: under which name, and in which region, operations are recorded.
#include <cstring>
#include <string_view>

#include "autograd/recording.h"
#include "tensor/check.h"

namespace hairpin {

// Kept in the arena: a node may be looked at after its module is gone.
Scope::Scope(Recording& recording, std::string_view path)
    : recording_(recording), before_(recording.scope_) {
  char* const copy = recording.arena_.NewArray<char>(path.size() + 1);
  std::memcpy(copy, path.data(), path.size());
  recording.scope_ = copy;
}

Region::Region(Recording& recording, std::string_view path)
    : recording_(recording),
      scope_(std::in_place, recording, path),
      before_(recording.region_),
      number_(++recording.num_regions_) {
  ++recording.open_regions_;
  recording.region_ = number_;
}

void Region::Close() {
  HAIRPIN_CHECK(scope_.has_value()) << "Region: closed a second time";
  HAIRPIN_CHECK(recording_.region_ == number_)
      << "Region: closed while one that was opened in it is open";
  recording_.region_ = before_;
  --recording_.open_regions_;
  scope_.reset();
}

}  // namespace hairpin
