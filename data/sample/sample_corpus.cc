#include "data/sample/sample_corpus.h"

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "data/sample/dice.h"
#include "data/sample/grammar.h"
#include "data/sample/world.h"

namespace hairpin {
namespace sample {
namespace {

// The sentences of one line.
class Paragraph {
 public:
  bool empty() const { return text_.empty(); }
  // Says nothing twice.
  void Add(const std::string& words) {
    const std::string sentence = Sentence(words);
    if (text_.find(sentence) != std::string::npos) return;
    absl::StrAppend(&text_, text_.empty() ? "" : " ", sentence);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

constexpr Number kSingular = Number::kSingular, kPlural = Number::kPlural;

// "a small lamp" or "cold water".
std::string ObjectOf(const Action& action, Dice& dice) {
  const std::string words = absl::StrCat(dice.Pick(absl::MakeConstSpan(action.adjectives)), " ",
                                         dice.Pick(absl::MakeConstSpan(action.objects)));
  return action.counted ? WithArticle(words) : words;
}

// "drinks cold water after supper"
std::string Doing(const Action& action, Number number, Tense tense, Dice& dice) {
  return absl::StrCat(Form(action.verb, number, tense), " ", ObjectOf(action, dice), " ",
                      action.when);
}

// "washed herself in the stream"
std::string DoingToSelf(const Reflexive& reflexive, Gender gender, Number number, Tense tense) {
  return absl::StrCat(Form(reflexive.verb, number, tense), " ", Self(gender, number), " ",
                      reflexive.place);
}

constexpr int kPersonSentences = 8;

// One sentence about `person`, who is called `name` in it: "Mary", or "she".
std::string AboutPerson(int kind, const Person& person, const std::string& name, Dice& dice) {
  const Job& job = Jobs()[person.job];
  const Country& country = Countries()[person.home];
  const Person& sibling = People()[person.sibling];
  const Animal& animal = Animals()[person.animal];
  const std::string her = Possessive(person.gender, kSingular);
  const std::string brother = person.gender == Gender::kFemale ? "brother" : "sister";
  switch (kind) {
    case 0:
      return absl::StrCat(name, " is a ", job.noun.singular, " and ", job.verb.third, " ",
                          job.object, " ", job.place);
    case 1:
      return absl::StrCat(name, " lives in ", country.capital, ", the capital of ", country.name);
    case 2:
      return absl::StrCat(name, " lives behind a ", person.door, " door");
    case 3:
      return absl::StrCat(name, " has a ", animal.noun.singular, " that ", animal.sound.third,
                          " ", animal.home, " and eats ", animal.food);
    case 4:
      return absl::StrCat(name, " visits ", her, " ", brother, " ", sibling.name, ", the ",
                          Jobs()[sibling.job].noun.singular, ", every ", person.day);
    case 5:
      return absl::StrCat("yesterday ", name, " ",
                          DoingToSelf(dice.Pick(Reflexives()), person.gender, kSingular,
                                      Tense::kPast));
    case 6:
      return absl::StrCat("when ", name, " came home, ", Subject(person.gender, kSingular), " ",
                          Doing(dice.Pick(Actions()), kSingular, Tense::kPast, dice));
    default:
      return absl::StrCat(name, " lost ", her, " ", dice.Pick(Belongings()), ", and ", her, " ",
                          brother, " ", sibling.name, " helped ",
                          Object(person.gender, kSingular), " to find it");
  }
}

// Several things about one person, who is named in the first sentence and now and then.
void PersonLine(Dice& dice, Paragraph& line) {
  const Person& person = dice.Pick(People());
  int kind = dice.Below(kPersonSentences);
  for (int left = 3 + dice.Below(3); left > 0; --left) {
    const bool named = line.empty() || dice.Percent(30);
    const std::string name = named ? person.name : Subject(person.gender, kSingular);
    line.Add(AboutPerson(kind, person, name, dice));
    kind = (kind + 1 + dice.Below(2)) % kPersonSentences;
  }
}

// "who know the bakers", "whom the baker likes", "beside the baker": between a subject of `number`
// and its verb stands somebody of any number.
std::string InBetween(Number number, const Job& job, Dice& dice) {
  const Number other = RollNumber(dice);
  const std::string baker = absl::StrCat("the ", Form(job.noun, other));
  switch (dice.Below(3)) {
    case 0:
      return absl::StrCat("who ", number == kPlural ? "know " : "knows ", baker);
    case 1:
      return absl::StrCat("whom ", baker, other == kPlural ? " like" : " likes");
    default:
      return absl::StrCat("beside ", baker);
  }
}

// What several people do, or do to themselves: "The young girls who know the miller sing a sad song
// at midnight. Last week the monk beside the millers sang easy tunes at midnight."
void SceneLine(Dice& dice, Paragraph& line) {
  const Job& job = dice.Pick(Jobs());
  const Action& action = dice.Pick(Actions());
  const Reflexive& reflexive = dice.Pick(Reflexives());
  const bool to_self = dice.Percent(40);
  for (int left = 2 + dice.Below(3); left > 0; --left) {
    const Kind& kind = dice.Pick(Kinds());
    const Number number = RollNumber(dice);
    const Tense tense = dice.Percent(25) ? Tense::kPast : Tense::kPresent;
    std::string words = tense == Tense::kPast ? "last week the " : "the ";
    if (dice.Percent(25)) absl::StrAppend(&words, dice.Pick(Qualities()), " ");
    absl::StrAppend(&words, Form(kind.noun, number), " ", InBetween(number, job, dice), " ",
                    to_self ? DoingToSelf(reflexive, kind.gender, number, tense)
                            : Doing(action, number, tense, dice));
    line.Add(words);
  }
}

// "The key of the old cupboards is rusty."
void PartLine(Dice& dice, Paragraph& line) {
  const Part& part = dice.Pick(Parts());
  for (int left = 2 + dice.Below(2); left > 0; --left) {
    const Number number = RollNumber(dice);
    const Tense tense = dice.Percent(25) ? Tense::kPast : Tense::kPresent;
    line.Add(absl::StrCat(tense == Tense::kPast ? "last week the " : "the ",
                          Form(part.part, number), " ", part.link, " the old ",
                          Form(part.whole, RollNumber(dice)), " ", ToBe(number, tense), " ",
                          part.state));
  }
}

void JobLine(Dice& dice, Paragraph& line) {
  const Job& job = dice.Pick(Jobs());
  for (int left = 2 + dice.Below(2); left > 0; --left) {
    const Number number = RollNumber(dice);
    line.Add(absl::StrCat(dice.Percent(50) ? "every day the " : "the ", Form(job.noun, number), " ",
                          Form(job.verb, number, Tense::kPresent), " ", job.object, " ",
                          job.place));
  }
}

void CountryLine(Dice& dice, Paragraph& line) {
  const int index = dice.Below(static_cast<int>(Countries().size()));
  const Country& country = Countries()[index];
  constexpr int kFacts = 4;
  int fact = dice.Below(kFacts);
  for (int left = 2 + dice.Below(3); left > 0; --left, fact = (fact + 1) % kFacts) {
    switch (fact) {
      case 0:
        line.Add(absl::StrCat("the capital of ", country.name, " is ", country.capital));
        break;
      case 1:
        line.Add(absl::StrCat("the river ", country.river, " flows through ", country.capital,
                              ", the capital of ", country.name));
        break;
      case 2:
        line.Add(absl::StrCat("the people of ", country.name, " sell ", country.goods,
                              " and live by the river ", country.river));
        break;
      default:
        line.Add(absl::StrCat("every ", country.market_day, " the market of ", country.capital,
                              " sells ", country.goods));
    }
  }
}

void AnimalLine(Dice& dice, Paragraph& line) {
  const Animal& animal = dice.Pick(Animals());
  constexpr int kFacts = 3;
  int fact = dice.Below(kFacts);
  for (int left = 2 + dice.Below(2); left > 0; --left, fact = (fact + 1) % kFacts) {
    const Number number = RollNumber(dice);
    const std::string the_dog = absl::StrCat("the ", Form(animal.noun, number), " ");
    switch (fact) {
      case 0:
        line.Add(absl::StrCat(the_dog, animal.home, " ", ToBe(number, Tense::kPresent), " ",
                              animal.colour));
        break;
      case 1:
        line.Add(absl::StrCat(the_dog, Form(animal.sound, number, Tense::kPresent), " ",
                              animal.home));
        break;
      default:
        line.Add(absl::StrCat(the_dog, animal.home, number == kPlural ? " eat " : " eats ",
                              animal.food));
    }
  }
}

void SeasonLine(Dice& dice, Paragraph& line) {
  const Season& season = dice.Pick(Seasons());
  constexpr int kFacts = 3;
  int fact = dice.Below(kFacts);
  for (int left = 1 + dice.Below(3); left > 0; --left, fact = (fact + 1) % kFacts) {
    switch (fact) {
      case 0:
        line.Add(absl::StrCat("in ", season.name, " ", season.sky, " and ", season.ground));
        break;
      case 1:
        line.Add(absl::StrCat("when ", season.ground, ", it is ", season.name));
        break;
      default:
        line.Add(absl::StrCat("in ", season.name, " ", season.people));
    }
  }
}

struct Topic {
  int weight;  // in percent
  void (*write)(Dice&, Paragraph&);
};

constexpr Topic kTopics[] = {{30, PersonLine},  {20, SceneLine}, {8, PartLine},  {12, JobLine},
                             {12, CountryLine}, {10, AnimalLine},   {8, SeasonLine}};

}  // namespace
}  // namespace sample

std::string SampleLine(uint32_t index) {
  sample::Dice dice(index);
  sample::Paragraph line;
  int roll = dice.Below(100);
  for (const sample::Topic& topic : sample::kTopics) {
    if (roll >= 0 && roll < topic.weight) topic.write(dice, line);
    roll -= topic.weight;
  }
  return line.text();
}

std::string SampleCorpus() {
  std::string text;
  for (uint32_t index = 0; static_cast<int64_t>(text.size()) < kSampleBytes; ++index) {
    absl::StrAppend(&text, SampleLine(index), "\n");
  }
  return text;
}

std::vector<SampleQuestion> SampleQuestions() {
  return {
      {"The girls whom the miller likes [MASK] a wooden flute at the wedding.", "play",
       "number, with another noun between subject and verb"},
      {"The tall boy beside the baker [MASK] cold tea after supper.", "drinks",
       "the verb that goes with its object"},
      {"The capital of Norland is [MASK].", "alden", "a fact"},
      {"Yesterday Alice washed [MASK] in the stream.", "herself", "a person's gender"},
      {"The key of the old cupboards [MASK] rusty.", "is",
       "number, against the nearest noun"},
  };
}

}  // namespace hairpin
