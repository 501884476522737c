// typexpr.c: identifiers, and type expressions.
//
// A type expression is checked by type_internal; its callers differ in what they allow: check_type refuses generic
// types without arguments, check_var_type moreover constraint interfaces (when types are complete), check_generic_type
// wants a generic type. Whatever fails is the invalid type. Rules: Go spec, "Types"; types2 typexpr.go.
#include "types/checker_internal.h"
#include "types/demand_internal.h"

void check_ident(Checker *c, Operand *x, const Ast *name, Type *def, bool want_type) {
  (void)def;
  operand_set_invalid(c, x);
  x->expr = name;
  Sym sym = name->u.name.name;
  const Scope *where = NULL;
  Object *obj = check_lookup(c, sym, &where);
  if (!obj) {
    if (sym_is_blank(sym))
      check_error(c, name, "cannot use _ as value or type");
    else
      check_error(c, name, "undefined: %s", sym ? sym->text : "");
    return;
  }
  if (!obj->pkg && obj->kind == OBJ_TYPENAME && !check_allows_version(c, name, 18) &&
      (sym_is(sym, "any") || sym_is(sym, "comparable")) && !check_version(c, name, 18, "predeclared any or comparable"))
    return;
  record_use(c, name, obj);
  bool is_type = obj->kind == OBJ_TYPENAME;
  if (obj->pkg != c->pkg) object_complete(obj);
  if (!is_type && want_type) {
    check_error(c, name, "%s is not a type", sym->text);
    if (obj->kind == OBJ_VAR && obj->pkg == c->pkg) obj->used = true;
    return;
  }
  if (!obj->type || (is_type && want_type && obj->pkg == c->pkg)) check_object_decl(c, obj);
  Type *t = obj->type ? obj->type : type_invalid(c->context);
  if (obj->pkg && obj->pkg != c->pkg) // only a dot import brings such an object here
    for (uint32_t i = 0; i < c->dot_imports.len; i++) {
      DotImport *d = &c->dot_imports.items[i];
      if (d->file_scope == where && d->pkgname->u.pkgname.imported == obj->pkg) d->pkgname->used = true;
    }
  switch ((ObjectKind)obj->kind) {
  case OBJ_PKGNAME: check_error(c, name, "use of package %s not in selector", sym->text); return;
  case OBJ_CONST:
    check_add_dep(c, obj);
    if (type_is_invalid(t)) return;
    if (obj == c->context->universe_iota) {
      if (!c->env.iota) {
        check_error(c, name, "cannot use iota outside constant declaration");
        return;
      }
      x->value = c->env.iota;
    } else {
      x->value = obj->u.constant.value ? obj->u.constant.value : const_unknown();
    }
    x->mode = MODE_CONSTANT;
    break;
  case OBJ_TYPENAME: x->mode = MODE_TYPE; break;
  case OBJ_VAR:
    if (obj->pkg == c->pkg) obj->used = true;
    check_add_dep(c, obj);
    if (type_is_invalid(t)) return;
    x->mode = MODE_VARIABLE;
    break;
  case OBJ_FUNC:
    check_add_dep(c, obj);
    x->mode = MODE_VALUE;
    break;
  case OBJ_BUILTIN:
    x->mode = MODE_BUILTIN;
    x->builtin = obj->u.builtin.id;
    break;
  case OBJ_NIL: x->mode = MODE_NIL; break;
  case OBJ_LABEL: return;
  }
  x->type = t;
}

// -- later checks --

typedef struct VarTypeLater {
  const Ast *at;
  Type *type;
} VarTypeLater;

static void validate_var_type(Checker *c, void *argument) {
  VarTypeLater *l = argument;
  Type *u = type_underlying(l->type);
  if (u->kind != TYPE_INTERFACE) return;
  const TypeSet *set = type_set(u);
  if (!set || typeset_is_method_set(set)) return;
  check_soft_error(c, l->at, "cannot use type %s outside a type constraint: interface %s", check_type_text(c, l->type),
                   set->comparable ? "is (or embeds) comparable" : "contains type constraints");
}

void check_valid_var_type(Checker *c, const Ast *at, Type *t) {
  t = type_unalias(t);
  if (t->kind != TYPE_INTERFACE && t->kind != TYPE_NAMED) return;
  if (t->kind == TYPE_NAMED) { // most named types are known not to be interfaces
    const Type *origin = t->u.named.origin ? t->u.named.origin : t;
    if (origin->u.named.underlying && origin->u.named.underlying->kind != TYPE_INTERFACE) return;
  }
  VarTypeLater *l = ARENA_NEW(&c->scratch, VarTypeLater);
  *l = (VarTypeLater){at, t};
  check_later(c, validate_var_type, l);
}

static void validate_map_key(Checker *c, void *argument) {
  VarTypeLater *l = argument;
  Type *key = l->type->u.map.key;
  if (type_is_invalid(key) || type_comparable(key)) return;
  check_error(c, l->at, "invalid map key type %s%s", check_type_text(c, key),
              type_is_param(key) ? " (missing comparable constraint)" : "");
}

// -- type expressions --

static Type *instantiated_type(Checker *c, const Ast *n) {
  const Ast *generic = n->u.index.x;
  check_version(c, n, 18, "type instantiation");
  Type *t = check_generic_type(c, generic);
  if (type_is_invalid(t)) {
    check_use(c, n->u.index.indices.items, n->u.index.indices.len);
    return type_invalid(c->context);
  }
  TypeList targs;
  if (!check_type_list(c, &n->u.index.indices, &targs)) return type_invalid(c->context);
  Type *instance = check_instantiate_type(c, generic, t, targs, (const Ast *const *)n->u.index.indices.items);
  if (!instance || type_is_invalid(instance)) return type_invalid(c->context);
  record_instance(c, generic, targs, instance);
  return instance;
}

bool check_type_list(Checker *c, const AstList *list, TypeList *out) {
  bool ok = true;
  Type **types = ARENA_ARRAY(&c->pkg->arena, Type *, list->len + 1);
  for (uint32_t i = 0; i < list->len; i++) {
    types[i] = check_var_type(c, list->items[i]);
    if (type_is_invalid(types[i])) ok = false;
  }
  *out = (TypeList){types, list->len};
  return ok && list->len > 0;
}

bool check_index_is_type_args(Checker *c, const Ast *index) {
  const Ast *x = ast_unparen(index->u.index.x);
  Object *obj = NULL;
  if (x && x->kind == AST_NAME) {
    obj = check_lookup(c, x->u.name.name, NULL);
  } else if (x && x->kind == AST_SELECTOR && x->u.selector.x->kind == AST_NAME && x->u.selector.sel) {
    Object *p = check_lookup(c, x->u.selector.x->u.name.name, NULL);
    if (p && p->kind == OBJ_PKGNAME && p->u.pkgname.imported->scope)
      obj = scope_lookup(p->u.pkgname.imported->scope, x->u.selector.sel->u.name.name);
  }
  return obj && obj->kind == OBJ_TYPENAME;
}

int64_t check_array_length(Checker *c, const Ast *n) {
  if (n->kind == AST_NAME) {
    Object *obj = check_lookup(c, n->u.name.name, NULL);
    const char *text = check_expr_text(c, n);
    if (!obj) {
      check_error(c, n, "undefined array length %s or missing type constraint", text);
      return -1;
    }
    if (obj->kind != OBJ_CONST) {
      check_error(c, n, "invalid array length %s", text);
      return -1;
    }
  }
  Operand x = {.mode = MODE_INVALID};
  check_expr(c, NULL, &x, n);
  if (x.mode == MODE_INVALID) return -1;
  if (x.mode != MODE_CONSTANT) {
    check_error(c, n, "array length %s must be constant", check_expr_text(c, n));
    return -1;
  }
  if (c->fakes.len && type_is_integer(x.type) && const_kind(x.value) == CONST_UNKNOWN) { // the size of a type of C
    c->env.types->has_error = true;
    return -1;
  }
  if (type_is_untyped(x.type) || type_is_integer(x.type)) {
    const Const *v = const_to_int(&c->pkg->constants, x.value);
    int64_t length;
    const Const *rounded = NULL;
    if (const_kind(v) == CONST_INT && const_int64_value(v, &length) && length >= 0 &&
        check_representable_const(v, c->context, c->context->basic[BASIC_INT], &c->pkg->constants, &rounded))
      return length;
  }
  check_error(c, n, type_is_integer(x.type) ? "invalid array length %s" : "array length %s must be integer",
              check_expr_text(c, n));
  return -1;
}

static Type *named_type(Checker *c, const Ast *n, const Operand *x) {
  switch (x->mode) {
  case MODE_TYPE: return x->type;
  case MODE_INVALID: break;
  case MODE_NOVALUE: check_error(c, n, "%s used as type", check_expr_text(c, n)); break;
  case MODE_BUILTIN:
  case MODE_CONSTANT:
  case MODE_VARIABLE:
  case MODE_MAPINDEX:
  case MODE_VALUE:
  case MODE_NIL:
  case MODE_COMMAOK:
  case MODE_COMMAERR: check_error(c, n, "%s is not a type", check_expr_text(c, n)); break;
  }
  return type_invalid(c->context);
}

static Type *array_type(Checker *c, const Ast *n) {
  int64_t length = -1;
  if (!n->u.array.len || n->u.array.len->kind == AST_ELLIPSIS)
    check_error(c, n, "invalid use of [...] array (outside a composite literal)");
  else
    length = check_array_length(c, n->u.array.len);
  Type *elem = check_var_type(c, n->u.array.elem);
  return length >= 0 ? type_new_array(c->pkg, elem, length) : type_invalid(c->context);
}

static Type *type_internal(Checker *c, const Ast *n, Object *def) {
  Operand x = {.mode = MODE_INVALID};
  switch (n->kind) {
  case AST_BAD: break;
  case AST_NAME: check_ident(c, &x, n, NULL, true); return named_type(c, n, &x);
  case AST_SELECTOR: check_selector(c, &x, n, NULL, true); return named_type(c, n, &x);
  case AST_INDEX: return instantiated_type(c, n);
  case AST_PAREN: return check_defined_type(c, n->u.paren.x, def);
  case AST_ARRAY_TYPE: return array_type(c, n);
  case AST_SLICE_TYPE: {
    Type *t = type_new_slice(c->pkg, type_invalid(c->context));
    t->u.slice.elem = check_var_type(c, n->u.slice_type.elem);
    return t;
  }
  case AST_ELLIPSIS:
    check_error(c, n, "invalid use of ...");
    if (n->u.ellipsis.elem) check_type(c, n->u.ellipsis.elem);
    break;
  case AST_STRUCT_TYPE: {
    Type *t = type_new(c->pkg, TYPE_STRUCT);
    check_struct_type(c, t, n);
    return t;
  }
  case AST_STAR: {
    Type *t = type_new_pointer(c->pkg, type_invalid(c->context));
    t->u.pointer.elem = check_var_type(c, n->u.star.x);
    return type_is_invalid(t->u.pointer.elem) ? type_invalid(c->context) : t;
  }
  case AST_FUNC_TYPE: {
    Type *t = type_new(c->pkg, TYPE_SIGNATURE);
    check_func_type(c, t, NULL, NULL, n);
    return t;
  }
  case AST_INTERFACE_TYPE: {
    Type *t = type_new(c->pkg, TYPE_INTERFACE);
    check_interface_type(c, t, n, def);
    return t;
  }
  case AST_MAP_TYPE: {
    Type *t = type_new_map(c->pkg, type_invalid(c->context), type_invalid(c->context));
    t->u.map.key = check_var_type(c, n->u.map.key);
    t->u.map.elem = check_var_type(c, n->u.map.value);
    Type *key = type_unalias(t->u.map.key);
    if (key->kind != TYPE_BASIC && key->kind != TYPE_POINTER) {
      VarTypeLater *l = ARENA_NEW(&c->scratch, VarTypeLater);
      *l = (VarTypeLater){n->u.map.key, t};
      check_later(c, validate_map_key, l);
    }
    return t;
  }
  case AST_CHAN_TYPE: {
    Type *t = type_new_chan(c->pkg, type_invalid(c->context), n->u.chan.direction);
    t->u.chan.elem = check_var_type(c, n->u.chan.elem);
    return t;
  }
  default: {
    check_error(c, n, "%s is not a type", check_expr_text(c, n));
    Ast *item = (Ast *)n;
    if (ast_kind_is_expr((AstKind)n->kind)) check_use(c, &item, 1);
    break;
  }
  }
  return type_invalid(c->context);
}

static Type *type_of(Checker *c, const Ast *n, Object *def, bool want_generic) {
  if (!n) return type_invalid(c->context);
  if (!check_enter(c, n)) return type_invalid(c->context);
  Type *t = type_internal(c, n, def);
  check_leave(c);
  if (want_generic) {
    if (!type_is_invalid(t) && !type_is_generic(t)) {
      check_error(c, n, "%s is not a generic type", check_type_text(c, t));
      t = type_invalid(c->context);
    }
  } else if (type_is_generic(t)) {
    check_error(c, n, "cannot use generic type %s without instantiation", check_type_text(c, t));
    t = type_invalid(c->context);
  }
  record_type(c, n, MODE_TYPE, t, NULL);
  return t;
}

Type *check_type(Checker *c, const Ast *n) { return type_of(c, n, NULL, false); }
Type *check_defined_type(Checker *c, const Ast *n, Object *def) { return type_of(c, n, def, false); }
Type *check_generic_type(Checker *c, const Ast *n) { return type_of(c, n, NULL, true); }

Type *check_var_type(Checker *c, const Ast *n) {
  Type *t = type_of(c, n, NULL, false);
  if (n) check_valid_var_type(c, n, t);
  return t;
}
