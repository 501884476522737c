// lower_export.c: which inline bodies of other packages an importer finds in this package's export data, and which of
// the functions that the profile calls. gc writes
// every object that can be reached from an exported one, through types and through the bodies that it writes: those of
// the package's own inlinable and generic functions, and of foreign ones that were inlined here
// (cmd/compile/internal/noder, linker.go, exportBody).
#include "ir/lower_internal.h"
#include "types/check.h"

#include <stdlib.h>

typedef VEC(IrFunc *) FuncList; // on the C heap

typedef struct Export {
  IrUnit *unit;
  PtrMap objects, types;
  VEC(Object *) funcs;  // whose bodies are still to be read; on the C heap
  FuncList *candidates; // foreign functions whose bodies are exported if they were inlined; NULL: not asked for
} Export;

static void reach_type(Export *, Type *, unsigned depth);

static void reach_tuple(Export *e, Type *tuple, unsigned depth) {
  for (uint32_t i = 0; i < tuple_len(tuple); i++) reach_type(e, tuple_at(tuple, i)->type, depth);
}

static bool generic_func(const Object *func) {
  const Type *sig = type_unalias(func->type);
  return sig->kind == TYPE_SIGNATURE && (sig->u.signature.tparams.len || sig->u.signature.recv_tparams.len);
}

static bool is_in_profile(const IrUnit *unit, const IrFunc *fn) {
  const Profile *profile = unit->options->profile;
  if (!profile) return false;
  Buf name = {0};
  ir_write_link_name(&name, fn->name->pkg, sym_str(fn->name->sym));
  bool is = strmap_has(&profile->callees, buf_view(&name));
  buf_release(&name);
  return is;
}

static void reach_func(Export *e, Object *func, unsigned depth) {
  if (func->u.func.origin) func = func->u.func.origin;
  if (!func->pkg || !func->type || ptrmap_has(&e->objects, func)) return;
  ptrmap_set(&e->objects, func, func);
  reach_type(e, func->type, depth);
  IrFunc *fn = ir_func_of(e->unit, func);
  if (!e->candidates && fn && is_in_profile(e->unit, fn)) ptrmap_set(&e->unit->exported_funcs, fn, fn);
  if (e->candidates && fn && fn->inl && fn->unit != e->unit && !ptrmap_has(&e->unit->inlined, fn) &&
      !generic_func(func))
    VEC_APPEND(e->candidates, fn);
  bool body = generic_func(func) || (fn && fn->inl && (fn->unit == e->unit || ptrmap_has(&e->unit->inlined, fn)));
  if (!body) return;
  if (fn && fn->unit != e->unit && !e->candidates) ptrmap_set(&e->unit->exported_bodies, fn, fn);
  VEC_APPEND(&e->funcs, func);
}

static void reach_named(Export *e, Type *t, unsigned depth) {
  for (uint32_t i = 0; i < t->u.named.targs.len; i++) reach_type(e, t->u.named.targs.items[i], depth);
  Type *origin = t->u.named.origin ? t->u.named.origin : t;
  if (origin != t) {
    reach_type(e, origin, depth);
    return;
  }
  if (!t->u.named.obj || !t->u.named.obj->pkg) return;
  reach_type(e, type_underlying(t), depth);
  if (type_is_interface(t)) return;
  for (uint32_t i = 0; i < named_method_count(t); i++) {
    Object *m = named_method_at(t, i);
    if (m) reach_func(e, m, depth);
  }
}

static void reach_type(Export *e, Type *t, unsigned depth) {
  if (!t || depth > stack_levels() || ptrmap_has(&e->types, t)) return;
  ptrmap_set(&e->types, t, t);
  depth++;
  switch ((TypeKind)t->kind) {
  case TYPE_NAMED: reach_named(e, t, depth); return;
  case TYPE_ALIAS: reach_type(e, type_unalias(t), depth); return;
  case TYPE_POINTER: reach_type(e, t->u.pointer.elem, depth); return;
  case TYPE_SLICE: reach_type(e, t->u.slice.elem, depth); return;
  case TYPE_ARRAY: reach_type(e, t->u.array.elem, depth); return;
  case TYPE_CHAN: reach_type(e, t->u.chan.elem, depth); return;
  case TYPE_MAP: reach_type(e, t->u.map.key, depth), reach_type(e, t->u.map.elem, depth); return;
  case TYPE_TUPLE: reach_tuple(e, t, depth); return;
  case TYPE_SIGNATURE:
    reach_tuple(e, t->u.signature.params, depth), reach_tuple(e, t->u.signature.results, depth);
    return;
  case TYPE_STRUCT:
    for (uint32_t i = 0; i < t->u.struct_.fields.len; i++) reach_type(e, t->u.struct_.fields.items[i]->type, depth);
    return;
  case TYPE_INTERFACE:
    for (uint32_t i = 0; i < t->u.interface.methods.len; i++)
      reach_type(e, t->u.interface.methods.items[i]->type, depth);
    for (uint32_t i = 0; i < t->u.interface.embeddeds.len; i++) reach_type(e, t->u.interface.embeddeds.items[i], depth);
    return;
  case TYPE_BASIC:
  case TYPE_PARAM:
  case TYPE_UNION: return;
  }
}

static void reach_object(Export *e, Object *o) {
  if (!o || !o->pkg) return;
  if (o->kind == OBJ_FUNC)
    reach_func(e, o, 0);
  else if ((o->kind == OBJ_VAR && o->u.var.kind == VAR_PACKAGE) || o->kind == OBJ_TYPENAME || o->kind == OBJ_CONST)
    reach_type(e, o->type, 0);
}

typedef struct BodyVisit {
  Export *e;
  const DeclTypes *types;
} BodyVisit;

static bool visit(void *context, const Ast *n) {
  BodyVisit *v = context;
  const NodeInfo *info = node_info(v->types, n);
  if (info->value) return true; // constants are written as such
  if (info->type) reach_type(v->e, info->type, 0);
  if (info->is_selection && info->ref.selection)
    reach_object(v->e, info->ref.selection->obj);
  else if (n->kind == AST_NAME)
    reach_object(v->e, info->ref.object);
  return true;
}

static void reach_body(Export *e, Object *func) {
  package_check_body(func->pkg, func);
  const Ast *decl = func->u.func.decl;
  const DeclTypes *types = func->pos.decl ? package_decl_types(func->pkg, func->pos.decl) : NULL;
  if (!decl || !types || !decl->u.func_decl.body) return;
  BodyVisit v = {e, types};
  ast_walk(decl->u.func_decl.body, visit, &v);
}

static void reach_exported(IrUnit *unit, FuncList *candidates) {
  Export e = {.unit = unit, .candidates = candidates};
  for (uint32_t i = 0; i < unit->pkg->scope->objects.len; i++) {
    Object *o = unit->pkg->scope->objects.items[i];
    if (o->name && o->name->exported) reach_object(&e, o);
  }
  while (e.funcs.len) reach_body(&e, e.funcs.items[--e.funcs.len]);
  free(e.funcs.items);
  ptrmap_release(&e.objects);
  ptrmap_release(&e.types);
}

void ir_export_bodies(IrUnit *unit) {
  if ((unit->inlined.len || unit->options->profile) && unit->pkg->scope) reach_exported(unit, NULL);
}

bool ir_is_known(const IrUnit *unit, const IrFunc *fn) {
  if (fn->unit->pkg == unit->pkg) return true;
  for (uint32_t i = 0; i < unit->pkg->imports.len; i++) {
    const IrUnit *direct = unit->pkg->imports.items[i]->ir;
    if (!direct) continue;
    if (direct->facts.context ? direct->facts.exports(direct->facts.context, fn, false)
                              : ptrmap_has(&direct->exported_funcs, fn))
      return true;
  }
  return false;
}

uint32_t ir_export_candidates(IrUnit *unit, IrFunc ***out) {
  FuncList list = {0};
  if (unit->pkg->scope) reach_exported(unit, &list);
  *out = list.items;
  return list.len;
}
