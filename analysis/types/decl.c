// decl.c: types declared objects: constants, variables, types, functions, at package level and inside functions.
//
// check_object_decl is the heart: it types one package-level object whatever its kind and is entered again,
// recursively, for every object that the first one mentions. Objects on the way are grey and form object_path; meeting
// a grey object closes a cycle, which is fine when it runs through functions only, through type definitions only, or
// stays among constants and variables that merely wait (initorder.c finds real initialisation cycles). Anything else is
// an error and gives an invalid type. Rules: Go spec, "Declarations and scope", "Constant declarations" (iota), "Type
// declarations"; types2 decl.go and cycles.go.
#include <stdlib.h>

#include "types/checker_internal.h"
#include "types/demand_internal.h"

void check_declare(Checker *c, Scope *scope, const Ast *name, Object *obj, uint32_t scope_pos) {
  if (!sym_is_blank(obj->name)) {
    Object *other = scope_insert(scope, obj);
    if (other) {
      check_error_at(c, obj->pos, "%s redeclared in this block", obj->name ? obj->name->text : "");
      // The name still means something to those who look at this node.
      if (name) record_def(c, name, obj);
      return;
    }
    obj->scope_pos = scope_pos;
  }
  if (obj->kind == OBJ_VAR && obj->u.var.kind == VAR_LOCAL && !sym_is_blank(obj->name)) VEC_APPEND(&c->locals, obj);
  if (name) record_def(c, name, obj);
}

// -- object path and cycles --

void check_push_object(Checker *c, Object *obj) {
  VEC_APPEND(&c->object_path, obj);
  obj->color = c->object_path.len + 1; // 2 + index
}

void check_pop_object(Checker *c) { c->object_path.items[--c->object_path.len]->color = 1; }

uint32_t check_first_in_source(Object *const *cycle, uint32_t len) {
  uint32_t first = 0;
  for (uint32_t i = 1; i < len; i++)
    if (cycle[i]->order < cycle[first]->order) first = i;
  return first;
}

void check_cycle_error(Checker *c, Object *const *cycle, uint32_t len, uint32_t first) {
  if (len == 0) return;
  Object *obj = cycle[first];
  const char *name = obj->name ? obj->name->text : "_";
  bool is_type = obj->kind == OBJ_TYPENAME;
  if (is_type && obj->type && obj->type->kind == TYPE_ALIAS) {
    obj->type->u.alias.rhs = type_invalid(c->context);
    obj->type->u.alias.actual = type_invalid(c->context);
  }
  if (len == 1) {
    check_error_at(c, obj->pos,
                   is_type ? "invalid recursive type: %s refers to itself"
                           : "invalid cycle in declaration: %s refers to itself",
                   name);
    return;
  }
  Buf b = {0};
  for (uint32_t i = 1; i <= len; i++) {
    Object *next = cycle[(first + i) % len];
    buf_printf(&b, "%s refers to %.*s", i > 1 ? "; it" : "", STR_ARG(sym_str(next->name)));
  }
  check_error_at(c, obj->pos, is_type ? "invalid recursive type %s:%s" : "invalid cycle in declaration of %s:%s", name,
                 b.text ? b.text : "");
  buf_release(&b);
}

// obj is grey: is it all right that its declaration leads back to it?
static bool valid_cycle(Checker *c, Object *obj) {
  uint32_t start = obj->color - 2;
  BUG_ON(start >= c->object_path.len || c->object_path.items[start] != obj);
  Object **cycle = c->object_path.items + start;
  uint32_t len = c->object_path.len - start, values = 0, definitions = 0;
  for (uint32_t i = 0; i < len; i++) {
    Object *o = cycle[i];
    if (o->kind == OBJ_CONST || o->kind == OBJ_VAR) {
      values++;
    } else if (o->kind == OBJ_TYPENAME) {
      // A generic type used in its own type parameter list: judged when it is instantiated.
      if (c->env.in_tparam_list && o->type && type_is_generic(o->type)) return true;
      if (!o->u.type_name.is_alias) definitions++;
    }
  }
  if (values == len) return true;
  if (values == 0 && definitions > 0) return true;
  check_cycle_error(c, cycle, len, check_first_in_source(cycle, len));
  return false;
}

// Is the size of t finite, as far as it is declared? A named type on the object path is met again only through itself.
// Types of other packages are known to be fine, and what was found finite is remembered.
bool check_finite_size(Checker *c, Type *t) {
  t = type_unalias(t);
  if (t->kind == TYPE_ARRAY) return check_finite_size(c, t->u.array.elem);
  if (t->kind == TYPE_STRUCT) {
    for (uint32_t i = 0; i < t->u.struct_.fields.len; i++)
      if (!check_finite_size(c, t->u.struct_.fields.items[i]->type)) return false;
    return true;
  }
  if (t->kind != TYPE_NAMED) return true;
  Type *origin = t->u.named.origin ? t->u.named.origin : t;
  Object *obj = origin->u.named.obj;
  if (!obj || obj->pkg != c->pkg || ptrmap_has(&c->finite, origin)) return true;
  if (obj->color >= 2) {
    uint32_t start = obj->color - 2, len = c->object_path.len - start;
    Object **cycle = c->object_path.items + start;
    check_cycle_error(c, cycle, len, check_first_in_source(cycle, len));
    return false;
  }
  if (!origin->u.named.from_rhs || !check_enter(c, NULL)) return true;
  check_push_object(c, obj);
  bool finite = check_finite_size(c, origin->u.named.from_rhs);
  check_pop_object(c);
  check_leave(c);
  if (finite) ptrmap_set(&c->finite, origin, origin);
  return finite;
}

static void const_decl(Checker *c, Object *obj, const Ast *type, const Ast *init, bool inherited, uint32_t iota);
static void var_decl(Checker *c, Object *obj, Object **lhs, uint32_t lhs_len, const Ast *type, const Ast *init);
static void type_decl(Checker *c, Object *obj, const Ast *decl);
static void collect_methods(Checker *c, Object *obj);
static void func_decl(Checker *c, Object *obj, DeclInfo *d);

void check_object_decl(Checker *c, Object *obj) {
  if (obj->color >= 2) {
    bool valid = valid_cycle(c, obj);
    bool is_value = obj->kind == OBJ_CONST || obj->kind == OBJ_VAR;
    if (is_value ? !valid || !obj->type : !valid && obj->kind == OBJ_TYPENAME) obj->type = type_invalid(c->context);
    if (!obj->type) obj->type = type_invalid(c->context);
    return;
  }
  if (obj->type) {
    if (obj->kind == OBJ_TYPENAME && obj->color == 0) { // a direct cycle made it invalid before it was declared
      obj->color = 1;
      ptrmap_remove(&c->methods, obj);
    }
    return;
  }
  DeclInfo *d = ptrmap_get(&c->object_decls, obj);
  bool readable = d && (obj->kind != OBJ_FUNC || d->func_decl || (c->pkg->demand && demand_need_tree(c, obj)));
  if (!readable || !check_enter(c, NULL)) {
    obj->type = type_invalid(c->context);
    return;
  }
  check_push_object(c, obj);
  CheckEnv saved = c->env;
  c->env = (CheckEnv){.types = d->types, .scope = d->file_scope, .go_minor = check_file_version(c, d->file)};
  switch ((ObjectKind)obj->kind) {
  case OBJ_CONST:
    c->env.decl = d;
    const_decl(c, obj, d->type, d->init, d->inherited, d->iota);
    break;
  case OBJ_VAR:
    c->env.decl = d;
    var_decl(c, obj, d->lhs, d->lhs_len, d->type, d->init);
    break;
  case OBJ_TYPENAME:
    type_decl(c, obj, d->type_decl);
    collect_methods(c, obj);
    break;
  case OBJ_FUNC: func_decl(c, obj, d); break;
  case OBJ_PKGNAME:
  case OBJ_LABEL:
  case OBJ_BUILTIN:
  case OBJ_NIL: break;
  }
  c->env = saved;
  if (!obj->type) obj->type = type_invalid(c->context);
  check_pop_object(c);
  check_leave(c);
}

// -- constants and variables --

static void const_decl(Checker *c, Object *obj, const Ast *type, const Ast *init, bool inherited, uint32_t iota) {
  const Const *saved_iota = c->env.iota;
  Pos saved_pos = c->env.err_pos;
  c->env.iota = const_int64(&c->pkg->constants, iota);
  c->env.err_pos = (Pos){0};
  obj->u.constant.value = const_unknown();
  bool ok = true;
  if (type) {
    Type *t = check_type(c, type);
    if (!type_is_basic(t, BASIC_IS_CONST_TYPE)) {
      if (!type_is_invalid(type_underlying(t))) check_error(c, type, "invalid constant type %s", check_type_text(c, t));
      obj->type = type_invalid(c->context);
      ok = false;
    } else {
      obj->type = t;
    }
  }
  if (ok) {
    Operand x = {.mode = MODE_INVALID, .type = type_invalid(c->context)};
    if (init) {
      if (inherited) c->env.err_pos = obj->pos;
      check_expr(c, NULL, &x, init);
    }
    check_init_const(c, obj, &x);
  }
  c->env.iota = saved_iota;
  c->env.err_pos = saved_pos;
}

static void var_decl(Checker *c, Object *obj, Object **lhs, uint32_t lhs_len, const Ast *type, const Ast *init) {
  if (type) obj->type = check_var_type(c, type);
  if (!init) {
    if (!type) obj->type = type_invalid(c->context);
    return;
  }
  if (!lhs || lhs_len <= 1) {
    Operand x = {.mode = MODE_INVALID};
    check_expr(c, obj->type, &x, init);
    check_init_var(c, obj, &x, "variable declaration");
    return;
  }
  if (type)
    for (uint32_t i = 0; i < lhs_len; i++) lhs[i]->type = obj->type;
  check_init_vars(c, lhs, lhs_len, &init, 1, NULL);
}

// -- types --

typedef struct TypeDeclLater {
  Object *obj;
  const Ast *decl;
} TypeDeclLater;

static void validate_type_later(Checker *c, void *argument) {
  TypeDeclLater *l = argument;
  Type *t = l->obj->type;
  if (t && t->kind == TYPE_NAMED) check_valid_type(c, t);
}

static void alias_decl(Checker *c, Object *obj, const Ast *decl) {
  const AstList *fields = &decl->u.type_decl.tparams;
  if (fields->len)
    check_version(c, decl, 23, "generic type alias");
  else
    check_version(c, decl, 9, "type alias");
  Type *alias = type_new_alias(c->pkg, obj, NULL);
  obj->type = alias;
  if (fields->len) {
    check_open_scope(c, decl);
    check_collect_tparams(c, fields, &alias->u.alias.tparams);
  }
  Type *rhs = check_defined_type(c, decl->u.type_decl.type, obj);
  for (uint32_t i = 0; i < alias->u.alias.tparams.len; i++) {
    if (alias->u.alias.tparams.items[i] != rhs) continue;
    check_error(c, decl->u.type_decl.type, "cannot use type parameter declared in alias declaration as RHS");
    rhs = type_invalid(c->context);
  }
  if (!alias->u.alias.rhs) { // a cycle may have set it
    alias->u.alias.rhs = rhs;
    alias->u.alias.actual = type_unalias(rhs);
  }
  if (!alias->u.alias.actual) alias->u.alias.actual = type_invalid(c->context);
  if (fields->len) check_close_scope(c);
}

static void type_decl(Checker *c, Object *obj, const Ast *decl) {
  TypeDeclLater *l = ARENA_NEW(&c->scratch, TypeDeclLater);
  *l = (TypeDeclLater){obj, decl};
  check_later(c, validate_type_later, l);
  if (decl->u.type_decl.is_alias) {
    alias_decl(c, obj, decl);
    return;
  }
  const AstList *fields = &decl->u.type_decl.tparams;
  if (fields->len) check_version(c, decl, 18, "type parameter");
  Type *named = type_new_named(c->pkg, obj, NULL);
  obj->type = named;
  if (fields->len) {
    check_open_scope(c, decl);
    check_collect_tparams(c, fields, &named->u.named.tparams);
  }
  Type *rhs = check_defined_type(c, decl->u.type_decl.type, obj);
  if (type_is_param(rhs)) {
    check_error(c, decl->u.type_decl.type, "cannot use a type parameter as RHS in type declaration");
    rhs = type_invalid(c->context);
  }
  named->u.named.from_rhs = rhs; // its underlying type is found from here when asked for
  if (fields->len) check_close_scope(c);
}

static Type *constraint_bound(Checker *c, const Ast *n) {
  bool is_union = n && ((n->kind == AST_BINARY && n->op == TOKEN_OR) || (n->kind == AST_UNARY && n->op == TOKEN_TILDE));
  if (!is_union) return check_type(c, n);
  Arena *arena = &c->pkg->arena;
  Type *t = type_new(c->pkg, TYPE_INTERFACE);
  t->u.interface.embeddeds = (TypeList){ARENA_ARRAY(arena, Type *, 1), 1};
  t->u.interface.embed_pos = ARENA_NEW(arena, Pos);
  t->u.interface.embed_pos[0] = check_pos(c, n);
  t->u.interface.implicit = true;
  t->u.interface.embeddeds.items[0] = check_union(c, n);
  t->u.interface.complete = true;
  return t;
}

Type *check_declare_tparam(Checker *c, const Ast *name, uint32_t index, uint32_t scope_pos) {
  Sym sym = name && name->kind == AST_NAME ? name->u.name.name : c->context->sym_blank;
  Object *obj = object_new(c->pkg, OBJ_TYPENAME, sym, NULL, check_pos(c, name));
  Type *t = type_new_param(c->pkg, obj, type_invalid(c->context));
  obj->type = t;
  obj->color = 1;
  t->u.tparam.index = index;
  check_declare(c, c->env.scope, name, obj, scope_pos);
  return t;
}

void check_collect_tparams(Checker *c, const AstList *fields, TypeList *dst) {
  Type **params = ARENA_ARRAY(&c->pkg->arena, Type *, fields->len + 1);
  for (uint32_t i = 0; i < fields->len; i++)
    params[i] = check_declare_tparam(c, fields->items[i]->u.field.name, i, fields->items[0]->start);
  *dst = (TypeList){params, fields->len};
  bool saved = c->env.in_tparam_list;
  c->env.in_tparam_list = true;
  Type *bound = type_invalid(c->context);
  for (uint32_t i = 0; i < fields->len; i++) {
    const Ast *type = fields->items[i]->u.field.type;
    if (i == 0 || type != fields->items[i - 1]->u.field.type) {
      bound = constraint_bound(c, type);
      if (type_is_param(bound)) {
        check_error(c, type, "cannot use a type parameter as constraint");
        bound = type_invalid(c->context);
      }
    }
    params[i]->u.tparam.bound = bound;
  }
  c->env.in_tparam_list = saved;
}

// -- methods and functions --

static void check_field_uniqueness(Checker *c, void *argument) {
  Type *base = argument;
  Type *under = type_underlying(base);
  if (under->kind != TYPE_STRUCT || base->u.named.methods.len == 0) return;
  PtrMap names = {0};
  for (uint32_t i = 0; i < base->u.named.methods.len; i++) {
    Object *m = base->u.named.methods.items[i];
    ptrmap_set(&names, m->name, m);
  }
  for (uint32_t i = 0; i < under->u.struct_.fields.len; i++) {
    Object *f = under->u.struct_.fields.items[i];
    Object *m = f->name && !sym_is_blank(f->name) ? ptrmap_get(&names, f->name) : NULL;
    if (m && (f->name->exported || f->pkg == m->pkg))
      check_error_at(c, m->pos, "field and method with the same name %s", f->name->text);
  }
  ptrmap_release(&names);
}

static void collect_methods(Checker *c, Object *obj) {
  MethodList *list = ptrmap_get(&c->methods, obj);
  if (!list) return;
  ptrmap_remove(&c->methods, obj);
  Type *base = obj->type && obj->type->kind == TYPE_NAMED ? obj->type : NULL;
  if (base) check_later(c, check_field_uniqueness, base);
  PtrMap names = {0};
  for (uint32_t i = 0; i < list->len; i++) {
    Object *m = list->items[i];
    if (ptrmap_has(&names, m->name)) {
      check_error_at(c, m->pos, "method %s.%s already declared", obj->name->text, m->name->text);
      continue;
    }
    ptrmap_set(&names, m->name, m);
    if (base) VEC_PUSH(&c->pkg->arena, &base->u.named.methods, m);
  }
  ptrmap_release(&names);
}

static void func_decl(Checker *c, Object *obj, DeclInfo *d) {
  const Ast *decl = d->func_decl;
  BUG_ON(!decl); // demand_need_tree has filled it in
  Type *sig = type_new(c->pkg, TYPE_SIGNATURE);
  obj->type = sig;
  check_func_type(c, sig, decl->u.func_decl.recv, &decl->u.func_decl.tparams, decl->u.func_decl.type);
  if (sig->u.signature.scope) {
    sig->u.signature.scope->start = decl->start;
    sig->u.signature.scope->end = decl->end;
  }
  if (decl->u.func_decl.tparams.len && !decl->u.func_decl.body)
    check_soft_error(c, decl, "generic function is missing function body");
}

// -- declarations in functions --

static void local_const(Checker *c, const Ast *s) {
  const Ast *from = check_const_source(s);
  bool inherited = from != s;
  const AstList *names = &s->u.const_decl.names, *values = &from->u.const_decl.values;
  uint32_t top = c->delayed.len;
  Object **lhs = ARENA_ARRAY(&c->scratch, Object *, names->len + 1);
  for (uint32_t i = 0; i < names->len; i++) {
    if (!check_name_of(names->items[i])) continue;
    lhs[i] = object_new(c->pkg, OBJ_CONST, check_name_of(names->items[i]), NULL, check_pos(c, names->items[i]));
    const_decl(c, lhs[i], from->u.const_decl.type, i < values->len ? values->items[i] : NULL, inherited,
               s->u.const_decl.iota);
  }
  check_arity(c, s, names, values, true, inherited);
  check_process_delayed(c, top);
  for (uint32_t i = 0; i < names->len; i++)
    if (lhs[i]) check_declare(c, c->env.scope, names->items[i], lhs[i], s->end);
}

static void local_var(Checker *c, const Ast *s) {
  const AstList *names = &s->u.var_decl.names, *values = &s->u.var_decl.values;
  const Ast *type = s->u.var_decl.type;
  uint32_t top = c->delayed.len, count = 0;
  Object **lhs = ARENA_ARRAY(&c->scratch, Object *, names->len + 1);
  const Ast **at = ARENA_ARRAY(&c->scratch, const Ast *, names->len + 1);
  for (uint32_t i = 0; i < names->len; i++) {
    if (!check_name_of(names->items[i])) continue;
    at[count] = names->items[i];
    lhs[count++] =
      object_new_var(c->pkg, VAR_LOCAL, check_name_of(names->items[i]), NULL, check_pos(c, names->items[i]));
  }
  for (uint32_t i = 0; i < count; i++) {
    if (values->len == 1 && names->len > 1) {
      var_decl(c, lhs[0], lhs, count, type, values->items[0]);
      break;
    }
    var_decl(c, lhs[i], NULL, 0, type, i < values->len ? values->items[i] : NULL);
  }
  for (uint32_t i = 0; i < count; i++)
    if (!lhs[i]->type) lhs[i]->type = type_invalid(c->context);
  // With too many values on the right, the rest is looked at for its errors and uses.
  if (values->len > names->len) check_use(c, values->items + names->len, values->len - names->len);
  if (!type || values->len) check_arity(c, s, names, values, false, false);
  check_process_delayed(c, top);
  for (uint32_t i = 0; i < count; i++) check_declare(c, c->env.scope, at[i], lhs[i], s->end);
}

static void local_type(Checker *c, const Ast *s) {
  const Ast *name = s->u.type_decl.name;
  if (!check_name_of(name)) return;
  Object *obj = object_new(c->pkg, OBJ_TYPENAME, check_name_of(name), NULL, check_pos(c, name));
  obj->u.type_name.is_alias = s->u.type_decl.is_alias;
  obj->u.type_name.decl = s;
  check_declare(c, c->env.scope, name, obj, name->start);
  check_push_object(c, obj);
  type_decl(c, obj, s);
  check_pop_object(c);
  if (obj->type && obj->type->kind == TYPE_NAMED) {
    VEC_APPEND(&c->local_types, (LocalType){obj->type, obj->pos});
    obj->type->u.named.local_index = c->local_types.len;
  }
}

void check_decl_stmt(Checker *c, const Ast *stmt) {
  const AstList *specs = &stmt->u.decl_stmt.specs;
  for (uint32_t i = 0; i < specs->len; i++) {
    const Ast *s = specs->items[i];
    if (!s) continue;
    switch (s->kind) {
    case AST_CONST_DECL: local_const(c, s); break;
    case AST_VAR_DECL: local_var(c, s); break;
    case AST_TYPE_DECL: local_type(c, s); break;
    default: break; // what did not parse
    }
  }
}
