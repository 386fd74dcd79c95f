// Where the encoder of a sentence model comes from: a run of train_mlm, with its vocabulary and its
// weights, or nothing but the flags and the text.
//
//   static const std::vector<FlagSpec> flags = WithTrainingFlags(WithEncoderFlags(kOwn));
//   absl::Status status = ResolveEncoder(settings.mutable_encoder());        // in `resolve`
//   absl::StatusOr<EncoderSource> source =
//       OpenEncoder(settings.encoder(), folder, [&](const VocabularyTrainerOptions& options) {
//         return TrainVocabulary({.paths = {"novels.txt"}}, options);
//       });                                                                  // in Open
//   status = KeepEncoderSource(*source, folder, run);                        // in Prepare
//   status = LoadEncoder(*source, &model.encoder());                         // in Initialize
//
// A run that is resumed has all it needs in its own folder.
#ifndef HAIRPIN_TOOLS_SENTENCES_ENCODER_SOURCE_H_
#define HAIRPIN_TOOLS_SENTENCES_ENCODER_SOURCE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "data/vocabulary.h"
#include "data/vocabulary_trainer.h"
#include "models/mini_bert/mini_bert.h"
#include "tools/sentences/encoder_flags.pb.h"
#include "tools/training/flags.h"
#include "tools/training/run.pb.h"
#include "tools/training/run_folder.h"

namespace hairpin {

// The flags of the fields of EncoderFlags, then a program's own.
std::vector<FlagSpec> WithEncoderFlags(absl::Span<const FlagSpec> own);

// Sizes and lowercase that are not given: those of --pretrained, else a preset's. INVALID_ARGUMENT
// naming the flag where one is given that contradicts --pretrained, or that is no run of train_mlm.
absl::Status ResolveEncoder(EncoderFlags* flags);

struct EncoderSource {
  MiniBertConfig config;
  std::unique_ptr<Vocabulary> vocabulary;
  std::string checkpoint = {};  // of the pre-trained weights; "": none
};

using MakeVocabulary =
    std::function<absl::StatusOr<TrainedVocabulary>(const VocabularyTrainerOptions& options)>;

// Of resolved flags. The vocabulary is that in `folder`, else --pretrained's, --vocab's or one that
// `make` makes. The checkpoint is looked for where `folder` has none of its own. Errors name the
// flag.
absl::StatusOr<EncoderSource> OpenEncoder(const EncoderFlags& flags, const RunFolder& folder,
                                          const MakeVocabulary& make);

// Writes vocab.txt; the run's record gets its hash and that of the checkpoint. FAILED_PRECONDITION
// where it has others: of a damaged vocab.txt, or of --pretrained that went on before the run's own
// first checkpoint was there.
absl::Status KeepEncoderSource(const EncoderSource& source, const RunFolder& folder, Run* run);

// Fills the encoder, which may be part of a model, from the checkpoint, if there is one.
absl::Status LoadEncoder(const EncoderSource& source, MiniBertEncoder* encoder);

}  // namespace hairpin

#endif  // HAIRPIN_TOOLS_SENTENCES_ENCODER_SOURCE_H_
