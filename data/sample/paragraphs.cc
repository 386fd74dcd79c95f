#include "data/sample/paragraphs.h"

#include "absl/strings/str_cat.h"
#include "data/sample/grammar.h"
#include "data/sample/world.h"

namespace hairpin::sample {
namespace {

// The sentences of one paragraph.
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

// "drinks cold water after supper", "lights a bright lamp at dusk"
std::string Doing(const Action& action, int object, Number number, Tense tense) {
  const char* const words = action.objects[object];
  return absl::StrCat(Form(action.verb, number, tense), " ",
                      action.counted ? WithArticle(words) : words, " ", action.when);
}

// "washed herself in the stream"
std::string DoingToSelf(const Reflexive& reflexive, Gender gender, Number number, Tense tense) {
  return absl::StrCat(Form(reflexive.verb, number, tense), " ", Self(gender, number), " ",
                      reflexive.place);
}

constexpr int kPersonSentences = 8;

// One sentence about `person`, who is called `name` in it: "Mary", or "she".
std::string AboutPerson(int kind, const Person& person, const std::string& name) {
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
                          DoingToSelf(Reflexives()[person.reflexive], person.gender, kSingular,
                                      Tense::kPast));
    case 6:
      return absl::StrCat("when ", name, " came home, ", Subject(person.gender, kSingular), " ",
                          Doing(Actions()[person.action], person.object, kSingular,
                                Tense::kPast));
    default:
      return absl::StrCat(name, " lost ", her, " ", person.lost, ", and ", her, " ",
                          brother, " ", sibling.name, " helped ",
                          Object(person.gender, kSingular), " to find it");
  }
}

// Several things about one person, who is named in the first sentence and now and then.
void WritePerson(Dice& dice, Paragraph& line) {
  const Person& person = dice.Pick(People());
  int kind = dice.Below(kPersonSentences);
  for (int left = 3 + dice.Below(3); left > 0; --left) {
    const bool named = line.empty() || dice.Percent(30);
    const std::string name = named ? person.name : Subject(person.gender, kSingular);
    line.Add(AboutPerson(kind, person, name));
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
void WriteScene(Dice& dice, Paragraph& line) {
  const Job& job = dice.Pick(Jobs());
  const Action& action = dice.Pick(Actions());
  const Reflexive& reflexive = dice.Pick(Reflexives());
  const int objects = static_cast<int>(action.objects.size());
  const bool to_self = dice.Percent(40);
  for (int left = 2 + dice.Below(3); left > 0; --left) {
    const Kind& kind = dice.Pick(Kinds());
    const Number number = RollNumber(dice);
    const Tense tense = dice.Percent(25) ? Tense::kPast : Tense::kPresent;
    std::string words = tense == Tense::kPast ? "last week the " : "the ";
    if (dice.Percent(25)) absl::StrAppend(&words, dice.Pick(Qualities()), " ");
    // One statement a roll: in which order arguments roll, compilers decide.
    const std::string doing = to_self ? DoingToSelf(reflexive, kind.gender, number, tense)
                                      : Doing(action, dice.Below(objects), number, tense);
    const std::string between = InBetween(number, job, dice);
    absl::StrAppend(&words, Form(kind.noun, number), " ", between, " ", doing);
    line.Add(words);
  }
}

// "The key of the old cupboards is rusty."
void WriteParts(Dice& dice, Paragraph& line) {
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

void WriteJob(Dice& dice, Paragraph& line) {
  const Job& job = dice.Pick(Jobs());
  for (int left = 2 + dice.Below(2); left > 0; --left) {
    const Number number = RollNumber(dice);
    line.Add(absl::StrCat(dice.Percent(50) ? "every day the " : "the ", Form(job.noun, number), " ",
                          Form(job.verb, number, Tense::kPresent), " ", job.object, " ",
                          job.place));
  }
}

void WriteCountry(Dice& dice, Paragraph& line) {
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

void WriteAnimal(Dice& dice, Paragraph& line) {
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

void WriteSeason(Dice& dice, Paragraph& line) {
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

constexpr Topic kTopics[] = {{30, WritePerson},  {20, WriteScene}, {8, WriteParts},  {12, WriteJob},
                             {12, WriteCountry}, {10, WriteAnimal},   {8, WriteSeason}};

}  // namespace

std::string WriteParagraph(Dice& dice) {
  Paragraph paragraph;
  int roll = dice.Below(100);
  for (const Topic& topic : kTopics) {
    if (roll >= 0 && roll < topic.weight) topic.write(dice, paragraph);
    roll -= topic.weight;
  }
  return paragraph.text();
}

}  // namespace hairpin::sample
