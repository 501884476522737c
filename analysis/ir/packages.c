// packages.c: packages that the compiler treats in a way of their own, found in a short table, and what becomes there
// of sanitizers and pointer checks.
#include "ir/packages.h"

unsigned ir_package_flags(Str path) {
  enum { RUNTIME = IR_PACKAGE_RUNTIME, NO_INSTRUMENT = IR_PACKAGE_NO_INSTRUMENT, NO_RACE = IR_PACKAGE_NO_RACE };
  static const struct {
    const char *path;
    unsigned flags;
  } PACKAGES[] = {
#define GO_PACKAGE(path, flags) {path, flags},
#include "ir/packages.def"
#undef GO_PACKAGE
  };
  for (size_t i = 0; i < sizeof PACKAGES / sizeof *PACKAGES; i++)
    if (str_equal(path, str_of(PACKAGES[i].path))) return PACKAGES[i].flags;
  return 0;
}

IrSanitizer ir_sanitizer(const IrUnit *unit) {
  IrSanitizer s = unit->options->sanitizer;
  return s && ir_package_flags(unit->pkg->path) & IR_PACKAGE_NO_INSTRUMENT ? SANITIZER_NONE : s;
}

int ir_checkptr(const IrUnit *unit) {
  const IrOptions *o = unit->options;
  int level = o->checkptr ? o->checkptr : o->sanitizer ? 1 : 0;
  return level && ir_package_flags(unit->pkg->path) & IR_PACKAGE_RUNTIME ? 0 : level;
}
