#include "tools/training/out_of_memory.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <new>

#include "tensor/memory_limit.h"

namespace hairpin {
namespace {

// Made beforehand: at the end there is no memory for it.
char last_line[256];
size_t last_line_size = 0;

void End() {
  if (write(STDERR_FILENO, last_line, last_line_size) < 0) {
    // Nobody listens: the exit code says it.
  }
  _exit(1);
}

}  // namespace

void EndWithoutMemory(const char* program) {
  const MemoryLimit limit = FindMemoryLimit();
  const int size = std::snprintf(
      last_line, sizeof(last_line),
      "%s: memory: found no more of it, expected more than the %lld bytes %s\n", program,
      static_cast<long long>(limit.bytes), limit.of);
  last_line_size = std::min(static_cast<size_t>(std::max(size, 0)), sizeof(last_line) - 1);
  std::set_new_handler(End);
}

}  // namespace hairpin
