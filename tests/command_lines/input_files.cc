#include "tests/command_lines/input_files.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace hairpin {

void MakeInputFiles(const std::string& folder) {
  std::ofstream text(folder + "/text.txt");
  for (int line = 0; line < 300; ++line) {
    text << "the old man sat by fire and read " << line % 13 << " books of hill " << line % 7
         << "\n";
  }
  std::ofstream table(folder + "/table.csv");
  table << "height,weight,kind\n";
  for (int row = 0; row < 40; ++row) {
    table << row * 7 % 31 << ".5," << row * 5 % 17 << (row % 2 == 0 ? ",cat\n" : ",dog\n");
  }
  std::ofstream labelled(folder + "/labelled.txt");
  for (int line = 0; line < 60; ++line) {
    labelled << "label " << line % 3 << "\tthe man read book " << line << "\n";
  }
  std::ofstream(folder + "/empty.txt");
  // Ten images of 8 x 8 in five classes.
  std::string images = std::string("\0\0\x08\x03\0\0\0\x0a\0\0\0\x08\0\0\0\x08", 16);
  std::string labels = std::string("\0\0\x08\x01\0\0\0\x0a", 8);
  for (int i = 0; i < 640; ++i) images += static_cast<char>(i * 7);
  for (int i = 0; i < 10; ++i) labels += static_cast<char>(i % 5);
  std::ofstream(folder + "/images.idx", std::ios::binary) << images;
  std::ofstream(folder + "/labels.idx", std::ios::binary) << labels;
  std::ofstream(folder + "/odd.txt") << std::string("\xff\xfe\0\r\r!!\xf0\x9f\x98\x80", 12);
  std::filesystem::create_directory(folder + "/folder");
}

}  // namespace hairpin
