#include "nn/metrics/ranking.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <vector>

#include "tensor/check.h"

namespace hairpin {
namespace {

constexpr int32_t kIgnored = -100;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void CheckShapes(const char* who, const Tensor& scores, const Tensor& targets) {
  HAIRPIN_CHECK(scores.shape().rank() == 2 && targets.shape().rank() == 1 &&
                scores.shape()[0] == targets.shape()[0])
      << who << ": scores " << scores.shape() << ", targets " << targets.shape();
}

void CheckTarget(const char* who, int64_t target, int64_t classes) {
  HAIRPIN_CHECK(target >= 0 && target < classes)
      << who << ": target " << target << " of " << classes << " classes";
}

template <class T>
bool AmongLargest(const T* scores, int64_t classes, int64_t target, int64_t k) {
  const T own = scores[target];
  if (std::isnan(own)) return false;
  int64_t before = 0;
  for (int64_t other = 0; other < classes; ++other) {
    if (scores[other] > own || (scores[other] == own && other < target)) ++before;
  }
  return before < k;
}

}  // namespace

int64_t CountTopK(const Tensor& scores, const Tensor& targets, int64_t k) {
  CheckShapes("CountTopK", scores, targets);
  const int64_t rows = scores.shape()[0], classes = scores.shape()[1];
  const int32_t* target = targets.data<int32_t>();
  int64_t count = 0;
  for (int64_t row = 0; row < rows; ++row) {
    if (target[row] == kIgnored) continue;
    CheckTarget("CountTopK", target[row], classes);
    const int64_t offset = row * classes;
    count += scores.dtype() == DType::kFloat32
                 ? AmongLargest(scores.data<float>() + offset, classes, target[row], k)
                 : AmongLargest(scores.data<double>() + offset, classes, target[row], k);
  }
  return count;
}

// With ranks 1..N by score, equal ones sharing their mean rank, and P positives, N - P negatives:
//
//   AUC = (sum of the positives' ranks - P (P + 1) / 2) / (P (N - P))
double AreaUnderRoc(absl::Span<const double> scores, absl::Span<const bool> positive) {
  HAIRPIN_CHECK(scores.size() == positive.size())
      << "AreaUnderRoc: " << scores.size() << " scores, " << positive.size() << " labels";
  for (const double score : scores) {
    if (std::isnan(score)) return kNaN;
  }
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] < scores[b]; });
  double ranks = 0, positives = 0;
  for (size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    double among_equals = 0;
    while (end < order.size() && scores[order[end]] == scores[order[begin]]) {
      among_equals += positive[order[end++]];
    }
    ranks += among_equals * (static_cast<double>(begin + 1 + end) / 2);
    positives += among_equals;
  }
  const double negatives = static_cast<double>(scores.size()) - positives;
  if (positives == 0 || negatives == 0) return kNaN;
  return (ranks - positives * (positives + 1) / 2) / (positives * negatives);
}

double AreaUnderRoc(const Tensor& scores, const Tensor& targets) {
  CheckShapes("AreaUnderRoc", scores, targets);
  const int64_t rows = scores.shape()[0], classes = scores.shape()[1];
  const int32_t* target = targets.data<int32_t>();
  for (int64_t row = 0; row < rows; ++row) CheckTarget("AreaUnderRoc", target[row], classes);
  const std::vector<double> all = scores.ToDoubles();
  std::vector<double> column(rows);
  const auto positive = std::make_unique<bool[]>(rows);
  double sum = 0;
  for (int64_t k = 0; k < classes; ++k) {
    for (int64_t row = 0; row < rows; ++row) {
      column[row] = all[row * classes + k];
      positive[row] = target[row] == k;
    }
    sum += AreaUnderRoc(column, absl::MakeConstSpan(positive.get(), rows));
  }
  return sum / static_cast<double>(classes);
}

}  // namespace hairpin
