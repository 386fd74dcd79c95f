// One task of a comparison in a process of its own: `hairpin_peer TASK`, where TASK is a file
// as tools/peers/model_task.h and text_task.h describe them. Prints the answer as JSON.
#include <cstdio>
#include <string>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tensor/file.h"
#include "tools/peers/hairpin_tasks.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: hairpin_peer TASK\n");
    return 1;
  }
  const absl::StatusOr<std::string> text = hairpin::ReadFile(argv[1]);
  const absl::StatusOr<nlohmann::ordered_json> answer =
      text.ok() ? hairpin::RunTask(nlohmann::json::parse(*text)) : text.status();
  if (!answer.ok()) {
    std::fprintf(stderr, "hairpin_peer: %s\n", std::string(answer.status().message()).c_str());
    return 1;
  }
  std::puts(answer->dump().c_str());
  return 0;
}
