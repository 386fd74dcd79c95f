#include "data/text_blocks.h"

#include "absl/strings/str_cat.h"

namespace hairpin {

absl::StatusOr<FileDigest> HashText(const std::vector<std::string>& paths,
                                    const HashOptions& options) {
  FileDigest all;
  Sha256 sum;
  for (const std::string& path : paths) {
    absl::StatusOr<FileDigest> digest = HashFile(path, options);
    if (!digest.ok() || paths.size() == 1) return digest;
    all.bytes += digest->bytes;
    sum.Update(absl::StrCat(digest->sha256, " ", digest->bytes, "\n"));
  }
  all.sha256 = sum.HexDigest();
  return all;
}

absl::StatusOr<std::unique_ptr<BlockReader>> BlockReader::Open(const TextSource& source) {
  auto lines = LineReader::Open(source.paths);
  if (!lines.ok()) return lines.status();
  return std::unique_ptr<BlockReader>(new BlockReader(*std::move(lines), source.part));
}

absl::StatusOr<bool> BlockReader::Next(TextBlock* block) {
  using Part = TrainEvalSplit::Part;
  block->text.clear();
  block->pieces.clear();
  LinePiece piece;
  while (static_cast<int64_t>(block->text.size()) < kBlockBytes) {
    absl::StatusOr<bool> more = lines_->Next(&piece);
    if (!more.ok()) return more.status();
    if (!*more) break;
    const Part part = split_.Next(piece);
    if (part == Part::kBlank) continue;
    if (part_ == TextPart::kTrain && part != Part::kTrain) continue;
    if (part_ == TextPart::kEvaluation && part != Part::kEvaluation) continue;
    const auto begin = static_cast<uint32_t>(block->text.size());
    block->text += piece.text;
    block->pieces.push_back(
        {begin, static_cast<uint32_t>(block->text.size()), !piece.continues});
  }
  return !block->pieces.empty();
}

absl::StatusOr<int64_t> BlockReader::Next(std::vector<TextBlock>* blocks) {
  int64_t count = 0;
  for (TextBlock& block : *blocks) {
    absl::StatusOr<bool> more = Next(&block);
    if (!more.ok()) return more.status();
    if (!*more) break;
    ++count;
  }
  return count;
}

}  // namespace hairpin
