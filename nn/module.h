// Module: parameters with names, and layers made of layers.
//
//   class Mlp : public Layer {
//    public:
//     Mlp(const ModuleContext& context, int64_t channels)
//         : in_(Add<Linear>(context, "in", LinearOptions{channels, 4 * channels})),
//           out_(Add<Linear>(context, "out", LinearOptions{4 * channels, channels})) {}
//     Variable Forward(Variable x) override {
//       const Scope scope = EnterScope(x.recording());
//       return out_.Forward(Gelu(in_.Forward(std::move(x))));
//     }
//     ...
//   };
//   Mlp mlp({.seed = 1}, 64);
//   mlp.VisitParameters([](const ParameterVisit& visit) { ... });   // "in.weight", ...
//
// One visitor serves counting, saving, optimizing and exporting. Numbers that a
// module keeps and nobody optimizes (the running mean of a batch norm) are its
// buffers, with names and a visitor of their own. Whether a recording trains or
// evaluates is an argument of the recording, not a switch in a module.
#ifndef HAIRPIN_NN_MODULE_H_
#define HAIRPIN_NN_MODULE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "autograd/recording.h"
#include "nn/initializer.h"

namespace hairpin::nn {

// Where and how parameters are made. Handed down from module to module.
struct ModuleContext {
  DType dtype = DType::kFloat32;
  // An allocator of kind kDry makes a module without numbers, for dry recordings.
  Allocator* allocator = &Allocator::Default();
  uint64_t seed = 0;
  // Of the module being made: "encoder.0."; empty for the outermost.
  std::string prefix = {};
  // Counts the parameters made so far, so that each draws numbers of its own.
  std::shared_ptr<uint32_t> ordinal = std::make_shared<uint32_t>(0);

  ModuleContext Child(const std::string& name) const;
};

// A parameter under its first name, and the other names it has (tied weights).
struct ParameterVisit {
  Parameter& parameter;
  const std::vector<std::string>& aliases;
  const std::string& name() const { return parameter.name(); }
};

class Module {
 public:
  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  virtual ~Module() = default;

  // Each parameter once, in the order in which they were added, children's in
  // the place of the child.
  void VisitParameters(const std::function<void(const ParameterVisit&)>& visit);

  // Each buffer, in the order in which they were added, children's in the place
  // of the child.
  void VisitBuffers(const std::function<void(const std::string& name, Tensor& buffer)>& visit);

  // Sum of the sizes of all parameters, a tied one counted once.
  int64_t CountParameters();

  // The next backward replaces gradients instead of adding to them.
  void ClearGradients();

  // Its name inside the outermost module: "encoder.0.attention"; empty for the
  // outermost itself, and in constructors.
  const std::string& path() const { return path_; }

 protected:
  // What a module's Forward begins with, so that tables, profiles and messages
  // name its operations after it:  const Scope scope = EnterScope(x.recording());
  Scope EnterScope(Recording& recording) const { return Scope(recording, path_); }
  // The same for a module of which the policy "segments" keeps the inputs only:
  // layers of a stack, each a few operations deep.
  Region EnterRegion(Recording& recording) const { return Region(recording, path_); }

  // A new parameter "<prefix><name>".
  Parameter& AddParameter(const ModuleContext& context, const std::string& name,
                          const Shape& shape, const Initializer& initializer);
  // A new buffer "<prefix><name>", every element `value`: part of the state that
  // checkpoints hold, without gradient.
  Tensor& AddBuffer(const ModuleContext& context, const std::string& name, const Shape& shape,
                    double value);
  // Another name, "<prefix><name>", of a parameter of this module or a child.
  void AddAlias(const ModuleContext& context, const std::string& name, Parameter& parameter);
  // A new child; its names begin with "<prefix><name>.".
  template <class M, class... Args>
  M& Add(const ModuleContext& context, const std::string& name, Args&&... args) {
    auto child = std::make_unique<M>(context.Child(name), std::forward<Args>(args)...);
    M& reference = *child;
    child->path_ = context.prefix + name;
    members_.push_back({.child = std::move(child)});
    return reference;
  }

 private:
  struct Buffer {
    std::string name;
    Tensor tensor;
  };
  // A parameter, a child or a buffer, in order.
  struct Member {
    std::unique_ptr<Parameter> parameter = nullptr;
    std::unique_ptr<Module> child = nullptr;
    std::unique_ptr<Buffer> buffer = nullptr;
  };
  struct Alias {
    std::string name;
    Parameter* parameter;
  };
  void CollectAliases(std::vector<Alias>* aliases) const;
  void Visit(const std::vector<Alias>& aliases,
             const std::function<void(const ParameterVisit&)>& visit);

  std::string path_;
  std::vector<Member> members_;
  std::vector<Alias> aliases_;
};

// A module from one Variable to one Variable.
class Layer : public Module {
 public:
  virtual Variable Forward(Variable x) = 0;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_MODULE_H_
