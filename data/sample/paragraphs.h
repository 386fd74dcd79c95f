// Paragraphs about the world of world.h: a few sentences with one topic.
//
//   Dice dice(17);
//   WriteParagraph(dice);  // "The coins in the old purse are shiny. The coin in the old ..."
#ifndef HAIRPIN_DATA_SAMPLE_PARAGRAPHS_H_
#define HAIRPIN_DATA_SAMPLE_PARAGRAPHS_H_

#include <string>

#include "data/sample/dice.h"

namespace hairpin::sample {

// One to five sentences about a person, what several people do, the parts of things, a job, a
// country, an animal or a season, no sentence twice. Without a newline.
std::string WriteParagraph(Dice& dice);

}  // namespace hairpin::sample

#endif  // HAIRPIN_DATA_SAMPLE_PARAGRAPHS_H_
