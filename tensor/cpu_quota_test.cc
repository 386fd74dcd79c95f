#include "tensor/cpu_quota.h"

#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "gtest/gtest.h"
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

}  // namespace
}  // namespace hairpin
