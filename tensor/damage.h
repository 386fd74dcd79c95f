// What becomes of a file whose disk rots: for tests that read it then.
//
//   ForEachDamage(*ReadFile(path), [&](const std::string& damaged) {
//     EXPECT_FALSE(Load(WriteTestFile("damaged", damaged)).ok());
//   });
#ifndef HAIRPIN_TENSOR_DAMAGE_H_
#define HAIRPIN_TENSOR_DAMAGE_H_

#include <cstddef>
#include <functional>
#include <string>

#include "gtest/gtest.h"

namespace hairpin {

// Every bit flipped in turn, the file cut at every length, and a byte more than there was.
inline void ForEachDamage(const std::string& whole,
                          const std::function<void(const std::string& damaged)>& visit) {
  for (size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    SCOPED_TRACE(testing::Message() << "bit " << bit % 8 << " of byte " << bit / 8);
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    visit(damaged);
  }
  for (size_t bytes = 0; bytes < whole.size(); ++bytes) {
    SCOPED_TRACE(testing::Message() << "cut to " << bytes << " bytes");
    visit(whole.substr(0, bytes));
  }
  SCOPED_TRACE("a byte more");
  visit(whole + '\0');
}

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_DAMAGE_H_
