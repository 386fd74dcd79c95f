// What a program is asked to time of a text, as JSON; tokenizers_text.py reads the same.
//
//   "task"        "vocabulary": trains one of "size" tokens from "texts" (paths), from files to
//                 tokens, and saves it to "save" where that is given (Hairpin only)
//                 "encode": the lines of "texts" that are not blank, with the tokens of
//                 "vocabulary" (path of a vocab.txt), from strings in memory to ids
//   "seconds"     of encoding: passes over the text are begun until they are over, at least one
//   "threads"     that may work
//
// They answer with "seconds" and "tokens", or with "seconds" (the passes' median), "bytes" and
// "ids".
#ifndef HAIRPIN_TOOLS_PEERS_TEXT_TASK_H_
#define HAIRPIN_TOOLS_PEERS_TEXT_TASK_H_

#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace hairpin {

inline nlohmann::ordered_json VocabularyTask(const std::vector<std::string>& texts, int size,
                                             int threads) {
  return {{"task", "vocabulary"}, {"texts", texts}, {"size", size}, {"threads", threads}};
}

inline nlohmann::ordered_json EncodeTask(const std::vector<std::string>& texts,
                                         const std::string& vocabulary, double seconds) {
  return {{"task", "encode"},
          {"texts", texts},
          {"vocabulary", vocabulary},
          {"seconds", seconds},
          {"threads", 1}};
}

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_PEERS_TEXT_TASK_H_
