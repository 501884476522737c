// profile.c: what a CPU profile says of the functions and calls of a unit (cmd/compile/internal/pgoir, and
// PGOInlinePrologue in cmd/compile/internal/inline).
//
// gc makes a graph of the package's functions, of what they call directly, and of what the profile says they call. A
// function is hot if an edge with it as callee is among those that make up 99 % of the profile's weight, whoever calls
// there; a call is hot if one of these edges begins on its line of the function that is being compiled, whatever it
// calls. Lines are those of the innermost text, less the line where that function begins, //line directives applied.
//
// A callee that only the profile knows may be a function of any package that is imported, directly or not. gc finds it
// by its name if the export data of one of the direct imports has it: not generic code, not closures.
#include "inline/inline_internal.h"
#include "ir/rules.h"
#include "syntax/parse.h"
#include "types/demand.h"

#include <stdlib.h>

typedef struct FuncProfile {
  const ProfileCaller *caller; // NULL: it calls nothing
  bool is_hot;
  bool any_hot; // one of its calls
  int64_t line; // where it begins
} FuncProfile;

static void write_name(Buf *b, const IrFunc *fn) {
  buf_clear(b);
  ir_write_link_name(b, fn->name->pkg, sym_str(fn->name->sym));
}

// ---- lines

static const AstFile *file_in(const Package *pkg, const AstSource *source) {
  for (uint32_t i = 0; pkg && i < pkg->file_count; i++) {
    const AstFile *file = pkg->files[i];
    if (file && file->source == source) return file;
  }
  return NULL;
}

static const Package *package_of(const IrFunc *fn) {
  while (fn->outer) fn = fn->outer;
  return fn->object ? fn->object->pkg : fn->unit->pkg;
}

static int64_t line_of(const IrUnit *unit, IrPos pos, const IrFunc *holder) {
  if (!pos.decl) return pos.offset ? 1 : 0;
  const Package *pkg = package_of(pos.inl ? unit->inline_tree.items[pos.inl].callee : holder);
  const AstFile *file = file_in(pkg, pos.decl->source);
  uint32_t offset = file ? ast_file_offset(file, (Pos){pos.decl, pos.offset}) : UINT32_MAX;
  return offset == UINT32_MAX ? 0 : ast_file_printed_pos(file, offset).line;
}

static int64_t line_offset(const IrUnit *unit, const IrFunc *caller, const FuncProfile *f, const IrNode *call) {
  return line_of(unit, call->pos, caller) - f->line;
}

// ---- the graph

static void add_node(IrUnit *unit, Str name, IrFunc *fn) {
  IrFunc *known = strmap_get(&unit->profile.nodes, name);
  if (known) return;
  strmap_set(&unit->profile.nodes, arena_str(&unit->arena, name), fn);
}

typedef struct CallVisit {
  IrUnit *unit;
  Buf name;
} CallVisit;

static bool add_direct_callee(void *context, IrNode *n) {
  CallVisit *v = context;
  if (n->op != IR_CALLFUNC) return false;
  IrFunc *callee = inline_callee_known(v->unit, n->u.call.fun);
  if (!callee || callee->unit == v->unit) return false;
  write_name(&v->name, callee);
  if (strmap_has(&v->unit->options->profile->callees, buf_view(&v->name)))
    add_node(v->unit, buf_view(&v->name), callee);
  return false;
}

static void know_packages(IrUnit *unit) {
  VEC(Package *) pending = {0};
  VEC_APPEND(&pending, unit->pkg);
  while (pending.len) {
    Package *p = pending.items[--pending.len];
    if (!p || strmap_has(&unit->profile.packages, p->path)) continue;
    strmap_set(&unit->profile.packages, p->path, p);
    for (uint32_t i = 0; i < p->imports.len; i++) VEC_APPEND(&pending, p->imports.items[i]);
    const IrUnit *ir = p->ir;
    if (p == unit->pkg || !ir || !ir->facts.context) continue;
    for (uint32_t i = 0;; i++) {
      Package *import = ir->facts.import(ir->facts.context, i);
      if (!import) break;
      VEC_APPEND(&pending, import);
    }
  }
  free(pending.items);
}

static void make_graph(IrUnit *unit) {
  CallVisit v = {.unit = unit};
  unit->profile.is_known = true;
  uint32_t count = unit->funcs.len;
  for (uint32_t i = 0; i < count; i++) {
    IrFunc *fn = unit->funcs.items[i];
    write_name(&v.name, fn);
    add_node(unit, buf_view(&v.name), fn);
  }
  for (uint32_t i = 0; i < count; i++) ir_any_list(&unit->funcs.items[i]->body, add_direct_callee, &v);
  buf_release(&v.name);
}

static bool is_known_callee(IrUnit *unit, Str name) {
  if (strmap_has(&unit->profile.nodes, name)) return true;
  // Whatever a function of the package calls according to the profile is in gc's graph.
  const Profile *p = unit->options->profile;
  for (uint32_t i = 0; i < p->edge_count; i++)
    if (str_equal(p->edges[i].callee, name) && strmap_has(&unit->profile.nodes, p->edges[i].caller)) return true;
  return false;
}

static FuncProfile *profile_of(IrUnit *unit, IrFunc *fn) {
  FuncProfile *f = ptrmap_get(&unit->profile.funcs, fn);
  if (f) return f;
  if (!unit->profile.is_known) make_graph(unit);
  const Profile *p = unit->options->profile;
  f = ARENA_NEW(&unit->arena, FuncProfile);
  ptrmap_set(&unit->profile.funcs, fn, f);
  Buf name = {0};
  write_name(&name, fn);
  f->is_hot = profile_is_hot_callee(p, buf_view(&name)) && is_known_callee(unit, buf_view(&name));
  // Calls are those of the function in the graph, not of a copy of a literal that has the same name.
  if (strmap_get(&unit->profile.nodes, buf_view(&name)) == fn) f->caller = profile_caller(p, buf_view(&name));
  f->any_hot = f->caller && f->caller->edges.items[0] < p->edges + p->hot_count;
  if (f->caller) f->line = line_of(unit, fn->pos, fn);
  buf_release(&name);
  return f;
}

bool profile_is_hot_func(IrUnit *unit, IrFunc *fn) {
  if (!unit->options->profile) return false;
  if (unit->muted && !ir_rule(unit, RULE_PROFILE_RAISES_INSTANCES)) return false;
  return profile_of(unit, fn)->is_hot;
}

bool profile_is_hot_call(IrUnit *unit, IrFunc *caller, const IrNode *call) {
  if (!unit->options->profile) return false;
  const FuncProfile *f = profile_of(unit, caller);
  return f->any_hot && profile_hot_site(unit->options->profile, f->caller, line_offset(unit, caller, f, call)) != NULL;
}

bool profile_knows_caller(IrUnit *unit, IrFunc *fn) { return unit->options->profile && profile_of(unit, fn)->caller; }

// ---- finding functions by name (LookupFunc in cmd/compile/internal/noder/unified.go)

static Object *find_method(const IrUnit *unit, const Package *pkg, Str sym) {
  bool pointer = str_has_prefix(sym, STR("(*"));
  ptrdiff_t dot = pointer ? str_index(sym, STR(").")) : str_index_byte(sym, '.');
  if (dot <= 0) return NULL;
  Str type = pointer ? str_slice(sym, 2, (size_t)dot) : str_slice(sym, 0, (size_t)dot);
  Str method = str_slice(sym, (size_t)dot + (pointer ? 2 : 1), sym.n);
  Object *o = scope_lookup(pkg->scope, intern(unit->interner, type));
  if (!o || o->kind != OBJ_TYPENAME) return NULL;
  object_complete(o);
  if (!o->type || o->type->kind != TYPE_NAMED || o->type->u.named.obj != o || type_is_generic(o->type) ||
      type_is_interface(o->type))
    return NULL;
  return named_method(o->type, pkg, intern(unit->interner, method), NULL);
}

static IrFunc *find_func(IrUnit *unit, Str name) {
  Str sym;
  Buf path = {0};
  const Package *pkg = NULL;
  if (ir_read_link_name(name, &path, &sym) && str_index_byte(sym, '[') < 0) {
    if (!unit->profile.packages.len) know_packages(unit);
    bool is_main = str_equal(buf_view(&path), STR("main"));
    if (!is_main)
      pkg = strmap_get(&unit->profile.packages, buf_view(&path));
    else if (sym_is(unit->pkg->name, "main"))
      pkg = unit->pkg;
  }
  buf_release(&path);
  if (!pkg || !pkg->scope) return NULL;
  Object *o = scope_lookup(pkg->scope, intern(unit->interner, sym));
  if (!o || o->kind != OBJ_FUNC) o = find_method(unit, pkg, sym);
  if (!o || o->kind != OBJ_FUNC) return NULL;
  object_complete(o);
  if (!o->type || lower_is_generic(o)) return NULL;
  IrFunc *fn = ir_func_of(unit, o);
  return fn && ir_is_known(unit, fn) ? fn : NULL;
}

static IrFunc *callee_named(IrUnit *unit, Str name) {
  IrFunc *fn = strmap_get(&unit->profile.nodes, name);
  return fn ? fn : find_func(unit, name);
}

uint32_t profile_callees(IrUnit *unit, IrFunc *caller, const IrNode *call, ProfileCallee **out) {
  const FuncProfile *f = profile_of(unit, caller);
  VEC(ProfileCallee) found = {0};
  int64_t offset = f->caller ? line_offset(unit, caller, f, call) : 0;
  for (uint32_t i = 0; f->caller && i < f->caller->edges.len; i++) {
    const ProfileEdge *e = f->caller->edges.items[i];
    if (e->offset != offset) continue;
    ProfileCallee callee = {e->callee, callee_named(unit, e->callee), e->weight};
    VEC_APPEND(&found, callee);
  }
  *out = found.items;
  return found.len;
}
