#include "data/text_blocks.h"

#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/hash.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

std::vector<std::string> Lines(const TextSource& source) {
  std::vector<std::string> lines;
  auto reader = BlockReader::Open(source);
  EXPECT_TRUE(reader.ok()) << reader.status();
  std::string line;
  for (TextBlock block;;) {
    const absl::StatusOr<bool> more = (*reader)->Next(&block);
    EXPECT_TRUE(more.ok());
    if (!more.ok() || !*more) break;
    EXPECT_FALSE(block.pieces.empty());
    EXPECT_LE(block.text.size(), size_t{2} * BlockReader::kBlockBytes);
    for (const TextBlock::Piece& piece : block.pieces) {
      line += block.Text(piece);
      if (piece.ends_line) lines.push_back(std::exchange(line, ""));
    }
  }
  EXPECT_EQ(line, "");
  return lines;
}

TEST(BlockReaderTest, PartsMakeTheWholeAndBlankLinesGo) {
  std::string a, b;
  std::vector<std::string> all, train, evaluation;
  for (int i = 1; i <= 7003; ++i) {
    const std::string line = "line " + std::to_string(i) + std::string(i % 97, '.');
    (i <= 3333 ? a : b) += line + (i % 5 == 0 ? "\n \r\n\n" : "\n");
    all.push_back(line);
    (i % 50 == 0 ? evaluation : train).push_back(line);
  }
  const std::vector<std::string> paths = {WriteTestFile("a", a), WriteTestFile("b", b)};
  EXPECT_EQ(Lines({paths, TextPart::kAll}), all);
  EXPECT_EQ(Lines({paths, TextPart::kTrain}), train);
  EXPECT_EQ(Lines({paths, TextPart::kEvaluation}), evaluation);
}

TEST(BlockReaderTest, LongLinesStayOneLine) {
  const std::string line(200000, 'x');
  const std::string path = WriteTestFile("long", "a\n" + line + "\nb\n");
  EXPECT_EQ(Lines({{path}}), (std::vector<std::string>{"a", line, "b"}));
}

TEST(HashTextTest, OneFileItsOwnSeveralByContentsAndOrder) {
  const std::string a = WriteTestFile("ha", "abc"), b = WriteTestFile("hb", "de");
  const auto one = HashText({a});
  ASSERT_TRUE(one.ok());
  EXPECT_EQ(*one, *HashFile(a));
  EXPECT_EQ(HashText({a, b})->bytes, 5);
  EXPECT_NE(HashText({a, b})->sha256, HashText({b, a})->sha256);
  EXPECT_FALSE(HashText({a, TestPath("none")}).ok());
}

}  // namespace
}  // namespace hairpin
