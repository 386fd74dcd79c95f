// Whether predicted probabilities are met: of all predictions made with confidence 0.8, are 80 %
// right? And perplexity.
//
//   Calibration calibration(10);
//   calibration.Add(confidence, prediction == target);      // one at a time
//   calibration.ExpectedError();                            // 0.021
//
// Guo, Pleiss, Sun and Weinberger: On Calibration of Modern Neural Networks (ICML 2017).
#ifndef HAIRPIN_NN_METRICS_CALIBRATION_H_
#define HAIRPIN_NN_METRICS_CALIBRATION_H_

#include <cmath>
#include <cstdint>
#include <vector>

namespace hairpin {

class Calibration {
 public:
  // Of predictions whose confidence lies in [i / bins, (i + 1) / bins), 1 being in the last.
  struct Bin {
    int64_t count = 0;
    int64_t correct = 0;
    double confidence = 0;  // the sum

    // NaN where there are none.
    double MeanConfidence() const { return confidence / static_cast<double>(count); }
    double Accuracy() const { return static_cast<double>(correct) / static_cast<double>(count); }
  };

  // At least one bin; CHECKed.
  explicit Calibration(int bins = 10);

  // A prediction that the model gave a probability in [0, 1] (CHECKed), and whether it was right.
  void Add(double confidence, bool correct);

  const std::vector<Bin>& bins() const { return bins_; }
  int64_t count() const { return count_; }

  // sum over the bins of count / N |accuracy - mean confidence|, and the largest of these
  // differences. NaN where nothing was added.
  double ExpectedError() const;
  double MaximumError() const;
  // mean (confidence - correct)^2, the Brier score of the prediction. NaN where nothing was added.
  double BrierScore() const { return squared_error_ / static_cast<double>(count_); }

 private:
  std::vector<Bin> bins_;
  int64_t count_ = 0;
  double squared_error_ = 0;
};

// exp of the mean negative log-likelihood of a token, in nats.
inline double Perplexity(double mean_loss) { return std::exp(mean_loss); }

}  // namespace hairpin

#endif  // HAIRPIN_NN_METRICS_CALIBRATION_H_
