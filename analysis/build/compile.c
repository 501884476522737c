// compile.c: the phases over one package, in the order of gc's driver (cmd/compile/internal/gc/main.go; reference,
// section 1).
#include "build/compile.h"

#include "types/check.h"

static bool imports_testing(const Package *pkg) {
  for (uint32_t i = 0; i < pkg->imports.len; i++) {
    if (pkg->imports.items[i] && str_equal(pkg->imports.items[i]->path, STR("testing"))) return true;
  }
  return false;
}

static void keep_tags(IrUnit *unit, IrFunc *fn) {
  if (!fn->tags || !fn->params.len) return;
  IrTag *kept = ARENA_ARRAY(&unit->arena, IrTag, fn->params.len);
  memcpy(kept, fn->tags, sizeof *kept * fn->params.len);
  fn->tags = kept;
}

typedef struct MentionList {
  IrUnit *unit;
  IrFunc *by;
} MentionList;

static bool note_mention(void *context, IrNode *n) {
  MentionList *list = context;
  IrFunc *of = ir_mentioned(n);
  if (of && of->unit == list->unit) VEC_PUSH(&list->unit->arena, &list->unit->mentions, (IrUse){list->by, of});
  return false;
}

// Who mentions whom is known by the text no more once calls are inlined.
static void note_mentions(IrUnit *unit) {
  for (uint32_t i = 0; i < unit->funcs.len; i++) {
    MentionList list = {unit, unit->funcs.items[i]};
    ir_any_list(&list.by->body, note_mention, &list);
  }
}

static bool to_clean(const IrUnit *unit, const IrFunc *fn) {
  return !fn->is_clean && (!unit->for_importers || fn->asked);
}

static void forget_mentions(IrFunc *fn) {
  fn->mentions = NULL;
  for (uint32_t i = 0; i < fn->closures.len; i++) forget_mentions(fn->closures.items[i]);
}

static void clean_up(IrUnit *unit, bool with_init) {
  for (uint32_t i = 0; i < unit->funcs.len; i++) {
    IrFunc *fn = unit->funcs.items[i];
    if (to_clean(unit, fn) && ir_loopvar(unit, fn)) forget_mentions(fn);
  }
  if (with_init) ir_package_init(unit), forget_mentions(unit->init_func);
  for (uint32_t i = 0; i < unit->funcs.len; i++) {
    IrFunc *fn = unit->funcs.items[i];
    if (!to_clean(unit, fn)) continue;
    if (ir_dead_locals(unit, fn)) forget_mentions(fn);
    fn->is_clean = true;
  }
}

// order: may be NULL.
static void compile(IrUnit *unit, const CompileOrder *order) {
  if (imports_testing(unit->pkg)) {
    for (uint32_t i = 0; i < unit->funcs.len; i++) ir_bloop(unit, unit->funcs.items[i]);
  }
  if (unit->base) unit->base->asked_known = false;
  if (order)
    order->sort(order->context, unit, false);
  else if (unit->options->explain)
    note_mentions(unit);
  inline_can_inline_all(unit);
  if (package_cancelled(unit->pkg)) return;
  ir_swap_arenas(unit);
  if (unit->for_importers)
    inline_for_importers(unit);
  else
    inline_all(unit);
  if (package_cancelled(unit->pkg)) return;
  if (!unit->base && !unit->for_importers) {
    (void)ir_mark_asked(unit, NULL);
    ir_make_wrappers(unit);
  }
  clean_up(unit, unit->init_func != NULL);
  // What is dead may have hidden that a variable has but one value, and so whom a call calls.
  while (!unit->base && ir_mark_asked(unit, unit->for_importers ? inline_once : NULL) && unit->for_importers)
    clean_up(unit, false);
  if (order) order->sort(order->context, unit, true);
  escape_unit(unit);
  if (package_cancelled(unit->pkg)) return;
  if (!unit->for_importers) ir_bounds(unit);
  if (!unit->base) ir_export_bodies(unit);
  ir_swap_arenas(unit);
  for (uint32_t i = 0; i < unit->funcs.len; i++) keep_tags(unit, unit->funcs.items[i]);
  unit->complete = true;
}

IrUnit *compile_package(Package *pkg, const IrOptions *options) {
  IrUnit *unit = ir_unit_new(pkg, options, &inline_for_lowering);
  ir_outline_maps(unit);
  compile(unit, NULL);
  return unit;
}

IrUnit *compile_for_importers(Package *pkg, const IrOptions *options) {
  IrUnit *unit = ir_unit_new_for_importers(pkg, options, &inline_for_lowering);
  ir_outline_maps(unit);
  compile(unit, NULL);
  return unit;
}

IrUnit *compile_partial(Package *pkg, const IrOptions *options, const AstSource *file) {
  IrUnit *unit = ir_unit_new_partial(pkg, options, &inline_for_lowering, file);
  if (imports_testing(pkg))
    for (uint32_t i = 0; i < unit->funcs.len; i++) ir_bloop(unit, unit->funcs.items[i]);
  inline_can_inline_all(unit);
  if (!package_cancelled(pkg)) inline_partial(unit);
  unit->grows = false;
  if (package_cancelled(pkg)) return unit;
  clean_up(unit, false);
  ir_order_partial(unit);
  escape_unit(unit);
  unit->complete = !package_cancelled(pkg);
  return unit;
}

IrUnit *compile_functions(IrUnit *base, const IrOptions *options, Object *const *funcs, uint32_t len, bool with_init,
                          const CompileOrder *order) {
  IrUnit *unit = ir_unit_new_delta(base, options, funcs, len, with_init);
  ir_outline_maps(unit);
  compile(unit, order);
  return unit;
}
