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

}  // namespace
}  // namespace hairpin
