#include "data/text/labelled_lines.h"

#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"
#include "tensor/times_asked.h"

namespace hairpin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(LabelledLinesTest, LabelsAreSorted) {
  const auto lines =
      ReadLabelledLines(WriteTestFile("l.tsv", "b\tone two\r\n\n  \na\tthree\tfour\nb\tfive"));
  ASSERT_TRUE(lines.ok()) << lines.status();
  EXPECT_THAT(lines->labels, ElementsAre("a", "b"));
  EXPECT_THAT(lines->texts, ElementsAre("one two", "three\tfour", "five"));
  EXPECT_THAT(lines->classes, ElementsAre(1, 0, 1));
}

TEST(LabelledLinesTest, AsksAtEachReadWhetherToStop) {
  std::string text;
  while (text.size() < size_t{2} << 20) text += "a\t" + std::string(1000, 'x') + "\nb\ty\n";
  const std::string path = WriteTestFile("long.tsv", text);
  EXPECT_GT(TimesAsked([&](StopQuestion stop) {
              return ReadLabelledLines(path, std::move(stop)).status();
            }),
            1);
}

TEST(LabelledLinesTest, SaysWhereAndWhat) {
  const auto fails = [](std::string_view contents, const std::string& message) {
    const auto lines = ReadLabelledLines(WriteTestFile("l.tsv", contents));
    EXPECT_EQ(lines.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(Message(lines.status()), HasSubstr(message));
  };
  fails("", "l.tsv: found an empty file");
  fails("\n\n", "l.tsv: found 0 labels, expected two or more");
  fails("a\tx\n\na\ty\n", "l.tsv: found 1 label, expected two or more");
  fails("a\tx\n\nb y\n", "l.tsv:3: found no tab, expected label<TAB>text");
  fails("a\tx\n\ty\n", "l.tsv:2: found no label before the tab");
  fails("a\tx\nb\t \n", "l.tsv:2: found no text after the tab");
  fails(std::string_view("a\tx\nb\ty\0\n", 10), "l.tsv:2: found a NUL byte");
  fails("a\tx\nb\t" + std::string(kMaxLineBytes, 'x') + "\n", "l.tsv:2: found a longer line");
  EXPECT_EQ(ReadLabelledLines(TestPath("missing")).status().code(), absl::StatusCode::kNotFound);
}

TEST(LabelledLinesTest, BytesThatAreNoText) {
  const auto lines = ReadLabelledLines(WriteTestFile("l.tsv", "a\tx\xFF\nb\xFE\ty\n"));
  ASSERT_TRUE(lines.ok()) << lines.status();
  EXPECT_THAT(lines->texts, ElementsAre("x\xEF\xBF\xBD", "y"));
}

TEST(SpeechesTest, OfThoseWhoSpeakMost) {
  const std::string play =
      "First Citizen:\nBefore we proceed,\nhear me: speak.\n\nAll:\nSpeak,\tspeak.\n\n"
      "First Citizen:\nYou all\r\nare resolved\nNOTE:\n\nMENENIUS:\nWhat work's\n\nAll:\n\n"
      "BRUTUS:\n\nAll:\nResolved.\n\nstage direction\nAll:\nno speech\n";
  EXPECT_EQ(SpeechesAsLabelledLines(play, 2),
            "First Citizen\tBefore we proceed, hear me: speak.\n"
            "All\tSpeak, speak.\n"
            "First Citizen\tYou all are resolved NOTE:\n"
            "All\tResolved.\n");
  EXPECT_THAT(SpeechesAsLabelledLines(play, 20), HasSubstr("MENENIUS\tWhat work's\n"));
  EXPECT_EQ(SpeechesAsLabelledLines("", 20), "");
  EXPECT_EQ(SpeechesAsLabelledLines("no play\n\n:\nx", 20), "");
}

}  // namespace
}  // namespace hairpin
