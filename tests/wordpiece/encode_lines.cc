// Encodes standard input line by line, for comparison with other programs:
//
//   encode_lines VOCAB uncased|cased < text.txt
//
// writes a line of ids, separated by spaces, for each line.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "data/vocabulary.h"
#include "data/wordpiece.h"

int main(int argc, char** argv) {
  if (argc != 3 || (std::strcmp(argv[2], "uncased") != 0 && std::strcmp(argv[2], "cased") != 0)) {
    std::fprintf(stderr, "usage: encode_lines VOCAB uncased|cased < text.txt\n");
    return 1;
  }
  const absl::StatusOr<hairpin::Vocabulary> vocabulary = hairpin::Vocabulary::Load(argv[1]);
  if (!vocabulary.ok()) {
    std::cerr << vocabulary.status().message() << "\n";
    return 1;
  }
  hairpin::WordPieceEncoder encoder(*vocabulary,
                                    {.lowercase = std::strcmp(argv[2], "uncased") == 0});
  std::vector<int32_t> ids;
  for (std::string line; std::getline(std::cin, line);) {
    ids.clear();
    encoder.Encode(line, &ids);
    std::cout << absl::StrJoin(ids, " ") << "\n";
  }
  return 0;
}
