// Loaded into a program by LD_PRELOAD: kills it, as SIGKILL does, at the n-th of its calls that
// change files, n in $HAIRPIN_KILL_AT_CALL. Before the call for even n, right after it for odd n:
// between a rename and the sync of its folder, too. It says which call it was.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace {

std::atomic<int> calls{0};

int KillAt() {
  static const int number = [] {
    const char* const text = std::getenv("HAIRPIN_KILL_AT_CALL");
    return text != nullptr ? std::atoi(text) : 0;
  }();
  return number;
}

void Die(const char* name) {
  char line[64];
  const int bytes = std::snprintf(line, sizeof(line), "\nkilled at: %s\n", name);
  using Write = ssize_t(int, const void*, size_t);
  reinterpret_cast<Write*>(dlsym(RTLD_NEXT, "write"))(2, line, static_cast<size_t>(bytes));
  kill(getpid(), SIGKILL);
  pause();
}

// The system's call of that name, with a death before or after it.
template <class Function, class... Arguments>
auto Call(const char* name, Arguments... arguments) {
  const int number = ++calls;
  if (number == KillAt() && number % 2 == 0) Die(name);
  const auto result = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name))(arguments...);
  if (number == KillAt()) Die(name);
  return result;
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* data, size_t bytes) {
  return Call<ssize_t(int, const void*, size_t)>("write", file, data, bytes);
}
ssize_t pwrite(int file, const void* data, size_t bytes, off_t offset) {
  return Call<ssize_t(int, const void*, size_t, off_t)>("pwrite", file, data, bytes, offset);
}
ssize_t pwrite64(int file, const void* data, size_t bytes, off_t offset) {
  return Call<ssize_t(int, const void*, size_t, off_t)>("pwrite", file, data, bytes, offset);
}
int ftruncate(int file, off_t bytes) { return Call<int(int, off_t)>("ftruncate", file, bytes); }
int ftruncate64(int file, off_t bytes) { return Call<int(int, off_t)>("ftruncate", file, bytes); }
int fsync(int file) { return Call<int(int)>("fsync", file); }
int rename(const char* from, const char* to) noexcept {
  return Call<int(const char*, const char*)>("rename", from, to);
}
int unlink(const char* path) noexcept { return Call<int(const char*)>("unlink", path); }
int mkdir(const char* path, mode_t mode) noexcept {
  return Call<int(const char*, mode_t)>("mkdir", path, mode);
}

}  // extern "C"
