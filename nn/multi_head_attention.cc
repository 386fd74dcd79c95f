#include "nn/multi_head_attention.h"

#include "ops/index_select.h"
#include "ops/reshape.h"
#include "ops/rotary.h"
#include "ops/scaled_dot_product_attention.h"

namespace hairpin::nn {
namespace {

LinearOptions Projection(const MultiHeadAttentionOptions& options) {
  return {options.channels, options.channels, options.bias, options.initial_deviation};
}
LinearOptions Output(const MultiHeadAttentionOptions& options) {
  return {options.channels, options.channels, options.bias, options.output_deviation};
}

}  // namespace

MultiHeadAttention::MultiHeadAttention(const ModuleContext& context,
                                       const MultiHeadAttentionOptions& options)
    : options_(options),
      query_(Add<Linear>(context, "query", Projection(options))),
      key_(Add<Linear>(context, "key", Projection(options))),
      value_(Add<Linear>(context, "value", Projection(options))),
      output_(Add<Linear>(context, "output", Output(options))) {}

Variable MultiHeadAttention::Turned(Variable x, int64_t first) const {
  if (!options_.rotary) return x;
  return Rotary(std::move(x), {.heads = options_.heads, .first = first});
}

Variable MultiHeadAttention::Forward(Variable x, Variable visible, Variable rows) {
  const Scope scope = EnterScope(x.recording());
  const int64_t C = options_.channels;
  Variable key = Turned(key_.Forward(x), 0);
  Variable value = value_.Forward(x);
  // Turned queries are chosen when they know their positions.
  if (rows && !options_.rotary) x = IndexSelect(Reshape(std::move(x), {-1, C}), rows);
  Variable query = Turned(query_.Forward(std::move(x)), 0);
  if (rows && options_.rotary) query = IndexSelect(Reshape(std::move(query), {-1, C}), rows);
  return output_.Forward(ScaledDotProductAttention(
      std::move(query), std::move(key), std::move(value),
      {.heads = options_.heads, .causal = options_.causal, .dropout = options_.dropout},
      std::move(visible), std::move(rows)));
}

// The cache as a whole is k and v; its rows to come are seen by none of these queries.
Variable MultiHeadAttention::ForwardCached(Variable x, KeyValueCache& cache) {
  HAIRPIN_CHECK(options_.causal) << path() << ": a cache, expected causal attention";
  Recording& recording = x.recording();
  const Scope scope = EnterScope(recording);
  const Shape shape = x.shape();
  const int64_t first = cache.length;
  cache.Append(Turned(key_.Forward(x), first), value_.Forward(x));
  Variable query = Turned(query_.Forward(std::move(x)), first);
  Variable out = ScaledDotProductAttention(
      Reshape(std::move(query), {-1, options_.channels}), recording.Constant(cache.keys),
      recording.Constant(cache.values), {.heads = options_.heads, .causal = true}, {},
      cache.RowsFrom(recording, first));
  return output_.Forward(Reshape(std::move(out), shape.sizes()));
}

}  // namespace hairpin::nn
