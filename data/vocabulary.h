// A WordPiece vocabulary: tokens and their ids, as in BERT's vocab.txt.
//
//   absl::StatusOr<Vocabulary> vocabulary = Vocabulary::Load("vocab.txt");
//   int32_t id = vocabulary->Find("##ing");              // -1 where there is none
//
// A vocab.txt has one token a line, and the line's number from 0 is its id. A token that goes on a
// word starts with "##". [PAD] [UNK] [CLS] [SEP] [MASK] must be there; where they stand is free
// (bert-base-uncased has [MASK] at 103), but a model is trained only with ids 0 to 4: see
// RequireTrainable.
//
// Not copied: it can be large. Unchanging once made; any number of threads may use it.
#ifndef HAIRPIN_DATA_VOCABULARY_H_
#define HAIRPIN_DATA_VOCABULARY_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace hairpin {

// Ids of the special tokens in every vocabulary that a model is trained with. All ids from
// kFirstOrdinaryId on are what a masked language model may mask and predict.
inline constexpr int32_t kPadId = 0, kUnknownId = 1, kClsId = 2, kSepId = 3, kMaskId = 4;
inline constexpr int32_t kFirstOrdinaryId = 5;

// Their names, in this order.
inline constexpr std::array<std::string_view, 5> kSpecialTokens = {"[PAD]", "[UNK]", "[CLS]",
                                                                   "[SEP]", "[MASK]"};

class Vocabulary {
 public:
  static constexpr int64_t kMaxFileBytes = int64_t{16} << 20;
  static constexpr int32_t kMaxTokens = 1 << 20;

  // Reads a vocab.txt (UTF-8; LF or CRLF). INVALID_ARGUMENT names file, line, what was found and
  // what was expected: not UTF-8, an empty line, a token twice, a special token missing, more than
  // kMaxTokens; RESOURCE_EXHAUSTED where the file has more than kMaxFileBytes.
  static absl::StatusOr<Vocabulary> Load(const std::string& path);

  // The same from a list, which errors call `name`.
  static absl::StatusOr<Vocabulary> FromTokens(const std::vector<std::string>& tokens,
                                               const std::string& name);

  // Writes a vocab.txt: whole or not at all.
  absl::Status Save(const std::string& path) const;

  Vocabulary(Vocabulary&&) = default;
  Vocabulary& operator=(Vocabulary&&) = default;
  Vocabulary(const Vocabulary&) = delete;
  Vocabulary& operator=(const Vocabulary&) = delete;

  int32_t size() const { return static_cast<int32_t>(starts_.size()) - 1; }

  // The token of `id` in [0, size()).
  std::string_view Token(int32_t id) const {
    return std::string_view(text_).substr(starts_[id], starts_[id + 1] - starts_[id] - 1);
  }

  // The id of `token`, or -1.
  int32_t Find(std::string_view token) const;

  // Id of kSpecialTokens[i].
  int32_t special_id(int i) const { return special_ids_[i]; }
  int32_t unknown_id() const { return special_ids_[1]; }
  int32_t mask_id() const { return special_ids_[4]; }
  bool IsSpecial(int32_t id) const;

  // OK if the special tokens have ids 0 to 4 and there is at least one more token; else
  // INVALID_ARGUMENT that names what stands in their place.
  absl::Status RequireTrainable() const;

  // SHA-256 of the vocab.txt that Save writes.
  std::string Fingerprint() const;

  // The tokens as a trie over bytes, which finds the longest token that starts a text. A node is a
  // number; kNoNode stands for "no token starts like this".
  static constexpr int32_t kNoNode = -1;
  static constexpr int32_t kRoot = 0;
  int32_t Next(int32_t node, unsigned char byte) const {
    const uint32_t key = static_cast<uint32_t>(node) << 8 | byte;
    for (uint32_t slot = key * kHashFactor >> edge_shift_;; slot = (slot + 1) & edge_mask_) {
      if (edges_[slot].key == key) return static_cast<int32_t>(edges_[slot].target);
      if (edges_[slot].key == kNoKey) return kNoNode;
    }
  }
  // Id of the token that ends at `node`, or -1.
  int32_t IdAt(int32_t node) const { return ids_[node]; }
  // The node below which the tokens that go on a word stand ("##" is read), or kNoNode.
  int32_t continuation_root() const { return continuation_root_; }

 private:
  static constexpr uint32_t kNoKey = 0xFFFFFFFF;
  static constexpr uint32_t kHashFactor = 0x9E3779B1;  // 2^32 divided by the golden ratio
  struct Edge {
    uint32_t key = kNoKey;  // node << 8 | byte; nodes are fewer than 2^24
    uint32_t target = 0;
  };

  Vocabulary() = default;
  static absl::StatusOr<Vocabulary> FromText(std::string text, const std::string& name);
  // Adds an edge from `node`, or follows the one that is there.
  int32_t NextOrNew(int32_t node, unsigned char byte);
  void GrowEdges();

  std::string name_;                // for errors: the file
  std::string text_;                // the tokens, an LF after each
  std::vector<uint32_t> starts_;    // of each token in text_, and text_'s size
  std::vector<Edge> edges_;         // open addressing, a power of two of slots
  uint32_t edge_mask_ = 0;
  int edge_shift_ = 0;
  std::vector<int32_t> ids_;        // of each node
  int32_t continuation_root_ = kNoNode;
  std::array<int32_t, 5> special_ids_ = {-1, -1, -1, -1, -1};
};

}  // namespace hairpin

#endif  // HAIRPIN_DATA_VOCABULARY_H_
