// shape.c: questions about the syntax of one declaration: what is around a node, who names a variable, what is pure.
//
// Trees know no parents: a walk in the order of the source keeps those that are open in a stack, by their offsets.
#include "fix/fix_internal.h"

#include <stdlib.h>

typedef struct Walk {
  Shape *shape;
  VEC(const Ast *) open, all; // C heap
} Walk;

static bool enter(void *context, const Ast *n) {
  Walk *w = context;
  Shape *s = w->shape;
  if (s->nodes[n->id]) return false; // the type that several fields share
  while (w->open.len && !shape_within(n, w->open.items[w->open.len - 1])) w->open.len--;
  s->nodes[n->id] = n;
  s->parents[n->id] = w->open.len ? w->open.items[w->open.len - 1] : NULL;
  VEC_APPEND(&w->open, n);
  VEC_APPEND(&w->all, n);
  return true;
}

bool shape_open(Shape *s, Arena *arena, const PackageResult *r, const AstFile *file, uint32_t decl) {
  *s = (Shape){.arena = arena, .result = r, .package = r->package, .file = file, .decl = file->decls[decl]};
  if (!r->package || package_result_broken(r, file, decl)) return false;
  s->types = package_decl_types(r->package, s->decl);
  if (!s->types || s->types->has_error) return false;
  s->base = file->slot_starts[s->decl->slot];
  s->nodes = ARENA_ARRAY(arena, const Ast *, s->decl->node_count + 1);
  s->parents = ARENA_ARRAY(arena, const Ast *, s->decl->node_count + 1);
  Walk w = {.shape = s};
  for (uint32_t i = 0; i < s->decl->specs.len; i++) ast_walk(s->decl->specs.items[i], enter, &w);
  const Ast **all = ARENA_ARRAY(arena, const Ast *, w.all.len + 1);
  if (w.all.len) memcpy(all, w.all.items, sizeof *all * w.all.len);
  s->walk = all;
  s->walk_count = w.all.len;
  free(w.open.items);
  free(w.all.items);
  return true;
}

Str shape_text(const Shape *s, const Ast *n) { return str_slice(s->decl->text, n->start, n->end); }

bool shape_within(const Ast *inner, const Ast *outer) {
  return outer->start <= inner->start && inner->end <= outer->end;
}

const Ast *shape_expression(const Shape *s, uint32_t start, uint32_t end) {
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    bool wanted = ast_kind_is_expr(n->kind) || n->kind == AST_ASSIGN_STMT || n->kind == AST_CALL_STMT;
    if (wanted && n->start == start && n->end == end) return n;
  }
  return NULL;
}

const Ast *shape_function(const Shape *s, const Ast *n) {
  for (n = shape_parent(s, n); n; n = shape_parent(s, n))
    if (n->kind == AST_FUNC_LIT || n->kind == AST_FUNC_DECL) return n;
  return NULL;
}

const AstList *shape_list(const Shape *s, const Ast *statement, uint32_t *index) {
  const Ast *p = shape_parent(s, statement);
  const AstList *list = NULL;
  if (p && p->kind == AST_BLOCK) list = &p->u.block.stmts;
  if (p && p->kind == AST_CASE_CLAUSE) list = &p->u.clause.body;
  if (p && p->kind == AST_COMM_CLAUSE) list = &p->u.comm.body;
  for (uint32_t i = 0; list && i < list->len; i++) {
    if (list->items[i] != statement) continue;
    *index = i;
    return list;
  }
  return NULL;
}

Object *shape_object(const Shape *s, const Ast *n) {
  if (!n || n->kind != AST_NAME) return NULL;
  const NodeInfo *info = node_info(s->types, n);
  return info->is_selection ? NULL : info->ref.object;
}

Type *shape_type(const Shape *s, const Ast *n) { return node_info(s->types, n)->type; }

const Const *shape_value(const Shape *s, const Ast *n) { return node_info(s->types, n)->value; }

bool shape_is_integer(const Shape *s, const Ast *n, int64_t wanted) {
  int64_t v;
  const Const *value = n ? shape_value(s, n) : NULL;
  return value && const_int64_value(value, &v) && v == wanted;
}

bool shape_is_builtin(const Shape *s, const Ast *call, BuiltinId id) {
  if (call->kind != AST_CALL) return false;
  const Object *o = shape_object(s, ast_unparen(call->u.call.fun));
  return o && o->kind == OBJ_BUILTIN && o->u.builtin.id == id;
}

bool shape_calls(const Shape *s, const Ast *n, const char *path, const char *name) {
  const Ast *fun = n->kind == AST_CALL ? ast_unparen(n->u.call.fun) : NULL;
  const Object *o = fun && fun->kind == AST_SELECTOR ? shape_object(s, fun->u.selector.sel) : shape_object(s, fun);
  return o && o->kind == OBJ_FUNC && o->pkg && sym_is(o->name, name) && str_equal(o->pkg->path, str_of(path));
}

// ---- Purity

typedef struct Search {
  const Shape *shape;
  const Object *object;
  bool found;
} Search;

static bool find_impure(void *context, const Ast *n) {
  Search *search = context;
  const Shape *s = search->shape;
  if (search->found || shape_value(s, n)) return false; // constants are
  int kind = n->kind;
  bool value = kind == AST_NAME || kind == AST_BASIC_LIT || kind == AST_PAREN || kind == AST_SELECTOR ||
               kind == AST_INDEX || kind == AST_STAR;
  if (kind == AST_UNARY) value = n->op != TOKEN_ARROW && n->op != TOKEN_AND;
  if (kind == AST_BINARY) { // of strings it may allocate
    const Type *t = shape_type(s, n);
    value = t && type_is_basic(t, BASIC_IS_BOOLEAN | BASIC_IS_NUMERIC);
  }
  if (kind == AST_CALL) value = shape_is_builtin(s, n, BUILTIN_LEN) || shape_is_builtin(s, n, BUILTIN_CAP);
  search->found = !value;
  return value;
}

bool shape_is_pure(const Shape *s, const Ast *n) {
  Search search = {.shape = s};
  ast_walk(n, find_impure, &search);
  return !search.found;
}

static bool find_object(void *context, const Ast *n) {
  Search *search = context;
  search->found |= shape_object(search->shape, n) == search->object;
  return !search->found;
}

bool shape_mentions(const Shape *s, const Ast *in, const Object *o) {
  Search search = {.shape = s, .object = o};
  ast_walk(in, find_object, &search);
  return search.found;
}

// ---- Variables

static bool in_list(const AstList *list, const Ast *n) {
  for (uint32_t i = 0; i < list->len; i++)
    if (ast_unparen(list->items[i]) == n) return true;
  return false;
}

// The largest expression that stands for a part of the variable: v.f[i] of a struct that holds an array.
static const Ast *part_of(const Shape *s, const Ast *n) {
  for (const Ast *p = shape_parent(s, n); p; n = p, p = shape_parent(s, n)) {
    if (p->kind == AST_PAREN) continue;
    if (p->kind != AST_SELECTOR && p->kind != AST_INDEX) break;
    const Type *t = type_underlying(shape_type(s, n));
    if (p->kind == AST_SELECTOR && p->u.selector.x == n && t->kind == TYPE_STRUCT) {
      const NodeInfo *info = node_info(s->types, p);
      const Selection *field = info->is_selection ? info->ref.selection : NULL;
      if (field && field->kind == SELECT_FIELD && !field->indirect) continue;
    }
    if (p->kind == AST_INDEX && p->u.index.x == n && t->kind == TYPE_ARRAY) continue;
    break;
  }
  return n;
}

bool shape_is_written(const Shape *s, const Ast *name) {
  const Ast *n = part_of(s, name), *p = shape_parent(s, n);
  if (p && p->kind == AST_ASSIGN_STMT) return in_list(&p->u.assign.lhs, ast_unparen(n));
  return p && p->kind == AST_RANGE_STMT && (p->u.range.key == n || p->u.range.value == n);
}

bool shape_is_addressed(const Shape *s, const Ast *name) {
  const Ast *n = part_of(s, name), *p = shape_parent(s, n);
  if (p && p->kind == AST_UNARY) return p->op == TOKEN_AND;
  if (!p || (p->kind != AST_SLICE && p->kind != AST_SELECTOR)) return false;
  const Type *t = type_underlying(shape_type(s, n));
  if (p->kind == AST_SLICE) return p->u.slice.x == n && t->kind == TYPE_ARRAY;
  const NodeInfo *info = node_info(s->types, p);
  const Object *o = info->is_selection && info->ref.selection ? info->ref.selection->obj : NULL;
  return o && o->kind == OBJ_FUNC && o->u.func.has_pointer_recv && t->kind != TYPE_POINTER;
}

bool shape_is_constant_variable(const Shape *s, const Object *o) {
  if (o->kind != OBJ_VAR || o->pos.decl != s->decl) return false;
  if (o->u.var.kind != VAR_LOCAL && o->u.var.kind != VAR_PARAM && o->u.var.kind != VAR_RECV) return false;
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (shape_object(s, n) != o || node_info(s->types, n)->is_def) continue;
    if (shape_is_written(s, n) || shape_is_addressed(s, n)) return false;
  }
  return true;
}

// The function that declares it: parameters belong to the function whose type they stand in.
static const Ast *declaring_function(const Shape *s, const Object *o) {
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (n->kind == AST_NAME && n->start == o->pos.offset && shape_object(s, n) == o) return shape_function(s, n);
  }
  return NULL;
}

bool shape_is_shared(const Shape *s, const Object *o) {
  const Ast *function = declaring_function(s, o);
  if (!function) return true;
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (shape_object(s, n) != o) continue;
    if (shape_is_addressed(s, n) || shape_function(s, n) != function) return true;
  }
  return false;
}

bool shape_is_loop(const Ast *n) { return n->kind == AST_FOR_STMT || n->kind == AST_RANGE_STMT; }

bool shape_stays_inside(const Shape *s, const Ast *branch, const Ast *outer) {
  if (branch->op == TOKEN_FALLTHROUGH) return true;
  if (branch->u.branch.label || branch->op == TOKEN_GOTO) return false;
  for (const Ast *n = shape_parent(s, branch); n && n != outer; n = shape_parent(s, n)) {
    bool choice = n->kind == AST_SWITCH_STMT || n->kind == AST_TYPE_SWITCH_STMT || n->kind == AST_SELECT_STMT;
    if (shape_is_loop(n) || (choice && branch->op == TOKEN_BREAK)) return true;
  }
  return false;
}

bool shape_is_seen(const Shape *s, const Object *o, const Ast *loop) {
  const Ast *function = shape_function(s, loop);
  uint32_t end = loop->end; // of the outermost loop that the variable outlives
  for (const Ast *n = loop; n && n != function; n = shape_parent(s, n))
    if (shape_is_loop(n) && n->start > o->pos.offset) end = n->end;
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (shape_object(s, n) != o || n->start > end) continue;
    if (shape_is_addressed(s, n) || shape_function(s, n) != function) return true;
  }
  return false;
}

bool shape_redeclares(const Shape *s, const char *name) {
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (n->kind == AST_NAME && node_info(s->types, n)->is_def && sym_is(n->u.name.name, name)) return true;
  }
  Sym sym = intern(s->package->context->interner, str_of(name));
  if (scope_find(s->package->scope, sym)) return true;
  for (uint32_t i = 0; i < s->package->file_count; i++)
    if (s->package->files[i] == s->file && scope_find(s->package->file_scopes[i], sym)) return true;
  return false;
}

bool shape_package_declares(const Shape *s, const char *name) {
  Sym sym = intern(s->package->context->interner, str_of(name));
  if (scope_find(s->package->scope, sym)) return true;
  for (uint32_t i = 0; i < s->package->file_count; i++)
    if (scope_find(s->package->file_scopes[i], sym)) return true;
  return false;
}

bool shape_indent(const Shape *s, const Ast *n, Str *indent) {
  Str text = s->decl->text;
  uint32_t line = n->start;
  while (line && text.p[line - 1] != '\n') line--;
  *indent = str_slice(text, line, n->start);
  return str_trim(*indent).n == 0 && line;
}

static bool is_among(const AstList *list, const Ast *n) {
  for (uint32_t i = 0; i < list->len; i++)
    if (list->items[i] == n) return true;
  return false;
}

bool shape_is_tight(const Shape *s, const Ast *n) {
  for (const Ast *p = shape_parent(s, n); p; n = p, p = shape_parent(s, n)) {
    int kind = p->kind;
    if (kind == AST_CALL && p->u.call.args.len > 1 && is_among(&p->u.call.args, n)) return true;
    if (kind == AST_INDEX && p->u.index.x != n) return true;
    if (kind == AST_SLICE && p->u.slice.x != n) return true;
    if (kind == AST_BINARY && p->op != TOKEN_ADD) return true;
    if (kind == AST_ASSIGN_STMT) return p->u.assign.lhs.len > 1 && p->u.assign.rhs.len > 1;
    if (kind != AST_CALL && kind != AST_INDEX && kind != AST_SLICE && kind != AST_BINARY && kind != AST_SELECTOR &&
        kind != AST_UNARY && kind != AST_STAR)
      return false;
  }
  return false;
}

bool has_comment(Str code) {
  size_t end = 0;
  for (TokenScan scan = {.text = code};; end = scan.end) {
    bool more = token_scan_next(&scan);
    Str gap = str_slice(code, end, more ? scan.start : code.n);
    if (str_index_byte(gap, '/') >= 0) return true;
    if (!more) return false;
  }
}
