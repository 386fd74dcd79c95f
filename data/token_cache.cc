#include "data/token_cache.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "data/vocabulary.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

static_assert(std::endian::native == std::endian::little, "the file's numbers are little-endian");

constexpr std::string_view kMagic = "HPTOKENS";
constexpr uint32_t kVersion = 1;
constexpr int kHashDigits = 2 * Sha256::kBytes;
constexpr int64_t kCrcAt = internal::kTokenCacheHeaderBytes - 4;  // the header's own
constexpr int64_t kCheckBytes = int64_t{1} << 18;

template <class T>
void Put(T value, std::string* header) {
  header->append(reinterpret_cast<const char*>(&value), sizeof(T));
}

template <class T>
T Take(const char** at) {
  T value;
  std::memcpy(&value, *at, sizeof(T));
  *at += sizeof(T);
  return value;
}

const char* Name(Packing packing) { return packing == Packing::kStream ? "stream" : "line"; }

// The first id that no vocabulary of this size has, among `bytes` bytes that stand `before` bytes
// behind the header; "" if there is none. An embedding would read beyond its end for it.
template <class T>
std::string WrongId(const char* data, size_t bytes, int64_t before, const TokenCacheInfo& info) {
  for (size_t at = 0; at + sizeof(T) <= bytes; at += sizeof(T)) {
    T id;
    std::memcpy(&id, data + at, sizeof(T));
    if (id >= static_cast<uint32_t>(info.vocabulary_size)) {
      return absl::StrCat("record ", (before + static_cast<int64_t>(at)) / info.record_bytes(),
                          ": found id ", id, ", expected ids below ", info.vocabulary_size);
    }
  }
  return "";
}

std::string WrongId(const char* data, size_t bytes, int64_t before, const TokenCacheInfo& info) {
  return info.id_bytes() == 2 ? WrongId<uint16_t>(data, bytes, before, info)
                              : WrongId<uint32_t>(data, bytes, before, info);
}

template <class T>
std::string Difference(const char* field, const T& found, const T& expected) {
  return found == expected ? std::string()
                           : absl::StrCat("found ", field, " ", found, ", expected ", expected);
}

}  // namespace

namespace internal {

std::string TokenCacheHeader(const TokenCacheInfo& info, uint32_t records_crc) {
  HAIRPIN_CHECK(info.text.sha256.size() == kHashDigits &&
                info.vocabulary_sha256.size() == kHashDigits)
      << "TokenCache: a SHA-256 that has not " << kHashDigits << " digits";
  std::string header(kMagic);
  Put(kVersion, &header);
  Put(static_cast<uint32_t>(info.seq_len), &header);
  Put(static_cast<uint32_t>(info.packing), &header);
  Put(static_cast<uint32_t>(info.lowercase), &header);
  Put(static_cast<uint32_t>(info.part), &header);
  Put(static_cast<uint32_t>(info.vocabulary_size), &header);
  for (const int64_t number : {info.text.bytes, info.records, info.lines, info.ids,
                               info.unknown_ids, info.invalid_sequences, info.nuls}) {
    Put(number, &header);
  }
  header += info.text.sha256;
  header += info.vocabulary_sha256;
  Put(records_crc, &header);
  header.resize(kCrcAt, '\0');
  Put(Crc32c(header.data(), header.size()), &header);
  return header;
}

}  // namespace internal

absl::Status CheckSameSource(const TokenCacheInfo& found, const TokenCacheInfo& expected,
                             const std::string& path) {
  for (const std::string& difference :
       {Difference("seq_len", found.seq_len, expected.seq_len),
        Difference<std::string>("packing", Name(found.packing), Name(expected.packing)),
        Difference<int>("lowercase", found.lowercase, expected.lowercase),
        Difference("part of the text", static_cast<uint32_t>(found.part),
                   static_cast<uint32_t>(expected.part)),
        Difference("bytes of text", found.text.bytes, expected.text.bytes),
        Difference("text with SHA-256", found.text.sha256, expected.text.sha256),
        Difference("vocabulary size", found.vocabulary_size, expected.vocabulary_size),
        Difference("vocabulary with SHA-256", found.vocabulary_sha256,
                   expected.vocabulary_sha256)}) {
    if (!difference.empty()) {
      return absl::FailedPreconditionError(absl::StrCat(path, ": ", difference));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<TokenCache>> TokenCache::Open(const std::string& path,
                                                             const StopQuestion& stop) {
  auto reader = PositionalReader::Open(path);
  if (!reader.ok()) return reader.status();
  const int64_t size = (*reader)->size();
  if (size < internal::kTokenCacheHeaderBytes) {
    return absl::DataLossError(absl::StrCat(path, ": found ", size, " bytes, expected at least ",
                                            internal::kTokenCacheHeaderBytes,
                                            " for the header of a cache of ids"));
  }
  std::vector<char> header(internal::kTokenCacheHeaderBytes);
  if (absl::Status s = (*reader)->ReadAt(0, header.data(), header.size()); !s.ok()) return s;
  const char* at = header.data();
  if (std::string_view(at, kMagic.size()) != kMagic) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": byte 0: found something else, expected a cache of ids (HPTOKENS)"));
  }
  at += kMagic.size();
  const uint32_t version = Take<uint32_t>(&at);
  if (version != kVersion) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": byte 8: found format version ", version,
                                                   ", expected ", kVersion));
  }
  uint32_t header_crc;
  std::memcpy(&header_crc, header.data() + kCrcAt, 4);
  if (header_crc != Crc32c(header.data(), kCrcAt)) {
    return absl::DataLossError(absl::StrCat(path, ": byte ", kCrcAt,
                                            ": found another checksum than the header's"));
  }
  TokenCacheInfo info;
  info.seq_len = static_cast<int32_t>(Take<uint32_t>(&at));
  info.packing = static_cast<Packing>(Take<uint32_t>(&at));
  info.lowercase = Take<uint32_t>(&at) != 0;
  info.part = static_cast<TextPart>(Take<uint32_t>(&at));
  info.vocabulary_size = static_cast<int32_t>(Take<uint32_t>(&at));
  for (int64_t* number : {&info.text.bytes, &info.records, &info.lines, &info.ids,
                          &info.unknown_ids, &info.invalid_sequences, &info.nuls}) {
    *number = Take<int64_t>(&at);
  }
  info.text.sha256.assign(at, kHashDigits);
  info.vocabulary_sha256.assign(at + kHashDigits, kHashDigits);
  at += 2 * kHashDigits;
  const uint32_t records_crc = Take<uint32_t>(&at);
  const int64_t bytes = size - internal::kTokenCacheHeaderBytes;
  if (info.seq_len < 3 || info.vocabulary_size <= kFirstOrdinaryId || info.records < 1) {
    return absl::DataLossError(absl::StrCat(
        path, ": header: found seq_len ", info.seq_len, ", vocabulary size ", info.vocabulary_size,
        " and ", info.records, " records, expected at least 3, 6 and 1"));
  }
  if (bytes % info.record_bytes() != 0 || bytes / info.record_bytes() != info.records) {
    return absl::DataLossError(absl::StrCat(path, ": found ", bytes,
                                            " bytes after the header, expected ", info.records,
                                            " records of ", info.record_bytes()));
  }
  std::vector<char> buffer(static_cast<size_t>(std::min(bytes, kCheckBytes)));
  uint32_t crc = 0;
  std::string wrong;
  for (int64_t done = 0; done < bytes;) {
    if (absl::Status s = CheckStop(stop, path, " was verified"); !s.ok()) return s;
    const size_t part = std::min<int64_t>(static_cast<int64_t>(buffer.size()), bytes - done);
    absl::Status status =
        (*reader)->ReadAt(internal::kTokenCacheHeaderBytes + done, buffer.data(), part);
    if (!status.ok()) return status;
    crc = Crc32c(buffer.data(), part, crc);
    if (wrong.empty()) wrong = WrongId(buffer.data(), part, done, info);
    done += static_cast<int64_t>(part);
  }
  if (crc != records_crc) {
    return absl::DataLossError(absl::StrCat(path, ": records: found checksum ", crc,
                                            ", expected ", records_crc));
  }
  if (!wrong.empty()) return absl::DataLossError(absl::StrCat(path, ": ", wrong));
  return std::unique_ptr<TokenCache>(new TokenCache(*std::move(reader), std::move(info)));
}

absl::Status TokenCache::Read(int64_t record, std::span<int32_t> ids) const {
  HAIRPIN_CHECK(record >= 0 && record < info_.records &&
                static_cast<int32_t>(ids.size()) == info_.seq_len)
      << "TokenCache: record " << record << " into " << ids.size() << " places; there are "
      << info_.records << " records of " << info_.seq_len;
  const int64_t record_bytes = info_.record_bytes();
  const int64_t offset = internal::kTokenCacheHeaderBytes + record * record_bytes;
  // Narrow ids are read into the second half of their place and widened from the front: the i-th
  // is written to bytes [4i, 4i + 4), and what is still to be widened begins at 2 T + 2i + 2.
  char* place = reinterpret_cast<char*>(ids.data());
  char* narrow = place + ids.size_bytes() - record_bytes;
  absl::Status status = reader_->ReadAt(offset, narrow, static_cast<size_t>(record_bytes));
  if (!status.ok() || info_.id_bytes() == 4) return status;
  for (size_t i = 0; i < ids.size(); ++i) {
    uint16_t id;
    std::memcpy(&id, narrow + 2 * i, 2);
    ids[i] = id;
  }
  return absl::OkStatus();
}

}  // namespace hairpin
