// Makes the cache of ids of a text.
//
//   auto info = BuildTokenCache({.paths = {"novels.txt"}, .part = TextPart::kTrain}, vocabulary,
//                               {.seq_len = 64}, "runs/a/tokens/train");
//
// The text is read once, line by line; threads encode fixed blocks of it, and what they give is
// packed in order: the same file for any number of threads. Memory is some MiB, whatever the text.
#ifndef HAIRPIN_DATA_TOKEN_CACHE_BUILDER_H_
#define HAIRPIN_DATA_TOKEN_CACHE_BUILDER_H_

#include <string>

#include "absl/status/statusor.h"
#include "data/text_blocks.h"
#include "data/token_cache.h"
#include "data/vocabulary.h"
#include "tensor/hash.h"
#include "tensor/stop_question.h"

namespace hairpin {

struct TokenCacheOptions {
  int32_t seq_len = 64;  // T, at least 3
  Packing packing = Packing::kStream;
  bool lowercase = true;  // as the vocabulary was made
  TextProgress progress = nullptr;
  StopQuestion stop = nullptr;
};

// What the cache of this part of a text (HashText) would say of its source (the first group of
// TokenCacheInfo's fields): with CheckSameSource, whether one that is there already can be used.
TokenCacheInfo DescribeTokenCache(const FileDigest& text, TextPart part,
                                  const Vocabulary& vocabulary, const TokenCacheOptions& options);

// Writes `path`, whole or not at all; its folder must exist. Special tokens written in the text are
// ordinary text. INVALID_ARGUMENT where the vocabulary is not trainable (RequireTrainable), seq_len
// is less than 3, or the text is too short for one record.
absl::StatusOr<TokenCacheInfo> BuildTokenCache(const TextSource& source,
                                               const Vocabulary& vocabulary,
                                               const TokenCacheOptions& options,
                                               const std::string& path);

}  // namespace hairpin

#endif  // HAIRPIN_DATA_TOKEN_CACHE_BUILDER_H_
