// lower_demand.c: functions of packages on demand, as importers see them. An earlier compilation has left what matters
// of a function whose body is not read: can it be inlined and at what cost, and the tags of its parameters. A body is
// checked and looked at when it is inlined for the first time. All of it happens under TypeContext.expand_lock.
#include "ir/lower_internal.h"
#include "types/demand.h"

static void take_tags(IrUnit *unit, IrFunc *fn, const IrFacts *facts) {
  if (!facts->tags || facts->tag_count != fn->params.len) return;
  fn->tags = ARENA_ARRAY(&unit->arena, IrTag, facts->tag_count + 1);
  for (uint32_t i = 0; i < facts->tag_count; i++) memcpy(fn->tags[i].leaks, facts->tags + (size_t)i * TAG_LEN, TAG_LEN);
}

static void take_facts(IrUnit *unit, IrFunc *fn, const IrFacts *facts) {
  fn->pragma = facts->pragma;
  fn->has_body = facts->has_body;
  fn->is_broken = facts->is_broken;
  fn->inline_cost = facts->inline_cost;
  fn->inline_done = true;
  fn->tagged = true;
  fn->unasked = facts->unasked;
  if (facts->can_inline) {
    fn->inl = ARENA_NEW(&unit->arena, IrInline);
    fn->inl->cost = facts->inline_cost;
    fn->inl->can_delay_results = facts->can_delay_results;
  }
  take_tags(unit, fn, facts);
}

static IrFunc *make(IrUnit *unit, Object *func) {
  if (!func->u.func.decl || !func->type || sym_is_blank(func->name) || lower_is_generic(func)) return NULL;
  IrFunc *fn = lower_declare_func(unit->state, func, true);
  lower_body(unit->state, fn); // the parameters alone, as long as there is no body
  IrFacts facts;
  if (unit->facts.find(unit->facts.context, fn->name->sym, &facts)) take_facts(unit, fn, &facts);
  return fn;
}

void ir_need_tags(IrFunc *fn) {
  if (!__atomic_load_n(&fn->unasked, __ATOMIC_ACQUIRE)) return;
  IrUnit *unit = fn->unit;
  types_lock(unit->pkg);
  IrFacts facts;
  if (fn->unasked && unit->facts.find_all(unit->facts.context, fn->name->sym, &facts)) take_tags(unit, fn, &facts);
  __atomic_store_n(&fn->unasked, false, __ATOMIC_RELEASE);
  types_unlock(unit->pkg);
}

IrFunc *lower_func_on_demand(IrUnit *unit, Object *func) {
  object_complete(func);
  types_lock(unit->pkg);
  IrFunc *fn = ptrmap_get(&unit->func_of_object, func);
  if (!fn) fn = make(unit, func);
  types_unlock(unit->pkg);
  return fn;
}

void lower_need_source(LowerSource *source) {
  if (!__atomic_load_n(&source->waits, __ATOMIC_ACQUIRE)) return;
  Package *pkg = source->pkg;
  types_lock(pkg);
  if (source->waits) {
    package_check_body(pkg, source->object);
    IrUnit *home = pkg->ir;
    source->node = source->object->u.func.decl;
    source->types = package_decl_types(pkg, source->decl);
    source->ranges = lower_ranges_of(home->state, source);
    __atomic_store_n(&source->waits, false, __ATOMIC_RELEASE);
  }
  types_unlock(pkg);
}

IrUnit *ir_unit_on_demand(Package *pkg, const IrOptions *options, const IrInliner *inliner, const IrFactSource *facts) {
  IrUnit *unit = lower_unit_new(pkg, options, inliner);
  pkg->ir = unit;
  unit->facts = *facts;
  unit->complete = true;
  return unit;
}
