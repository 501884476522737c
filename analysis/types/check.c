// check.c: the driver of the type checker, and what all of it shares: errors, recording of results, delayed actions.
//
// package_declare makes the package and its objects (resolver.c), types every package-level object in the order of
// types2's packageObjects (types before aliases before the rest, each drawn in earlier where another needs it), and
// runs what was put off meanwhile: checks that need complete types, and bodies of function literals in initialisers.
// Bodies of declared functions come later, one by one. Rules: the Go spec; cmd/compile/internal/types2 check.go and
// recording.go.
#include "types/check.h"

#include <stdarg.h>
#include <stdlib.h>

#include "types/checker_internal.h"
#include "types/demand_internal.h"
#include "types/type_internal.h"

// -- errors --

static void add_error(Checker *c, Pos at, bool soft, const char *format, va_list args) {
  char text[1024];
  int n = vsnprintf(text, sizeof text, format, args);
  if (n < 0) return;
  if ((size_t)n >= sizeof text) n = sizeof text - 1;
  Package *p = c->pkg;
  // A complaint about something that is already invalid is only a consequence of an earlier one, or of an import that
  // could not be loaded.
  if (strstr(text, "invalid operand") || strstr(text, "invalid type")) {
    if (c->fakes.len && c->env.types) c->env.types->has_error = true;
    if (c->fakes.len || p->errors.len > 0) return;
  }
  if (c->env.err_pos.decl) at = c->env.err_pos;
  Str message = arena_str(&p->arena, (Str){text, (size_t)n});
  VEC_PUSH(&p->arena, &p->errors, (TypeError){at, message, soft});
  if (!soft && c->env.types) c->env.types->has_error = true;
}

// Complaints about an expression are placed at its first byte, others at the node's own position.
static Pos error_pos(const Checker *c, const Ast *n) {
  Pos at = check_pos(c, n);
  if (n && ast_kind_is_expr((AstKind)n->kind)) at.offset = n->start;
  return at;
}

void check_error(Checker *c, const Ast *at, const char *format, ...) {
  va_list args;
  va_start(args, format);
  add_error(c, error_pos(c, at), false, format, args);
  va_end(args);
}

void check_soft_error(Checker *c, const Ast *at, const char *format, ...) {
  va_list args;
  va_start(args, format);
  add_error(c, error_pos(c, at), true, format, args);
  va_end(args);
}

void check_error_at(Checker *c, Pos at, const char *format, ...) {
  va_list args;
  va_start(args, format);
  add_error(c, at, false, format, args);
  va_end(args);
}

Pos check_pos(const Checker *c, const Ast *n) {
  if (!c->env.types) return (Pos){0};
  return (Pos){c->env.types->decl, n ? n->pos : 0};
}

const char *check_type_text(Checker *c, const Type *t) {
  Buf b = {0};
  type_write(&b, t, STYLE_GC, c->pkg);
  Str s = arena_str(&c->scratch, buf_view(&b));
  buf_release(&b);
  return s.p ? s.p : "";
}

const char *check_expr_text(Checker *c, const Ast *n) {
  enum { LONGEST = 80 };
  if (!n || !c->env.types) return "";
  Str text = c->env.types->decl->text;
  if (n->end > text.n || n->start > n->end || n->id == 0) return "expression";
  Str s = str_slice(text, n->start, n->end);
  if (s.n > LONGEST) return arena_printf(&c->scratch, "%.*s…", LONGEST, s.p).p;
  s = arena_str(&c->scratch, s);
  return s.p ? s.p : "";
}

bool check_enter(Checker *c, const Ast *at) {
  if (c->depth >= stack_levels()) {
    check_error(c, at, "nested too deeply");
    if (c->env.types) c->env.types->too_deep = true;
    return false;
  }
  c->depth++;
  return true;
}

// -- delayed actions --

void check_later(Checker *c, void (*run)(Checker *, void *), void *argument) {
  VEC_APPEND(&c->delayed, (Delayed){run, argument, c->env});
}

void check_process_delayed(Checker *c, uint32_t from) {
  if (from >= c->delayed.len) return;
  CheckEnv saved = c->env;
  for (uint32_t i = from; i < c->delayed.len; i++) {
    Delayed d = c->delayed.items[i];
    c->env = d.env;
    d.run(c, d.argument);
  }
  c->delayed.len = from;
  c->env = saved;
}

// -- recording --

static NodeInfo *info_of(Checker *c, const Ast *n) {
  DeclTypes *d = c->env.types;
  if (!d || !n || n->id == 0 || n->id > d->decl->node_count) return NULL;
  return &d->nodes[n->id];
}

void record_operand(Checker *c, const Operand *x) {
  if (!x->expr) return;
  switch (x->mode) {
  case MODE_INVALID: {
    NodeInfo *info = info_of(c, x->expr);
    if (info) info->type = type_invalid(c->context), info->mode = MODE_INVALID, info->pending = false;
    if (info) c->env.types->has_error = true;
    return;
  }
  case MODE_NOVALUE: record_type(c, x->expr, MODE_NOVALUE, NULL, NULL); return;
  case MODE_BUILTIN:
  case MODE_TYPE:
  case MODE_CONSTANT:
  case MODE_VARIABLE:
  case MODE_MAPINDEX:
  case MODE_VALUE:
  case MODE_NIL:
  case MODE_COMMAOK:
  case MODE_COMMAERR: break;
  }
  const Const *value = x->mode == MODE_CONSTANT ? x->value : NULL;
  if (x->type && type_is_untyped(x->type))
    record_untyped(c, x->expr, false, x->mode, x->type, value);
  else
    record_type(c, x->expr, x->mode, x->type, value);
}

void record_type(Checker *c, const Ast *n, OperandMode mode, Type *t, const Const *value) {
  NodeInfo *info = info_of(c, n);
  if (!info || mode == MODE_INVALID) return;
  info->type = t;
  info->value = value;
  info->mode = (uint8_t)mode;
  info->pending = false;
  bool invalid = t && t->kind == TYPE_BASIC && t->basic_kind == BASIC_INVALID;
  if (invalid && mode != MODE_BUILTIN && mode != MODE_NOVALUE) c->env.types->has_error = true;
}

void record_untyped(Checker *c, const Ast *n, bool is_shift_lhs, OperandMode mode, Type *untyped, const Const *value) {
  NodeInfo *info = info_of(c, n);
  if (!info) return;
  info->type = untyped;
  info->value = value;
  info->mode = (uint8_t)mode;
  info->pending = true;
  info->is_shift_lhs = is_shift_lhs;
}

NodeInfo *untyped_pending(Checker *c, const Ast *n) {
  NodeInfo *info = info_of(c, n);
  return info && info->pending ? info : NULL;
}

void record_builtin_type(Checker *c, const Ast *fun, Type *signature) {
  for (const Ast *n = fun; n; n = n->u.paren.x) {
    record_type(c, n, MODE_BUILTIN, signature, NULL);
    if (n->kind != AST_PAREN) return;
  }
}

void record_def(Checker *c, const Ast *name, Object *obj) {
  NodeInfo *info = info_of(c, name);
  if (!info) return;
  info->ref.object = obj;
  info->is_selection = false;
  info->is_def = true;
}

void record_use(Checker *c, const Ast *name, Object *obj) {
  NodeInfo *info = info_of(c, name);
  if (!info) return;
  info->ref.object = obj;
  info->is_selection = false;
  info->is_def = false;
}

void record_implicit(Checker *c, const Ast *node, Object *obj) {
  NodeInfo *info = info_of(c, node);
  if (info) info->ref.object = obj, info->is_selection = false;
}

void record_selection(Checker *c, const Ast *selector, SelectionKind kind, Type *recv, Object *obj,
                      const uint32_t *path, uint32_t path_len, bool indirect) {
  NodeInfo *info = info_of(c, selector);
  if (!info) return;
  record_use(c, selector->u.selector.sel, obj);
  Arena *arena = &c->pkg->arena;
  Selection *s = ARENA_NEW(arena, Selection);
  *s = (Selection){kind, recv, obj, ARENA_ARRAY(arena, uint32_t, path_len ? path_len : 1), path_len, indirect};
  if (path_len) memcpy(s->path, path, path_len * sizeof *path);
  info->ref.selection = s;
  info->is_selection = true;
}

// The NAME that an instantiation is recorded at: F of F, p.F, F[…], p.F[…].
static const Ast *instantiated_name(const Ast *n) {
  while (n) {
    if (n->kind == AST_NAME) return n;
    if (n->kind == AST_INDEX)
      n = n->u.index.x;
    else if (n->kind == AST_SELECTOR)
      n = n->u.selector.sel;
    else if (n->kind == AST_PAREN)
      n = n->u.paren.x;
    else
      return NULL;
  }
  return NULL;
}

void record_instance(Checker *c, const Ast *expr, TypeList targs, Type *t) {
  const Ast *name = instantiated_name(expr);
  if (!info_of(c, name)) return;
  Arena *arena = &c->pkg->arena;
  Instance *instance = ptrmap_get(&c->env.types->instances, name);
  if (!instance) {
    instance = ARENA_NEW(arena, Instance);
    ptrmap_set(&c->env.types->instances, name, instance);
  }
  instance->targs = (TypeList){ARENA_ARRAY(arena, Type *, targs.len ? targs.len : 1), targs.len};
  if (targs.len) memcpy(instance->targs.items, targs.items, targs.len * sizeof *targs.items);
  instance->type = t;
}

void record_comma_ok(Checker *c, const Ast *n, Type *value, Type *ok) {
  Object *vars[2] = {object_new_var(c->pkg, VAR_LOCAL, NULL, value, check_pos(c, n)),
                     object_new_var(c->pkg, VAR_LOCAL, NULL, ok, check_pos(c, n))};
  Type *tuple = type_new_tuple(c->pkg, vars, 2);
  for (; n; n = n->u.paren.x) {
    NodeInfo *info = info_of(c, n);
    if (info) info->type = tuple, info->pending = false;
    if (n->kind != AST_PAREN) return;
  }
}

void operand_set_invalid(Checker *c, Operand *x) {
  x->mode = MODE_INVALID;
  x->type = type_invalid(c->context);
  x->value = NULL;
}

// -- scopes, versions --

Object *check_lookup(const Checker *c, Sym name, const Scope **where) {
  return scope_lookup_parent(c->env.scope, name, UINT32_MAX, where);
}

void check_open_scope(Checker *c, const Ast *n) {
  Scope *s = scope_new(c->pkg, c->env.scope);
  s->start = n->start;
  s->end = n->end;
  s->is_block = true;
  // What is declared in a block comes before what is nested in it, or cannot be seen from there.
  if (s->parent->is_block && !s->parent->objects.len) s->named = s->parent->named;
  c->env.scope = s;
}

void check_close_scope(Checker *c) { c->env.scope = c->env.scope->parent; }

bool check_allows_version(const Checker *c, const Ast *at, uint32_t go_minor) {
  (void)at;
  return c->env.go_minor == 0 || c->env.go_minor >= go_minor;
}

bool check_version(Checker *c, const Ast *at, uint32_t go_minor, const char *what) {
  if (check_allows_version(c, at, go_minor)) return true;
  // The go directive says it, or the file itself: gc adds which, and so do we (noder/irgen.go).
  bool by_file = c->env.go_minor != c->pkg->go_minor;
  check_error(c, at, "%s requires go1.%u or later (%s go1.%u%s)", what, go_minor,
              by_file ? "file declares //go:build" : "-lang was set to", c->env.go_minor,
              by_file ? "" : "; check go.mod");
  return false;
}

void check_add_dep(Checker *c, Object *obj) {
  if (!c->env.decl || obj->pkg != c->pkg || obj->order == 0) return;
  if (!ptrmap_has(&c->object_decls, obj)) return;
  ptrmap_set(&c->env.decl->deps, obj, obj);
}

// -- driver --

// Files of another package name than the first one's are reported and left out.
static void choose_files(Checker *c) {
  Package *p = c->pkg;
  const PackageInput *in = &c->input;
  p->files = ARENA_ARRAY(&p->arena, AstFile *, in->file_count + 1);
  p->file_scopes = ARENA_ARRAY(&p->arena, Scope *, in->file_count + 1);
  for (uint32_t i = 0; i < in->file_count; i++) {
    AstFile *f = in->files[i];
    if (!f) continue;
    Pos at = {f->decl_count ? f->decls[0] : NULL, 0};
    Sym name = in->names ? in->names[i] : f->package_name;
    if (!p->name && name && !sym_is_blank(name)) p->name = name;
    if (!p->name && sym_is_blank(name)) check_error_at(c, at, "invalid package name _");
    if (name && p->name && name != p->name) {
      check_error_at(c, at, "package %s; expected package %s", name->text, p->name->text);
      continue;
    }
    p->files[p->file_count++] = f;
  }
}

static void make_decl_types(Checker *c) {
  Package *p = c->pkg;
  for (uint32_t i = 0; i < p->file_count; i++) {
    for (uint32_t k = 0; k < p->files[i]->decl_count; k++) {
      const AstDecl *d = p->files[i]->decls[k];
      if (ptrmap_has(&p->decl_types, d)) continue;
      DeclTypes *types = ARENA_NEW(&p->arena, DeclTypes);
      types->decl = d;
      types->nodes = ARENA_ARRAY(&p->arena, NodeInfo, d->node_count + 1);
      types->has_error = d->has_error;
      ptrmap_set(&p->decl_types, d, types);
      VEC_PUSH(&p->arena, &p->decls, types);
    }
  }
}

// What the results about a package take at least.
static size_t expected_memory(const PackageInput *in) {
  enum { LEAST = 4096, PER_NODE = 64 }; // a NodeInfo, and as much for objects, scopes and types
  size_t nodes = 0;
  for (uint32_t i = 0; i < in->file_count; i++)
    for (uint32_t k = 0; k < in->files[i]->decl_count; k++) nodes += in->files[i]->decls[k]->node_count;
  return LEAST + nodes * PER_NODE;
}

Package *package_declare(TypeContext *context, const PackageInput *in) {
  Package *p = mem_new(sizeof *p);
  arena_init_sized(&p->arena, expected_memory(in));
  arena_init(&p->lazy);
  p->arena.paged = p->lazy.paged = in->stays;
  constpool_init(&p->constants, &p->arena);
  p->context = context;
  p->path = arena_str(&p->arena, in->path);
  p->go_minor = in->go_minor ? in->go_minor : context->go_minor;
  p->has_assembly = in->has_assembly;
  p->cancelled = in->cancelled;
  p->scope = scope_new(p, context->universe);
  Checker *c = mem_new(sizeof *c);
  p->checker = c;
  c->pkg = p;
  c->context = context;
  c->input = *in;
  arena_init(&c->scratch);
  c->scratch.paged = in->stays;
  choose_files(c);
  make_decl_types(c);
  p->resolve = check_object_decl;
  check_collect_objects(c);
  check_package_objects(c);
  check_process_delayed(c, 0);
  p->resolve = NULL;
  p->complete = true;
  return p;
}

void check_decl_body(Checker *c, Object *func) {
  DeclInfo *d = ptrmap_get(&c->object_decls, func);
  if (!d || !d->func_decl || d->body_done || !func->type || func->type->kind != TYPE_SIGNATURE) return;
  d->body_done = true;
  const Ast *body = d->func_decl->u.func_decl.body;
  if (!body) return;
  CheckEnv saved = c->env;
  c->env = (CheckEnv){.types = d->types, .scope = d->file_scope, .go_minor = saved.go_minor};
  check_func_body(c, d, func->name, func->type, body, NULL);
  check_process_delayed(c, 0);
  c->env = saved;
}

void package_check_body(Package *p, Object *func) {
  if (p->demand)
    demand_check_body(p, func);
  else if (p->checker)
    check_decl_body(p->checker, func);
}

static int compare_local_types(const void *a, const void *b) {
  const LocalType *x = a, *y = b;
  uint32_t i = x->named->u.named.local_index, k = y->named->u.named.local_index; // the declaration's number, here
  if (i != k) return i < k ? -1 : 1;
  return x->pos.offset < y->pos.offset ? -1 : x->pos.offset > y->pos.offset;
}

// gc numbers the defined types that functions declare in source order, over all files of the package.
static void number_local_types(Checker *c) {
  if (c->local_types.len == 0) return;
  PtrMap index = {0};
  for (uint32_t i = 0; i < c->pkg->decls.len; i++)
    ptrmap_set(&index, c->pkg->decls.items[i]->decl, (void *)(uintptr_t)(i + 1));
  for (uint32_t i = 0; i < c->local_types.len; i++) {
    LocalType *t = &c->local_types.items[i];
    t->named->u.named.local_index = (uint32_t)(uintptr_t)ptrmap_get(&index, t->pos.decl);
  }
  ptrmap_release(&index);
  qsort(c->local_types.items, c->local_types.len, sizeof *c->local_types.items, compare_local_types);
  for (uint32_t i = 0; i < c->local_types.len; i++) c->local_types.items[i].named->u.named.local_index = i + 1;
  c->pkg->local_type_count = c->local_types.len;
}

// The many small maps of a package that stays.
static void settle_maps(Checker *c) {
  Package *p = c->pkg;
  for (uint32_t i = 0; i < c->object_list.len; i++) {
    DeclInfo *d = ptrmap_get(&c->object_decls, c->object_list.items[i]);
    if (d) ptrmap_settle(&d->deps, &p->arena);
  }
  for (uint32_t i = 0; i < p->decls.len; i++) ptrmap_settle(&p->decls.items[i]->instances, &p->arena);
}

void package_check_bodies(Package *p) {
  Checker *c = p->checker;
  if (!c) return;
  for (uint32_t i = 0; i < p->funcs.len && !package_cancelled(p); i++) check_decl_body(c, p->funcs.items[i]);
  if (package_cancelled(p)) return;
  check_instance_cycles(c);
  number_local_types(c);
  check_init_order(c);
  check_unused_imports(c);
  if (p->arena.paged) settle_maps(c);
  free(c->delayed.items);
  c->delayed.items = NULL;
  c->delayed.len = c->delayed.cap = 0;
  arena_release(&c->scratch);
  arena_init(&c->scratch);
}

Type **package_local_types(const Package *p, uint32_t *count) {
  uint32_t n = p->checker ? p->checker->local_types.len : 0;
  Type **types = mem_new(sizeof *types * (n + 1));
  for (uint32_t i = 0; i < n; i++) types[i] = p->checker->local_types.items[i].named;
  *count = n;
  return types;
}

static void checker_free(Checker *c) {
  for (uint32_t i = 0; i < c->object_list.len; i++) {
    DeclInfo *d = ptrmap_get(&c->object_decls, c->object_list.items[i]);
    if (d) ptrmap_release(&d->deps); // shared ones are empty the second time
  }
  for (uint32_t i = 0; i < c->fakes.len; i++) package_free(c->fakes.items[i]);
  free(c->fakes.items);
  ptrmap_release(&c->object_decls);
  ptrmap_release(&c->methods);
  ptrmap_release(&c->method_values);
  ptrmap_release(&c->builtin_signatures);
  ptrmap_release(&c->finite);
  free(c->object_path.items);
  free(c->delayed.items);
  free(c->object_list.items);
  free(c->import_names.items);
  free(c->dot_imports.items);
  free(c->instantiations.items);
  free(c->local_types.items);
  free(c->locals.items);
  arena_release(&c->scratch);
  free(c);
}

void package_free(Package *p) {
  if (!p) return;
  if (p->checker) checker_free(p->checker);
  if (p->demand) demand_free(p);
  for (uint32_t i = 0; i < p->decls.len; i++) ptrmap_release(&p->decls.items[i]->instances);
  ptrmap_release(&p->decl_types);
  constpool_release(&p->constants);
  arena_release(&p->lazy);
  arena_release(&p->arena);
  free(p);
}

const DeclTypes *package_decl_types(const Package *p, const AstDecl *d) {
  if (!p->demand) return ptrmap_get(&p->decl_types, d);
  types_lock(p);
  const DeclTypes *types = ptrmap_get(&p->decl_types, d);
  types_unlock(p);
  return types;
}

const AstFile *package_file_of(const Package *p, const AstDecl *d) {
  if (!d) return NULL;
  for (uint32_t i = 0; i < p->file_count; i++) {
    const AstFile *f = LOAD(p->files[i]); // a package on demand opens them one by one
    if (!f || f->source != d->source) continue;
    if (d->slot < f->slot_count && f->slot_starts[d->slot] != UINT32_MAX) return f;
  }
  return NULL;
}
