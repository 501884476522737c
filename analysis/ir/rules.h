// rules.h: which rules of the compiler hold for the toolchain's release (rules.def is the table).
#ifndef HEAPLS_RULES_H
#define HEAPLS_RULES_H

#include "ir/ir.h"

typedef enum GoRule {
#define GO_RULE(name, since, until, what) RULE_##name,
#include "ir/rules.def"
#undef GO_RULE
  RULE_COUNT
} GoRule;

enum {
  GO_NEWEST_KNOWN = 27,    // a newer toolchain is treated as this one
  GO_OLDEST_FOLLOWED = 24, // an older one as this one
  GO_OLDEST_SUPPORTED = 19,
};

// options->go_minor if set, else the release of the toolchain that was found.
uint32_t ir_go_minor(const IrUnit *);
bool ir_rule(const IrUnit *, GoRule);

#endif
