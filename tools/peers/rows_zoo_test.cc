// Rows of the zoo: each model's own program beside its peer.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tensor/file.h"
#include "tensor/test_files.h"
#include "tools/peers/rows.h"
#include "tools/peers/rows_test_util.h"

namespace hairpin {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;

// By the model's own program, and its faster peer.
TEST_F(RowsTest, StepsOfTheZoo) {
  options_.text = "shakespeare.txt";
  const auto rows = Rows({"zoo_lstm", "zoo_gru", "step"});
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[0].what, "LSTM: a step of 7, 2 threads");
  ASSERT_EQ(rows[0].entries.size(), 2u);
  EXPECT_THAT(rows[0].entries[0].values, ElementsAre(2 / 5.0, 2 / 5.0));
  EXPECT_EQ(rows[0].entries[0].resident_bytes.size(), 2u);
  EXPECT_EQ(rows[0].entries[1].detail, "eager");
  EXPECT_THAT(rows[0].entries[1].values, ElementsAre(3 / 5.0, 3 / 5.0));
  EXPECT_EQ(rows[2].what, "the ratios of the zoo's steps");
  EXPECT_THAT(rows[2].entries[0].values, ElementsAre(DoubleEq(1.5), DoubleEq(1.5)));
  EXPECT_EQ(rows[3].what, "the ratios of the zoo's memory");
  EXPECT_THAT(notes_, ElementsAre("LSTM: 3 parameters of Hairpin, 4 of PyTorch",
                                  "GRU: 3 parameters of Hairpin, 4 of PyTorch"));

  options_.quick = true;
  EXPECT_THAT(Rows({"zoo_gru"})[0].entries[0].values, ElementsAre(2, 2)) << "a step a line";
}

TEST_F(RowsTest, EachOfTheZooHasItsData) {
  peers_.torch.clear();
  for (const char* const program : {"train_classifier", "train_embedding"}) {
    peers_.trainers[program] = peers_.trainers["train_lstm"];
  }
  options_.text = "shakespeare.txt";
  options_.lines = "lines.tsv";
  options_.texts = {"one.txt", "two.txt"};
  const auto rows = Rows({"zoo_embedding", "zoo_classifier", "figures_lstm"});
  EXPECT_EQ(rows[0].what, "sentence embedding: a step of 7, 2 threads");
  EXPECT_EQ(*ReadFile(TestPath("trainer.sh.data")),
            "one.txt,two.txt\none.txt,two.txt\nlines.tsv\nlines.tsv\nshakespeare.txt\n");
}

// Once, with the program's own number of steps.
TEST_F(RowsTest, FiguresOfTheZoo) {
  const auto rows = Rows({"figures_lstm"});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].what, "LSTM: loss after 2000 steps");
  EXPECT_THAT(rows[0].entries[0].values, ElementsAre(1.5));
  EXPECT_THAT(rows[0].entries[1].values, ElementsAre(1.25));
  EXPECT_EQ(rows[1].name, "figures_lstm_time");
  EXPECT_EQ(rows[1].what, "LSTM: 2000 steps");
  EXPECT_THAT(rows[1].entries[0].values, ElementsAre(17));
  EXPECT_THAT(rows[1].entries[1].values, ElementsAre(92));
  EXPECT_EQ(rows[1].entries[1].resident_bytes.size(), 1u);
}

}  // namespace
}  // namespace hairpin
