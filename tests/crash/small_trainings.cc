#include "tests/crash/small_trainings.h"

#include <fstream>
#include <string>
#include <vector>

namespace hairpin {
namespace {

using Strings = std::vector<std::string>;

Strings operator+(Strings a, const Strings& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::string WriteText(const std::string& folder) {
  const char* const words[] = {"the", "old", "man", "sat", "by",  "fire", "and",  "read",
                               "his", "book", "a",  "dog", "ran", "over", "hill", "while"};
  const std::string path = folder + "/text.txt";
  std::ofstream file(path);
  for (int line = 1; line <= 3000; ++line) {
    for (int word = 1; word <= 8; ++word) {
      file << words[(line * word + line / 7) % 16];
      if (word % 4 == 0) file << line % 97;  // some words more for the vocabulary
      file << ' ';
    }
    file << '\n';
  }
  return path;
}

std::string WriteLabelledLines(const std::string& folder) {
  const std::string path = folder + "/lines.txt";
  std::ofstream file(path);
  for (int line = 0; line < 200; ++line) {
    file << (line % 3 == 0 ? "dog" : "cat") << "\tthe old " << (line % 3 == 0 ? "dog" : "man")
         << " ran over hill " << line % 11 << '\n';
  }
  return path;
}

std::string WriteTable(const std::string& folder) {
  const std::string path = folder + "/table.csv";
  std::ofstream file(path);
  file << "height,weight,kind\n";
  for (int row = 0; row < 200; ++row) {
    file << row * 7 % 31 << ".5," << row * 5 % 17 << (row % 2 == 0 ? ",cat\n" : ",dog\n");
  }
  return path;
}

// 60 images of 8 x 8 in three classes, and their labels: two IDX files.
Strings WriteImages(const std::string& folder) {
  std::string images("\0\0\x08\x03\0\0\0\x3c\0\0\0\x08\0\0\0\x08", 16);
  std::string labels("\0\0\x08\x01\0\0\0\x3c", 8);
  for (int image = 0; image < 60; ++image) {
    for (int pixel = 0; pixel < 64; ++pixel) {
      const bool light = pixel / 16 == image % 3;
      images += static_cast<char>((light ? 200 : 0) + (image * pixel) % 32);
    }
    labels += static_cast<char>(image % 3);
  }
  std::ofstream(folder + "/images.idx", std::ios::binary) << images;
  std::ofstream(folder + "/labels.idx", std::ios::binary) << labels;
  return {"--images=" + folder + "/images.idx", "--labels=" + folder + "/labels.idx"};
}

}  // namespace

std::vector<SmallTraining> MakeSmallTrainings(const std::string& folder) {
  const std::string text = "--data=" + WriteText(folder);
  const Strings images = WriteImages(folder);
  const Strings often = {"--threads=1", "--log_every=2", "--eval_every=20", "--checkpoint_every=5"};
  const Strings sizes = {"--layers=1", "--hidden=8", "--heads=2", "--intermediate=16",
                         "--seq_len=8", "--vocab_size=256"};
  const Strings mlm = Strings{text, "--micro_batch=2"} + sizes + often;
  const Strings recurrent = Strings{text, "--hidden=8", "--embedding=8", "--seq_len=8",
                                    "--micro_batch=2", "--evaluation_share=0.01"} + often;
  return {
      {.name = "train_mlm",
       .program = "train_mlm",
       .flags = mlm + Strings{"--steps=200", "--accumulation=2", "--dropout=0.1"},
       .steps = 200},
      // A rate at which the loss soon rises again, and averages that are evaluated in its place.
      {.name = "train_mlm --early_stopping",
       .program = "train_mlm",
       .flags = mlm + Strings{"--steps=900", "--early_stopping=3", "--eval_every=10", "--lr=0.3",
                              "--ema=0.9"},
       .steps = 900,
       .ends_early = true},
      {.name = "train_mlm --overfit_one_batch",
       .program = "train_mlm",
       .flags = mlm + Strings{"--overfit_one_batch", "--steps=199", "--accumulation=1",
                              "--schedule=constant", "--warmup_steps=0", "--lr=0.05"},
       .steps = 199,
       .ends_early = true},
      {.name = "train_gpt",
       .program = "train_gpt",
       .flags = Strings{text, "--steps=150", "--layers=1", "--hidden=8", "--heads=2",
                        "--seq_len=8", "--micro_batch=2", "--dropout=0.1",
                        "--evaluation_share=0.01", "--checkpointing=segments"} + often,
       .steps = 150},
      {.name = "train_lstm",
       .program = "train_lstm",
       .flags = recurrent + Strings{"--steps=150", "--dropout=0.1"},
       .steps = 150},
      {.name = "train_lstm --cell=gru",
       .program = "train_lstm",
       .flags = recurrent + Strings{"--cell=gru", "--steps=120", "--layers=2", "--accumulation=2",
                                    "--tokens=wordpiece", "--vocab_size=256"},
       .steps = 120},
      {.name = "train_digits",
       .program = "train_digits",
       .flags = images + Strings{"--steps=100", "--micro_batch=4", "--mixup=0.2", "--noise=0.1"} +
                often,
       .steps = 100},
      {.name = "train_digits --model=vit",
       .program = "train_digits",
       .flags = images + Strings{"--model=vit", "--steps=60", "--micro_batch=4", "--dropout=0.1"} +
                often,
       .steps = 60},
      {.name = "train_vae",
       .program = "train_vae",
       .flags = images + Strings{"--steps=150", "--micro_batch=4", "--hidden=16", "--latent=2"} +
                often,
       .steps = 150},
      {.name = "train_classifier --pretrained",
       .program = "train_classifier",
       .flags = Strings{"--data=" + WriteLabelledLines(folder), "--pretrained=" + folder + "/mlm",
                        "--steps=100", "--micro_batch=2", "--dropout=0.1"} + often,
       .steps = 100,
       .pretraining = mlm + Strings{"--steps=2", "--out_dir=" + folder + "/mlm"}},
      // Without --pretrained: with a vocabulary of its own.
      {.name = "train_embedding",
       .program = "train_embedding",
       .flags = Strings{text, "--steps=100", "--micro_batch=4", "--dropout=0.1",
                        "--min_words=5"} + sizes + often,
       .steps = 100},
      {.name = "train_tabular",
       .program = "train_tabular",
       .flags = Strings{"--data=" + WriteTable(folder), "--target=kind", "--model=mlp",
                        "--hidden=8,8", "--steps=200", "--micro_batch=4"} + often,
       .steps = 200},
  };
}

}  // namespace hairpin
