// A folder of images as records: each folder inside it is a class.
//
//   flowers/daisy/1.png  flowers/daisy/2.jpg  flowers/rose/a.png
//
//   absl::StatusOr<Dataset> flowers = ReadImageFolder("flowers", {.channels = 3});
//   flowers->class_names();                       // "daisy", "rose", sorted by bytes
//   flowers->record_shape();                      // [3, H, W]
//
// Records come class after class, in a class by name. Files that end in neither .png, .jpg nor
// .jpeg (in any case of letters) are left out, so are names that begin with a dot. All images must
// have one size: that of the first, or the one that is asked for.
//
// Errors are those of data/image/image_file.h and tensor/file.h, and INVALID_ARGUMENT for fewer
// than two classes or a class without an image.
#ifndef HAIRPIN_DATA_IMAGE_IMAGE_FOLDER_H_
#define HAIRPIN_DATA_IMAGE_IMAGE_FOLDER_H_

#include <string>

#include "absl/status/statusor.h"
#include "data/dataset.h"
#include "data/image/image_file.h"

namespace hairpin {

absl::StatusOr<Dataset> ReadImageFolder(const std::string& folder, ImageOptions options = {});

}  // namespace hairpin

#endif  // HAIRPIN_DATA_IMAGE_IMAGE_FOLDER_H_
