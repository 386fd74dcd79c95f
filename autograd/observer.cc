#include "autograd/observer.h"

namespace hairpin {

const char* Name(RunPhase phase) {
  switch (phase) {
    case RunPhase::kForward: return "forward";
    case RunPhase::kReplay: return "replay";
    case RunPhase::kBackward: return "backward";
  }
  return "unknown";
}

void ObserverList::Begin(const OperationRun& run) {
  for (Observer* observer : observers_) observer->Begin(run);
}

void ObserverList::Results(const OperationRun& run, absl::Span<const Tensor> results) {
  for (Observer* observer : observers_) observer->Results(run, results);
}

void ObserverList::End(const OperationRun& run) {
  for (auto observer = observers_.rbegin(); observer != observers_.rend(); ++observer) {
    (*observer)->End(run);
  }
}

}  // namespace hairpin
