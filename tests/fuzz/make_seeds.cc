// Writes the seeds that are no text, into the folder that is named:
//
//   bazel run //tests/fuzz:make_seeds -- $PWD/tests/fuzz/seeds
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "data/gzip_test_util.h"
#include "data/image/image_file.h"
#include "data/image/image_test_util.h"
#include "data/token_cache.h"
#include "nn/checkpoint.h"
#include "nn/record_file.h"
#include "tensor/check.h"
#include "tensor/file.h"
#include "tensor/hash.h"

namespace hairpin {
namespace {

std::string folder;

// `first` is what a target takes off.
void Write(const std::string& name, char first, std::string_view contents) {
  const std::string path = folder + "/" + name;
  HAIRPIN_CHECK(CreateFolders(path.substr(0, path.rfind('/'))).ok()) << path;
  const absl::Status s = WriteFileAtomically(path, first + std::string(contents));
  HAIRPIN_CHECK(s.ok()) << s.ToString();
}

void Checkpoints() {
  nn::CheckpointMetadata metadata;
  metadata.set_step(7);
  const nn::StateDict state = {
      {nn::kParameterKind, "w", Tensor::FromValues<float>({2}, {1, 2})},
      {nn::kOptimizerKind, "w.m", Tensor::FromValues<double>({2, 1}, {1, 2})}};
  const std::string path = folder + "/scratch";
  HAIRPIN_CHECK(nn::WriteCheckpoint(path, metadata, state).ok()) << path;
  Write("checkpoint/whole", '\0', *ReadFile(path));
  auto reader = nn::RecordReader::Open(path).value();
  std::string records, record;
  while (reader->Next(&record).value()) records += static_cast<char>(record.size()) + record;
  Write("checkpoint/records", '\1', records);
}

void TokenCaches() {
  for (const int32_t vocabulary : {100, 70000}) {
    TokenCacheInfo info;
    info.seq_len = 4;
    info.vocabulary_size = vocabulary;
    info.records = 2;
    info.text = {.bytes = 9, .sha256 = std::string(64, 'a')};
    info.vocabulary_sha256 = std::string(64, 'b');
    const std::string ids(static_cast<size_t>(2 * info.record_bytes()), '\0');
    const std::string file = internal::TokenCacheHeader(info, Crc32c(ids.data(), ids.size())) + ids;
    Write("token_cache/" + std::to_string(vocabulary), '\1', file);
    Write("token_cache/" + std::to_string(vocabulary) + "_sealed", '\0', file);
  }
}

void Images() {
  const std::string idx("\0\0\x08\x03\0\0\0\2\0\0\0\1\0\0\0\2abcd", 20);
  Write("idx/plain", '\2', idx);
  Write("idx/packed", '\2', Gzip(idx));
  Write("gzip/packed", '\1', Gzip("packed packed packed"));
  Write("gzip/two_members", '\1', Gzip("one") + Gzip(std::string(5000, '2')));
  for (const int64_t channels : {1, 3}) {
    const Image image = Pattern(channels, 8, 6);
    const std::string path = folder + "/scratch";
    HAIRPIN_CHECK(WritePng(path, image).ok()) << path;
    const std::string name = channels == 1 ? "grey" : "colours";
    Write("image/" + name + ".png", '\1', *ReadFile(path));
    Write("image/" + name + ".jpg", '\1', JpegBytes(image));
  }
}

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  HAIRPIN_CHECK(argc == 2) << "usage: make_seeds FOLDER";
  hairpin::folder = argv[1];
  hairpin::Checkpoints();
  hairpin::TokenCaches();
  hairpin::Images();
  std::remove((hairpin::folder + "/scratch").c_str());
  return 0;
}
