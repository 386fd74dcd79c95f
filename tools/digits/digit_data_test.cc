#include "tools/digits/digit_data.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensor/test_files.h"

namespace hairpin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Idx(const std::vector<uint8_t>& sizes, uint8_t first) {
  std::string file = {0, 0, 8, static_cast<char>(sizes.size())};
  int count = 1;
  for (const uint8_t size : sizes) {
    file += std::string(3, '\0') + static_cast<char>(size);
    count *= size;
  }
  for (int i = 0; i < count; ++i) file += static_cast<char>(first + i % 3);
  return file;
}

// n images of 2 x side, with classes first, first + 1, first + 2, first, ...
DigitFiles Files(uint8_t n, uint8_t side = 3) {
  DigitFiles files;
  files.set_images(WriteTestFile("images", Idx({n, 2, side}, 10)));
  files.set_labels(WriteTestFile("labels", Idx({n}, 0)));
  return files;
}

std::string Error(const DigitFiles& files) {
  const absl::Status checked = CheckDigitFiles(files);
  return checked.ok() ? ReadDigits(files).status().ToString() : checked.ToString();
}

TEST(DigitDataTest, TheLastFifthIsForTesting) {
  const auto digits = ReadDigits(Files(11));
  ASSERT_TRUE(digits.ok()) << digits.status();
  EXPECT_EQ(digits->dataset.record_shape(), Shape({1, 2, 3}));
  EXPECT_EQ(digits->train.size(), 9);
  EXPECT_THAT(digits->test, ElementsAre(9, 10));
}

TEST(DigitDataTest, FilesForTestingComeBehind) {
  DigitFiles files = Files(3);
  files.set_test_images(WriteTestFile("test_images", Idx({2, 2, 3}, 20)));
  files.set_test_labels(WriteTestFile("test_labels", Idx({2}, 4)));
  const auto digits = ReadDigits(files);
  ASSERT_TRUE(digits.ok()) << digits.status();
  EXPECT_THAT(digits->train, ElementsAre(0, 1, 2));
  EXPECT_THAT(digits->test, ElementsAre(3, 4));
  EXPECT_THAT(digits->dataset.classes(), ElementsAre(0, 1, 2, 4, 5));
  EXPECT_EQ(digits->dataset.class_count(), 6);
  float features[6];
  digits->dataset.ReadFeatures(3, features);
  EXPECT_FLOAT_EQ(features[1], 21.0f / 255);
}

TEST(DigitDataTest, SaysWhatIsWrong) {
  EXPECT_THAT(Error({}), HasSubstr("--images: found none, expected an IDX file"));
  DigitFiles files = Files(3);
  EXPECT_THAT(Error(files), HasSubstr("--images: found 3 images, expected 5 or more"));
  files.set_test_labels("labels");
  EXPECT_THAT(Error(files), HasSubstr("--test_images: found none"));
  files.set_test_images(WriteTestFile("wide", Idx({3, 2, 4}, 1)));
  files.set_test_labels(files.labels());
  EXPECT_THAT(Error(files), HasSubstr("--test_images: found images of [1, 2, 4], expected "
                                      "[1, 2, 3], as in --images"));
  files.clear_test_labels();
  EXPECT_THAT(Error(files), HasSubstr("--test_labels: found none"));
  files = Files(5);
  files.set_labels("missing");
  EXPECT_THAT(Error(files), HasSubstr("--images: "));
  EXPECT_THAT(Error(files), HasSubstr("missing"));
}

}  // namespace
}  // namespace hairpin
