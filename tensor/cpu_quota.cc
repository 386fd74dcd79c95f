#include "tensor/cpu_quota.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>

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

// Whether "cpu" is one of the names in "cpu,cpuacct".
bool NamesCpu(const std::string& controllers) {
  return ("," + controllers + ",").find(",cpu,") != std::string::npos;
}

}  // namespace

double CpuQuota(const std::string& groups, const std::string& of_process) {
  double quota = kNone;
  std::ifstream lines(of_process);
  for (std::string line; std::getline(lines, line);) {  // number:controllers:/path
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool version2 = controllers.empty();
    if (!version2 && !NamesCpu(controllers)) continue;
    const std::string root = groups + (version2 ? "" : "/cpu");
    // A container may see paths of the machine's, of which only the root is there.
    for (std::string path = line.substr(second + 1);; path.resize(path.rfind('/'))) {
      while (path.ends_with('/')) path.pop_back();
      quota = std::min(quota, QuotaOf(root + path, version2));
      if (path.rfind('/') == std::string::npos) break;
    }
  }
  return quota;
}

}  // namespace hairpin
