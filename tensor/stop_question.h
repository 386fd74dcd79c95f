// A question that long work asks between its parts: shall it end before its end?
//
//   for (const std::string& text : texts) {
//     if (absl::Status s = CheckStop(options.stop, path, " became ids"); !s.ok()) return s;
//     ...
//
// Work that can take longer than a second has an option `stop` for it. What is half done then is
// dropped, as after any error.
#ifndef HAIRPIN_TENSOR_STOP_QUESTION_H_
#define HAIRPIN_TENSOR_STOP_QUESTION_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace hairpin {

// True: end. Empty: nobody asks, so the work goes on. Cheap enough to be asked at every record of
// a file; who asks in several threads says so.
using StopQuestion = std::function<bool()>;

// CANCELLED, "stopped while <what>", where the answer is yes. `what` is put together only then.
template <class... What>
absl::Status CheckStop(const StopQuestion& stop, const What&... what) {
  if (!stop || !stop()) return absl::OkStatus();
  return absl::CancelledError(absl::StrCat("stopped while ", what...));
}

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_STOP_QUESTION_H_
