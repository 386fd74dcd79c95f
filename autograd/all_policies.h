// Every policy that tests run under. A test that is about policies walks the list:
//
//   for (const SavedPolicy* policy : AllPolicies()) {
//     Recording recording({.policy = policy});
//     ...
//   }
//
// One that is about something else links //autograd:policies_main in place of
// gtest_main and runs once for each.
#ifndef HAIRPIN_AUTOGRAD_ALL_POLICIES_H_
#define HAIRPIN_AUTOGRAD_ALL_POLICIES_H_

#include <vector>

#include "autograd/policy.h"

namespace hairpin {

// "none" first: what the others are compared with. The last ones drop, keep and
// hold at random, a fixed function of node and output: what no sensible policy
// would ask for.
const std::vector<const SavedPolicy*>& AllPolicies();

}  // namespace hairpin

#endif  // HAIRPIN_AUTOGRAD_ALL_POLICIES_H_
