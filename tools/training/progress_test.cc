#include "tools/training/progress.h"

#include <string>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

constexpr char kErase[] = "\r\033[K";

// What `use` writes to standard error with a Progress, until that is gone.
template <class Use>
std::string Written(bool terminal, const Use& use) {
  ::testing::internal::CaptureStderr();
  {
    Progress progress(terminal);
    EXPECT_EQ(progress.terminal(), terminal);
    use(progress);
  }
  return ::testing::internal::GetCapturedStderr();
}

TEST(Progress, IsPlainLinesInAFile) {
  EXPECT_EQ(Written(false,
                    [](Progress& progress) {
                      progress.Update("step %d", 1);
                      progress.Line("loss %.2f", 6.125);
                      progress.Update("step %d", 2);
                    }),
            "loss 6.12\n");
}

TEST(Progress, LinesAreTextThatNoTerminalObeys) {
  EXPECT_EQ(Written(false,
                    [](Progress& progress) {
                      progress.Line("%s: made again", "a\x1b[2J\nb");
                      progress.Line("%s", std::string(5000, 'x').c_str());
                    }),
            "a\\x1b[2J\\nb: made again\n" + std::string(4095, 'x') + "\n");
}

TEST(Progress, LinesOfAText) {
  EXPECT_EQ(Written(false,
                    [](Progress& progress) {
                      progress.Lines("a\x1b\n\nb\n");
                      progress.Lines("");
                      progress.Lines("c");
                    }),
            "a\\x1b\n\nb\nc\n");
}

TEST(Progress, IsOneLineOnATerminalAndLinesStayAboveIt) {
  EXPECT_EQ(Written(true, [](Progress& progress) { progress.Update("step %d", 1); }),
            std::string("step 1") + kErase);
  EXPECT_EQ(Written(true,
                    [](Progress& progress) {
                      progress.Update("step %d", 1);
                      progress.Line("evaluation");
                      progress.Line("checkpoint");
                    }),
            std::string("step 1") + kErase + "evaluation\ncheckpoint\n");
}

TEST(Progress, IsRedrawnTenTimesASecondAtMost) {
  EXPECT_EQ(Written(true,
                    [](Progress& progress) {
                      progress.Update("first");
                      const double begin = Now();
                      do {
                        progress.Update("more");
                      } while (Now() - begin < 0.05);
                      while (Now() - begin < 0.11) {
                      }
                      progress.Update("last");
                    }),
            std::string("first") + kErase + "last" + kErase);
}

TEST(Progress, SaysHowMuchIsRead) {
  EXPECT_EQ(Written(true, [](Progress& progress) { progress.Bytes("text", 437, 1000); }),
            std::string("text: 43 %") + kErase);
  EXPECT_EQ(Written(true, [](Progress& progress) { progress.Bytes("text", 0, 0); }),
            std::string("text: 100 %") + kErase);
}

TEST(Duration, IsInTwoUnitsAtMost) {
  const auto text = [](double seconds) {
    char buffer[64];
    FormatDuration(seconds, buffer, sizeof(buffer));
    return std::string(buffer);
  };
  EXPECT_EQ(text(0.4), "0 s");
  EXPECT_EQ(text(59.4), "59 s");
  EXPECT_EQ(text(59.6), "1 min 0 s");
  EXPECT_EQ(text(3599), "59 min 59 s");
  EXPECT_EQ(text(2 * 3600 + 13 * 60 + 59), "2 h 13 min");
  EXPECT_EQ(text(47 * 3600), "47 h 0 min");
  EXPECT_EQ(text(5 * 86400 + 3 * 3600), "5 d 3 h");
  EXPECT_EQ(text(7e14), "22196854 years 141 d");  // hours that no int holds
  EXPECT_EQ(text(1e30).substr(0, 20), "285388127853 years 3");
}

}  // namespace
}  // namespace hairpin
