// What every operation is checked for, sample by sample, from its definition
// alone. ops/operation_test.cc runs them for one operation.
#ifndef HAIRPIN_OPS_OPERATION_CHECKS_H_
#define HAIRPIN_OPS_OPERATION_CHECKS_H_

#include "autograd/policy.h"
#include "ops/definition.h"

namespace hairpin {

// float64 gradients against fourth-order central differences, within 1e-7 of
// the scale of each input's gradient. Returns the largest error over the samples.
double CheckGradients(const OpDefinition& operation);

// Outputs and gradients have the same bits under all policies; so have those of a
// graph whose values may be overwritten in place (inputs moved in, upstream
// gradients and saved values unshared) around a region of the operation alone.
void CheckRecomputation(const OpDefinition& operation);
// The same under one policy. Returns the number of samples checked.
int CheckRecomputation(const OpDefinition& operation, const SavedPolicy& policy);

// The same bits for 1, 2 and 3 threads.
void CheckThreads(const OpDefinition& operation);

// float32 outputs and gradients within `tolerance` (1 + |float64|).
void CheckFloat32(const OpDefinition& operation, double tolerance = 2e-5);

// A dry recording, backward included, counts what the real one does, by
// purpose, to the byte.
void CheckDryRecording(const OpDefinition& operation);

// The attributes that the Op writes make the same operation again.
void CheckAttributes(const OpDefinition& operation);

// The cost is above 0, both ways, of all but views and samples without elements;
// every sample gives at least one output. (Of products, the operation's own test
// says how much it is.)
void CheckCost(const OpDefinition& operation);

}  // namespace hairpin

#endif  // HAIRPIN_OPS_OPERATION_CHECKS_H_
