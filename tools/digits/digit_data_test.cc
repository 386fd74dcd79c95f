#include "tools/digits/digit_data.h"

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/image/image_file.h"
#include "tensor/test_files.h"
#include "tools/training/stop.h"

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

TEST(DigitDataTest, ASignalStopsReading) {
  const DigitFiles files = Files(11);
  DigitFiles folder;
  folder.set_images(TestPath("stopped"));
  folder.set_channels(1);
  for (const char* name : {"stopped/a", "stopped/b"}) {
    std::filesystem::create_directories(TestPath(name));
    WriteTestFile(std::string(name) + "/x.png", "no image");
  }
  SetStopSignal(SIGINT);
  EXPECT_TRUE(absl::IsCancelled(ReadDigits(files).status()));
  EXPECT_TRUE(absl::IsCancelled(ReadDigits(folder).status()));
  SetStopSignal(0);
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

// Twenty images of two classes, 3 x 4, each of one grey.
std::string Folder(const std::string& name, const std::vector<std::string>& classes) {
  for (size_t k = 0; k < classes.size(); ++k) {
    const std::string folder = TestPath(name) + "/" + classes[k];
    std::filesystem::create_directories(folder);
    for (int i = 0; i < 10; ++i) {
      const auto grey = static_cast<uint8_t>(100 * k + 10 * i);
      EXPECT_TRUE(WritePng(folder + "/" + std::to_string(i) + ".png",
                           {.channels = 1, .height = 3, .width = 4,
                            .bytes = std::vector<uint8_t>(12, grey)})
                      .ok());
    }
  }
  return TestPath(name);
}

TEST(DigitDataTest, FoldersAreClassesAndAreSplitByContent) {
  DigitFiles files;
  files.set_images(Folder("folder", {"dark", "light"}));
  files.set_channels(1);
  ASSERT_TRUE(CheckDigitFiles(files).ok()) << CheckDigitFiles(files);
  const auto digits = ReadDigits(files);
  ASSERT_TRUE(digits.ok()) << digits.status();
  EXPECT_EQ(digits->dataset.record_shape(), Shape({1, 3, 4}));
  EXPECT_THAT(digits->dataset.class_names(), ElementsAre("dark", "light"));
  EXPECT_EQ(digits->train.size() + digits->test.size(), 20);
  // Not the last ones, all of one class.
  EXPECT_GT(digits->test.size(), 1);
  EXPECT_LT(digits->test.front(), 10);
  EXPECT_THAT(DigitFileList(files), ElementsAre(files.images()));

  files.set_channels(3);
  EXPECT_EQ(ReadDigits(files)->dataset.record_shape(), Shape({3, 3, 4}));
  files.set_test_images(Folder("test_folder", {"dark", "light"}));
  EXPECT_EQ(ReadDigits(files)->test.size(), 20);
  EXPECT_EQ(ReadDigits(files)->test.front(), 20);
  files.set_test_images(Folder("other_folder", {"dark", "white"}));
  EXPECT_THAT(Error(files), HasSubstr("--test_images: found the classes dark, white, expected "
                                      "dark, light, as in --images"));
  files.set_labels("labels");
  EXPECT_THAT(Error(files), HasSubstr("--labels: found a file, expected none beside a folder"));
}

TEST(DigitDataTest, SaysWhatIsWrong) {
  EXPECT_THAT(Error({}), HasSubstr("--images: found none, expected an IDX file, such as MNIST's "
                                   "train-images-idx3-ubyte.gz, or a folder"));
  DigitFiles files = Files(3);
  EXPECT_THAT(Error(files),
              HasSubstr("--images: found 3 images, none of them for evaluation, expected 5 or "
                        "more"));
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
  EXPECT_THAT(Error(files), HasSubstr("--labels: missing: cannot open"));
  files = Files(5);
  files.set_test_images(files.labels());
  files.set_test_labels(files.images());
  EXPECT_THAT(Error(files), HasSubstr("--test_images: " + files.labels() + ": byte 0: found"));
}

}  // namespace
}  // namespace hairpin
