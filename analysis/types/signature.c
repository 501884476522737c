// signature.c: function types and signatures: receivers with their type parameters, parameters, results.
// Rules: Go spec, "Function types", "Method declarations"; types2 signature.go.
#include "types/checker_internal.h"

// -- receivers --

static const Ast *unpack_receiver(const Ast *type, bool *pointer, const AstList **tparams) {
  const Ast *base = ast_unparen(type);
  *pointer = false;
  *tparams = NULL;
  if (base && base->kind == AST_STAR) {
    *pointer = true;
    base = ast_unparen(base->u.star.x);
  }
  if (base && base->kind == AST_INDEX) {
    *tparams = &base->u.index.indices;
    base = base->u.index.x;
  }
  return base;
}

static void record_receiver_types(Checker *c, const Ast *n, Type *t) {
  for (;;) {
    record_type(c, n, MODE_TYPE, t, NULL);
    if (n->kind == AST_PAREN) {
      n = n->u.paren.x;
    } else if (n->kind == AST_STAR && t->kind == TYPE_POINTER) {
      n = n->u.star.x;
      t = t->u.pointer.elem;
    } else {
      return;
    }
  }
}

typedef struct ReceiverLater {
  const Ast *at;
  Object *recv;
} ReceiverLater;

static void validate_receiver(Checker *c, void *argument) {
  ReceiverLater *l = argument;
  Type *base = type_deref(l->recv->type, NULL), *t = type_unalias(base);
  if (type_is_invalid(t)) return;
  const char *text = check_type_text(c, base);
  if (t->kind == TYPE_BASIC) {
    check_error(c, l->at, "cannot define new methods on non-local type %s", text);
  } else if (t->kind != TYPE_NAMED) {
    check_error(c, l->at, "invalid receiver type %s", check_type_text(c, l->recv->type));
  } else if (t->u.named.obj->pkg != c->pkg) {
    check_error(c, l->at, "cannot define new methods on non-local type %s", text);
  } else {
    Type *u = type_underlying(t);
    if (u->kind == TYPE_POINTER || u->kind == TYPE_INTERFACE)
      check_error(c, l->at, "invalid receiver type %s (pointer or interface type)", text);
    else if (u->kind == TYPE_BASIC && u->basic_kind == BASIC_UNSAFE_POINTER)
      check_error(c, l->at, "invalid receiver type %s (unsafe.Pointer)", text);
  }
}

// func (r *T[P, Q]) m(): P and Q are declared here; their constraints are T's, renamed.
static Type *generic_receiver(Checker *c, const Ast *type, const Ast *base, bool pointer, const AstList *names,
                              TypeList *tparams, uint32_t scope_pos) {
  Type *generic = base ? check_generic_type(c, base) : type_invalid(c->context);
  if (generic->kind == TYPE_ALIAS) {
    check_error(c, base, "cannot define new methods on generic alias type %s", check_type_text(c, generic));
    generic = type_invalid(c->context);
  }
  Type **params = ARENA_ARRAY(&c->pkg->arena, Type *, names->len + 1);
  for (uint32_t i = 0; i < names->len; i++) {
    const Ast *name = names->items[i];
    if (name && name->kind != AST_NAME && name->kind != AST_BAD)
      check_error(c, name, "receiver type parameter %s must be an identifier", check_expr_text(c, name));
    if (name && name->kind != AST_NAME) name = NULL;
    params[i] = check_declare_tparam(c, name, i, scope_pos);
    if (name) record_type(c, name, MODE_TYPE, params[i], NULL);
  }
  *tparams = (TypeList){params, names->len};
  if (generic->kind != TYPE_NAMED) return type_invalid(c->context);
  TypeList declared = generic->u.named.tparams;
  if (declared.len != names->len) {
    check_error(c, base, "receiver declares %u type parameters, but receiver base type declares %u", names->len,
                declared.len);
    return type_invalid(c->context);
  }
  for (uint32_t i = 0; i < names->len; i++)
    params[i]->u.tparam.bound = type_substitute(c->pkg, declared.items[i]->u.tparam.bound, declared, *tparams);
  Type *t = type_instantiate(c->pkg, generic, *tparams);
  record_instance(c, base, *tparams, t);
  if (pointer && !type_is_invalid(t)) t = type_new_pointer(c->pkg, t);
  record_receiver_types(c, type, t);
  return t;
}

static bool is_instantiated_alias(const Type *t) {
  for (int i = 0; t && i < 100; i++) {
    while (t && t->kind == TYPE_POINTER) t = t->u.pointer.elem;
    if (!t || t->kind != TYPE_ALIAS) return false;
    t = t->u.alias.rhs;
    while (t && t->kind == TYPE_POINTER) t = t->u.pointer.elem;
    if (t && t->kind == TYPE_NAMED && t->u.named.targs.len) return true;
    if (t && t->kind == TYPE_ALIAS && (t->u.alias.targs.len || t->u.alias.tparams.len)) return true;
  }
  return false;
}

static Object *collect_receiver(Checker *c, const Ast *field, uint32_t scope_pos, TypeList *tparams) {
  const Ast *type = field->u.field.type, *name = field->u.field.name;
  bool pointer;
  const AstList *names;
  const Ast *base = unpack_receiver(type, &pointer, &names);
  Type *t;
  if (names) {
    t = generic_receiver(c, type, base, pointer, names, tparams, scope_pos);
  } else {
    t = check_var_type(c, type);
    if (is_instantiated_alias(t)) {
      check_error(c, base, "cannot define new methods on instantiated type %s", check_type_text(c, t));
      t = type_invalid(c->context);
    }
  }
  bool named = name && name->kind == AST_NAME;
  Object *recv =
    object_new_var(c->pkg, VAR_RECV, named ? name->u.name.name : NULL, t,
                   named ? check_pos(c, name) : (Pos){c->env.types->decl, type ? type->start : field->start});
  if (!named) record_implicit(c, field, recv);
  ReceiverLater *l = ARENA_NEW(&c->scratch, ReceiverLater);
  *l = (ReceiverLater){base ? base : field, recv};
  check_later(c, validate_receiver, l);
  return recv;
}

// -- parameters --

typedef struct Params {
  Object **vars;
  const Ast **names; // NULL for unnamed ones
  uint32_t len;
  bool variadic;
} Params;

static Params collect_params(Checker *c, VarKind kind, const AstList *list) {
  Arena *arena = &c->scratch;
  Params p = {ARENA_ARRAY(arena, Object *, list->len + 1), ARENA_ARRAY(arena, const Ast *, list->len + 1), 0, false};
  const Ast *previous = NULL, *last = NULL;
  Type *type = type_invalid(c->context);
  bool named = false, anonymous = false;
  for (uint32_t i = 0; i < list->len; i++) {
    const Ast *f = list->items[i];
    if (!f || f->kind != AST_FIELD) continue;
    if (!previous || f->u.field.type != previous) {
      const Ast *t = previous = f->u.field.type;
      if (t && t->kind == AST_ELLIPSIS) {
        if (kind == VAR_PARAM && i + 1 == list->len)
          p.variadic = true;
        else
          check_error(c, t, "invalid use of ...");
        t = t->u.ellipsis.elem;
      }
      type = check_var_type(c, t);
    }
    last = f->u.field.type;
    const Ast *name = f->u.field.name;
    bool has_name = name && name->kind == AST_NAME;
    Pos at = has_name ? check_pos(c, name) : (Pos){c->env.types->decl, f->start};
    Object *var = object_new_var(c->pkg, kind, has_name ? name->u.name.name : NULL, type, at);
    if (!has_name) record_implicit(c, f, var);
    *(has_name ? &named : &anonymous) = true;
    p.names[p.len] = has_name ? name : NULL;
    p.vars[p.len++] = var;
  }
  if (named && anonymous) check_error(c, list->items[0], "list contains both named and anonymous parameters");
  if (p.variadic) {
    Object *var = p.vars[p.len - 1];
    var->type = type_new_slice(c->pkg, var->type);
    record_type(c, last, MODE_TYPE, var->type, NULL);
  }
  return p;
}

static void declare_params(Checker *c, const Params *p, uint32_t scope_pos) {
  for (uint32_t i = 0; i < p->len; i++)
    if (p->names[i]) check_declare(c, c->env.scope, p->names[i], p->vars[i], scope_pos);
}

void check_func_type(Checker *c, Type *sig, const Ast *recv_field, const AstList *tparams, const Ast *type) {
  Scope *outer = c->env.scope;
  Scope *scope = scope_new(c->pkg, outer);
  scope->is_func = true;
  c->env.scope = scope;
  sig->u.signature.scope = scope;
  if (!type || type->kind != AST_FUNC_TYPE) {
    c->env.scope = outer;
    return;
  }
  scope->start = type->start;
  scope->end = type->end;
  Object *recv = NULL;
  TypeList recv_tparams = {0};
  if (recv_field && recv_field->kind == AST_FIELD) recv = collect_receiver(c, recv_field, type->start, &recv_tparams);
  if (tparams && tparams->len) check_collect_tparams(c, tparams, &sig->u.signature.tparams);
  Params params = collect_params(c, VAR_PARAM, &type->u.func_type.params);
  Params results = collect_params(c, VAR_RESULT, &type->u.func_type.results);
  if (recv && recv->name) check_declare(c, scope, recv_field->u.field.name, recv, type->end);
  declare_params(c, &params, type->end);
  declare_params(c, &results, type->end);
  sig->u.signature.recv = recv;
  sig->u.signature.recv_tparams = recv_tparams;
  sig->u.signature.params = type_new_tuple(c->pkg, params.vars, params.len);
  sig->u.signature.results = type_new_tuple(c->pkg, results.vars, results.len);
  sig->u.signature.variadic = params.variadic;
  c->env.scope = outer;
}
