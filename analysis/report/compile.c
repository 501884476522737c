// compile.c: the phases over one package, in the order of gc's driver (cmd/compile/internal/gc/main.go; reference,
// section 1).
#include "report/compile.h"

static bool imports_testing(const Package *pkg) {
  for (uint32_t i = 0; i < pkg->imports.len; i++) {
    if (pkg->imports.items[i] && str_equal(pkg->imports.items[i]->path, STR("testing"))) return true;
  }
  return false;
}

IrUnit *compile_package(Package *pkg, const IrOptions *options) {
  IrUnit *unit = ir_unit_new(pkg, options);
  ir_outline_maps(unit);
  if (imports_testing(pkg)) {
    for (uint32_t i = 0; i < unit->funcs.len; i++) ir_bloop(unit, unit->funcs.items[i]);
  }
  inline_can_inline_all(unit);
  inline_all(unit);
  ir_make_wrappers(unit);
  for (uint32_t i = 0; i < unit->funcs.len; i++) ir_loopvar(unit, unit->funcs.items[i]);
  ir_package_init(unit);
  for (uint32_t i = 0; i < unit->funcs.len; i++) ir_dead_locals(unit, unit->funcs.items[i]);
  escape_unit(unit);
  ir_bounds(unit);
  ir_export_bodies(unit);
  unit->complete = true;
  return unit;
}
