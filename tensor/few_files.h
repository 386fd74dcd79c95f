// FewFiles: a process that may open few files more, for tests of what can't be opened.
//
//   const FewFiles few(1);  // one at a time; more are "Too many open files"
#ifndef HAIRPIN_TENSOR_FEW_FILES_H_
#define HAIRPIN_TENSOR_FEW_FILES_H_

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tensor/check.h"

namespace hairpin {

// While it lives. Descriptors below those that are in use have no gaps in tests.
class FewFiles {
 public:
  explicit FewFiles(int more) {
    const int next = open("/dev/null", O_RDONLY);
    HAIRPIN_CHECK(next >= 0 && close(next) == 0 && getrlimit(RLIMIT_NOFILE, &before_) == 0);
    Set({static_cast<rlim_t>(next + more), before_.rlim_max});
  }
  FewFiles(const FewFiles&) = delete;
  FewFiles& operator=(const FewFiles&) = delete;
  ~FewFiles() { Set(before_); }

 private:
  static void Set(const struct rlimit& limit) {
    HAIRPIN_CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0) << "setrlimit";
  }
  struct rlimit before_;
};

}  // namespace hairpin

#endif  // HAIRPIN_TENSOR_FEW_FILES_H_
