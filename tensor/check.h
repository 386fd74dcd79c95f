// HAIRPIN_CHECK: for what only a bug in the caller can bring about.
//
//   HAIRPIN_CHECK(a.shape() == b.shape())
//       << "Add: shapes " << a.shape() << " and " << b.shape() << " differ";
//
// A failed check prints file, line, the condition and the message to standard
// error and aborts. Errors that come from outside (files, flags, data) are
// absl::Status instead. HAIRPIN_DCHECK costs nothing unless --config=debug.
//
// (absl/log would do, but Debian 12's Abseil predates it.)
#ifndef HAIRPIN_TENSOR_CHECK_H_
#define HAIRPIN_TENSOR_CHECK_H_

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

namespace hairpin::internal {

// Collects the message of a failed check; its destructor prints and aborts.
class CheckFailure {
 public:
  CheckFailure(const char* file, int line, const char* condition) {
    stream_ << file << ":" << line << ": check failed: " << condition << ": ";
  }
  [[noreturn]] ~CheckFailure() {
    const std::string text = stream_.str();
    std::fprintf(stderr, "%s\n", text.c_str());
    std::fflush(stderr);
    std::abort();
  }
  std::ostream& stream() { return stream_; }

 private:
  std::ostringstream stream_;
};

// Turns the whole `stream << ...` expression into void, so that both arms of
// the conditional operator in HAIRPIN_CHECK have one type.
struct Voidify {
  void operator&(std::ostream&) const {}
};

}  // namespace hairpin::internal

#define HAIRPIN_CHECK(condition)                                   \
  (__builtin_expect(static_cast<bool>(condition), 1))              \
      ? (void)0                                                    \
      : ::hairpin::internal::Voidify() &                           \
            ::hairpin::internal::CheckFailure(__FILE__, __LINE__,  \
                                              #condition)          \
                .stream()

#ifdef HAIRPIN_DEBUG
#define HAIRPIN_DCHECK(condition) HAIRPIN_CHECK(condition)
#else
#define HAIRPIN_DCHECK(condition) HAIRPIN_CHECK(true || (condition))
#endif

#endif  // HAIRPIN_TENSOR_CHECK_H_
