// rules.c: the table of rules that depend on the Go release.
#include "ir/rules.h"

static const struct {
  uint32_t since, until;
  const char *what;
} RULES[] = {
#define GO_RULE(name, since, until, what) {since, until, what},
#include "ir/rules.def"
#undef GO_RULE
};

uint32_t ir_go_minor(const IrUnit *unit) {
  return unit->options->go_minor ? unit->options->go_minor : unit->pkg->context->go_minor;
}

bool ir_rule(const IrUnit *unit, GoRule rule) {
  uint32_t minor = ir_go_minor(unit);
  return minor >= RULES[rule].since && (!RULES[rule].until || minor < RULES[rule].until);
}
