#include "data/image/jpeg.h"

#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>

namespace hairpin {
namespace {

// What a progressive file's coefficients may take, beside the pixels.
constexpr long kMaxMemory = 256L << 20;

struct ErrorManager {
  jpeg_error_mgr base;  // first: the library hands it on as its own
  std::jmp_buf back;
  char message[JMSG_LENGTH_MAX] = {};
};

[[noreturn]] void Stop(j_common_ptr jpeg) {
  auto* manager = reinterpret_cast<ErrorManager*>(jpeg->err);
  jpeg->err->format_message(jpeg, manager->message);
  std::longjmp(manager->back, 1);
}

// Negative levels are warnings: damaged data that the library would fill with guesses.
void StopAtWarnings(j_common_ptr jpeg, int level) {
  if (level < 0) Stop(jpeg);
}

// Between setjmp and what jumps back to it there is no object with a destructor, and nothing that
// is read after the jump changes.
void Decode(std::string_view file, int channels,
            const std::function<uint8_t*(int64_t, int64_t)>& room, jpeg_decompress_struct* jpeg,
            ErrorManager* manager) {
  if (setjmp(manager->back) != 0) return;
  jpeg_mem_src(jpeg, reinterpret_cast<const unsigned char*>(file.data()),
               static_cast<unsigned long>(file.size()));
  jpeg_read_header(jpeg, TRUE);
  jpeg->out_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg->mem->max_memory_to_use = kMaxMemory;
  uint8_t* pixels = room(jpeg->image_height, jpeg->image_width);
  if (pixels == nullptr) return;
  jpeg_start_decompress(jpeg);
  const size_t stride = size_t{jpeg->output_width} * static_cast<size_t>(channels);
  while (jpeg->output_scanline < jpeg->output_height) {
    JSAMPROW row = pixels + jpeg->output_scanline * stride;
    jpeg_read_scanlines(jpeg, &row, 1);
  }
  jpeg_finish_decompress(jpeg);
}

}  // namespace

std::string ReadJpeg(std::string_view file, int channels,
                     const std::function<uint8_t*(int64_t height, int64_t width)>& room) {
  jpeg_decompress_struct jpeg = {};
  ErrorManager manager = {};
  jpeg.err = jpeg_std_error(&manager.base);
  manager.base.error_exit = Stop;
  manager.base.emit_message = StopAtWarnings;
  jpeg_create_decompress(&jpeg);
  Decode(file, channels, room, &jpeg, &manager);
  jpeg_destroy_decompress(&jpeg);
  return manager.message;
}

}  // namespace hairpin
