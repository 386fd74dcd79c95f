#include "tensor/cpu_quota.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>

#include "tensor/control_groups.h"

namespace hairpin {
namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

// The first two words of a file, "" where there is no file or no such word.
struct Words {
  std::string first, second;
  explicit Words(const std::string& path) { std::ifstream(path) >> first >> second; }
};

// Microseconds of computing in a period of some; "max" and -1 mean no limit.
double Cores(const std::string& quota, const std::string& period) {
  const double microseconds = std::atof(quota.c_str()), of = std::atof(period.c_str());
  return microseconds > 0 && of > 0 ? microseconds / of : kNone;
}

// Of the group that lies in `folder`.
double QuotaOf(const std::string& folder, bool version2) {
  if (version2) {
    const Words both(folder + "/cpu.max");
    return Cores(both.first, both.second);
  }
  return Cores(Words(folder + "/cpu.cfs_quota_us").first,
               Words(folder + "/cpu.cfs_period_us").first);
}

}  // namespace

double CpuQuota(const std::string& groups, const std::string& of_process) {
  double quota = kNone;
  VisitControlGroups(groups, of_process, "cpu", [&](const std::string& folder, bool version2) {
    quota = std::min(quota, QuotaOf(folder, version2));
  });
  return quota;
}

}  // namespace hairpin
