#include "tensor/control_groups.h"

#include <cstddef>
#include <fstream>

namespace hairpin {
namespace {

// Whether `name` is one of those in "cpu,cpuacct".
bool Names(const std::string& controllers, const std::string& name) {
  return ("," + controllers + ",").find("," + name + ",") != std::string::npos;
}

}  // namespace

void VisitControlGroups(
    const std::string& groups, const std::string& of_process, const std::string& controller,
    const std::function<void(const std::string& folder, bool version2)>& visit) {
  std::ifstream lines(of_process);
  for (std::string line; std::getline(lines, line);) {  // number:controllers:/path
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool version2 = controllers.empty();
    if (!version2 && !Names(controllers, controller)) continue;
    const std::string root = groups + (version2 ? "" : "/" + controller);
    // A container may see paths of the machine's, of which only the root is there.
    for (std::string path = line.substr(second + 1);; path.resize(path.rfind('/'))) {
      while (path.ends_with('/')) path.pop_back();
      visit(root + path, version2);
      if (path.rfind('/') == std::string::npos) break;
    }
  }
}

}  // namespace hairpin
