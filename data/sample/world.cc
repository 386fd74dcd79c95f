#include "data/sample/world.h"

namespace hairpin::sample {
namespace {

constexpr Gender kFemale = Gender::kFemale, kMale = Gender::kMale;

constexpr Action kActions[] = {
    {{"eat", "eats", "ate"}, false, {"warm soup", "fresh cheese", "sweet cake"}, "at noon"},
    {{"drink", "drinks", "drank"}, false, {"cold water", "fresh milk", "hot tea"}, "after supper"},
    {{"read", "reads", "read"}, true, {"long letter", "sad poem", "old story"}, "before breakfast"},
    {{"wear", "wears", "wore"}, true, {"warm coat", "ugly hat", "woollen scarf"}, "in church"},
    {{"ride", "rides", "rode"}, true, {"gentle horse", "angry donkey", "lame mule"},
     "to the market"},
    {{"play", "plays", "played"}, true, {"wooden flute", "expensive fiddle", "loud drum"},
     "at the wedding"},
    {{"light", "lights", "lit"}, true, {"bright lamp", "white candle", "old lantern"}, "at dusk"},
    {{"carry", "carries", "carried"}, true, {"heavy basket", "empty bucket", "full sack"},
     "across the bridge"},
};

constexpr Kind kKinds[] = {
    {{"woman", "women"}, kFemale}, {{"man", "men"}, kMale},       {{"girl", "girls"}, kFemale},
    {{"boy", "boys"}, kMale},      {{"aunt", "aunts"}, kFemale},  {{"uncle", "uncles"}, kMale},
    {{"queen", "queens"}, kFemale}, {{"king", "kings"}, kMale},
};

constexpr Job kJobs[] = {
    {{"baker", "bakers"}, {"bake", "bakes", "baked"}, "bread", "in the bakery"},
    {{"miller", "millers"}, {"grind", "grinds", "ground"}, "corn", "in the mill"},
    {{"smith", "smiths"}, {"forge", "forges", "forged"}, "nails", "in the smithy"},
    {{"teacher", "teachers"}, {"teach", "teaches", "taught"}, "children", "at the school"},
    {{"farmer", "farmers"}, {"grow", "grows", "grew"}, "wheat", "in the fields"},
    {{"gardener", "gardeners"}, {"plant", "plants", "planted"}, "roses", "in the garden"},
    {{"fisher", "fishers"}, {"catch", "catches", "caught"}, "trout", "on the lake"},
    {{"painter", "painters"}, {"paint", "paints", "painted"}, "pictures", "in the studio"},
};

constexpr Country kCountries[] = {
    {"Norland", "Alden", "Tarn", "wool", "Monday"},
    {"Estria", "Belmont", "Ister", "salt", "Tuesday"},
    {"Valdia", "Corin", "Marne", "silk", "Wednesday"},
    {"Morania", "Dunmore", "Orel", "copper", "Thursday"},
    {"Westmark", "Elster", "Severn", "honey", "Friday"},
    {"Tavia", "Farrow", "Lune", "timber", "Saturday"},
};

// Person i and i + 1 are sister and brother.
constexpr Person kPeople[] = {
    {"Mary", kFemale, 0, 0, 0, 1, "red", "Sunday", 0, 0, 0, "key"},
    {"John", kMale, 1, 1, 3, 0, "white", "Tuesday", 5, 2, 1, "apple"},
    {"Anna", kFemale, 2, 2, 1, 3, "blue", "Thursday", 2, 1, 2, "hat"},
    {"Peter", kMale, 3, 3, 4, 2, "green", "Saturday", 7, 1, 3, "coin"},
    {"Ruth", kFemale, 4, 4, 2, 5, "yellow", "Monday", 4, 0, 1, "coin"},
    {"Henry", kMale, 5, 5, 5, 4, "brown", "Wednesday", 1, 2, 2, "key"},
    {"Alice", kFemale, 6, 0, 3, 7, "white", "Friday", 6, 2, 3, "apple"},
    {"Thomas", kMale, 7, 1, 1, 6, "red", "Sunday", 3, 1, 0, "hat"},
    {"Emma", kFemale, 1, 2, 4, 9, "green", "Tuesday", 0, 0, 2, "hat"},
    {"Paul", kMale, 0, 3, 2, 8, "blue", "Thursday", 5, 0, 3, "coin"},
    {"Clara", kFemale, 3, 4, 5, 11, "brown", "Saturday", 2, 2, 0, "key"},
    {"George", kMale, 4, 5, 0, 10, "yellow", "Monday", 7, 1, 1, "apple"},
};

constexpr Animal kAnimals[] = {
    {{"dog", "dogs"}, {"bark", "barks", "barked"}, "bones", "in the kennel", "brown"},
    {{"cat", "cats"}, {"purr", "purrs", "purred"}, "mice", "on the sofa", "grey"},
    {{"goat", "goats"}, {"bleat", "bleats", "bleated"}, "thistles", "in the shed", "white"},
    {{"pig", "pigs"}, {"grunt", "grunts", "grunted"}, "turnips", "in the sty", "pink"},
    {{"hen", "hens"}, {"cluck", "clucks", "clucked"}, "seeds", "in the coop", "yellow"},
    {{"duck", "ducks"}, {"quack", "quacks", "quacked"}, "snails", "on the pond", "green"},
};

constexpr Season kSeasons[] = {
    {"spring", "warm rain falls on the valley", "the first flowers bloom", "people sow barley"},
    {"summer", "the hot sun burns the dust", "the cherries ripen", "people swim in the sea"},
    {"autumn", "a strong wind shakes the leaves", "the mushrooms appear",
     "people gather the harvest"},
    {"winter", "deep snow covers the mountains", "the ponds freeze", "people stay by the stove"},
};

constexpr Reflexive kReflexives[] = {
    {{"see", "sees", "saw"}, "in the mirror"},
    {{"wash", "washes", "washed"}, "in the stream"},
    {{"hide", "hides", "hid"}, "behind the barn"},
    {{"dry", "dries", "dried"}, "with a towel"},
};

constexpr Part kParts[] = {
    {{"key", "keys"}, {"cupboard", "cupboards"}, "of", "rusty"},
    {{"wheel", "wheels"}, {"cart", "carts"}, "of", "muddy"},
    {{"apple", "apples"}, {"table", "tables"}, "on", "ripe"},
    {{"coin", "coins"}, {"purse", "purses"}, "in", "shiny"},
    {{"bird", "birds"}, {"cage", "cages"}, "in", "silent"},
};

constexpr const char* kQualities[] = {"young", "tall", "proud"};

}  // namespace

absl::Span<const Action> Actions() { return kActions; }
absl::Span<const Kind> Kinds() { return kKinds; }
absl::Span<const Job> Jobs() { return kJobs; }
absl::Span<const Country> Countries() { return kCountries; }
absl::Span<const Person> People() { return kPeople; }
absl::Span<const Animal> Animals() { return kAnimals; }
absl::Span<const Season> Seasons() { return kSeasons; }
absl::Span<const Reflexive> Reflexives() { return kReflexives; }
absl::Span<const Part> Parts() { return kParts; }
absl::Span<const char* const> Qualities() { return kQualities; }

}  // namespace hairpin::sample
