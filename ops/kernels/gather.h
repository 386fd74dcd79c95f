// Rows of a table by their numbers: embeddings, and masked positions.
//
//   kernels::GatherRows(table, ids, m, n, y);                        // y[i] = table[ids[i]]
//   kernels::ScatterAddRows(dy, ids, m, n, rows, false, dtable);     // its backward
//
// table is [rows, n], ids [m] in [0, rows), y and dy [m, n].
#ifndef HAIRPIN_OPS_KERNELS_GATHER_H_
#define HAIRPIN_OPS_KERNELS_GATHER_H_

#include <cstdint>

namespace hairpin::kernels {

// The first i with ids[i] outside [0, limit), or -1. For callers to check with.
int64_t FirstOutOfRange(const int32_t* ids, int64_t m, int64_t limit);

// y[i, :] = table[ids[i], :]. T float, double or int32_t.
template <typename T>
void GatherRows(const T* table, const int32_t* ids, int64_t m, int64_t n, T* y);

// dtable[ids[i], :] += dy[i, :], after dtable = 0 unless `accumulate`. Rows that
// meet are added in the order of i, for any number of threads. T float or double.
template <typename T>
void ScatterAddRows(const T* dy, const int32_t* ids, int64_t m, int64_t n, int64_t rows,
                    bool accumulate, T* dtable);

}  // namespace hairpin::kernels

#endif  // HAIRPIN_OPS_KERNELS_GATHER_H_
