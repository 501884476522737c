// deferred.c: which bodies of a package that is built only for its importers need not be lowered. Of a function that
// the package only names as a value, such as the entries of a table, nobody asks for cost and tags (ir/asked.c), nor of
// the functions that only such ones call: two thirds of cmd/compile/internal/ssa, a third of the runtime.
//
// It is read from the checked text, before anything is lowered. Needed are functions that are exported, methods,
// generic, or whose text does not tell what compiling it brings about (FuncText), and what a needed function or an
// initialiser calls by name. A cycle of functions is compiled as one, so that all of it is needed as soon as one member
// is. The others are deferred: declared, without a body. Should one be called after all, be named in a body that
// importers read, or be looked at for its foreign bodies (inline/importers.c), it is lowered then, with the deferred
// functions that it names.
#include <stdlib.h>

#include "ir/lower_internal.h"
#include "ir/rules.h"
#include "types/check.h"

// ---- what a text names

typedef struct Reading {
  FuncText *text;
  Arena *arena;
  const DeclTypes *types;
  const Ast *callee; // of the call whose function comes next
  const Type *last;
} Reading;

static bool is_interface_method(const Object *func) {
  const Type *sig = type_unalias(func->type);
  const Object *recv = sig->kind == TYPE_SIGNATURE ? sig->u.signature.recv : NULL;
  return recv ? type_is_interface(recv->type) : !func->pos.decl;
}

// Values of such types may need wrappers or methods in the package that compiles the text, whoever declares what they
// consist of.
static bool may_need_wrappers(Type *t, unsigned depth) {
  enum { DEEPEST = 32 };
  if (!t || depth > DEEPEST) return t != NULL;
  t = type_unalias(t);
  depth++;
  switch ((TypeKind)t->kind) {
  case TYPE_NAMED: return t->u.named.targs.len > 0 || t->u.named.local_index > 0;
  case TYPE_POINTER: return may_need_wrappers(t->u.pointer.elem, depth);
  case TYPE_SLICE: return may_need_wrappers(t->u.slice.elem, depth);
  case TYPE_ARRAY: return may_need_wrappers(t->u.array.elem, depth);
  case TYPE_CHAN: return may_need_wrappers(t->u.chan.elem, depth);
  case TYPE_MAP: return may_need_wrappers(t->u.map.key, depth) || may_need_wrappers(t->u.map.elem, depth);
  case TYPE_TUPLE:
    for (uint32_t i = 0; i < tuple_len(t); i++)
      if (may_need_wrappers(tuple_at(t, i)->type, depth)) return true;
    return false;
  case TYPE_SIGNATURE:
    return may_need_wrappers(t->u.signature.params, depth) || may_need_wrappers(t->u.signature.results, depth);
  case TYPE_STRUCT:
    for (uint32_t i = 0; i < t->u.struct_.fields.len; i++) {
      const Object *field = t->u.struct_.fields.items[i];
      if (field->u.var.embedded || may_need_wrappers(field->type, depth)) return true;
    }
    return false;
  case TYPE_INTERFACE:
  case TYPE_BASIC: return false;
  case TYPE_ALIAS:
  case TYPE_PARAM:
  case TYPE_UNION: return true;
  }
  return true;
}

static void note_named(Reading *r, const Ast *n, Object *func) {
  if (func->u.func.origin) func = func->u.func.origin;
  if (!func->type || !func->pkg || is_interface_method(func)) {
    r->text->open = true;
    return;
  }
  r->text->open |= lower_is_generic(func);
  NamedFunc named = {func, n == r->callee};
  VEC_PUSH(r->arena, &r->text->named, named);
}

static bool read_node(void *context, const Ast *n) {
  Reading *r = context;
  const NodeInfo *info = node_info(r->types, n);
  if (n->kind == AST_CALL) {
    r->callee = n->u.call.fun;
    while (r->callee && r->callee->kind == AST_PAREN) r->callee = r->callee->u.paren.x;
  }
  Object *o = node_named(info, n);
  if (o && o->kind == OBJ_FUNC) note_named(r, n, o);
  if (r->text->adds || !info->type || info->type == r->last) return true;
  r->last = info->type;
  r->text->adds = may_need_wrappers(info->type, 0);
  return true;
}

static void read_code(FuncText *text, Arena *arena, const DeclTypes *types, const Ast *code) {
  Reading r = {.text = text, .arena = arena, .types = types};
  ast_walk(code, read_node, &r);
}

FuncText *lower_read_text(Arena *arena, Object *func) {
  FuncText *text = ARENA_NEW(arena, FuncText);
  const Ast *decl = func->u.func.decl;
  const DeclTypes *types = func->pos.decl ? package_decl_types(func->pkg, func->pos.decl) : NULL;
  if (!decl || !types || types->has_error)
    text->open = true;
  else if (decl->u.func_decl.body)
    read_code(text, arena, types, decl->u.func_decl.body);
  return text;
}

const FuncText *ir_text_of(IrUnit *unit, Arena *arena, Object *func) {
  LowerState *state = unit->state;
  const FuncText *text = ptrmap_get(&state->texts, func);
  if (text) return text;
  package_check_body(func->pkg, func);
  return lower_read_text(arena, func);
}

// ---- which functions are needed

typedef struct Entry Entry;
struct Entry {
  Object *func;
  FuncText *text;
  bool needed, on_stack;
  uint32_t number, lowest, cycle; // of Tarjan's algorithm; the cycle counts from 1
};

typedef struct Choice {
  IrUnit *unit;
  PtrMap entries; // Object -> Entry
  VEC(Entry *) order, pending, stack;
  bool values; // functions that are called through local variables are known (go1.27)
  uint32_t last_number, last_cycle;
} Choice;

static Entry *entry_of(const Choice *c, const Object *func) {
  return func->pkg == c->unit->pkg ? ptrmap_get(&c->entries, func) : NULL;
}

static void need(Choice *c, Entry *e) {
  if (!e || e->needed) return;
  e->needed = true;
  VEC_APPEND(&c->pending, e);
}

static void need_called(Choice *c, const FuncText *text, bool all) {
  for (uint32_t i = 0; i < text->named.len; i++)
    if (all || text->named.items[i].is_called) need(c, entry_of(c, text->named.items[i].func));
}

static void need_what_is_called(Choice *c) {
  while (c->pending.len) {
    const Entry *e = c->pending.items[--c->pending.len];
    need_called(c, e->text, c->values || lower_is_generic(e->func));
  }
}

static void find_cycle(Choice *c, Entry *e) {
  e->number = e->lowest = ++c->last_number;
  e->on_stack = true;
  VEC_APPEND(&c->stack, e);
  for (uint32_t i = 0; i < e->text->named.len; i++) {
    Entry *to = entry_of(c, e->text->named.items[i].func);
    if (!to) continue;
    if (!to->number) find_cycle(c, to);
    if (to->on_stack && to->lowest < e->lowest) e->lowest = to->lowest;
  }
  if (e->lowest != e->number) return;
  c->last_cycle++;
  Entry *member;
  do {
    member = c->stack.items[--c->stack.len];
    member->on_stack = false;
    member->cycle = c->last_cycle;
  } while (member != e);
}

static void need_cycles(Choice *c) {
  for (uint32_t i = 0; i < c->order.len; i++)
    if (!c->order.items[i]->number) find_cycle(c, c->order.items[i]);
  bool *needed = mem_new(c->last_cycle + 1);
  for (bool any = true; any;) {
    any = false;
    for (uint32_t i = 0; i < c->order.len; i++)
      if (c->order.items[i]->needed) needed[c->order.items[i]->cycle] = true;
    for (uint32_t i = 0; i < c->order.len; i++) {
      Entry *e = c->order.items[i];
      if (e->needed || !needed[e->cycle]) continue;
      need(c, e);
      any = true;
    }
    need_what_is_called(c);
  }
  free(needed);
}

static void read_functions(Choice *c) {
  const Package *pkg = c->unit->pkg;
  LowerState *state = c->unit->state;
  for (uint32_t i = 0; i < pkg->funcs.len; i++) {
    Object *func = pkg->funcs.items[i];
    if (!func->type || !func->u.func.decl || sym_is_blank(func->name)) continue;
    Entry *e = ARENA_NEW(&c->unit->work, Entry);
    e->func = func;
    e->text = lower_read_text(&c->unit->work, func);
    e->text->open |= ir_profile_mentions(c->unit, func); // it may call what the profile says
    ptrmap_set(&c->entries, func, e);
    ptrmap_set(&state->texts, func, e->text);
    VEC_APPEND(&c->order, e);
    const Type *sig = type_unalias(func->type);
    bool is_method = sig->kind == TYPE_SIGNATURE && sig->u.signature.recv;
    if (func->name->exported || is_method || e->text->open || e->text->adds || lower_is_generic(func)) need(c, e);
  }
}

static void read_initialisers(Choice *c) {
  const Package *pkg = c->unit->pkg;
  for (uint32_t i = 0; i < pkg->init_order.len; i++) {
    const Initializer *init = &pkg->init_order.items[i];
    const DeclTypes *types = package_decl_types(pkg, init->decl);
    if (!types || !init->rhs) continue;
    FuncText text = {0};
    read_code(&text, &c->unit->work, types, init->rhs);
    need_called(c, &text, c->values);
  }
}

void lower_choose_deferred(LowerState *s) {
  IrUnit *unit = s->unit;
  Choice c = {.unit = unit, .values = ir_rule(unit, RULE_ASSIGNED_CALLEES)};
  read_functions(&c);
  read_initialisers(&c);
  need_what_is_called(&c);
  need_cycles(&c);
  for (uint32_t i = 0; i < c.order.len; i++) {
    Entry *e = c.order.items[i];
    if (!e->needed) ptrmap_set(&s->deferred, e->func, e->text);
  }
  ptrmap_release(&c.entries);
  free(c.order.items);
  free(c.pending.items);
  free(c.stack.items);
}

// ---- lowered after all

typedef struct Taken {
  VEC(IrFunc *) funcs;
  VEC(const FuncText *) texts;
} Taken;

static void take(Taken *t, IrFunc *fn) {
  VEC_APPEND(&t->funcs, fn);
  VEC_APPEND(&t->texts, fn->deferred);
  fn->deferred = NULL;
}

void ir_undefer(IrFunc *fn) {
  if (!fn->deferred) return;
  IrUnit *unit = fn->unit;
  bool works = unit->works;
  if (works) ir_swap_arenas(unit);
  Taken t = {0};
  take(&t, fn);
  for (uint32_t i = 0; i < t.funcs.len; i++) {
    const FuncText *text = t.texts.items[i];
    for (uint32_t k = 0; k < text->named.len; k++) {
      const Object *named = text->named.items[k].func;
      IrFunc *other = named->pkg == unit->pkg ? ptrmap_get(&unit->func_of_object, named) : NULL;
      if (other && other->deferred) take(&t, other);
    }
    lower_deferred(unit->state, t.funcs.items[i]);
  }
  lower_run(unit->state);
  unit->inliner->can_inline(unit, t.funcs.items, t.funcs.len);
  if (works) ir_swap_arenas(unit);
  free(t.funcs.items);
  free(t.texts.items);
}
