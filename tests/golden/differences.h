// Differences: the largest difference of each quantity of a test, checked and printed.
//
//   Differences differences("float32");
//   differences.Expect("gradients", RelativeDifference(a, b), 5e-6, name);
//   // at the end:  float32 gradients: at most 3.1e-07 of 5.0e-06, at encoder.0.norm.weight
//
// Every single difference is expected to be at most its tolerance.
#ifndef HAIRPIN_TESTS_GOLDEN_DIFFERENCES_H_
#define HAIRPIN_TESTS_GOLDEN_DIFFERENCES_H_

#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace hairpin::golden {

class Differences {
 public:
  explicit Differences(std::string title) : title_(std::move(title)) {}
  Differences(const Differences&) = delete;
  Differences& operator=(const Differences&) = delete;
  ~Differences() {
    for (const auto& [quantity, largest] : largest_) {
      std::printf("%s %s: at most %.1e of %.1e, at %s; %d compared\n", title_.c_str(),
                  quantity.c_str(), largest.difference, largest.tolerance, largest.where.c_str(),
                  largest.compared);
    }
  }

  void Expect(const std::string& quantity, double difference, double tolerance,
              const std::string& where) {
    EXPECT_LE(difference, tolerance) << title_ << " " << quantity << " " << where;
    Largest& largest = largest_[quantity];
    // Written so that a NaN stays.
    if (largest.compared++ > 0 && difference <= largest.difference) return;
    largest.difference = difference;
    largest.tolerance = tolerance;
    largest.where = where;
  }

  // |actual - expected| / (1 + |expected|), as RelativeDifference of tensors.
  void Expect(const std::string& quantity, double actual, double expected, double tolerance,
              const std::string& where) {
    Expect(quantity, std::abs(actual - expected) / (1 + std::abs(expected)), tolerance, where);
  }

 private:
  struct Largest {
    double difference = 0, tolerance = 0;
    std::string where;
    int compared = 0;
  };
  std::string title_;
  std::map<std::string, Largest> largest_;
};

}  // namespace hairpin::golden

#endif  // HAIRPIN_TESTS_GOLDEN_DIFFERENCES_H_
