#include "data/text/labelled_lines.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "data/line_reader.h"

namespace hairpin {
namespace {

struct Speech {
  std::string_view speaker;
  std::string text;
};

std::vector<Speech> SpeechesOf(std::string_view play) {
  std::vector<Speech> speeches;
  bool after_empty_line = true, speaking = false;
  while (!play.empty()) {
    const size_t end = std::min(play.find('\n'), play.size());
    std::string_view line = play.substr(0, end);
    play.remove_prefix(std::min(end + 1, play.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (IsBlank(line)) {
      after_empty_line = true;
      speaking = false;
      continue;
    }
    if (after_empty_line && line.size() > 1 && line.ends_with(':')) {
      speeches.push_back({line.substr(0, line.size() - 1), ""});
      speaking = true;
    } else if (speaking) {
      std::string& text = speeches.back().text;
      absl::StrAppend(&text, text.empty() ? "" : " ", std::string(line));
    }
    after_empty_line = false;
  }
  std::erase_if(speeches, [](const Speech& speech) { return speech.text.empty(); });
  return speeches;
}

}  // namespace

absl::StatusOr<LabelledLines> ReadLabelledLines(const std::string& path, StopQuestion stop) {
  auto reader =
      LineReader::Open({path}, {.max_piece_bytes = kMaxLineBytes, .stop = std::move(stop)});
  if (!reader.ok()) return reader.status();
  LabelledLines lines;
  std::vector<std::string> label_of_line;
  std::map<std::string, int32_t> classes;
  LinePiece piece;
  for (int64_t number = 1;; ++number) {
    const absl::StatusOr<bool> more = (*reader)->Next(&piece);
    if (!more.ok()) return more.status();
    if (!*more) break;
    const auto wrong = [&](absl::string_view found, absl::string_view expected) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ":", number, ": found ", found, ", expected ", expected));
    };
    const std::string_view line = piece.text;
    if (piece.continues) {
      return wrong("a longer line", absl::StrCat(kMaxLineBytes, " bytes at most"));
    }
    if (IsBlank(line) && line.find('\t') == line.npos) continue;
    if (line.find('\0') != line.npos) return wrong("a NUL byte", "text");
    const size_t tab = line.find('\t');
    if (tab == line.npos) return wrong("no tab", "label<TAB>text");
    if (IsBlank(line.substr(0, tab))) return wrong("no label before the tab", "label<TAB>text");
    if (IsBlank(line.substr(tab))) return wrong("no text after the tab", "label<TAB>text");
    label_of_line.emplace_back(line.substr(0, tab));
    classes[label_of_line.back()] = 0;
    lines.texts.emplace_back(line.substr(tab + 1));
  }
  if (classes.size() < 2) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": found ", classes.size(), classes.size() == 1 ? " label" : " labels",
                     ", expected two or more"));
  }
  for (auto& [label, index] : classes) {
    index = static_cast<int32_t>(lines.labels.size());
    lines.labels.push_back(label);
  }
  for (const std::string& label : label_of_line) lines.classes.push_back(classes[label]);
  return lines;
}

std::string SpeechesAsLabelledLines(std::string_view play, int speakers) {
  const std::vector<Speech> speeches = SpeechesOf(play);
  std::map<std::string_view, int64_t> counts;
  for (const Speech& speech : speeches) ++counts[speech.speaker];
  std::vector<std::pair<int64_t, std::string_view>> order;  // most first
  for (const auto& [speaker, count] : counts) order.emplace_back(-count, speaker);
  std::sort(order.begin(), order.end());
  order.resize(std::min(order.size(), static_cast<size_t>(std::max(speakers, 0))));
  std::string lines;
  for (const Speech& speech : speeches) {
    if (std::find(order.begin(), order.end(),
                  std::pair(-counts[speech.speaker], speech.speaker)) == order.end()) {
      continue;
    }
    std::string text = speech.text;  // a tab would end a label, were it there
    std::replace(text.begin(), text.end(), '\t', ' ');
    absl::StrAppend(&lines, std::string(speech.speaker), "\t", text, "\n");
  }
  return lines;
}

}  // namespace hairpin
