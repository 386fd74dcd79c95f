#include "nn/metrics/calibration.h"

#include <algorithm>
#include <limits>

#include "tensor/check.h"

namespace hairpin {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double Gap(const Calibration::Bin& bin) { return std::abs(bin.Accuracy() - bin.MeanConfidence()); }

}  // namespace

Calibration::Calibration(int bins) {
  HAIRPIN_CHECK(bins > 0) << "Calibration: " << bins << " bins";
  bins_.resize(bins);
}

void Calibration::Add(double confidence, bool correct) {
  HAIRPIN_CHECK(confidence >= 0 && confidence <= 1)
      << "Calibration: confidence " << confidence << " is no probability";
  const int last = static_cast<int>(bins_.size()) - 1;
  Bin& bin = bins_[std::min(static_cast<int>(confidence * (last + 1)), last)];
  ++bin.count;
  bin.correct += correct;
  bin.confidence += confidence;
  ++count_;
  const double error = confidence - (correct ? 1 : 0);
  squared_error_ += error * error;
}

double Calibration::ExpectedError() const {
  if (count_ == 0) return kNaN;
  double sum = 0;
  for (const Bin& bin : bins_) {
    if (bin.count > 0) sum += static_cast<double>(bin.count) * Gap(bin);
  }
  return sum / static_cast<double>(count_);
}

double Calibration::MaximumError() const {
  if (count_ == 0) return kNaN;
  double largest = 0;
  for (const Bin& bin : bins_) {
    if (bin.count > 0) largest = std::max(largest, Gap(bin));
  }
  return largest;
}

}  // namespace hairpin
