#include "data/image/image_file.h"

#include <cstdlib>

#include "data/image/image_test_util.h"
#include "data/test_util.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/file.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string PngBytes(const Image& image) {
  const std::string path = TestPath("made.png");
  EXPECT_TRUE(WritePng(path, image).ok());
  return *ReadFile(path);
}

absl::StatusOr<Image> Read(const std::string& contents, const ImageOptions& options = {}) {
  return ReadImage(WriteTestFile("image", contents), options);
}

TEST(ImageFileTest, PngComesBackAsItWas) {
  for (const int channels : {1, 3}) {
    for (const auto& [height, width] : {std::pair(1, 1), std::pair(5, 9), std::pair(40, 17)}) {
      const Image image = Pattern(channels, height, width);
      const auto read = Read(PngBytes(image), {.channels = channels});
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(read->height, height);
      EXPECT_EQ(read->width, width);
      EXPECT_EQ(read->bytes, image.bytes);
    }
  }
}

TEST(ImageFileTest, GreyBecomesColourAndColourGrey) {
  const Image grey = {1, 1, 2, {10, 200}}, colour = {3, 1, 1, {90, 90, 90}};
  EXPECT_THAT(Read(PngBytes(grey))->bytes, ElementsAre(10, 10, 10, 200, 200, 200));
  EXPECT_THAT(Read(PngBytes(colour), {.channels = 1})->bytes, ElementsAre(90));
}

TEST(ImageFileTest, JpegIsCloseToWhatItWas) {
  for (const int channels : {1, 3}) {
    const Image image = Pattern(channels, 24, 33);
    const auto read = Read(JpegBytes(image), {.channels = channels});
    ASSERT_TRUE(read.ok()) << read.status();
    ASSERT_EQ(read->bytes.size(), image.bytes.size());
    for (size_t i = 0; i < image.bytes.size(); ++i) {
      EXPECT_LE(std::abs(read->bytes[i] - image.bytes[i]), 12) << i;
    }
  }
}

TEST(ImageFileTest, SaysWhatIsWrong) {
  using enum absl::StatusCode;
  const auto fails = [](const std::string& contents, const ImageOptions& options,
                        absl::StatusCode code, const std::string& message) {
    const auto image = Read(contents, options);
    EXPECT_EQ(image.status().code(), code);
    EXPECT_THAT(Message(image.status()), AllOf(HasSubstr("/image: found "), HasSubstr(message)));
  };
  const std::string png = PngBytes(Pattern(3, 6, 7)), jpeg = JpegBytes(Pattern(3, 6, 7));
  fails("", {}, kInvalidArgument, "neither the first bytes of a PNG nor those of a JPEG file");
  fails("GIF89a", {}, kInvalidArgument, "expected one of them");
  for (const std::string& file : {png, jpeg}) {
    fails(file, {.height = 7, .width = 7}, kInvalidArgument,
          "found 7 x 6 pixels, expected 7 x 7");
    fails(file, {.max_pixels = 41}, kResourceExhausted, "found 7 x 6 pixels, expected 41 at most");
  }
  fails(png.substr(0, 40), {}, kDataLoss, "a damaged PNG file (");
  fails(jpeg.substr(0, jpeg.size() - 20), {}, kDataLoss, "a damaged JPEG file (");
  EXPECT_EQ(ReadImage(TestPath("missing")).status().code(), kNotFound);
}

// A size that no memory holds is refused by what the header says.
TEST(ImageFileTest, HugeSizes) {
  std::string jpeg = JpegBytes(Pattern(1, 6, 7));
  const size_t frame = jpeg.find("\xFF\xC0");
  ASSERT_NE(frame, std::string::npos);
  for (size_t i = 5; i < 9; ++i) jpeg[frame + i] = '\xF0';
  EXPECT_EQ(Read(jpeg).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(ImageFileTest, EveryPrefixAndEveryDamagedByteGivesAnAnswer) {
  for (const std::string& file :
       {PngBytes(Pattern(3, 6, 7)), JpegBytes(Pattern(3, 16, 17))}) {
    for (size_t i = 0; i < file.size(); ++i) {
      const auto part = Read(file.substr(0, i));
      if (part.ok()) {
        EXPECT_EQ(part->bytes, Read(file)->bytes) << i;
      }
      for (const int flip : {1, 0x80, 0xFF}) {
        std::string damaged = file;
        damaged[i] = static_cast<char>(damaged[i] ^ flip);
        const auto image = Read(damaged, {.max_pixels = 1 << 16});
        if (image.ok()) {
          EXPECT_EQ(static_cast<int64_t>(image->bytes.size()), 3 * image->height * image->width);
        }
      }
    }
  }
}

TEST(ImageFileTest, GridOfImages) {
  const std::vector<float> images = {0, 1, -1, 2, 0.5, 0.25};  // three of [1, 1, 2]
  const Image grid = ImageGrid(images, {1, 1, 2}, /*columns=*/2);
  EXPECT_EQ(grid.height, 3);
  EXPECT_EQ(grid.width, 5);
  EXPECT_THAT(grid.bytes, ElementsAre(0, 255, 128, 0, 255,        //
                                      128, 128, 128, 128, 128,    //
                                      128, 64, 128, 128, 128));
  const Image colours = ImageGrid(std::vector<float>{0, 1, 1, 0, 0, 1}, {3, 1, 2}, 5);
  EXPECT_THAT(colours.bytes, ElementsAre(0, 255, 0, 255, 0, 255));
  EXPECT_DEATH(ImageGrid(images, {1, 2, 2}, 1), "6 numbers as images \\[1, 2, 2\\]");
}

}  // namespace
}  // namespace hairpin
