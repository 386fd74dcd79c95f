#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "gtest/gtest.h"
#include "tensor/cpu_quota.h"
#include "tensor/memory_limit.h"
#include "tensor/test_files.h"

namespace hairpin {
namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

// What a system shows of control groups.
class Groups {
 public:
  explicit Groups(const char* name) : root_(TestPath(name)) {}
  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = root_ + "/" + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  double Quota() const { return CpuQuota(root_, root_ + "/self"); }
  MemoryLimit Memory() const { return FindMemoryLimit(root_, root_ + "/self"); }

 private:
  const std::string root_;
};

TEST(CpuQuota, TheLeastOfAGroupAndThoseAbove) {
  Groups groups("v2");
  groups.Write("self", "0::/pods/mine\n");
  EXPECT_EQ(groups.Quota(), kNone);
  groups.Write("pods/mine/cpu.max", "max 100000\n");
  EXPECT_EQ(groups.Quota(), kNone);
  groups.Write("pods/cpu.max", "250000 100000\n");
  EXPECT_EQ(groups.Quota(), 2.5);
  groups.Write("pods/mine/cpu.max", "400000 100000\n");
  EXPECT_EQ(groups.Quota(), 2.5);
  groups.Write("pods/mine/cpu.max", "50000 100000\n");
  EXPECT_EQ(groups.Quota(), 0.5);
}

TEST(CpuQuota, AContainersRoot) {
  Groups groups("container");
  groups.Write("self", "0::/\n");
  groups.Write("cpu.max", "300000 100000\n");
  EXPECT_EQ(groups.Quota(), 3);
}

TEST(CpuQuota, Version1) {
  Groups groups("v1");
  groups.Write("self", "9:cpuset:/\n4:cpu,cpuacct:/docker/0123\n3:memory:/\n");
  groups.Write("cpu/cpu.cfs_quota_us", "-1\n");
  groups.Write("cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(groups.Quota(), kNone);
  // Only the root is there: the container's own group.
  groups.Write("cpu/cpu.cfs_quota_us", "150000\n");
  EXPECT_EQ(groups.Quota(), 1.5);
  groups.Write("cpu/docker/0123/cpu.cfs_quota_us", "100000\n");
  groups.Write("cpu/docker/0123/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(groups.Quota(), 1);
}

TEST(CpuQuota, WhatIsNoneIsNoLimit) {
  Groups groups("odd");
  EXPECT_EQ(groups.Quota(), kNone);
  groups.Write("self", "rubbish\n0:\n0::x\n1:cpuset:/\n");
  groups.Write("cpu.max", "-3 0\n");
  EXPECT_EQ(groups.Quota(), kNone);
  EXPECT_GT(CpuQuota(), 0);
}

const int64_t kMachine = sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);

TEST(MemoryLimit, TheLeastOfTheMachineAGroupAndThoseAbove) {
  Groups groups("memory2");
  EXPECT_EQ(groups.Memory().bytes, kMachine);
  EXPECT_STREQ(groups.Memory().of, "of this machine");
  groups.Write("self", "0::/pods/mine\n");
  groups.Write("pods/mine/memory.max", "max\n");
  EXPECT_EQ(groups.Memory().bytes, kMachine);
  groups.Write("pods/memory.max", "1048576\n");
  EXPECT_EQ(groups.Memory().bytes, 1048576);
  EXPECT_STREQ(groups.Memory().of, "that its control group may use");
  groups.Write("pods/mine/memory.max", "2097152\n");
  EXPECT_EQ(groups.Memory().bytes, 1048576);
  groups.Write("pods/mine/memory.max", "4096\n");
  EXPECT_EQ(groups.Memory().bytes, 4096);
}

TEST(MemoryLimit, Version1) {
  Groups groups("memory1");
  groups.Write("self", "4:cpu,cpuacct:/\n3:memory:/docker/0123\n");
  groups.Write("memory/memory.limit_in_bytes", "9223372036854771712\n");  // none
  EXPECT_EQ(groups.Memory().bytes, kMachine);
  groups.Write("memory/memory.limit_in_bytes", "8192\n");
  EXPECT_EQ(groups.Memory().bytes, 8192);
}

// In a process of its own, which the limit stays with.
TEST(MemoryLimit, WhatTheAddressSpaceMayGrowBy) {
  const auto limited = [] {
    struct rlimit space = {int64_t{1} << 50, RLIM_INFINITY};
    setrlimit(RLIMIT_AS, &space);
    if (FindMemoryLimit().bytes > kMachine) std::exit(1);
    int64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const int64_t left = int64_t{64} << 20;
    space.rlim_cur = pages * sysconf(_SC_PAGESIZE) + left;
    setrlimit(RLIMIT_AS, &space);
    const MemoryLimit limit = FindMemoryLimit();
    if (limit.bytes < 0 || limit.bytes > left) std::exit(2);
    if (limit.of != std::string("that are left under the limit of ulimit -v")) std::exit(3);
    std::exit(0);
  };
  EXPECT_EXIT(limited(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace hairpin
