#include "data/table/csv.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <utility>

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"
#include "tensor/times_asked.h"

namespace hairpin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> Cells(const absl::StatusOr<CsvTable>& table) {
  EXPECT_TRUE(table.ok()) << table.status();
  std::vector<std::string> cells;
  for (int64_t row = 0; table.ok() && row < table->rows(); ++row) {
    for (int column = 0; column < table->columns(); ++column) {
      cells.emplace_back(table->Cell(row, column));
    }
  }
  return cells;
}

void ExpectError(std::string_view text, const std::string& message) {
  const auto table = ParseCsv(text, "t.csv");
  EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument) << text;
  EXPECT_THAT(Message(table.status()), HasSubstr(message));
}

TEST(CsvTest, LinesAndFields) {
  for (const char* text : {"a,b\n1,x y\n2,z\n", "a,b\r\n1,x y\r\n2,z",
                           "\xEF\xBB\xBF" "a,b\n\n1,x y\n\r\n2,z\n\n",
                           " a ,b\n 1\t,x y \n2,z\n"}) {
    const auto table = ParseCsv(text, "t.csv");
    EXPECT_THAT(Cells(table), ElementsAre("1", "x y", "2", "z")) << text;
    EXPECT_THAT(table->column_names(), ElementsAre("a", "b"));
    EXPECT_EQ(table->Find("b"), 1);
    EXPECT_EQ(table->Find("c"), -1);
  }
  EXPECT_THAT(Cells(ParseCsv("a;b\n1,5;2\n", "t.csv", {.delimiter = ';'})),
              ElementsAre("1,5", "2"));
}

TEST(CsvTest, Quotes) {
  const auto table =
      ParseCsv("\"a,1\",b\n\"x, \"\"y\"\"\nz\",\" 2 \"\r\n\"\",\xC3\xA9\n3,NA\n", "t.csv");
  EXPECT_THAT(Cells(table), ElementsAre("x, \"y\"\nz", " 2 ", "", "\xC3\xA9", "3", ""));
  EXPECT_EQ(table->Place(0, 1), "t.csv:2: column 2 (b): ");
  EXPECT_EQ(table->Place(2, 0), "t.csv:5: column 1 (a,1): ");
}

TEST(CsvTest, MissingValues) {
  EXPECT_THAT(Cells(ParseCsv("a,b,c\n,NA,nan\n?,null,N/A\n0,none,-\n1,2,\n", "t.csv")),
              ElementsAre("", "", "", "", "", "", "0", "none", "-", "1", "2", ""));
}

TEST(CsvTest, SaysWhereAndWhat) {
  ExpectError("", "t.csv:1:1: found no text");
  ExpectError("\n\r\n", "found no text");
  ExpectError("a,b\n", "t.csv: found a header and no line after it");
  ExpectError("a,b\n1,2\n3\n", "t.csv:3: found 1 field, expected 2 as in the header");
  ExpectError("a,b\n1,2,3\n", "t.csv:2: found 3 fields, expected 2");
  ExpectError("a,a\n1,2\n", "t.csv:1: column 2: found \"a\" a second time");
  ExpectError("a,\n1,2\n", "t.csv:1: column 2: found no name");
  ExpectError("a,b\n1,\"x\n\n", "t.csv:2:3: found a quote and no second one");
  ExpectError("a,b\n1,\"x\"y\n", "t.csv:2:6: found text after a field's second quote");
  ExpectError("a,b\n1,x\"y\n", "t.csv:2:4: found a quote inside a field");
  ExpectError("a,b\n1,x\ry\n", "t.csv:2:4: found a carriage return");
  ExpectError(std::string_view("a,b\n1,\0\n", 8), "t.csv:2:3: found a NUL byte");
  ExpectError("a,b\n1,2\n1,x\xFF\n", "t.csv:3:4: found bytes that are not UTF-8");
}

TEST(CsvTest, FilesAndStandardInput) {
  const std::string path = WriteTestFile("t.csv", "a\n7\n");
  EXPECT_THAT(Cells(ReadCsv(path)), ElementsAre("7"));
  EXPECT_EQ(ReadCsv(TestPath("missing")).status().code(), absl::StatusCode::kNotFound);
  const int old = dup(STDIN_FILENO);
  ASSERT_NE(std::freopen(path.c_str(), "r", stdin), nullptr);
  const auto table = ReadCsv("-");
  dup2(old, STDIN_FILENO);
  close(old);
  EXPECT_THAT(Cells(table), ElementsAre("7"));
  EXPECT_EQ(table->name(), "standard input");
}

TEST(CsvTest, AsksAtEachLineWhetherToStop) {
  const auto parse = [](StopQuestion stop) {
    return ParseCsv("a,b\n1,2\n3,4\n", "t.csv", {.stop = std::move(stop)}).status();
  };
  EXPECT_EQ(TimesAsked(parse), 3 + 3);  // lines of text, then rows and the end
  const std::string path = WriteTestFile("asks.csv", "a,b\n1,2\n3,4\n");
  EXPECT_EQ(TimesAsked([&](StopQuestion stop) {
              return ReadCsv(path, {.stop = std::move(stop)}).status();
            }),
            1 + 3 + 3);
}

std::atomic<bool> signal_came{false};

// A pipe that nobody writes to: neither time alone nor a signal that reads go on after may leave it
// waiting.
TEST(CsvTest, StandardInputThatWaitsCanBeStopped) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const int old = dup(STDIN_FILENO);
  ASSERT_EQ(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
  ASSERT_EQ(write(ends[1], "a\n1\n", 4), 4);
  int asked = 0;
  EXPECT_TRUE(absl::IsCancelled(ReadCsv("-", {.stop = [&] { return ++asked == 3; }}).status()));
  struct sigaction action = {}, before;
  action.sa_handler = [](int) { signal_came = true; };
  action.sa_flags = SA_RESTART;
  ASSERT_EQ(sigaction(SIGALRM, &action, &before), 0);
  const itimerval soon = {.it_interval = {}, .it_value = {.tv_sec = 0, .tv_usec = 30000}};
  ASSERT_EQ(setitimer(ITIMER_REAL, &soon, nullptr), 0);
  EXPECT_TRUE(absl::IsCancelled(
      ReadCsv("-", {.stop = [] { return signal_came.load(); }}).status()));
  sigaction(SIGALRM, &before, nullptr);
  dup2(old, STDIN_FILENO);
  for (const int descriptor : {old, ends[0], ends[1]}) close(descriptor);
}

// Any bytes give a table or a message.
TEST(CsvTest, EveryPrefixAndEveryChangedByte) {
  const std::string text = "a,\"b\"\r\n\"x\"\"\",2\r\n\xC3\xA9,NA\n";
  for (size_t i = 0; i < text.size(); ++i) {
    ParseCsv(text.substr(0, i), "t.csv").status().IgnoreError();
    for (const char c : {'"', ',', '\r', '\n', '\0', '\xFF', 'x'}) {
      std::string changed = text;
      changed[i] = c;
      const auto table = ParseCsv(changed, "t.csv");
      if (table.ok()) {
        EXPECT_GE(Cells(table).size(), 1u);
      }
    }
  }
}

}  // namespace
}  // namespace hairpin
