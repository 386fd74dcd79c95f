#include "nn/multi_head_attention.h"

#include "ops/index_select.h"
#include "ops/reshape.h"
#include "ops/scaled_dot_product_attention.h"

namespace hairpin::nn {

MultiHeadAttention::MultiHeadAttention(const ModuleContext& context,
                                       const MultiHeadAttentionOptions& options)
    : options_(options),
      query_(Add<Linear>(context, "query", LinearOptions{options.channels, options.channels, false})),
      key_(Add<Linear>(context, "key", LinearOptions{options.channels, options.channels, false})),
      value_(Add<Linear>(context, "value", LinearOptions{options.channels, options.channels, false})),
      output_(
          Add<Linear>(context, "output", LinearOptions{options.channels, options.channels, false})) {}

Variable MultiHeadAttention::Forward(Variable x, Variable visible, Variable rows) {
  const Scope scope = EnterScope(x.recording());
  Variable key = key_.Forward(x);
  Variable value = value_.Forward(x);
  if (rows) x = IndexSelect(Reshape(std::move(x), {-1, options_.channels}), rows);
  Variable query = query_.Forward(std::move(x));
  return output_.Forward(ScaledDotProductAttention(
      std::move(query), std::move(key), std::move(value),
      {.heads = options_.heads, .dropout = options_.dropout}, std::move(visible),
      std::move(rows)));
}

}  // namespace hairpin::nn
