// Which class was taken for which, and what follows from it: accuracy, precision, recall, F1.
//
//   ConfusionMatrix matrix(10);
//   for (const auto& batch : test) matrix.Add(Logits(batch), batch.labels);   // [N, 10], [N]
//   matrix.Accuracy();          // 0.981
//   matrix.F1(7);               // of class 7 against all others
//   std::cout << matrix.Table();
//
// Sums of whole numbers, so the order of additions doesn't matter. Ratios without a denominator
// (precision of a class that was never predicted, recall of one that never occurs) are 0, as
// scikit-learn's zero_division=0 has it; without any prediction accuracy is NaN.
#ifndef HAIRPIN_NN_METRICS_CONFUSION_MATRIX_H_
#define HAIRPIN_NN_METRICS_CONFUSION_MATRIX_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tensor/tensor.h"

namespace hairpin {

// How the numbers of the classes become one, in scikit-learn's words.
enum class Average {
  kMacro,     // the plain mean over the classes that occur as target or prediction
  kWeighted,  // the mean weighted by how often a class is the target
};

class ConfusionMatrix {
 public:
  // At least one class; CHECKed.
  explicit ConfusionMatrix(int64_t classes);

  // One prediction. CHECKs that both are in [0, classes).
  void Add(int64_t target, int64_t prediction);
  // A batch: scores [N, classes], float32 or float64, of which the largest is the prediction (the
  // first of equals; NaN is never one), targets [N], int32. Targets equal to -100 are left out, as
  // in cross_entropy. CHECKs shapes and types.
  void Add(const Tensor& scores, const Tensor& targets);
  // All of another's predictions, of as many classes.
  void Merge(const ConfusionMatrix& other);

  int64_t classes() const { return classes_; }
  // How often `prediction` was said where `target` was right.
  int64_t count(int64_t target, int64_t prediction) const {
    return counts_[target * classes_ + prediction];
  }
  int64_t total() const { return total_; }
  int64_t correct() const;

  double Accuracy() const;
  // true positives / predicted, true positives / occurring, 2 P R / (P + R) of one class.
  double Precision(int64_t k) const;
  double Recall(int64_t k) const;
  double F1(int64_t k) const;
  double Precision(Average average) const;
  double Recall(Average average) const;
  double F1(Average average) const;

  // Lines of text: a row for each target, a column for each prediction, then recall; precision
  // below. `names` are the classes', or empty for numbers.
  std::string Table(const std::vector<std::string>& names = {}) const;
  // Lines of text: for each class how often it is the target, precision, recall and F1, then their
  // macro averages and the accuracy. For many classes, where Table is too wide.
  std::string Report(const std::vector<std::string>& names = {}) const;

  // The commonest mistakes, the most frequent first, at most `most` of them; of equally frequent
  // ones the smaller target, then the smaller prediction.
  struct Mistake {
    int64_t target, prediction, count;
  };
  std::vector<Mistake> CommonestMistakes(int64_t most) const;

 private:
  std::vector<std::string> Names(const std::vector<std::string>& names) const;
  int64_t TargetCount(int64_t k) const;
  int64_t PredictionCount(int64_t k) const;
  template <class Metric>
  double Mean(Average average, Metric metric) const;

  int64_t classes_;
  int64_t total_ = 0;
  std::vector<int64_t> counts_;  // [target, prediction]
};

}  // namespace hairpin

#endif  // HAIRPIN_NN_METRICS_CONFUSION_MATRIX_H_
