#include "tools/analysis/model_summary.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/analysis/text_table.h"

namespace hairpin {
namespace {

struct ScopeRow {
  std::string scope;
  std::vector<std::string> operations;  // each once
  TensorSpec output;                    // of the last one
  StepCosts costs;
};

std::vector<ScopeRow> ScopesOf(const std::vector<LayerRow>& layers) {
  std::vector<const OperationRow*> operations;
  for (const LayerRow& layer : layers) {
    for (const OperationRow& operation : layer.operations) operations.push_back(&operation);
  }
  std::sort(operations.begin(), operations.end(),
            [](const auto* a, const auto* b) { return a->node < b->node; });
  std::vector<ScopeRow> rows;
  for (const OperationRow* operation : operations) {
    auto row = std::find_if(rows.begin(), rows.end(), [&](const ScopeRow& r) {
      return r.scope == operation->scope;
    });
    if (row == rows.end()) {
      row = rows.insert(row, ScopeRow());
      row->scope = operation->scope;
    }
    std::vector<std::string>& names = row->operations;
    if (std::find(names.begin(), names.end(), operation->name) == names.end()) {
      names.push_back(operation->name);
    }
    row->output = operation->output;
    row->costs.Add(*operation);
  }
  return rows;
}

}  // namespace

std::string ModelSummary(const std::vector<LayerRow>& layers) {
  TextTable table({"layer", "operations", "output", ">parameters", ">kept bytes"});
  StepCosts all;
  for (ScopeRow& row : ScopesOf(layers)) {
    table.Add({row.scope.empty() ? "-" : std::move(row.scope), absl::StrJoin(row.operations, ", "),
               absl::StrCat(Name(row.output.dtype), " ", row.output.shape.ToString()),
               WithCommas(row.costs.parameters), WithCommas(row.costs.kept_bytes)});
    all.Add(row.costs);
  }
  table.Add({"together", "", "", WithCommas(all.parameters), WithCommas(all.kept_bytes)});
  return table.Text();
}

}  // namespace hairpin
