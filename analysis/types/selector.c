// selector.c: x.f: qualified identifiers, fields, method values and method expressions (the Go spec, "Selectors",
// "Qualified identifiers", "Method values", "Method expressions").
#include "types/demand_internal.h"
#include "types/expr_internal.h"

// A name exported by an imported package. Leaves x invalid when there is none.
static void check_qualified(Checker *c, Operand *x, const Ast *e, Object *pkgname) {
  const Ast *sel = e->u.selector.sel;
  Package *pkg = pkgname->u.pkgname.imported;
  record_use(c, e->u.selector.x, pkgname);
  pkgname->used = true;
  Sym name = sel->u.name.name;
  Object *obj = pkg && pkg->scope ? scope_lookup(pkg->scope, name) : NULL;
  if (!obj) {
    if (pkg && !pkg->fake && name) check_error(c, sel, "undefined: %.*s", STR_ARG(check_expr_str(c, e)));
    return;
  }
  if (!name->exported)
    check_error(c, sel, "name %.*s not exported by package %.*s", STR_ARG(sym_str(name)), STR_ARG(sym_str(pkg->name)));
  record_use(c, sel, obj);
  object_complete(obj);
  x->type = obj->type ? obj->type : type_invalid(c->context);
  switch ((ObjectKind)obj->kind) {
  case OBJ_CONST:
    x->mode = MODE_CONSTANT;
    x->value = obj->u.constant.value ? obj->u.constant.value : const_unknown();
    break;
  case OBJ_TYPENAME: x->mode = MODE_TYPE; break;
  case OBJ_VAR: x->mode = MODE_VARIABLE; break;
  case OBJ_FUNC: x->mode = MODE_VALUE; break;
  case OBJ_BUILTIN:
    x->mode = MODE_BUILTIN;
    x->builtin = obj->u.builtin.id;
    return; // has no type
  case OBJ_PKGNAME:
  case OBJ_LABEL:
  case OBJ_NIL: x->mode = MODE_INVALID; break;
  }
  if (type_is_invalid(x->type)) operand_set_invalid(c, x);
}

static void report_missing(Checker *c, const Operand *x, const Ast *sel, const Lookup *found) {
  Str name = sym_str(sel->u.name.name), type = check_type_str(c, x->type);
  if (type_is_invalid(type_underlying(x->type))) return;
  if (found->ambiguous) {
    check_error(c, sel, "ambiguous selector %.*s.%.*s", STR_ARG(check_expr_str(c, x->expr)), STR_ARG(name));
  } else if (found->need_pointer && x->mode == MODE_TYPE) {
    check_error(c, sel, "invalid method expression %.*s.%.*s (needs pointer receiver (*%.*s).%.*s)", STR_ARG(type),
                STR_ARG(name), STR_ARG(type), STR_ARG(name));
  } else if (found->need_pointer) {
    check_error(c, sel, "cannot call pointer method %.*s on %.*s", STR_ARG(name), STR_ARG(type));
  } else {
    Lookup other = type_lookup(&c->scratch, x->type, x->mode == MODE_VARIABLE, c->pkg, sel->u.name.name, true);
    Type *u = type_underlying(x->type);
    bool pointer_to_interface = u->kind == TYPE_POINTER && type_is_interface(u->u.pointer.elem);
    Str hint = STR_NONE;
    if (other.obj)
      hint = arena_printf(&c->scratch, ", but does have %s %.*s", other.obj->kind == OBJ_FUNC ? "method" : "field",
                          STR_ARG(sym_str(other.obj->name)));
    if (pointer_to_interface)
      check_error(c, sel, "%.*s.%.*s undefined (type %.*s is pointer to interface, not interface)",
                  STR_ARG(check_expr_str(c, x->expr)), STR_ARG(name), STR_ARG(type));
    else
      check_error(c, sel, "%.*s.%.*s undefined (type %.*s has no field or method %.*s%.*s)",
                  STR_ARG(check_expr_str(c, x->expr)), STR_ARG(name), STR_ARG(type), STR_ARG(name), STR_ARG(hint));
  }
}

static bool has_signature(const Object *method) { return method->type && method->type->kind == TYPE_SIGNATURE; }

// A method's signature as that of a function, with the type parameters that it has of its own (go1.27).
static Type *function_signature(Checker *c, const Type *sig, Type *params) {
  Type *t = type_new_signature(c->pkg, NULL, params, sig->u.signature.results, sig->u.signature.variadic);
  t->u.signature.tparams = sig->u.signature.tparams;
  return t;
}

// T.m: a function whose first parameter is the receiver.
static void check_method_expr(Checker *c, Operand *x, const Ast *e, const Lookup *found) {
  Object *method = found->obj;
  if (method->kind != OBJ_FUNC) {
    const Ast *sel = e->u.selector.sel;
    check_error(c, sel, "%.*s.%.*s undefined (type %.*s has no method %.*s)", STR_ARG(check_expr_str(c, x->expr)),
                STR_ARG(sym_str(sel->u.name.name)), STR_ARG(check_type_str(c, x->type)),
                STR_ARG(sym_str(sel->u.name.name)));
    operand_set_invalid(c, x);
    return;
  }
  record_selection(c, e, SELECT_METHOD_EXPR, x->type, method, found->path, found->path_len, found->indirect);
  Type *sig = method->type;
  if (!has_signature(method)) {
    operand_set_invalid(c, x);
    return;
  }
  uint32_t n = tuple_len(sig->u.signature.params);
  Object **params = ARENA_ARRAY(&c->scratch, Object *, n + 1), *recv = sig->u.signature.recv;
  Sym name = NULL; // parameters are all named, or none is
  if (n && tuple_at(sig->u.signature.params, 0)->name) name = recv && recv->name ? recv->name : c->context->sym_blank;
  params[0] = object_new_var(c->pkg, VAR_PARAM, name, x->type, recv ? recv->pos : (Pos){0});
  for (uint32_t i = 0; i < n; i++) params[i + 1] = tuple_at(sig->u.signature.params, i);
  x->mode = MODE_VALUE;
  x->type = function_signature(c, sig, type_new_tuple(c->pkg, params, n + 1));
  check_add_dep(c, method);
}

// The type of a method value: the method's signature without its receiver, one for all uses.
static Type *method_value_type(Checker *c, Object *method) {
  Type *sig = method->type;
  if (!has_signature(method)) return type_invalid(c->context);
  if (!sig->u.signature.recv) return sig;
  Type *plain = ptrmap_get(&c->method_values, method);
  if (plain && plain->u.signature.params == sig->u.signature.params) return plain;
  plain = function_signature(c, sig, sig->u.signature.params);
  ptrmap_set(&c->method_values, method, plain);
  return plain;
}

static void check_member(Checker *c, Operand *x, const Ast *e, const Lookup *found) {
  Object *obj = found->obj;
  if (obj->kind == OBJ_VAR) {
    record_selection(c, e, SELECT_FIELD, x->type, obj, found->path, found->path_len, found->indirect);
    x->mode = x->mode == MODE_VARIABLE || found->indirect ? MODE_VARIABLE : MODE_VALUE;
    x->type = obj->type ? obj->type : type_invalid(c->context);
  } else {
    record_selection(c, e, SELECT_METHOD_VALUE, x->type, obj, found->path, found->path_len, found->indirect);
    x->mode = MODE_VALUE;
    x->type = method_value_type(c, obj);
    check_add_dep(c, obj);
  }
  if (type_is_invalid(x->type)) operand_set_invalid(c, x);
}

void check_selector(Checker *c, Operand *x, const Ast *e, Type *def, bool want_type) {
  (void)def;
  const Ast *inner = e->u.selector.x, *sel = e->u.selector.sel;
  *x = (Operand){.mode = MODE_INVALID, .type = type_invalid(c->context), .expr = e};
  bool has_name = sel && sel->kind == AST_NAME && sel->u.name.name && sel->u.name.name->len;
  if (inner && inner->kind == AST_NAME && has_name) {
    Object *obj = check_lookup(c, inner->u.name.name, NULL);
    if (obj && obj->kind == OBJ_PKGNAME) {
      check_qualified(c, x, e, obj);
      return;
    }
  }
  check_expr_or_type(c, x, inner, false);
  if (x->mode == MODE_BUILTIN)
    check_error(c, e, "invalid use of %.*s in selector expression", STR_ARG(check_operand_str(c, x)));
  else if (want_type && x->mode != MODE_INVALID)
    check_error(c, sel ? sel : e, "%.*s is not a type", STR_ARG(check_expr_str(c, e)));
  else if (x->mode != MODE_INVALID && has_name && sym_is_blank(sel->u.name.name))
    check_error(c, sel, "cannot refer to blank field or method");
  else if (x->mode != MODE_INVALID && has_name) {
    Lookup found = type_lookup(&c->scratch, x->type, x->mode == MODE_VARIABLE, c->pkg, sel->u.name.name, false);
    if (found.obj) {
      if (found.obj->kind == OBJ_FUNC && !found.obj->type) object_resolve(found.obj);
      if (x->mode == MODE_TYPE)
        check_method_expr(c, x, e, &found);
      else
        check_member(c, x, e, &found);
      x->expr = e;
      return;
    }
    report_missing(c, x, sel, &found);
  }
  operand_set_invalid(c, x);
  x->expr = e;
}
