#include "tools/training/training_settings.h"

#include <string>

#include "tensor/check.h"

namespace hairpin {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void CopyField(const Message& from, const FieldDescriptor* source, Message* to,
               const FieldDescriptor* target) {
  HAIRPIN_CHECK(source->cpp_type() == target->cpp_type() && !source->is_repeated())
      << "CommonSettings: " << source->full_name() << " has not the type of "
      << target->full_name();
  const google::protobuf::Reflection& get = *from.GetReflection();
  const google::protobuf::Reflection& set = *to->GetReflection();
  switch (target->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: return set.SetBool(to, target, get.GetBool(from, source));
    case FieldDescriptor::CPPTYPE_STRING:
      return set.SetString(to, target, get.GetString(from, source));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return set.SetDouble(to, target, get.GetDouble(from, source));
    case FieldDescriptor::CPPTYPE_INT32:
      return set.SetInt32(to, target, get.GetInt32(from, source));
    default: return set.SetInt64(to, target, get.GetInt64(from, source));
  }
}

void CopyFields(const Message& from, Message* to) {
  const auto& descriptor = *from.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor* source = descriptor.field(i);
    if (source->is_repeated() || !from.GetReflection()->HasField(from, source)) continue;
    if (source->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      CopyFields(from.GetReflection()->GetMessage(from, source), to);
      continue;
    }
    const FieldDescriptor* target = to->GetDescriptor()->FindFieldByName(source->name());
    if (target != nullptr) CopyField(from, source, to, target);
  }
}

// The message that has the field `name`: `settings` or one that it holds; null: none has.
Message* HolderOf(const std::string& name, Message* settings) {
  const auto& descriptor = *settings->GetDescriptor();
  if (descriptor.FindFieldByName(name) != nullptr) return settings;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor* field = descriptor.field(i);
    if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (field->message_type()->FindFieldByName(name) == nullptr) continue;
    return settings->GetReflection()->MutableMessage(settings, field);
  }
  return nullptr;
}

}  // namespace

TrainingSettings CommonSettings(const Message& settings) {
  TrainingSettings common;
  CopyFields(settings, &common);
  return common;
}

void SetCommonSettings(const TrainingSettings& common, Message* settings) {
  const auto& descriptor = *common.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor* source = descriptor.field(i);
    if (!common.GetReflection()->HasField(common, source)) continue;
    Message* const holder = HolderOf(source->name(), settings);
    HAIRPIN_CHECK(holder != nullptr) << "SetCommonSettings: " << settings->GetTypeName()
                                     << " has no " << source->name();
    CopyField(common, source, holder, holder->GetDescriptor()->FindFieldByName(source->name()));
  }
}

}  // namespace hairpin
