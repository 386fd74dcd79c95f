// Attributes of an operation as a message: what is written with a graph, and
// what the registry makes an operation from. A google.protobuf.Struct, so that
// its JSON is the plain object {"axis": 1}.
//
//   SetNumber(&attributes, "axis", 1);
//   GetInt(attributes, "axis", -1);   // 1
//
// Its numbers are doubles: integers have at most 53 bits.
#ifndef HAIRPIN_AUTOGRAD_ATTRIBUTES_H_
#define HAIRPIN_AUTOGRAD_ATTRIBUTES_H_

#include <google/protobuf/struct.pb.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace hairpin {

using Attributes = google::protobuf::Struct;

// Each returns `otherwise` (GetInts: an empty list) where there is no such
// attribute, and CHECKs that one which is there has the asked type.
double GetNumber(const Attributes& attributes, const std::string& name, double otherwise);
int64_t GetInt(const Attributes& attributes, const std::string& name, int64_t otherwise);
bool GetBool(const Attributes& attributes, const std::string& name, bool otherwise);
std::string GetString(const Attributes& attributes, const std::string& name,
                      const std::string& otherwise);
std::vector<int64_t> GetInts(const Attributes& attributes, const std::string& name);

void SetNumber(Attributes* attributes, const std::string& name, double value);
void SetBool(Attributes* attributes, const std::string& name, bool value);
void SetString(Attributes* attributes, const std::string& name, const std::string& value);
void SetInts(Attributes* attributes, const std::string& name, absl::Span<const int64_t> values);

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_ATTRIBUTES_H_
