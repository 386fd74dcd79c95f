#include "tools/training/standard_files.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "gtest/gtest.h"

namespace hairpin {
namespace {

// Exit code of a process that does `work`.
int CodeOf(int (*work)()) {
  const pid_t child = fork();
  if (child == 0) _exit(work());
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(StandardFiles, ThatWereClosedTakeNoFilesNumber) {
  EXPECT_EQ(CodeOf([] {
    for (const int descriptor : {0, 1, 2}) close(descriptor);
    OpenStandardFiles();
    const int next = open("/dev/zero", O_RDONLY);
    return next > 2 && write(2, "x", 1) == 1 ? 7 : 1;
  }), 7);
}

TEST(StandardFiles, ThatAreFullAreAnErrorWithItsReasonAsOftenAsAsked) {
  EXPECT_EQ(CodeOf([] {
    if (std::freopen("/dev/full", "w", stdout) == nullptr) return 1;
    if (!FlushOutput().ok()) return 2;  // nothing was printed
    std::puts("words");
    const std::string first = FlushOutput().ToString(), second = FlushOutput().ToString();
    if (first.find("standard output: cannot write") == std::string::npos) return 3;
    return first == second && first.find("No space left") != std::string::npos ? 7 : 4;
  }), 7);
}

TEST(EscapeControls, MakesOneLineThatNoTerminalObeys) {
  EXPECT_EQ(EscapeControls("a\nb\r\t\x1b[2J\x7f"), "a\\nb\\x0d\\x09\\x1b[2J\\x7f");
  EXPECT_EQ(EscapeControls("\xc2\x9b" "2J \xc2\xa0 h\xc3\xa9 \xf0\x9f\x98\x80 \xff \xc2"),
            "\\u009b2J \xc2\xa0 h\xc3\xa9 \xf0\x9f\x98\x80 \xff \xc2");
  EXPECT_EQ(EscapeControls("--data: found 'a\\b'"), "--data: found 'a\\b'");
  for (const char* text : {"a\nb", "\x7f", "\xc2\x9b"}) EXPECT_TRUE(HasControls(text)) << text;
  for (const char* text : {"", "a\\b", "\xc2\xa0", "\xc2"}) EXPECT_FALSE(HasControls(text)) << text;
}

}  // namespace
}  // namespace hairpin
