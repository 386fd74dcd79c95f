// Sequential: layers one after another.
//
//   nn::Sequential mlp(context);
//   mlp.Append<nn::Linear>("in", nn::LinearOptions{64, 256});
//   mlp.Append<nn::Gelu>("gelu");
//   mlp.Append<nn::Linear>("out", nn::LinearOptions{256, 10});
//   Variable y = mlp.Forward(x);
#ifndef HAIRPIN_NN_SEQUENTIAL_H_
#define HAIRPIN_NN_SEQUENTIAL_H_

#include <string>
#include <vector>

#include "nn/module.h"

namespace hairpin::nn {

class Sequential : public Layer {
 public:
  explicit Sequential(const ModuleContext& context) : context_(context) {}

  template <class L, class... Args>
  L& Append(const std::string& name, Args&&... args) {
    L& layer = Add<L>(context_, name, std::forward<Args>(args)...);
    layers_.push_back(&layer);
    return layer;
  }
  // x itself where there are no layers.
  Variable Forward(Variable x) override {
    const Scope scope = EnterScope(x.recording());
    for (Layer* layer : layers_) x = layer->Forward(std::move(x));
    return x;
  }

 private:
  ModuleContext context_;
  std::vector<Layer*> layers_;
};

}  // namespace hairpin::nn

#endif  // HAIRPIN_NN_SEQUENTIAL_H_
