// Writes the sample corpus to the file that its only argument names; used by the build.
#include <cstdio>
#include <fstream>

#include "data/sample/sample_corpus.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: write_sample_corpus FILE\n");
    return 1;
  }
  std::ofstream file(argv[1], std::ios::binary);
  file << hairpin::SampleCorpus() << std::flush;
  if (!file) {
    std::fprintf(stderr, "%s: cannot be written\n", argv[1]);
    return 1;
  }
  return 0;
}
