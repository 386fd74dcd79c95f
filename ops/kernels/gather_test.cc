#include "ops/kernels/gather.h"

#include <cstddef>
#include <vector>

#include "gtest/gtest.h"
#include "ops/kernels/target_test_util.h"

namespace hairpin {
namespace {

std::vector<int32_t> Ids(int64_t m, int64_t rows) {
  std::vector<int32_t> ids;
  for (int64_t i = 0; i < m; ++i) ids.push_back(static_cast<int32_t>(i * i * 5 % rows));
  return ids;
}

template <typename T>
void Check(int64_t m, int64_t n, int64_t rows, size_t offset) {
  SCOPED_TRACE(::testing::Message() << m << " of " << rows << " rows of " << n);
  const std::vector<int32_t> ids = Ids(m, rows);
  const size_t count = static_cast<size_t>(m * n), table_count = static_cast<size_t>(rows * n);
  MisalignedArray<T> table(table_count, offset), y(count, offset + 1), dtable(table_count, offset);
  FillRandom(table, -1, 1, 1);
  FillRandom(dtable, -1, 1, 2);
  kernels::GatherRows(table.data(), ids.data(), m, n, y.data());
  std::vector<T> added(dtable.data(), dtable.data() + table_count), sum(table_count);
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t c = 0; c < n; ++c) {
      EXPECT_EQ(y[i * n + c], table[ids[i] * n + c]);
      added[ids[i] * n + c] += y[i * n + c];
      sum[ids[i] * n + c] += y[i * n + c];
    }
  }
  // The order of additions is that of the ids, so these are the same bits.
  kernels::ScatterAddRows(y.data(), ids.data(), m, n, rows, true, dtable.data());
  EXPECT_TRUE(SameBits(dtable.data(), added.data(), table_count));
  kernels::ScatterAddRows(y.data(), ids.data(), m, n, rows, false, dtable.data());
  EXPECT_TRUE(SameBits(dtable.data(), sum.data(), table_count));
  EXPECT_TRUE(y.Intact() && dtable.Intact());
}

template <typename T>
void CheckAll() {
  ForEachTarget([](const char*) {
    for (int64_t n = 0; n <= static_cast<int64_t>(LongestTail<T>()); ++n) {
      Check<T>(7, n, 5, static_cast<size_t>(n % 4));
    }
    Check<T>(0, 3, 4, 0);
    Check<T>(300, 130, 11, 1);
  });
  ForEachThreadCount([] { Check<T>(700, 193, 50, 0); });
}

TEST(Gather, Float32) { CheckAll<float>(); }
TEST(Gather, Float64) { CheckAll<double>(); }

TEST(Gather, FirstOutOfRange) {
  const int32_t ids[] = {0, 4, 2, 5, -1};
  EXPECT_EQ(kernels::FirstOutOfRange(ids, 3, 5), -1);
  EXPECT_EQ(kernels::FirstOutOfRange(ids, 5, 5), 3);
  EXPECT_EQ(kernels::FirstOutOfRange(ids, 5, 6), 4);
  EXPECT_EQ(kernels::FirstOutOfRange(ids, 0, 0), -1);
}

}  // namespace
}  // namespace hairpin
