#include "optim/muon.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "ops/kernels/lerp.h"
#include "ops/kernels/newton_schulz.h"
#include "ops/kernels/unary.h"
#include "tensor/check.h"

namespace hairpin {
namespace {

bool IsMatrix(const ParameterGroup& group, const Parameter& parameter) {
  return !group.elementwise && parameter.spec().shape.rank() >= 2;
}

struct Size {
  int64_t rows, columns;
};
Size MatrixSize(const Parameter& parameter) {
  const int64_t rows = parameter.spec().shape[0];
  return {rows, rows == 0 ? 0 : parameter.spec().shape.num_elements() / rows};
}

// Where the workspace begins, after the update itself.
int64_t UpdateBytes(const Parameter& parameter) {
  return (parameter.spec().bytes() + 63) / 64 * 64;
}

}  // namespace

Muon::Muon(const std::vector<ParameterGroup>& groups, const MuonOptions& options)
    : Adam(groups, options.adamw, /*decoupled=*/true,
           [](const ParameterGroup& group, const Parameter& parameter) {
             return IsMatrix(group, parameter) ? std::vector<std::string>{"momentum"}
                                               : AdamState();
           }),
      options_(options) {
  HAIRPIN_CHECK(options.momentum >= 0 && options.momentum < 1)
      << "Muon: found momentum " << options.momentum << ", expected one in [0, 1)";
  HAIRPIN_CHECK(options.newton_schulz_steps >= 0)
      << "Muon: found " << options.newton_schulz_steps << " steps, expected at least 0";
  for (const ParameterGroup& group : groups) {
    for (const Parameter* parameter : group.parameters) {
      if (IsMatrix(group, *parameter)) matrices_.push_back(parameter);
    }
  }
}

int64_t Muon::ScratchBytes() const {
  int64_t bytes = 0;
  for (const Parameter* matrix : matrices_) {
    const auto [rows, columns] = MatrixSize(*matrix);
    bytes = std::max(bytes, UpdateBytes(*matrix) +
                                kernels::NewtonSchulzWorkspaceBytes(
                                    rows, columns, SizeOf(matrix->spec().dtype)));
  }
  return bytes;
}

void Muon::UpdateParameter(const Update& update, Parameter& parameter,
                           absl::Span<const Tensor> state) const {
  if (state.size() != 1) {
    Update other = update;
    other.learning_rate *= options_.adamw_rate_factor;
    Adam::UpdateParameter(other, parameter, state);
    return;
  }
  const Size size = MatrixSize(parameter);
  const double m = static_cast<double>(size.rows), n = static_cast<double>(size.columns);
  const double scale = options_.match_adamw ? 0.2 * std::sqrt(std::max(m, n))
                                            : std::sqrt(std::max(1.0, m / n));
  const double lr = update.learning_rate;
  const int64_t elements = size.rows * size.columns;
  DispatchFloating(parameter.spec().dtype, [&]<class T>() {
    const T* gradient = parameter.gradient().data<T>();
    T *p = parameter.value().mutable_data<T>(), *b = state[0].raw<T>();
    T* u = static_cast<T*>(update.scratch);
    kernels::Lerp(gradient, update.gradient_factor, 1 - options_.momentum, elements, b);
    if (options_.nesterov) {
      kernels::Scale(gradient, update.gradient_factor, elements, false, u);
      kernels::Lerp(b, 1, options_.momentum, elements, u);
    } else {
      std::copy_n(b, elements, u);
    }
    kernels::NewtonSchulz(size.rows, size.columns, {.steps = options_.newton_schulz_steps}, u,
                          static_cast<std::byte*>(update.scratch) + UpdateBytes(parameter));
    kernels::Scale(p, 1 - lr * update.weight_decay, elements, false, p);
    kernels::Scale(u, -lr * scale, elements, true, p);
  });
}

}  // namespace hairpin
