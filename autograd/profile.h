// Profile: where the time of a training goes, by operation and layer, with
// floating-point operations beside it; and, if wanted, every single run of an
// operation for a trace.
//
//   Profile profile;
//   {
//     const Profile::Span span(&profile, "step");
//     recording.Reset({.observer = &profile});
//     ... forward, recording.Backward(loss) ...
//     const Profile::Span inner(&profile, "optimizer");
//     optimizer.Step(lr);
//   }
//   for (const Profile::Row& row : profile.rows()) {
//     std::printf("%-40s %-10s %8.3f ms\n", row.scope.c_str(), row.name.c_str(),
//                 1e3 * row.seconds);
//   }
//
// A recording without a profile pays one test of a pointer an operation; a Span
// on a null profile, the same. For one thread, the one that records.
#ifndef HAIRPIN_AUTOGRAD_PROFILE_H_
#define HAIRPIN_AUTOGRAD_PROFILE_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "autograd/observer.h"
#include "tensor/storage.h"

namespace hairpin {

struct ProfileOptions {
  // Keeps every run with its times, for a trace: in memory, some 100 bytes each. Rows alone
  // stay as few however long the profile runs.
  bool events = false;
  // Whose bytes are written down at the end of each event.
  Allocator* allocator = &Allocator::Default();
};

class Profile final : public Observer {
 public:
  using Options = ProfileOptions;
  explicit Profile(const Options& options = {}) : options_(options) {}

  // Of an operation: its phases. kSpan: work outside of recordings.
  enum class Kind : uint8_t { kForward, kReplay, kBackward, kSpan };

  // All runs of one operation of one layer in one phase, or of one span.
  struct Row {
    std::string scope;  // "encoder.0.feed_forward.in"; empty for spans
    std::string name;   // "linear"; a span's name
    Kind kind = Kind::kForward;
    int64_t runs = 0;  // a node's stages of backward are one run
    // Own time, without runs and spans inside.
    double seconds = 0;
    double total_seconds = 0;
    // By the operations' own count, Op::cost. 0 for spans.
    double flops = 0;
  };

  struct Event {
    int32_t row = 0;  // index into rows()
    int32_t node = -1, stage = 0;
    double begin = 0, seconds = 0;  // the clock starts with the first profile
    double flops = 0;
    std::array<int64_t, kNumPurposes> live = {};  // bytes when it ended
  };

  // In order of first appearance.
  const std::vector<Row>& rows() const { return rows_; }
  // In order of their ends; empty unless Options::events.
  const std::vector<Event>& events() const { return events_; }
  // Own time of all operations together.
  double operation_seconds() const;
  // Forgets everything. Not inside a Span.
  void Clear();

  // Times what is done while it lives. Spans nest, among themselves and with
  // operations.
  class Span {
   public:
    // A null profile: nothing is done. `name` must outlive the Span.
    Span(Profile* profile, const char* name) : profile_(profile) {
      if (profile_ == nullptr) return;
      profile_->Push("", name, Kind::kSpan, 0);
      ++profile_->rows_[profile_->open_.back().row].runs;
    }
    ~Span() {
      if (profile_ != nullptr) profile_->Pop(-1, 0);
    }
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;

   private:
    Profile* profile_;
  };

  void Begin(const OperationRun& run) override;
  void End(const OperationRun& run) override;

 private:
  // What runs now, outermost first.
  struct Open {
    int32_t row;
    double begin;
    double inside;  // seconds of what ran inside it
    double flops;
  };
  void Push(const char* scope, const char* name, Kind kind, double flops);
  void Pop(int64_t node, int stage);

  const Options options_;
  std::vector<Row> rows_;
  std::map<std::tuple<std::string, std::string, Kind>, int32_t> index_;
  std::vector<Event> events_;
  std::vector<Open> open_;
  // The node whose backward ran last: its other stages add no FLOPs.
  const Recording* last_recording_ = nullptr;
  int64_t last_node_ = -1;
};

const char* Name(Profile::Kind kind);  // "forward"

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_PROFILE_H_
