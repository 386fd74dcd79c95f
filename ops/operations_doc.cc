// Prints docs/operations.md.
#include <cstdio>

#include "ops/operations_document.h"

int main() {
  const std::string document = hairpin::OperationsDocument();
  const size_t written = std::fwrite(document.data(), 1, document.size(), stdout);
  return written == document.size() && std::fflush(stdout) == 0 ? 0 : 1;
}
