// For tests of work that can be stopped (tensor/stop_question.h).
//
//   EXPECT_EQ(TimesAsked([&](StopQuestion stop) {
//               return ReadThing(path, {.stop = std::move(stop)}).status();
//             }),
//             3);
#ifndef HAIRPIN_TENSOR_TIMES_ASKED_H_
#define HAIRPIN_TENSOR_TIMES_ASKED_H_

#include <functional>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "tensor/stop_question.h"

namespace hairpin {

// How often `work` asks before it is done. It is begun anew for each time, in which the answer is
// yes: it has to end with CANCELLED and to ask no more.
inline int TimesAsked(const std::function<absl::Status(StopQuestion)>& work) {
  for (int yes = 1;; ++yes) {
    int asked = 0;
    const absl::Status status = work([&] { return ++asked >= yes; });
    if (asked < yes) {
      EXPECT_TRUE(status.ok()) << status;
      return asked;
    }
    EXPECT_TRUE(absl::IsCancelled(status)) << "answer " << yes << ": " << status;
    EXPECT_EQ(asked, yes);
    if (!absl::IsCancelled(status)) return asked;
  }
}

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_TIMES_ASKED_H_
