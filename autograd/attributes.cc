#include "autograd/attributes.h"

#include <cmath>

#include "tensor/check.h"

namespace hairpin {
namespace {

using Value = google::protobuf::Value;

const Value* Find(const Attributes& attributes, const std::string& name, Value::KindCase kind) {
  const auto found = attributes.fields().find(name);
  if (found == attributes.fields().end()) return nullptr;
  HAIRPIN_CHECK(found->second.kind_case() == kind)
      << "attribute " << name << ": found " << found->second.ShortDebugString()
      << ", expected a value of protobuf kind " << kind;
  return &found->second;
}

int64_t ToInt(const std::string& name, const Value& value) {
  // Up to here every integer is a double.
  constexpr double kLargest = int64_t{1} << 53;
  const double number = value.number_value();
  HAIRPIN_CHECK(value.kind_case() == Value::kNumberValue && number == std::trunc(number) &&
                std::abs(number) <= kLargest)
      << "attribute " << name << ": found " << value.ShortDebugString()
      << ", expected an integer of at most 53 bits";
  return static_cast<int64_t>(number);
}

}  // namespace

double GetNumber(const Attributes& attributes, const std::string& name, double otherwise) {
  const Value* value = Find(attributes, name, Value::kNumberValue);
  return value == nullptr ? otherwise : value->number_value();
}

int64_t GetInt(const Attributes& attributes, const std::string& name, int64_t otherwise) {
  const Value* value = Find(attributes, name, Value::kNumberValue);
  return value == nullptr ? otherwise : ToInt(name, *value);
}

bool GetBool(const Attributes& attributes, const std::string& name, bool otherwise) {
  const Value* value = Find(attributes, name, Value::kBoolValue);
  return value == nullptr ? otherwise : value->bool_value();
}

std::string GetString(const Attributes& attributes, const std::string& name,
                      const std::string& otherwise) {
  const Value* value = Find(attributes, name, Value::kStringValue);
  return value == nullptr ? otherwise : value->string_value();
}

std::vector<int64_t> GetInts(const Attributes& attributes, const std::string& name) {
  std::vector<int64_t> ints;
  const Value* value = Find(attributes, name, Value::kListValue);
  if (value == nullptr) return ints;
  for (const Value& element : value->list_value().values()) {
    ints.push_back(ToInt(name, element));
  }
  return ints;
}

void SetNumber(Attributes* attributes, const std::string& name, double value) {
  (*attributes->mutable_fields())[name].set_number_value(value);
}

void SetBool(Attributes* attributes, const std::string& name, bool value) {
  (*attributes->mutable_fields())[name].set_bool_value(value);
}

void SetString(Attributes* attributes, const std::string& name, const std::string& value) {
  (*attributes->mutable_fields())[name].set_string_value(value);
}

void SetInts(Attributes* attributes, const std::string& name, absl::Span<const int64_t> values) {
  google::protobuf::ListValue* list =
      (*attributes->mutable_fields())[name].mutable_list_value();
  list->clear_values();
  for (const int64_t value : values) list->add_values()->set_number_value(value);
}

}  // namespace hairpin
