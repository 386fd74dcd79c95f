#include "tests/command_lines/extreme_lines.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iterator>

#include "tensor/check.h"
#include "tests/command_lines/line_cost.h"

namespace hairpin {
namespace {

// The most that is small. A sanitizer makes the same work many times as long.
constexpr double kMostBytes = 1e9;
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAIRPIN_SANITIZED 1
#endif
#endif
#ifdef HAIRPIN_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
constexpr double kMostFlops = kSanitized ? 5e9 : 50e9;
// Of a program that only looks at a training's shapes.
constexpr double kMostOfNothing = 400e6;

constexpr const char* kSizes[] = {"layers", "hidden", "heads", "intermediate", "seq_len",
                                  "vocab_size", "micro_batch", "accumulation", "latent",
                                  "embedding"};

bool IsSize(const Flag& flag) {
  return std::find(std::begin(kSizes), std::end(kSizes), flag.name) != std::end(kSizes);
}

double MachineBytes() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::string Text(const Bounds& bounds, double value) {
  char text[64];
  std::snprintf(text, sizeof(text), bounds.whole ? "%.0f" : "%.17g", value);
  return text;
}

double DrawNumber(const Bounds& bounds, std::mt19937& random) {
  const auto power = [&](double base) {
    const double largest = std::floor(std::log(std::max(bounds.most, 1.0)) / std::log(base) + 1e-9);
    return std::pow(base, random() % static_cast<uint32_t>(largest + 1));
  };
  switch (random() % 12) {
    case 0: return bounds.least;
    case 1: return bounds.least - 1;
    case 2:
    case 3: return bounds.most;
    case 4: return bounds.most < 1e15 ? bounds.most + 1 : 2 * bounds.most;
    case 5:
    case 6:
    case 7: return power(10);
    default: return power(2);
  }
}

// Of what a small line may take at most.
double Share(const LineCost& cost) {
  return std::max(cost.flops / kMostFlops, cost.most_bytes / kMostBytes);
}

struct Drawn {
  ExtremeLine line;
  Sizes sizes;
};

Drawn DrawOnce(const Program& program, std::mt19937& random) {
  std::vector<const Flag*> sizes, others;
  for (const Flag& flag : program.flags) {
    if (!flag.bounds.has_value() || flag.name == "steps") continue;  // one step is promised
    (IsSize(flag) ? sizes : others).push_back(&flag);
  }
  HAIRPIN_CHECK(!sizes.empty()) << program.name << ": no size says its bounds";
  Drawn drawn;
  for (const auto& [name, value] : program.base) {
    drawn.sizes[name] = std::strtod(value.c_str(), nullptr);
  }
  ExtremeLine& line = drawn.line;
  for (uint32_t n = 1 + random() % 3; n > 0; --n) {
    const bool other = !others.empty() && random() % 4 == 0;
    const Flag& flag = other ? *others[random() % others.size()] : *sizes[random() % sizes.size()];
    const double value = DrawNumber(*flag.bounds, random);
    const std::string text = Text(*flag.bounds, value);
    line.flags.push_back("--" + flag.name + "=" + text);
    drawn.sizes[flag.name] = value;
    if (value < flag.bounds->least || value > flag.bounds->most) {
      line.kind = ExtremeLine::kOutOfBounds;
      line.refused = {"--" + flag.name + ": found ", text};
      break;  // another value might take its place: a list's are looked at last
    }
  }
  if (program.name == "analyze" && random() % 2 == 0) {
    line.flags.push_back("--measure");
    drawn.sizes["measure"] = 1;
  }
  return drawn;
}

}  // namespace

ExtremeLine DrawExtremeLine(const Program& program, std::mt19937& random) {
  using Line = ExtremeLine;
  static const Line::Kind kWanted[] = {Line::kSmall, Line::kSmall, Line::kOutOfBounds,
                                       Line::kTooLarge};
  const Line::Kind wanted = kWanted[random() % std::size(kWanted)];
  constexpr int kMostTries = 300, kSmallOnes = 5;
  Line largest;
  int small_ones = 0;
  for (int tries = 1;; ++tries) {
    Drawn drawn = DrawOnce(program, random);
    Line& line = drawn.line;
    if (line.kind != Line::kOutOfBounds) {
      line.cost = CostOf(program.name, drawn.sizes);
      if (line.cost.least_bytes > MachineBytes()) {
        line.kind = Line::kTooLarge;
      } else if (line.cost.flops > kMostFlops || line.cost.most_bytes > kMostBytes) {
        continue;
      } else if (small_ones++ == 0 || Share(line.cost) > Share(largest.cost)) {
        largest = line;
      }
    }
    // Not every program can be asked for too much memory.
    if (line.kind == wanted && wanted != Line::kSmall) return line;
    if (small_ones >= kSmallOnes && (wanted == Line::kSmall || tries > kMostTries)) return largest;
  }
}

std::string WrongAnswer(const ExtremeLine& line, const Outcome& outcome) {
  if (line.kind == ExtremeLine::kSmall) {
    if (RefusedForMemory(outcome)) return " refused for memory, of which it takes little";
    const double most = line.cost.flops > 0 ? line.cost.most_bytes : kMostOfNothing;
    return kSanitized || outcome.most_bytes < most ? "" : " took more memory than was predicted";
  }
  if (outcome.code != 1) {
    return line.kind == ExtremeLine::kTooLarge ? " more memory than there is, not refused"
                                               : " a number out of bounds, not refused";
  }
  if (line.kind == ExtremeLine::kTooLarge) {
    if (RefusedForMemory(outcome)) return "";
    for (const std::string& flag : line.flags) {  // a text is too short for --seq_len
      if (outcome.log.find(flag.substr(0, flag.find('='))) != std::string::npos) return "";
    }
    return " the message names no flag that was drawn";
  }
  for (const std::string& part : line.refused) {
    if (outcome.log.find(part) == std::string::npos) return " the message does not say " + part;
  }
  return "";
}

bool RefusedForMemory(const Outcome& outcome) {
  return outcome.log.find(" parameters), expected at most ") != std::string::npos;
}

}  // namespace hairpin
