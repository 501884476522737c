// rules.c: the table of rules that depend on the Go release.
#include "ir/rules.h"

static const struct {
  uint32_t since;
  const char *what;
} RULES[] = {
#define GO_RULE(name, since, what) {since, what},
#include "ir/rules.def"
#undef GO_RULE
};

uint32_t ir_go_minor(const IrUnit *unit) {
  return unit->options->go_minor ? unit->options->go_minor : unit->pkg->context->go_minor;
}

bool ir_rule(const IrUnit *unit, GoRule rule) { return ir_go_minor(unit) >= RULES[rule].since; }

const char *go_rule_text(GoRule rule, uint32_t *since) {
  *since = RULES[rule].since;
  return RULES[rule].what;
}
