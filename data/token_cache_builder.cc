#include "data/token_cache_builder.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "data/wordpiece.h"
#include "tensor/file.h"
#include "tensor/hash.h"
#include "tensor/thread_pool.h"

namespace hairpin {
namespace {

constexpr int64_t kBlocksPerRound = 16;

// Collects ids into records and writes them.
class Packer {
 public:
  Packer(TokenCacheInfo* info, AtomicFileWriter* writer) : info_(*info), writer_(writer) {
    record_.reserve(static_cast<size_t>(info->seq_len));
    record_.push_back(kClsId);
  }

  // Some ids of the line under way.
  absl::Status Add(std::span<const int32_t> ids) {
    info_.ids += static_cast<int64_t>(ids.size());
    info_.unknown_ids += std::count(ids.begin(), ids.end(), kUnknownId);
    for (const int32_t id : ids) {
      if (record_.size() + 1 < static_cast<size_t>(info_.seq_len)) {
        record_.push_back(id);
      } else if (info_.packing == Packing::kLine) {
        return absl::OkStatus();  // the rest of the line is left out
      } else {
        if (absl::Status status = Emit(); !status.ok()) return status;
        record_.push_back(id);
      }
    }
    return absl::OkStatus();
  }

  absl::Status EndLine() {
    ++info_.lines;
    if (info_.packing == Packing::kLine) return record_.size() > 1 ? Emit() : absl::OkStatus();
    if (record_.size() + 1 == static_cast<size_t>(info_.seq_len)) {
      if (absl::Status status = Emit(); !status.ok()) return status;
    }
    record_.push_back(kSepId);
    return absl::OkStatus();
  }

  // After the last line. In a stream an incomplete record is dropped.
  absl::Status Finish() {
    const bool complete = record_.size() + 1 == static_cast<size_t>(info_.seq_len);
    return info_.packing == Packing::kStream && complete ? Emit() : absl::OkStatus();
  }

  uint32_t crc() const { return crc_; }

 private:
  // Ends the record with [SEP] and [PAD], writes it, and begins the next.
  absl::Status Emit() {
    record_.push_back(kSepId);
    record_.resize(static_cast<size_t>(info_.seq_len), kPadId);
    const void* bytes = record_.data();
    if (info_.id_bytes() == 2) {
      narrow_.assign(record_.begin(), record_.end());
      bytes = narrow_.data();
    }
    const auto size = static_cast<size_t>(info_.record_bytes());
    crc_ = Crc32c(bytes, size, crc_);
    ++info_.records;
    record_.resize(1);
    return writer_->Write(bytes, size);
  }

  TokenCacheInfo& info_;
  AtomicFileWriter* writer_;
  std::vector<int32_t> record_;  // [CLS] and what is there of the record under way
  std::vector<uint16_t> narrow_;
  uint32_t crc_ = 0;
};

// What a thread makes of a block: ids, and how many there are at the end of each piece.
struct EncodedBlock {
  std::vector<int32_t> ids;
  std::vector<size_t> ends;
};

absl::Status EncodeText(BlockReader* reader, const Vocabulary& vocabulary,
                        const TokenCacheOptions& options, Packer* packer) {
  std::vector<std::unique_ptr<WordPieceEncoder>> encoders;
  for (int i = 0; i < NumThreads(); ++i) {
    encoders.push_back(std::make_unique<WordPieceEncoder>(
        vocabulary, WordPieceOptions{.lowercase = options.lowercase}));
  }
  std::vector<TextBlock> blocks(kBlocksPerRound);
  std::vector<EncodedBlock> encoded(kBlocksPerRound);
  for (int64_t count = kBlocksPerRound; count == kBlocksPerRound;) {
    absl::StatusOr<int64_t> read = reader->Next(&blocks);
    if (!read.ok()) return read.status();
    count = *read;
    ParallelFor(count, [&](int64_t b, int worker) {
      encoded[b].ids.clear();
      encoded[b].ends.clear();
      for (const TextBlock::Piece& piece : blocks[b].pieces) {
        encoders[worker]->Encode(blocks[b].Text(piece), &encoded[b].ids);
        encoded[b].ends.push_back(encoded[b].ids.size());
      }
    });
    for (int64_t b = 0; b < count; ++b) {
      size_t begin = 0;
      for (size_t i = 0; i < encoded[b].ends.size(); ++i) {
        const size_t end = encoded[b].ends[i];
        absl::Status status = packer->Add(std::span(encoded[b].ids).subspan(begin, end - begin));
        if (status.ok() && blocks[b].pieces[i].ends_line) status = packer->EndLine();
        if (!status.ok()) return status;
        begin = end;
      }
    }
    const LineReader& lines = reader->lines();
    if (options.progress) options.progress(lines.bytes_read(), lines.total_bytes());
    absl::Status status = CheckStop(options.stop, "the text became ids");
    if (!status.ok()) return status;
  }
  return packer->Finish();
}

}  // namespace

TokenCacheInfo DescribeTokenCache(const FileDigest& text, TextPart part,
                                  const Vocabulary& vocabulary, const TokenCacheOptions& options) {
  return TokenCacheInfo{.seq_len = options.seq_len,
                        .packing = options.packing,
                        .lowercase = options.lowercase,
                        .part = part,
                        .text = text,
                        .vocabulary_size = vocabulary.size(),
                        .vocabulary_sha256 = vocabulary.Fingerprint()};
}

absl::StatusOr<TokenCacheInfo> BuildTokenCache(const TextSource& source,
                                               const Vocabulary& vocabulary,
                                               const TokenCacheOptions& options,
                                               const std::string& path) {
  if (absl::Status status = vocabulary.RequireTrainable(); !status.ok()) return status;
  if (options.seq_len < 3) {
    return absl::InvalidArgumentError(absl::StrCat(
        "found seq_len ", options.seq_len, ", expected at least 3: [CLS], one id, [SEP]"));
  }
  auto reader = BlockReader::Open(source);
  if (!reader.ok()) return reader.status();
  const absl::StatusOr<FileDigest> text = HashText(source.paths, {.stop = options.stop});
  if (!text.ok()) return text.status();
  TokenCacheInfo info = DescribeTokenCache(*text, source.part, vocabulary, options);
  auto writer = AtomicFileWriter::Create(path);
  if (!writer.ok()) return writer.status();
  // Zeros where the header will stand: it needs what is known at the end.
  const std::string nothing(static_cast<size_t>(internal::kTokenCacheHeaderBytes), '\0');
  if (absl::Status status = (*writer)->Write(nothing); !status.ok()) return status;
  Packer packer(&info, writer->get());
  absl::Status status = EncodeText(reader->get(), vocabulary, options, &packer);
  if (!status.ok()) return status;
  info.invalid_sequences = (*reader)->lines().invalid_sequences();
  info.nuls = (*reader)->lines().nuls();
  if (info.records == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        absl::StrJoin(source.paths, ","), ": found ", info.ids, " ids in ", info.lines, " lines",
        source.part == TextPart::kAll     ? ""
        : source.part == TextPart::kTrain ? " kept for training"
                                          : " kept for evaluation (every 50th)",
        ", too short for one sequence; expected at least ",
        options.packing == Packing::kStream ? options.seq_len - 2 : 1,
        ", each line's end counted as one in a stream"));
  }
  const std::string header = internal::TokenCacheHeader(info, packer.crc());
  status = (*writer)->WriteAt(0, header.data(), header.size());
  if (status.ok()) status = (*writer)->Commit();
  if (!status.ok()) return status;
  return info;
}

}  // namespace hairpin
