#include "data/vocabulary.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "data/utf8.h"
#include "tensor/file.h"
#include "tensor/hash.h"

namespace hairpin {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::string Place(const std::string& name, size_t id) {
  return absl::StrCat(name, ":", id + 1, ": ");
}

bool IsUtf8(std::string_view text) {
  int bad;
  while (!text.empty()) {
    const int length = Utf8Length(text, &bad);
    if (length == 0) return false;
    text.remove_prefix(static_cast<size_t>(length));
  }
  return true;
}

// Shortened for a message, and without control characters.
std::string Quoted(std::string_view token) {
  std::string quoted = "\"";
  for (const char c : token.substr(0, 60)) quoted += static_cast<unsigned char>(c) < 32 ? '?' : c;
  return quoted + (token.size() > 60 ? "...\"" : "\"");
}

}  // namespace

absl::StatusOr<Vocabulary> Vocabulary::Load(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path, kMaxFileBytes);
  if (!text.ok()) return text.status();
  if (text->starts_with("\xEF\xBB\xBF")) text->erase(0, 3);
  // CRLF becomes LF; a carriage return elsewhere is part of its token.
  std::string lines;
  lines.reserve(text->size() + 1);
  for (size_t i = 0; i < text->size(); ++i) {
    if ((*text)[i] == '\r' && i + 1 < text->size() && (*text)[i + 1] == '\n') continue;
    lines += (*text)[i];
  }
  if (!lines.empty() && lines.back() != '\n') lines += '\n';
  return FromText(std::move(lines), path);
}

absl::StatusOr<Vocabulary> Vocabulary::FromTokens(const std::vector<std::string>& tokens,
                                                  const std::string& name) {
  std::string text;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].find('\n') != std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat(Place(name, i), "found a line feed inside a token, expected none"));
    }
    text += tokens[i];
    text += '\n';
  }
  return FromText(std::move(text), name);
}

absl::StatusOr<Vocabulary> Vocabulary::FromText(std::string text, const std::string& name) {
  Vocabulary v;
  v.name_ = name;
  v.text_ = std::move(text);
  if (v.text_.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": found an empty file, expected one token a line"));
  }
  if (static_cast<int64_t>(v.text_.size()) > kMaxFileBytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        name, ": found ", v.text_.size(), " bytes, expected at most ", kMaxFileBytes));
  }
  v.ids_.push_back(-1);  // the root
  v.GrowEdges();
  for (size_t begin = 0; begin < v.text_.size();) {
    const size_t end = v.text_.find('\n', begin);
    const std::string_view token = std::string_view(v.text_).substr(begin, end - begin);
    const size_t id = v.starts_.size();
    if (token.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(Place(name, id), "found an empty line, expected a token"));
    }
    if (!IsUtf8(token)) {
      return absl::InvalidArgumentError(
          absl::StrCat(Place(name, id), "found bytes that are not UTF-8, expected a token"));
    }
    if (id >= static_cast<size_t>(kMaxTokens)) {
      return absl::InvalidArgumentError(absl::StrCat(
          Place(name, id), "found one more token, expected at most ", kMaxTokens));
    }
    int32_t node = kRoot;
    for (const char c : token) node = v.NextOrNew(node, static_cast<unsigned char>(c));
    if (v.ids_[node] >= 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(Place(name, id), "found ", Quoted(token), " a second time (first in line ",
                       v.ids_[node] + 1, "), expected each token once"));
    }
    v.ids_[node] = static_cast<int32_t>(id);
    v.starts_.push_back(static_cast<uint32_t>(begin));
    begin = end + 1;
  }
  v.starts_.push_back(static_cast<uint32_t>(v.text_.size()));
  v.ids_.shrink_to_fit();
  v.continuation_root_ = v.Next(kRoot, '#');
  if (v.continuation_root_ != kNoNode) v.continuation_root_ = v.Next(v.continuation_root_, '#');
  for (size_t i = 0; i < kSpecialTokens.size(); ++i) {
    v.special_ids_[i] = v.Find(kSpecialTokens[i]);
    if (v.special_ids_[i] < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ": found ", v.size(), " tokens without ", View(kSpecialTokens[i]),
                       ", expected a line \"", View(kSpecialTokens[i]), "\""));
    }
  }
  return v;
}

absl::Status Vocabulary::Save(const std::string& path) const {
  return WriteFileAtomically(path, text_);
}

int32_t Vocabulary::Find(std::string_view token) const {
  int32_t node = kRoot;
  for (const char c : token) {
    node = Next(node, static_cast<unsigned char>(c));
    if (node == kNoNode) return -1;
  }
  return IdAt(node);
}

bool Vocabulary::IsSpecial(int32_t id) const {
  return std::find(special_ids_.begin(), special_ids_.end(), id) != special_ids_.end();
}

absl::Status Vocabulary::RequireTrainable() const {
  for (int32_t i = 0; i < kFirstOrdinaryId; ++i) {
    if (special_ids_[i] == i) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        Place(name_, i), "found ", i < size() ? Quoted(Token(i)) : "the end", ", expected ",
        View(kSpecialTokens[i]),
        ": a model is trained with [PAD] [UNK] [CLS] [SEP] [MASK] in the first five lines"));
  }
  if (size() <= kFirstOrdinaryId) {
    return absl::InvalidArgumentError(absl::StrCat(
        name_, ": found no token but the five special ones, expected at least one more"));
  }
  return absl::OkStatus();
}

std::string Vocabulary::Fingerprint() const {
  Sha256 sum;
  sum.Update(text_);
  return sum.HexDigest();
}

int32_t Vocabulary::NextOrNew(int32_t node, unsigned char byte) {
  const int32_t next = Next(node, byte);
  if (next != kNoNode) return next;
  if (ids_.size() * 2 > edges_.size()) GrowEdges();
  const uint32_t key = static_cast<uint32_t>(node) << 8 | byte;
  uint32_t slot = key * kHashFactor >> edge_shift_;
  while (edges_[slot].key != kNoKey) slot = (slot + 1) & edge_mask_;
  edges_[slot] = {key, static_cast<uint32_t>(ids_.size())};
  ids_.push_back(-1);
  return static_cast<int32_t>(ids_.size()) - 1;
}

void Vocabulary::GrowEdges() {
  std::vector<Edge> old = std::exchange(edges_, {});
  edges_.resize(std::max<size_t>(64, old.size() * 2));
  edge_mask_ = static_cast<uint32_t>(edges_.size()) - 1;
  edge_shift_ = 32 - std::countr_zero(edges_.size());
  for (const Edge& edge : old) {
    if (edge.key == kNoKey) continue;
    uint32_t slot = edge.key * kHashFactor >> edge_shift_;
    while (edges_[slot].key != kNoKey) slot = (slot + 1) & edge_mask_;
    edges_[slot] = edge;
  }
}

}  // namespace hairpin
