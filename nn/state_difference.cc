#include "nn/state_difference.h"

#include <bit>
#include <cmath>
#include <map>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nn/piece_reader.h"
#include "tensor/check.h"
#include "tensor/index_text.h"

namespace hairpin::nn {
namespace {

using Key = PieceReader::Key;

// Integers in the order of the floats whose bits they are, 0 and -0 as one.
int64_t Ordered(float value) {
  const int64_t bits = std::bit_cast<int32_t>(value);
  return bits >= 0 ? bits : int64_t{INT32_MIN} - bits;
}
int64_t Ordered(double value) {
  const int64_t bits = std::bit_cast<int64_t>(value);
  return bits >= 0 ? bits : INT64_MIN - bits;
}

// Steps from one to the other: up to 2^64 of them, so counted without a sign.
template <class T>
uint64_t Ulps(T a, T b) {
  if constexpr (std::is_integral_v<T>) return 0;
  else {
    const int64_t x = Ordered(a), y = Ordered(b);
    return x > y ? static_cast<uint64_t>(x) - static_cast<uint64_t>(y)
                 : static_cast<uint64_t>(y) - static_cast<uint64_t>(x);
  }
}

template <class T>
bool SameBits(T a, T b) {
  if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b);
  } else if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
  } else {
    return a == b;
  }
}

template <class T>
TensorDifference Compare(const Tensor& left, const Tensor& right) {
  const T* a = left.data<T>();
  const T* b = right.data<T>();
  TensorDifference result;
  result.elements = left.num_elements();
  for (int64_t i = 0; i < result.elements; ++i) {
    if (SameBits(a[i], b[i])) continue;
    ++result.differing;
    const double x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
    if (std::isnan(x) || std::isnan(y)) {
      if (result.nans++ == 0) result.nan_at = i;
      continue;
    }
    const double difference = std::abs(x - y);
    if (result.largest_at < 0 || difference > result.largest) {
      result.largest = difference;
      result.largest_at = i;
    }
    const uint64_t ulps = Ulps(a[i], b[i]);
    if (result.ulps_at < 0 || ulps > result.ulps) {
      result.ulps = ulps;
      result.ulps_at = i;
    }
  }
  return result;
}

// What a file holds, every byte of it verified.
struct Contents {
  std::vector<Key> order;
  std::map<Key, TensorSpec> specs;
};

absl::StatusOr<Contents> ReadContents(const std::string& path) {
  auto reader = PieceReader::Open(path);
  if (!reader.ok()) return reader.status();
  Contents contents;
  while (true) {
    const absl::StatusOr<bool> more = (*reader)->Next();
    if (!more.ok()) return more.status();
    if (!*more) return contents;
    if (contents.specs.emplace((*reader)->key(), (*reader)->spec()).second) {
      contents.order.push_back((*reader)->key());
    }
  }
}

// Tensors of a file by name. Asked for in the order of the file, it is read once.
class TensorFinder {
 public:
  explicit TensorFinder(std::string path) : path_(std::move(path)) {}

  // A tensor that is there no more is an error.
  absl::StatusOr<Tensor> Find(const Key& key, const TensorSpec& spec) {
    // From the present place to the end, then all of it from the beginning.
    for (int pass = 0; pass < 2; ++pass) {
      if (pass == 1 || reader_ == nullptr) {
        auto reader = PieceReader::Open(path_);
        if (!reader.ok()) return reader.status();
        reader_ = *std::move(reader);
      }
      StateEntry entry;
      while (true) {
        const absl::StatusOr<bool> more = reader_->NextTensor(&entry);
        if (!more.ok()) return more.status();
        if (!*more) break;
        if (entry.kind == key.first && entry.name == key.second && entry.tensor.spec() == spec) {
          return entry.tensor;
        }
      }
    }
    return reader_->Error("the file has changed while it was read");
  }

 private:
  const std::string path_;
  std::unique_ptr<PieceReader> reader_;
};

}  // namespace

TensorDifference CompareTensors(const Tensor& a, const Tensor& b) {
  HAIRPIN_CHECK(a.spec() == b.spec())
      << "CompareTensors: found " << DescribeSpec(a.spec()) << " and " << DescribeSpec(b.spec())
      << ", expected equal dtypes and shapes";
  if (a.dtype() == DType::kInt32) return Compare<int32_t>(a, b);
  return DispatchFloating(a.dtype(), [&]<class T>() { return Compare<T>(a, b); });
}

std::string Describe(const StateDifference& difference) {
  std::string line = absl::StrCat(difference.kind, " ", difference.name, ": ");
  if (!difference.a || !difference.b) {
    return absl::StrCat(line, DescribeSpec(difference.a ? *difference.a : *difference.b),
                        " in the ", difference.a ? "first" : "second", " file only");
  }
  if (!(*difference.a == *difference.b)) {
    return absl::StrCat(line, DescribeSpec(*difference.a), " in the first file, ",
                        DescribeSpec(*difference.b), " in the second");
  }
  const TensorDifference& values = difference.values;
  const Shape& shape = difference.a->shape;
  absl::StrAppend(&line, values.differing, " of ", values.elements, " elements differ");
  if (values.largest_at >= 0) {
    absl::StrAppend(&line, ", by at most ", values.largest, " at ",
                    IndexText(shape, values.largest_at));
    if (IsFloating(difference.a->dtype)) {
      absl::StrAppend(&line, ", ", values.ulps, " ulps at ", IndexText(shape, values.ulps_at));
    }
  }
  if (values.nans > 0) {
    absl::StrAppend(&line, ", ", values.nans, " NaN, the first at ",
                    IndexText(shape, values.nan_at));
  }
  return line;
}

absl::StatusOr<int64_t> CompareCheckpoints(
    const std::string& a, const std::string& b,
    const std::function<void(const StateDifference&)>& report) {
  const absl::StatusOr<Contents> in_a = ReadContents(a);
  if (!in_a.ok()) return in_a.status();
  const absl::StatusOr<Contents> in_b = ReadContents(b);
  if (!in_b.ok()) return in_b.status();
  TensorFinder find_a(a), find_b(b);
  int64_t count = 0;
  const auto add = [&](const StateDifference& difference) {
    ++count;
    report(difference);
  };
  for (const Key& key : in_a->order) {
    StateDifference difference = {key.first, key.second, in_a->specs.at(key), {}, {}};
    if (const auto other = in_b->specs.find(key); other != in_b->specs.end()) {
      difference.b = other->second;
    }
    if (difference.a == difference.b) {
      const absl::StatusOr<Tensor> left = find_a.Find(key, *difference.a);
      if (!left.ok()) return left.status();
      const absl::StatusOr<Tensor> right = find_b.Find(key, *difference.b);
      if (!right.ok()) return right.status();
      difference.values = CompareTensors(*left, *right);
      if (difference.values.differing == 0) continue;
    }
    add(difference);
  }
  for (const Key& key : in_b->order) {
    if (in_a->specs.count(key) == 0) add({key.first, key.second, {}, in_b->specs.at(key), {}});
  }
  return count;
}

}  // namespace hairpin::nn
