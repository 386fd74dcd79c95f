#include "data/line_reader.h"

#include <sys/stat.h>
#include <unistd.h>

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"
#include "tensor/times_asked.h"

namespace hairpin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Pieces; one that goes on has "+" behind it.
std::vector<std::string> Read(const std::vector<std::string>& paths,
                              LineReaderOptions options = {}, int64_t* invalid = nullptr,
                              int64_t* nuls = nullptr) {
  std::vector<std::string> pieces;
  auto reader = LineReader::Open(paths, options);
  EXPECT_TRUE(reader.ok()) << reader.status();
  if (!reader.ok()) return pieces;
  int64_t last = 0;
  for (LinePiece piece;;) {
    const absl::StatusOr<bool> more = (*reader)->Next(&piece);
    EXPECT_TRUE(more.ok()) << more.status();
    if (!more.ok() || !*more) break;
    pieces.push_back(std::string(piece.text) + (piece.continues ? "+" : ""));
    EXPECT_GE((*reader)->bytes_read(), last);
    last = (*reader)->bytes_read();
  }
  EXPECT_EQ((*reader)->bytes_read(), (*reader)->total_bytes());
  if (invalid != nullptr) *invalid = (*reader)->invalid_sequences();
  if (nuls != nullptr) *nuls = (*reader)->nuls();
  return pieces;
}

TEST(LineReaderTest, LineEndsMarksAndLastLines) {
  const std::string a = WriteTestFile("a", "\xEF\xBB\xBFone\r\ntwo\n\n three\r four\r\n\r\nlast");
  const std::string b = WriteTestFile("b", "\xEF\xBB\xBF");
  const std::string c = WriteTestFile("c", "x\n");
  EXPECT_THAT(Read({a, b, c}),
              ElementsAre("one", "two", "", " three\r four", "", "last", "x"));
}

TEST(LineReaderTest, InvalidUtf8IsReplacedAndCountedAndNulsToo) {
  const std::string path = WriteTestFile(
      "bad", std::string("caf\xE9 is 12345678 bytes\n\0nul\0\n\xFF\xFE fine \xE2\x82\nok\n", 43));
  int64_t invalid, nuls;
  const std::vector<std::string> lines = Read({path}, {}, &invalid, &nuls);
  EXPECT_THAT(lines, ElementsAre("caf\xEF\xBF\xBD is 12345678 bytes", std::string("\0nul\0", 5),
                                 "\xEF\xBF\xBD\xEF\xBF\xBD fine \xEF\xBF\xBD", "ok"));
  EXPECT_EQ(invalid, 4);
  EXPECT_EQ(nuls, 2);
}

TEST(LineReaderTest, LongLinesAreCutAtSpacesOrBetweenCodePoints) {
  const std::string words = WriteTestFile("words", "aaaa bbbb cccc dddd eeee\nshort\n");
  EXPECT_THAT(Read({words}, {.max_piece_bytes = 16}),
              ElementsAre("aaaa bbbb cccc +", "dddd eeee", "short"));
  std::string euros;
  for (int i = 0; i < 12; ++i) euros += "\xE2\x82\xAC";
  const std::string path = WriteTestFile("euros", euros);
  int64_t invalid;
  const std::vector<std::string> pieces = Read({path}, {.max_piece_bytes = 16}, &invalid);
  EXPECT_THAT(pieces, ElementsAre(euros.substr(0, 15) + "+", euros.substr(0, 15) + "+",
                                  euros.substr(0, 6)));
  EXPECT_EQ(invalid, 0);
  // A line of exactly a piece is whole, whatever ends it.
  const std::string exact = WriteTestFile("exact", "0123456789abcdef\r\n0123456789abcdef");
  EXPECT_THAT(Read({exact}, {.max_piece_bytes = 16}),
              ElementsAre("0123456789abcdef", "0123456789abcdef"));
  const std::string more = WriteTestFile("more", "0123456789abcdefg\n");
  EXPECT_THAT(Read({more}, {.max_piece_bytes = 16}), ElementsAre("0123456789abcdef+", "g"));
}

TEST(LineReaderTest, ALineLongerThanAnyBufferComesBackWhole) {
  std::string line;
  for (int64_t i = 0; line.size() < 3000000; ++i) {
    line += std::to_string(i * i);
    if (i % 7 == 0) line += ' ';
  }
  const std::string path = WriteTestFile("long", "first\n" + line + "\nlast");
  std::string joined;
  for (std::string piece : Read({path})) {
    EXPECT_LE(piece.size(), 65537u);
    const bool goes_on = piece.ends_with('+');
    if (goes_on) piece.pop_back();
    joined += piece + (goes_on ? "" : "\n");
  }
  EXPECT_EQ(joined, "first\n" + line + "\nlast\n");
}

TEST(LineReaderTest, ErrorsNameTheFile) {
  const std::string good = WriteTestFile("good", "text\n");
  const std::string empty = WriteTestFile("empty", "");
  EXPECT_TRUE(absl::IsInvalidArgument(LineReader::Open({}).status()));
  const absl::Status missing = LineReader::Open({good, TestPath("missing")}).status();
  EXPECT_TRUE(absl::IsNotFound(missing));
  EXPECT_THAT(Message(missing), HasSubstr("/missing: cannot open"));
  EXPECT_THAT(Message(LineReader::Open({::testing::TempDir()}).status()),
              HasSubstr("found a directory, expected a regular file"));
  EXPECT_THAT(Message(LineReader::Open({good, empty}).status()),
              HasSubstr("/empty: found an empty file, expected UTF-8 text"));
}

TEST(LineReaderTest, AsksAtEachReadWhetherToStop) {
  const std::string one = WriteTestFile("one", std::string(400, 'x') + "\n");
  const std::string two = WriteTestFile("two", "x\n");
  EXPECT_EQ(TimesAsked([&](StopQuestion stop) -> absl::Status {
              const auto reader = LineReader::Open(
                  {one, two},
                  {.max_piece_bytes = 100, .read_bytes = 100, .stop = std::move(stop)});
              for (LinePiece piece;;) {
                const absl::StatusOr<bool> more = (*reader)->Next(&piece);
                if (!more.ok() || !*more) return more.status();
              }
            }),
            3);  // 202 bytes of the one, the rest of it, the other
}

TEST(TrainEvalSplitTest, Every50thLineThatIsNotBlank) {
  using Part = TrainEvalSplit::Part;
  TrainEvalSplit split;
  std::vector<int> evaluation;
  for (int line = 1; line <= 175; ++line) {
    EXPECT_EQ(split.Next({"\t \xC2\xA0\xE3\x80\x80"}), Part::kBlank);
    // Three pieces, of which the first is blank: one line.
    if (line % 3 == 0) {
      EXPECT_EQ(split.Next({" ", true}), Part::kBlank);
    }
    const Part part = split.Next({"x", true});
    EXPECT_EQ(split.Next({" ", true}), part);
    EXPECT_EQ(split.Next({"y", false}), part);
    if (part == Part::kEvaluation) evaluation.push_back(line);
  }
  EXPECT_THAT(evaluation, ElementsAre(50, 100, 150));
  EXPECT_EQ(split.lines(), 175);
}

}  // namespace
}  // namespace hairpin
