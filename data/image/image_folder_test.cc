#include "data/image/image_folder.h"

#include <filesystem>

#include "data/image/image_test_util.h"
#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/test_files.h"
#include "tensor/times_asked.h"

namespace hairpin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ImageFolderTest : public testing::Test {
 protected:
  ImageFolderTest() { std::filesystem::remove_all(folder_); }
  void Write(const std::string& name, std::string_view contents) {
    const std::string path = "folder/" + name;
    std::filesystem::create_directories(std::filesystem::path(TestPath(path)).parent_path());
    WriteTestFile(path, contents);
  }
  void WriteGrey(const std::string& name, int64_t height, int64_t width) {
    Write(name, "");
    ASSERT_TRUE(WritePng(folder_ + "/" + name, Pattern(1, height, width)).ok());
  }
  void Fails(const std::string& message) {
    const auto dataset = ReadImageFolder(folder_, {.channels = 1});
    EXPECT_EQ(dataset.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(Message(dataset.status()), HasSubstr(message));
  }
  const std::string folder_ = TestPath("folder");
};

TEST_F(ImageFolderTest, AClassAFolderInOrderOfNames) {
  Write("rose/b.JPG", JpegBytes(Pattern(3, 2, 4)));
  Write("rose/a.jpeg", JpegBytes(Pattern(3, 2, 4)));
  Write("daisy/x.png", "");
  ASSERT_TRUE(WritePng(folder_ + "/daisy/x.png", Pattern(3, 2, 4)).ok());
  Write("daisy/notes.txt", "no image");
  Write("daisy/.hidden.png", "no image");
  Write(".hidden/x.png", "no image");
  Write("README", "no folder");
  const auto dataset = ReadImageFolder(folder_);
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_EQ(dataset->record_shape(), Shape({3, 2, 4}));
  EXPECT_THAT(dataset->class_names(), ElementsAre("daisy", "rose"));
  EXPECT_THAT(dataset->classes(), ElementsAre(0, 1, 1));
  std::vector<float> features(24);
  dataset->ReadFeatures(0, features);
  EXPECT_FLOAT_EQ(features[0], 40.0f / 255);
  EXPECT_FLOAT_EQ(features[1], 42.0f / 255);   // channel 0, row 0, column 1
  EXPECT_FLOAT_EQ(features[4], 43.0f / 255);   // row 1
  EXPECT_FLOAT_EQ(features[16], 60.0f / 255);  // channel 2
}

TEST_F(ImageFolderTest, AsksAtEachImageWhetherToStop) {
  WriteGrey("a/x.png", 2, 4);
  WriteGrey("a/y.png", 2, 4);
  WriteGrey("b/x.png", 2, 4);
  EXPECT_EQ(TimesAsked([&](StopQuestion stop) {
              return ReadImageFolder(folder_, {.channels = 1, .stop = std::move(stop)}).status();
            }),
            3);
}

TEST_F(ImageFolderTest, SaysWhatIsWrong) {
  EXPECT_EQ(ReadImageFolder(folder_).status().code(), absl::StatusCode::kNotFound);
  WriteGrey("a/1.png", 2, 3);
  Fails("folder: found 1 folder, expected one for each of two classes");
  Write("b/x.txt", "");
  Fails("folder/b: found no .png, .jpg or .jpeg, expected at least one");
  WriteGrey("b/1.png", 3, 2);
  Fails("folder/b/1.png: found 2 x 3 pixels, expected 3 x 2");
  Write("b/1.png", "text");
  Fails("folder/b/1.png: found neither the first bytes");
}

}  // namespace
}  // namespace hairpin
