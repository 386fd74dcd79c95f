// Trains a Mini-BERT on text: `bazel run //tools:train_mlm -- --help`.
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "data/sample/sample_corpus.h"
#include "ops/kernels/target.h"
#include "tensor/file.h"
#include "tensor/thread_pool.h"
#include "tools/analysis/checkpointing_parts.h"
#include "tools/analysis/replay_times.h"
#include "tools/analysis/step_analysis.h"
#include "tools/training/checkpointing.h"
#include "tools/training/mask_filler.h"
#include "tools/training/mlm_data.h"
#include "tools/training/mlm_memory.h"
#include "tools/training/mlm_settings.h"
#include "tools/training/mlm_task.h"
#include "tools/training/resumed_run.h"
#include "tools/training/run_folder.h"
#include "tools/training/run_hold.h"
#include "tools/training/threads.h"
#include "tools/training/trainer.h"
#include "tools/training/training_settings.h"

namespace hairpin {
namespace {

constexpr char kVersion[] = "0.1";
constexpr char kUsage[] =
    "Trains a masked language model, a Mini-BERT, on plain text. Without flags it trains on the\n"
    "built-in sample. Example:\n"
    "  train_mlm --data=novels.txt --eval_data=valid.txt --steps=4000 --out_dir=runs/novels\n";

absl::StatusOr<MlmText> FindText(const TrainMlmSettings& settings, const std::string& program) {
  MlmText text = {SplitPaths(settings.data()), SplitPaths(settings.eval_data())};
  if (!settings.data().empty()) return text;
  if (!settings.eval_data().empty()) {
    return absl::InvalidArgumentError(
        "--eval_data: found files, expected none without --data: the sample brings its own");
  }
  const std::string sample = FindRunfile("hairpin/data/sample/sample.txt", program);
  if (sample.empty()) {
    return absl::NotFoundError(
        "--data: found none, and the built-in sample is not beside the program; start it with "
        "bazel run or give --data");
  }
  text.data = {sample};
  return text;
}

void ShowSample(MiniBert& model, const Vocabulary& vocabulary) {
  MaskFiller filler(model, vocabulary, /*lowercase=*/true);
  for (const SampleQuestion& question : SampleQuestions()) {
    const auto masks = filler.Fill(question.sentence, 5);
    if (masks.ok()) {
      std::printf("%s%s\n", FormatGuesses(question.sentence, *masks).c_str(),
                  absl::StrCat("    (", question.shows, ": ", question.answer, ")").c_str());
    }
  }
}

// Whether --trace can be written: better known now than after the steps.
absl::Status CheckTraceFile(const TrainMlmSettings& settings) {
  if (!settings.has_trace()) return absl::OkStatus();
  const auto writer = AtomicFileWriter::Create(settings.trace());
  if (writer.ok()) return absl::OkStatus();
  return absl::Status(writer.status().code(),
                      absl::StrCat("--trace: ", std::string(writer.status().message())));
}

// Vocabulary and ids of the run, and with them the settings that `run` then holds.
absl::StatusOr<MlmData> Prepare(const MlmText& text, TrainMlmSettings* settings,
                                const RunFolder& folder, Progress& progress, hairpin::Run* run,
                                Checkpointing* checkpointing) {
  absl::StatusOr<MlmData> data = PrepareMlmData(text, *settings, folder, progress, run);
  if (!data.ok()) return data.status();
  settings->set_vocab_size(data->vocabulary->size());
  const MiniBertConfig config = ConfigOf(*settings, settings->vocab_size());
  absl::StatusOr<Checkpointing> planned =
      PlanCheckpointing(settings->checkpointing(), *settings, config);
  if (!planned.ok()) return planned.status();
  *checkpointing = *std::move(planned);
  if (absl::Status s = CheckMemory(*settings, config, checkpointing->policy()); !s.ok()) return s;
  *run->mutable_checkpointing() = checkpointing->Report();
  AddParts(AnalyzeStep(*settings, config, checkpointing->policy()), nullptr,
           run->mutable_checkpointing());
  *run->mutable_settings() = *settings;
  run->set_parameters(CountParameters(config));
  run->set_version(kVersion);
  run->set_target(KernelTargetName());
  if (absl::Status s = folder.WriteRun(*run); !s.ok()) return s;
  return data;
}

// What --overfit_one_batch promises of the last step's loss, NaN where it had none.
absl::Status CheckLearnt(double loss) {
  if (std::isnan(loss)) {
    return absl::InvalidArgumentError(
        "--overfit_one_batch: found nothing masked in the first micro-batch, expected tokens "
        "to learn");
  }
  if (loss < 0.1) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("--overfit_one_batch: found a loss of ", loss,
                                          ", expected less than 0.1 in fewer than 200 steps"));
}

// Of a run that is resumed and has no step left.
absl::Status TellEnd(const TrainingPosition& end, const RunFolder& folder,
                     const TrainMlmSettings& settings) {
  if (end.step > settings.steps()) {
    return absl::InvalidArgumentError(absl::StrCat("--steps: found ", settings.steps(),
                                                   ", expected at least ", end.step,
                                                   ", the steps that the run has done"));
  }
  if (settings.overfit_one_batch() && end.state.has_last_loss()) {
    if (absl::Status s = CheckLearnt(end.state.last_loss()); !s.ok()) return s;
  }
  std::printf("%s: the run is at its last step, %lld\n", folder.path().c_str(),
              static_cast<long long>(end.step));
  return absl::OkStatus();
}

// The folder of a new run: --out_dir, or the first default name that is free.
absl::StatusOr<RunHold> HoldNewRun(const hairpin::Run& run, TrainMlmSettings* settings,
                                   RunFolder* folder) {
  const bool named = settings->has_out_dir();
  for (int number = 1;; ++number) {
    if (!named) settings->set_out_dir(DefaultRunPath(number));
    *folder = RunFolder(UserPath(settings->out_dir()));
    absl::StatusOr<RunHold> hold = RunHold::New(*folder, run);
    if (named || !absl::IsAlreadyExists(hold.status())) return hold;
  }
}

// Settings, text and folder of a new run; nothing is written before all of them
// are known to be good.
absl::Status TrainMlm(const TrainMlmSettings& given, const std::string& program) {
  TrainMlmSettings settings = given;
  hairpin::Run run;
  const bool resume = given.resume();
  if (resume && given.out_dir().empty()) {
    return absl::InvalidArgumentError("--resume: found no --out_dir, expected the run's folder");
  }
  RunFolder folder(UserPath(given.out_dir()));
  absl::StatusOr<RunHold> hold = RunHold();
  if (resume) {
    hold = RunHold::Resume(folder);
    if (!hold.ok()) return hold.status();
    absl::StatusOr<ResumedRun> resumed = ReadResumedRun(folder, given);
    if (!resumed.ok()) return resumed.status();
    run = std::move(resumed->run);
    settings = std::move(resumed->settings);
    // A run that is done needs neither its text nor memory for a model any more.
    if (const auto end = FindEnd(folder, settings.steps())) return TellEnd(*end, folder, settings);
  } else {
    *run.mutable_given() = given;
    if (absl::Status s = ResolveSettings(&settings); !s.ok()) return s;
    run.set_working_directory(UserFolder());
  }
  const absl::StatusOr<MlmText> text = FindText(settings, program);
  if (!text.ok()) return text.status();
  if (absl::Status s = CheckText(*text, settings, folder); !s.ok()) return s;
  const std::string threads_note = StartThreads(settings.threads());  // each takes memory
  // With the largest vocabulary that there can be: before anything is made.
  // The policies that need no plan tell how far activations can shrink.
  if (absl::Status s = CheckMemory(settings, ConfigOf(settings, settings.vocab_size()),
                                   settings.checkpointing() == KeepAll().name()
                                       ? KeepAll()
                                       : RecomputeSegments());
      !s.ok()) {
    return s;
  }
  MakePathsAbsolute(UserFolder(), &settings);
  if (absl::Status s = CheckTraceFile(settings); !s.ok()) return s;
  Progress progress;
  if (!threads_note.empty()) progress.Line("%s", threads_note.c_str());
  if (resume) {
    if (absl::Status s = folder.MakeFolders(); !s.ok()) return s;
  } else {
    hold = HoldNewRun(run, &settings, &folder);
    if (!hold.ok()) return hold.status();
  }
  Checkpointing checkpointing;
  absl::StatusOr<MlmData> data =
      Prepare(*text, &settings, folder, progress, &run, &checkpointing);
  if (!data.ok()) {
    hold->Undo();
    return data.status();
  }
  const MiniBertConfig config = ConfigOf(settings, settings.vocab_size());

  MlmTask task({.seed = static_cast<uint64_t>(settings.seed())}, settings, config, &*data);
  Trainer trainer(CommonSettings(settings), task, folder, progress);
  trainer.set_policy(checkpointing.policy());
  ReplayTimes replays;
  if (settings.checkpointing() != KeepAll().name()) {
    progress.Line("%s", checkpointing.Summary().c_str());
    trainer.set_observer(&replays);
  }
  progress.Line("%lld parameters, %d %s, %s; unigram loss %.4f",
                static_cast<long long>(run.parameters()), NumThreads(),
                NumThreads() == 1 ? "thread" : "threads", KernelTargetName(),
                data->unigram_loss);
  if (absl::Status s = resume ? trainer.Resume() : trainer.Start(); !s.ok()) return s;
  if (absl::Status s = trainer.Train(); !s.ok()) return s;
  if (replays.recordings() > 0) {
    AddParts(AnalyzeStep(settings, config, checkpointing.policy()), &replays,
             run.mutable_checkpointing());
    if (absl::Status s = folder.WriteRun(run); !s.ok()) return s;
  }
  if (settings.overfit_one_batch()) {
    // It has ended where it was learnt, and resuming says so.
    run.mutable_settings()->set_steps(trainer.step());
    if (absl::Status s = folder.WriteRun(run); !s.ok()) return s;
    const double loss = trainer.last_step().loss();
    if (absl::Status s = CheckLearnt(loss); !s.ok()) return s;
    std::printf("one micro-batch learnt to a loss of %.4f in %lld steps\n", loss,
                static_cast<long long>(trainer.step()));
  } else if (trainer.last_evaluation().count > 0) {
    const double loss = trainer.last_evaluation().loss();
    const double gain = data->unigram_loss - loss;
    std::printf("evaluation loss %.4f, %.4f %s word frequencies alone\n", loss, std::abs(gain),
                gain < 0 ? "above" : "below");
  } else {
    std::printf("evaluation: nothing masked\n");
  }
  if (trainer.skipped_steps() > 0) {
    std::printf("%lld steps changed nothing: nothing in them was masked\n",
                static_cast<long long>(trainer.skipped_steps()));
  }
  if (trainer.nonfinite_steps() > 0) {
    std::printf("%lld steps were left out: their loss or gradient was not finite\n",
                static_cast<long long>(trainer.nonfinite_steps()));
  }
  if (UsesSample(settings) && !settings.overfit_one_batch()) {
    ShowSample(task.model(), *data->vocabulary);
  }
  std::printf("%s\n", folder.path().c_str());
  return absl::OkStatus();
}

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  hairpin::TrainMlmSettings given;
  return hairpin::RunProgram(
      "train_mlm", hairpin::kUsage, hairpin::TrainMlmFlags(), argc, argv, &given,
      [&](const std::vector<std::string>& arguments) -> absl::Status {
        if (!arguments.empty()) {
          return absl::InvalidArgumentError(
              absl::StrCat("found the argument '", arguments[0], "', expected only flags"));
        }
        return hairpin::TrainMlm(given, argv[0]);
      });
}
