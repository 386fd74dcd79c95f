#include "tests/golden/golden.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace hairpin::golden {
namespace {

using ::testing::HasSubstr;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Sets HAIRPIN_GOLDEN for one scope.
class GoldenFolder {
 public:
  explicit GoldenFolder(const std::string& folder) {
    const char* before = std::getenv("HAIRPIN_GOLDEN");
    before_ = before ? before : "";
    setenv("HAIRPIN_GOLDEN", folder.c_str(), 1);
  }
  ~GoldenFolder() { setenv("HAIRPIN_GOLDEN", before_.c_str(), 1); }

 private:
  std::string before_;
};

TEST(GoldenTest, EveryNameInTheManifestOfOpsIsATensor) {
  const Golden golden = Golden::Open("ops").value();
  ASSERT_FALSE(golden.manifest()["cases"].empty());
  for (const auto& c : golden.manifest()["cases"]) {
    for (const char* group : {"inputs", "outputs", "upstream", "gradients"}) {
      for (const auto& [key, name] : c[group].items()) {
        EXPECT_TRUE(golden.Has(name)) << c["name"] << " " << group << " " << key;
      }
    }
    for (const auto& [key, name] : c["upstream"].items()) {
      EXPECT_EQ(golden.Get(name).shape(), golden.Get(c["outputs"][key]).shape()) << c["name"];
    }
    for (const auto& [key, name] : c["gradients"].items()) {
      EXPECT_EQ(golden.Get(name).shape(), golden.Get(c["inputs"][key]).shape()) << c["name"];
    }
  }
}

// Adding is simple enough to be done here: the numbers arrive where they belong.
TEST(GoldenTest, SumsOfOpsAreSums) {
  const Golden golden = Golden::Open("ops").value();
  int seen = 0;
  for (const auto& c : golden.manifest()["cases"]) {
    if (c["op"] != "add") continue;
    const Tensor a = golden.Get(c["inputs"]["a"]), b = golden.Get(c["inputs"]["b"]);
    const Tensor out = golden.Get(c["outputs"]["out"]);
    ASSERT_EQ(out.dtype(), DType::kFloat64);
    if (!(a.shape() == b.shape())) continue;
    for (int64_t i = 0; i < a.num_elements(); ++i, ++seen) {
      EXPECT_EQ(out.values<double>()[i], a.values<double>()[i] + b.values<double>()[i]);
    }
  }
  EXPECT_GT(seen, 0);
}

TEST(GoldenTest, BertHasItsParametersInTwoDtypesAndItsIds) {
  const Golden golden = Golden::Open("bert").value();
  for (const auto& name : golden.manifest()["parameters"]) {
    const Tensor wide = golden.Get(name), narrow = golden.Get(name, DType::kFloat32);
    EXPECT_EQ(wide.dtype(), DType::kFloat64);
    EXPECT_EQ(narrow.dtype(), DType::kFloat32);
    EXPECT_LE(RelativeDifference(narrow, wide), 1e-7) << name;
    EXPECT_EQ(golden.Get("grad." + name.get<std::string>()).shape(), wide.shape());
  }
  const Tensor ids = golden.Get("ids", DType::kFloat64);
  EXPECT_EQ(ids.dtype(), DType::kInt32);
  const int vocab = golden.manifest()["config"]["vocab"];
  for (const int32_t id : ids.values<int32_t>()) EXPECT_TRUE(0 <= id && id < vocab) << id;
}

TEST(GoldenTest, TheOtherFilesAreThere) {
  EXPECT_TRUE(Golden::Open("optim").value().Has("start.weight"));
  EXPECT_EQ(Golden::Open("flagship").value().manifest()["parameters"], 4498880);
  for (const char* vocab : {"uncased", "cased", "novels"}) {
    for (const char* text : {"torture.", "wikitext2."}) {
      EXPECT_TRUE(GoldenPath(std::string("tokenizer/") + text + vocab + ".jsonl").ok());
    }
  }
}

TEST(GoldenTest, AFolderThatWasAskedForAndIsMissingIsAnError) {
  const GoldenFolder folder("/no/such/folder");
  EXPECT_THAT(std::string(Golden::Open("ops").status().message()),
              HasSubstr("/no/such/folder: no such folder of golden values (from the environment"));
  EXPECT_FALSE(GoldenPath("ops.json").ok());
  EXPECT_FALSE(ReadGoldenFile("ops.json").ok());
}

TEST(GoldenTest, AFileThatIsMissingOrBrokenInThatFolderIsAnError) {
  const std::string folder = ::testing::TempDir();
  const GoldenFolder set(folder);
  EXPECT_THAT(std::string(Golden::Open("ops").status().message()), HasSubstr("ops.json: no such"));
  std::ofstream(folder + "/ops.json") << "{";
  EXPECT_THAT(std::string(Golden::Open("ops").status().message()), HasSubstr("not a JSON object"));
  std::ofstream(folder + "/ops.json") << "{}";
  EXPECT_THAT(std::string(Golden::Open("ops").status().message()),
              HasSubstr("ops.safetensors: no such"));
  std::ofstream(folder + "/ops.safetensors") << "short";
  EXPECT_THAT(std::string(Golden::Open("ops").status().message()), HasSubstr("has 5 bytes"));
}

TEST(GoldenTest, WhatNoSeedChangesMayBeMissingInThatFolder) {
  const std::string name = "tokenizer/characters.json";
  const std::string own = ReadSeedlessGoldenFile(name).value();
  EXPECT_GT(own.size(), 1000);
  const std::string folder = ::testing::TempDir() + "/seedless";
  std::filesystem::create_directories(folder + "/tokenizer");
  const GoldenFolder set(folder);
  EXPECT_EQ(ReadSeedlessGoldenFile(name).value(), own);
  EXPECT_FALSE(ReadSeedlessGoldenFile("tokenizer/none.json").ok());
  std::ofstream(folder + "/" + name) << "theirs";
  EXPECT_EQ(ReadSeedlessGoldenFile(name).value(), "theirs");
  const GoldenFolder missing("/no/such/folder");
  EXPECT_FALSE(ReadSeedlessGoldenFile(name).ok());
}

TEST(GoldenTest, Int64BecomesInt32) {
  const int64_t values[] = {-3, 2147483647};
  const RawTensor raw{"I64", {2}, {reinterpret_cast<const char*>(values), sizeof(values)}};
  const Tensor tensor = ToTensor(raw);
  EXPECT_EQ(tensor.values<int32_t>()[0], -3);
  EXPECT_EQ(tensor.values<int32_t>()[1], 2147483647);

  const int64_t large = int64_t{1} << 31;
  const RawTensor too_large{"I64", {}, {reinterpret_cast<const char*>(&large), sizeof(large)}};
  EXPECT_DEATH(ToTensor(too_large), "2147483648 does not fit int32");
}

TEST(GoldenTest, Differences) {
  const Tensor expected = Tensor::FromValues<double>({3}, {0, 3, -1});
  EXPECT_EQ(RelativeDifference(expected, expected), 0);
  const Tensor actual = Tensor::FromValues<double>({3}, {0.25, 5, -1});
  EXPECT_EQ(RelativeDifference(actual, expected), 0.5);
  EXPECT_EQ(AbsoluteDifference(actual, expected), 2);
  EXPECT_EQ(RelativeDifference(actual.Reshape({3, 1}), expected), kInfinity);
  EXPECT_EQ(RelativeDifference(actual.Cast(DType::kFloat32), expected), 0.5);

  const Tensor special = Tensor::FromValues<double>({3}, {kNaN, kInfinity, -kInfinity});
  EXPECT_EQ(RelativeDifference(special, special), 0);
  EXPECT_EQ(RelativeDifference(special, expected), kInfinity);
  EXPECT_EQ(RelativeDifference(expected, special), kInfinity);
  const Tensor empty = Tensor::FromValues<double>({0}, {});
  EXPECT_EQ(RelativeDifference(empty, empty), 0);
}

}  // namespace
}  // namespace hairpin::golden
