#include "nn/metrics/confusion_matrix.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_format.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

constexpr int32_t kIgnored = -100;

double Ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }

// The place of the largest number, the first of equals; 0 if all are NaN.
template <class T>
int64_t ArgMax(const T* scores, int64_t n) {
  int64_t best = -1;
  for (int64_t k = 0; k < n; ++k) {
    if (scores[k] == scores[k] && (best < 0 || scores[k] > scores[best])) best = k;
  }
  return std::max<int64_t>(best, 0);
}

}  // namespace

ConfusionMatrix::ConfusionMatrix(int64_t classes) : classes_(classes) {
  HAIRPIN_CHECK(classes > 0) << "ConfusionMatrix: " << classes << " classes";
  counts_.resize(classes * classes);
}

void ConfusionMatrix::Add(int64_t target, int64_t prediction) {
  HAIRPIN_CHECK(target >= 0 && target < classes_ && prediction >= 0 && prediction < classes_)
      << "ConfusionMatrix: target " << target << ", prediction " << prediction << " of " << classes_
      << " classes";
  ++counts_[target * classes_ + prediction];
  ++total_;
}

void ConfusionMatrix::Add(const Tensor& scores, const Tensor& targets) {
  const int64_t rows = targets.num_elements();
  HAIRPIN_CHECK(scores.shape() == Shape({rows, classes_}) && targets.shape() == Shape({rows}))
      << "ConfusionMatrix: scores " << scores.shape() << ", targets " << targets.shape() << ", "
      << classes_ << " classes";
  const int32_t* target = targets.data<int32_t>();
  for (int64_t row = 0; row < rows; ++row) {
    if (target[row] == kIgnored) continue;
    Add(target[row], scores.dtype() == DType::kFloat32
                         ? ArgMax(scores.data<float>() + row * classes_, classes_)
                         : ArgMax(scores.data<double>() + row * classes_, classes_));
  }
}

void ConfusionMatrix::Merge(const ConfusionMatrix& other) {
  HAIRPIN_CHECK(classes_ == other.classes_)
      << "ConfusionMatrix: " << classes_ << " classes and " << other.classes_;
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  total_ += other.total_;
}

int64_t ConfusionMatrix::correct() const {
  int64_t sum = 0;
  for (int64_t k = 0; k < classes_; ++k) sum += count(k, k);
  return sum;
}

int64_t ConfusionMatrix::TargetCount(int64_t k) const {
  int64_t sum = 0;
  for (int64_t prediction = 0; prediction < classes_; ++prediction) sum += count(k, prediction);
  return sum;
}

int64_t ConfusionMatrix::PredictionCount(int64_t k) const {
  int64_t sum = 0;
  for (int64_t target = 0; target < classes_; ++target) sum += count(target, k);
  return sum;
}

double ConfusionMatrix::Accuracy() const {
  if (total_ == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(correct()) / static_cast<double>(total_);
}

double ConfusionMatrix::Precision(int64_t k) const {
  return Ratio(static_cast<double>(count(k, k)), static_cast<double>(PredictionCount(k)));
}

double ConfusionMatrix::Recall(int64_t k) const {
  return Ratio(static_cast<double>(count(k, k)), static_cast<double>(TargetCount(k)));
}

double ConfusionMatrix::F1(int64_t k) const {
  return Ratio(2.0 * static_cast<double>(count(k, k)),
               static_cast<double>(TargetCount(k) + PredictionCount(k)));
}

template <class Metric>
double ConfusionMatrix::Mean(Average average, Metric metric) const {
  double sum = 0, weights = 0;
  for (int64_t k = 0; k < classes_; ++k) {
    const int64_t targets = TargetCount(k);
    const bool occurs = targets > 0 || PredictionCount(k) > 0;
    const double weight =
        average == Average::kWeighted ? static_cast<double>(targets) : static_cast<double>(occurs);
    sum += weight * metric(k);
    weights += weight;
  }
  return Ratio(sum, weights);
}

double ConfusionMatrix::Precision(Average average) const {
  return Mean(average, [this](int64_t k) { return Precision(k); });
}

double ConfusionMatrix::Recall(Average average) const {
  return Mean(average, [this](int64_t k) { return Recall(k); });
}

double ConfusionMatrix::F1(Average average) const {
  return Mean(average, [this](int64_t k) { return F1(k); });
}

std::vector<std::string> ConfusionMatrix::Names(const std::vector<std::string>& names) const {
  HAIRPIN_CHECK(names.empty() || static_cast<int64_t>(names.size()) == classes_)
      << "ConfusionMatrix: " << names.size() << " names of " << classes_ << " classes";
  if (!names.empty()) return names;
  std::vector<std::string> numbers;
  for (int64_t k = 0; k < classes_; ++k) numbers.push_back(std::to_string(k));
  return numbers;
}

std::string ConfusionMatrix::Report(const std::vector<std::string>& names) const {
  const std::vector<std::string> name = Names(names);
  size_t first = 13;  // of "macro average"
  for (const std::string& each : name) first = std::max(first, each.size());
  const int left = static_cast<int>(first);
  std::string text =
      absl::StrFormat("%-*s  targets  precision  recall     F1\n", left, "class");
  for (int64_t k = 0; k < classes_; ++k) {
    absl::StrAppendFormat(&text, "%-*s  %7d  %9.3f  %6.3f  %5.3f\n", left, name[k],
                          TargetCount(k), Precision(k), Recall(k), F1(k));
  }
  absl::StrAppendFormat(&text, "%-*s  %7d  %9.3f  %6.3f  %5.3f\n", left, "macro average", total_,
                        Precision(Average::kMacro), Recall(Average::kMacro),
                        F1(Average::kMacro));
  absl::StrAppendFormat(&text, "%-*s  %7d  %9s  %6s  %5.3f\n", left, "accuracy", total_, "", "",
                        Accuracy());
  return text;
}

std::vector<ConfusionMatrix::Mistake> ConfusionMatrix::CommonestMistakes(int64_t most) const {
  std::vector<Mistake> mistakes;
  for (int64_t target = 0; target < classes_; ++target) {
    for (int64_t k = 0; k < classes_; ++k) {
      if (k != target && count(target, k) > 0) mistakes.push_back({target, k, count(target, k)});
    }
  }
  std::stable_sort(mistakes.begin(), mistakes.end(),
                   [](const Mistake& a, const Mistake& b) { return a.count > b.count; });
  if (static_cast<int64_t>(mistakes.size()) > most) mistakes.resize(most);
  return mistakes;
}

std::string ConfusionMatrix::Table(const std::vector<std::string>& names) const {
  const std::vector<std::string> all = Names(names);
  const auto name = [&](int64_t k) { return all[k]; };
  size_t first = 9, width = 6;  // of "precision", of "recall"
  for (int64_t k = 0; k < classes_; ++k) {
    first = std::max(first, name(k).size());
    width = std::max({width, name(k).size(), std::to_string(TargetCount(k)).size()});
  }
  const int left = static_cast<int>(first), cell = static_cast<int>(width);
  std::string text = absl::StrFormat("%-*s", left, "target");
  for (int64_t k = 0; k < classes_; ++k) absl::StrAppendFormat(&text, "  %*s", cell, name(k));
  absl::StrAppendFormat(&text, "  %*s\n", cell, "recall");
  for (int64_t target = 0; target < classes_; ++target) {
    absl::StrAppendFormat(&text, "%-*s", left, name(target));
    for (int64_t k = 0; k < classes_; ++k) {
      absl::StrAppendFormat(&text, "  %*d", cell, count(target, k));
    }
    absl::StrAppendFormat(&text, "  %*.3f\n", cell, Recall(target));
  }
  absl::StrAppendFormat(&text, "%-*s", left, "precision");
  for (int64_t k = 0; k < classes_; ++k) {
    absl::StrAppendFormat(&text, "  %*.3f", cell, Precision(k));
  }
  absl::StrAppendFormat(&text, "  %*.3f\n", cell, Accuracy());
  return text;
}

}  // namespace hairpin
