#include "tools/analysis/step_measurement.h"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "tools/training/mlm_task.h"
#include "tools/training/step_gradient.h"

namespace hairpin {
namespace {

int64_t PeakResident() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

// The second number of /proc/self/statm, in pages; 0 where there is none.
int64_t Resident() {
  long long size = 0, resident = 0;
  if (std::FILE* const file = std::fopen("/proc/self/statm", "r"); file != nullptr) {
    if (std::fscanf(file, "%lld %lld", &size, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * sysconf(_SC_PAGESIZE);
}

// What Trainer does in a step, on batches that stay the same.
class RealSteps {
 public:
  RealSteps(const TrainMlmSettings& settings, const MiniBertConfig& config,
            const SavedPolicy& policy)
      : settings_(settings),
        policy_(policy),
        task_({.seed = static_cast<uint64_t>(settings.seed())}, settings, config, nullptr),
        optimizer_(DecayMatricesOnly(task_.model(), settings.weight_decay()),
                   {settings.beta1(), settings.beta2(), settings.adam_epsilon()}) {
    for (int i = 0; i < settings.accumulation(); ++i) task_.LoadRandom(i);
  }

  int64_t batch_bytes() const {
    int64_t numbers = 0;
    for (int i = 0; i < settings_.accumulation(); ++i) {
      const MlmBatch& batch = task_.batch(i);
      numbers += 2 * static_cast<int64_t>(batch.ids().size()) + 2 * batch.max_masked();
    }
    return numbers * static_cast<int64_t>(sizeof(int32_t));
  }

  // Both may be null.
  absl::Status Step(Profile* profile, Observer* observer) {
    const Profile::Span step(profile, "step");
    const StepGradient gradient =
        ComputeGradient(task_, settings_.accumulation(),
                        {.seed = static_cast<uint64_t>(settings_.seed()),
                         .step = static_cast<uint64_t>(optimizer_.step_count()),
                         .parameters = optimizer_.parameters(),
                         .policy = &policy_,
                         .observer = observer,
                         .profile = profile},
                        recording_);
    if (!gradient.bad.empty()) {
      return absl::DataLossError(absl::StrCat("step ", optimizer_.step_count(), ", ",
                                              gradient.bad, ", expected a finite number"));
    }
    const Profile::Span update(profile, "optimizer");
    optimizer_.Step(settings_.lr(), ClipFactor(gradient.norm, settings_.clip_norm()));
    return absl::OkStatus();
  }

 private:
  const TrainMlmSettings& settings_;
  const SavedPolicy& policy_;
  MlmTask task_;
  AdamW optimizer_;
  Recording recording_;
};

}  // namespace

double StepMeasurement::operation_seconds() const {
  double seconds = 0;
  for (const OperationTime& operation : ByOperation(rows)) seconds += operation.seconds;
  return seconds;
}

absl::StatusOr<StepMeasurement> MeasureSteps(const TrainMlmSettings& settings,
                                             const MiniBertConfig& config, int steps,
                                             const SavedPolicy& policy) {
  StepMeasurement measured;
  Allocator::Default().ReleaseCache();
  malloc_trim(0);  // of what was computed before
  measured.resident.before = Resident();
  RealSteps real(settings, config, policy);
  measured.resident.batches = real.batch_bytes();
  if (absl::Status s = real.Step(nullptr, nullptr); !s.ok()) return s;
  Account& account = Allocator::Default().account();
  account.ResetPeaks();
  Profile profile;
  for (int i = 0; i < steps; ++i) {
    if (absl::Status s = real.Step(&profile, &measured.replays); !s.ok()) return s;
  }
  measured.steps = steps;
  measured.bytes = account;
  measured.resident.held = Allocator::Default().held_bytes();
  measured.resident.peak = PeakResident();
  measured.rows = profile.rows();
  for (const Profile::Row& row : measured.rows) {
    if (row.kind == Profile::Kind::kSpan && row.name == "step") {
      measured.seconds = row.total_seconds;
    }
  }
  return measured;
}

std::vector<OperationTime> ByOperation(const std::vector<Profile::Row>& rows) {
  std::vector<OperationTime> operations;
  for (const Profile::Row& row : rows) {
    if (row.kind == Profile::Kind::kSpan) continue;
    auto operation = std::find_if(operations.begin(), operations.end(), [&](const auto& o) {
      return o.name == row.name && o.kind == row.kind;
    });
    if (operation == operations.end()) {
      operations.push_back({row.name, row.kind});
      operation = operations.end() - 1;
    }
    operation->runs += row.runs;
    operation->seconds += row.seconds;
    operation->flops += row.flops;
  }
  std::stable_sort(operations.begin(), operations.end(),
                   [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
  return operations;
}

std::vector<OperationTime> OutsideOperations(const StepMeasurement& measured) {
  std::vector<OperationTime> outside;
  OperationTime other = {"other", Profile::Kind::kSpan};
  for (const Profile::Row& row : measured.rows) {
    if (row.kind != Profile::Kind::kSpan) continue;
    if (row.name == "step" || row.name == "micro-batch") {
      other.seconds += row.seconds;
    } else {
      outside.push_back({row.name, row.kind, row.runs, row.seconds});
    }
  }
  outside.push_back(other);
  return outside;
}

}  // namespace hairpin
