// The main of tests that run once for each policy of AllPolicies(): it is the policy
// of every recording that names none. Beside what a test expects, the numbers of every
// operation, forward and backward, must have the bits that they have under "none".
//
//   bazel test //nn:linear_test                              # all policies
//   bazel test //nn:linear_test --test_arg=--policy=cheap    # "none", then "cheap"
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/all_policies.h"
#include "autograd/recording.h"
#include "tensor/hash.h"

namespace hairpin {
namespace {

// A checksum over what all operations gave, in the order in which they ran. What a
// replay gives is seen in the gradients that are computed from it.
class Checksum final : public Observer {
 public:
  void Results(const OperationRun& run, absl::Span<const Tensor> results) override {
    if (run.phase == RunPhase::kReplay || run.recording.dry()) return;
    ++runs_;
    for (const Tensor& result : results) {
      if (!result || result.num_elements() == 0) continue;
      crc_ = Crc32c(result.raw_bytes(), static_cast<size_t>(result.spec().bytes()), crc_);
    }
  }
  // And begins anew.
  std::string Take() {
    const std::string text = std::to_string(runs_) + " results, CRC " + std::to_string(crc_);
    runs_ = 0;
    crc_ = 0;
    return text;
  }

 private:
  int64_t runs_ = 0;
  uint32_t crc_ = 0;
};

// An iteration of all tests for each policy.
class UnderEachPolicy final : public testing::EmptyTestEventListener {
 public:
  explicit UnderEachPolicy(std::vector<const SavedPolicy*> policies)
      : policies_(std::move(policies)) {}

  void OnTestIterationStart(const testing::UnitTest&, int iteration) override {
    policy_ = policies_[iteration % policies_.size()];
    Defaults() = {.policy = policy_, .observer = &checksum_};
    std::printf("Policy %s\n", policy_->name());
  }
  void OnTestStart(const testing::TestInfo&) override { checksum_.Take(); }
  void OnTestEnd(const testing::TestInfo& test) override {
    const std::string name = std::string(test.test_suite_name()) + "." + test.name();
    const std::string found = checksum_.Take();
    if (policy_ == policies_.front()) checksums_[name] = found;
    EXPECT_EQ(found, checksums_[name])
        << "the bits under " << policy_->name() << " are not those under "
        << policies_.front()->name();
  }
  void OnTestIterationEnd(const testing::UnitTest& tests, int) override {
    if (tests.Failed()) failed_ += std::string(" ") + policy_->name();
  }
  // " cheap all"
  const std::string& failed() const { return failed_; }

 private:
  std::vector<const SavedPolicy*> policies_;
  const SavedPolicy* policy_ = nullptr;
  Checksum checksum_;
  std::map<std::string, std::string> checksums_;  // of each test under the first
  std::string failed_;
};

int Main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  std::vector<const SavedPolicy*> policies = AllPolicies();
  constexpr std::string_view kFlag = "--policy=";
  if (argc == 2 && std::string_view(argv[1]).starts_with(kFlag)) {
    const std::string_view name = std::string_view(argv[1]).substr(kFlag.size());
    std::erase_if(policies, [&](const SavedPolicy* policy) {
      return policy != &KeepAll() && policy->name() != name;
    });
  }
  if (argc > 2 || (argc == 2 && policies.size() == AllPolicies().size())) {
    std::fprintf(stderr, "found %s, expected --policy=NAME at most\n", argv[1]);
    return 2;
  }
  testing::GTEST_FLAG(repeat) *= static_cast<int>(policies.size());
  auto* const listener = new UnderEachPolicy(policies);  // gtest's from here on
  testing::UnitTest::GetInstance()->listeners().Append(listener);
  const int result = RUN_ALL_TESTS();
  if (!listener->failed().empty()) {
    std::printf("FAILED under the policies:%s\n", listener->failed().c_str());
  }
  return result;
}

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) { return hairpin::Main(argc, argv); }
