#include "tools/peers/machine.h"

#include "gtest/gtest.h"

namespace hairpin {
namespace {

TEST(ValueOf, ReadsWhatTheSystemSaysOfItself) {
  const std::string cpu = "processor\t: 0\nmodel\t\t: 167\nmodel name\t: A CPU: fast\nflags\t:\n";
  EXPECT_EQ(ValueOf(cpu, "model name"), "A CPU: fast");
  EXPECT_EQ(ValueOf(cpu, "model"), "167");
  EXPECT_EQ(ValueOf(cpu, "flags"), "");
  EXPECT_EQ(ValueOf(cpu, "name"), "");
  const std::string release =
      "=\nNAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12\"\nEMPTY=\"\"\n";
  EXPECT_EQ(ValueOf(release, "PRETTY_NAME"), "Debian GNU/Linux 12");
  EXPECT_EQ(ValueOf(release, "NAME"), "Debian");
  EXPECT_EQ(ValueOf(release, "EMPTY"), "");
  EXPECT_EQ(ValueOf("", "NAME"), "");
}

TEST(WarnOfOthers, GoesByWhatThreadsDoTogether) {
  EXPECT_EQ(WarnOfOthers(100e9, 195e9, 2, 2), "");
  EXPECT_EQ(WarnOfOthers(100e9, 161e9, 2, 2), "");
  EXPECT_EQ(WarnOfOthers(100e9, 159e9, 2, 2),
            "2 threads do 1.59 times what one does, expected about 2: something else runs, or "
            "threads share a core; do not quote these ratios");
  EXPECT_NE(WarnOfOthers(117.9e9, 68.7e9, 2, 2), "");
  EXPECT_EQ(WarnOfOthers(100e9, 195e9, 4, 2), "") << "no more than cores can";
  EXPECT_NE(WarnOfOthers(100e9, 195e9, 4, 4), "");
  EXPECT_NE(WarnOfOthers(100e9, 70e9, 1, 2), "");
}

}  // namespace
}  // namespace hairpin
