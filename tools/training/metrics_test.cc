#include "tools/training/metrics.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdint>
#include <limits>
#include <string>

#include "gtest/gtest.h"
#include "tensor/failing_files.h"
#include "tensor/file.h"
#include "tensor/file_calls.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

std::string Path() { return TestPath("metrics.jsonl"); }

TEST(Metrics, LinesAreAppendedAndCutOnResume) {
  int64_t kept = 0;
  {
    auto metrics = MetricsFile::Open(Path(), 0);
    ASSERT_TRUE(metrics.ok()) << metrics.status().ToString();
    ASSERT_TRUE((*metrics)->Append({{"step", 0}, {"unigram_loss", 6.5}}).ok());
    kept = (*metrics)->bytes();
    ASSERT_TRUE((*metrics)->Append({{"step", 100}, {"loss", NAN}}).ok());
    ASSERT_TRUE((*metrics)->Sync().ok());
  }
  EXPECT_EQ(*ReadFile(Path()), "{\"step\":0,\"unigram_loss\":6.5}\n{\"step\":100,\"loss\":null}\n");
  {
    auto metrics = MetricsFile::Open(Path(), kept);
    ASSERT_TRUE(metrics.ok());
    ASSERT_TRUE((*metrics)->Append({{"step", 50}}).ok());
  }
  EXPECT_EQ(*ReadFile(Path()), "{\"step\":0,\"unigram_loss\":6.5}\n{\"step\":50}\n");
}

TEST(Metrics, NumbersKeepTheirBits) {
  auto metrics = MetricsFile::Open(Path() + ".numbers", 0);
  ASSERT_TRUE(metrics.ok());
  const int64_t largest = std::numeric_limits<int64_t>::max();
  ASSERT_TRUE((*metrics)->Append({{"largest", largest}, {"third", 1.0 / 3}}).ok());
  ASSERT_TRUE((*metrics)->Append({{"small", -1e-300}, {"large", 1e300}, {"six", 6.0}}).ok());
  ASSERT_TRUE((*metrics)->Append({{"over", INFINITY}, {"under", -INFINITY}}).ok());
  ASSERT_TRUE((*metrics)->Append({}).ok());
  EXPECT_EQ(*ReadFile(Path() + ".numbers"),
            "{\"largest\":9223372036854775807,\"third\":0.3333333333333333}\n"
            "{\"small\":-1e-300,\"large\":1e+300,\"six\":6}\n"
            "{\"over\":null,\"under\":null}\n"
            "{}\n");
}

TEST(Metrics, AWriteOfHalfALineIsGoneOnWithAndTheNextOneSaysWhy) {
  const std::string path = Path() + ".half";
  auto metrics = MetricsFile::Open(path, 0);
  ASSERT_TRUE(metrics.ok());
  FailingFiles files;
  {
    const ScopedFileCalls scope(&files);
    files.FailAt(1, FailingFiles::kShortWrite);
    ASSERT_TRUE((*metrics)->Append({{"step", 1}}).ok());
  }
  EXPECT_EQ(files.calls(), 2);
  EXPECT_EQ(*ReadFile(path), "{\"step\":1}\n");
  // As under `ulimit -f`: the system takes what fits, and says of the rest that nothing does.
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit limit = {.rlim_cur = 15, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  const absl::Status status = (*metrics)->Append({{"step", 2}});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, ignored);
  EXPECT_EQ(std::string(status.message()), path + ": cannot write: File too large");
  EXPECT_EQ(*ReadFile(path), "{\"step\":1}\n{\"st");
  EXPECT_EQ((*metrics)->bytes(), 11);  // where a resumed run cuts it
  EXPECT_TRUE(MetricsFile::Open(path, 11).ok());
  EXPECT_EQ(*ReadFile(path), "{\"step\":1}\n");
}

TEST(Metrics, ShorterThanTheCheckpointSaysIsAnError) {
  const std::string path = Path() + ".short";
  const auto open = [&] { return std::string(MetricsFile::Open(path, 10).status().message()); };
  EXPECT_EQ(open(), path + ": cannot open: No such file or directory");
  EXPECT_FALSE(ReadFile(path).ok());  // it is not made either
  ASSERT_TRUE(WriteFileAtomically(path, "{}\n").ok());
  EXPECT_EQ(open(), path + ": found 3 bytes, expected at least the 10 that the checkpoint counts "
                           "on; put the file back that was there");
}

TEST(Metrics, IsNotCutInsideALine) {
  const std::string path = Path() + ".inside", lines = "{\"a\":1}\n{\"b\":2}\n";
  ASSERT_TRUE(WriteFileAtomically(path, lines).ok());
  const absl::Status cut = MetricsFile::Open(path, 12).status();
  EXPECT_EQ(cut.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(std::string(cut.message()).find(path + ": byte 11: found"), 0u) << cut;
  EXPECT_EQ(*ReadFile(path), lines);
  EXPECT_TRUE(MetricsFile::Open(path, 8).ok());
}

TEST(Metrics, AnotherFileOfItsNameOrOtherBytesAreSeenBeforeACheckpointCountsOnThem) {
  const std::string path = Path() + ".replaced";
  auto metrics = MetricsFile::Open(path, 0);
  ASSERT_TRUE(metrics.ok());
  ASSERT_TRUE((*metrics)->Append({{"step", 1}}).ok());
  ASSERT_TRUE((*metrics)->Sync().ok());
  const auto error = [&] {
    const absl::Status synced = (*metrics)->Sync();
    EXPECT_EQ(synced.code(), absl::StatusCode::kFailedPrecondition);
    return std::string(synced.message());
  };
  const std::string expected =
      ", expected the 11 bytes that this training has written: it was changed by somebody else "
      "meanwhile";
  ASSERT_EQ(truncate(path.c_str(), 3), 0);
  EXPECT_EQ(error(), path + ": found 3 bytes" + expected);
  ASSERT_TRUE(WriteFileAtomically(path, "{\"step\":1}\n").ok());  // as an editor saves it
  EXPECT_EQ(error(), path + ": found another file" + expected);
  ASSERT_EQ(unlink(path.c_str()), 0);
  EXPECT_EQ(error(), path + ": found none" + expected);
}

TEST(Metrics, APipeIsAnErrorAndWaitedForByNobody) {
  const std::string path = Path() + ".pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const auto open_pipe = [&] { return std::string(MetricsFile::Open(path, 0).status().message()); };
  EXPECT_EQ(open_pipe(), path + ": found a pipe or socket, expected a regular file");
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  EXPECT_EQ(open_pipe(),
            path + ": found a device, pipe or socket, expected a regular file");
  close(reader);
  EXPECT_EQ(std::string(MetricsFile::Open("/dev/null", 0).status().message()),
            "/dev/null: found a device, pipe or socket, expected a regular file");
}

TEST(MetricsDeathTest, ALineHasAnEnd) {
  auto metrics = MetricsFile::Open(Path() + ".long", 0);
  ASSERT_TRUE(metrics.ok());
  const std::string name(MetricsFile::kMaxLineBytes, 'x');
  EXPECT_DEATH((void)(*metrics)->Append({{name.c_str(), 1}}), "a line of more than 1024 bytes");
}

}  // namespace
}  // namespace hairpin
