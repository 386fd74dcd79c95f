// The fixed world that the sample corpus tells of: who lives where and does what, which verb takes
// which objects, what the animals say. Nothing here is random; sentences.h makes text of it.
#ifndef HAIRPIN_DATA_SAMPLE_WORLD_H_
#define HAIRPIN_DATA_SAMPLE_WORLD_H_

#include <array>

#include "absl/types/span.h"

namespace hairpin::sample {

struct Noun {
  const char* singular;
  const char* plural;
};

struct Verb {
  const char* base;   // they bake
  const char* third;  // she bakes
  const char* past;   // she baked
};

// What a verb does and to what: the objects go with this verb and no other.
struct Action {
  Verb verb;
  bool counted;  // "a letter", not "water"
  std::array<const char*, 3> objects;  // each with its adjective
  const char* when;                       // its time of the day, the same for all objects
};

enum class Gender { kFemale, kMale };

// A kind of people, of one gender.
struct Kind {
  Noun noun;
  Gender gender;
};

struct Job {
  Noun noun;
  Verb verb;
  const char* object;  // what is made or kept: "bread", "sheep"
  const char* place;   // with its preposition: "in the bakery"
};

struct Country {
  const char* name;
  const char* capital;
  const char* river;
  const char* goods;       // what it sells
  const char* market_day;  // of its capital
};

struct Person {
  const char* name;
  Gender gender;
  int job;            // index in Jobs()
  int home;           // index in Countries(); the person lives in its capital
  int animal;         // index in Animals()
  int sibling;        // index in People(); of the other gender
  const char* door;   // its colour
  const char* day;    // on which the sibling is visited
  int action;         // index in Actions(): what the person does at home
  int object;         // index in its objects
  int reflexive;      // index in Reflexives(): what the person did yesterday
  const char* lost;   // what the person is always losing
};

struct Animal {
  Noun noun;
  Verb sound;
  const char* food;
  const char* home;  // with its preposition: "in the kennel"
  const char* colour;
};

struct Season {
  const char* name;
  const char* sky;     // whole clauses in the present
  const char* ground;
  const char* people;
};

// What people do to themselves, and where: "see herself in the mirror".
struct Reflexive {
  Verb verb;
  const char* place;
};

// A part of a thing, for sentences in which the thing in between has another number.
struct Part {
  Noun part;
  Noun whole;
  const char* link;        // "in", "on", "of"
  const char* state;       // what is said of the part: "rusty"
};

absl::Span<const Action> Actions();
absl::Span<const Kind> Kinds();
absl::Span<const Job> Jobs();
absl::Span<const Country> Countries();
absl::Span<const Person> People();
absl::Span<const Animal> Animals();
absl::Span<const Season> Seasons();
absl::Span<const Reflexive> Reflexives();
absl::Span<const Part> Parts();
// What is said of people of any kind: "old", "young".
absl::Span<const char* const> Qualities();

}  // namespace hairpin::sample

#endif  // HAIRPIN_DATA_SAMPLE_WORLD_H_
