// literals.c: composite and function literals (the Go spec, "Composite literals", "Function literals").
#include "types/expr_internal.h"

// -- function literals --

typedef struct LiteralBody {
  DeclInfo *decl;
  Type *signature;
  const Ast *body;
  const Const *iota;
} LiteralBody;

static void check_literal_body(Checker *c, void *argument) {
  LiteralBody *b = argument;
  check_func_body(c, b->decl, NULL, b->signature, b->body, b->iota);
}

// The body waits: the literal may be part of the declaration of a type that its body uses.
void check_func_lit(Checker *c, Operand *x, const Ast *e) {
  Type *sig = e->u.func_lit.type ? check_type(c, e->u.func_lit.type) : NULL;
  if (!sig || sig->kind != TYPE_SIGNATURE) {
    operand_set_invalid(c, x);
    return;
  }
  if (e->u.func_lit.body) {
    LiteralBody *b = ARENA_NEW(&c->scratch, LiteralBody);
    *b = (LiteralBody){.decl = c->env.decl, .signature = sig, .body = e->u.func_lit.body, .iota = c->env.iota};
    check_later(c, check_literal_body, b);
  }
  x->mode = MODE_VALUE;
  x->type = sig;
}

// -- struct literals --

static Type *field_type(Checker *c, const Object *field) {
  return field->type ? field->type : type_invalid(c->context);
}

// field NULL: there is none to assign to.
static void check_field_value(Checker *c, const Ast *value, const Object *field) {
  Operand x;
  check_assigned_expr(c, &x, value, NULL);
  if (field) check_assignment(c, &x, field_type(c, field), "struct literal");
}

// A field that was named, as a path from the struct: one step for a field of its own, more for a promoted one.
typedef struct NamedField {
  const Object *field;
  const uint32_t *path;
  uint32_t len;
} NamedField;

typedef struct NamedFields {
  NamedField *items; // at most as many as the literal has elements
  uint32_t len;
  PtrMap seen; // the fields of items
  bool *own;   // by index of a field of the struct: it, or a field inside it, was named
} NamedFields;

// The field among those named before that is f, encloses it, or lies in it; NULL: there is none. Adds f.
static const Object *field_named_before(NamedFields *named, const NamedField *f) {
  if (ptrmap_has(&named->seen, f->field)) return f->field;
  const Object *before = NULL;
  for (uint32_t i = 0; named->own[f->path[0]] && i < named->len && !before; i++) {
    const NamedField *n = &named->items[i];
    uint32_t common = n->len < f->len ? n->len : f->len;
    if (memcmp(n->path, f->path, common * sizeof *f->path) == 0) before = n->field;
  }
  named->own[f->path[0]] = true;
  ptrmap_set(&named->seen, f->field, (void *)f->field);
  named->items[named->len++] = *f;
  return before;
}

// "A.B.f", for messages.
static Str field_path(Checker *c, Type *t, const Lookup *found) {
  Buf b = {0};
  for (uint32_t i = 0; i < found->path_len; i++) {
    const Type *u = type_underlying(type_deref(t, NULL));
    if (u->kind != TYPE_STRUCT || found->path[i] >= u->u.struct_.fields.len) break;
    const Object *field = u->u.struct_.fields.items[found->path[i]];
    if (i) buf_byte(&b, '.');
    buf_str(&b, sym_str(field->name));
    t = field_type(c, field);
  }
  Str path = arena_str(&c->scratch, buf_view(&b));
  buf_release(&b);
  return path;
}

static bool check_promoted_field(Checker *c, const Ast *key, Type *base, Type *u, const Lookup *found) {
  Str what = arena_printf(&c->scratch, "use of promoted field %.*s in struct literal of type %.*s",
                          STR_ARG(field_path(c, u, found)), STR_ARG(check_type_str(c, base)));
  if (!check_version(c, key, 27, what.p)) return false;
  if (found->indirect)
    check_error(c, key, "invalid implicit pointer indirection to reach %.*s", STR_ARG(check_expr_str(c, key)));
  return !found->indirect;
}

static void check_keyed_field(Checker *c, const Ast *kv, Type *base, Type *u, NamedFields *named) {
  const Ast *key = kv->u.kv.key;
  bool has_name = key && key->kind == AST_NAME && key->u.name.name && !sym_is_blank(key->u.name.name);
  Lookup found = {0};
  if (has_name) found = type_lookup(&c->scratch, u, false, c->pkg, key->u.name.name, false);
  bool promoted = found.obj && found.obj->kind == OBJ_VAR && found.path_len > 1;
  bool is_field = found.obj && found.obj->kind == OBJ_VAR && (!promoted || check_toolchain(c, 27));
  if (promoted && is_field) {
    is_field = check_promoted_field(c, key, base, u, &found);
  } else if (!is_field && key && key->kind == AST_NAME) {
    check_error(c, key, "unknown field %.*s in struct literal of type %.*s", STR_ARG(check_expr_str(c, key)),
                STR_ARG(check_type_str(c, base)));
  } else if (!is_field && key) {
    check_error(c, kv, "invalid field name %.*s in struct literal", STR_ARG(check_expr_str(c, key)));
  }
  if (!is_field) {
    check_field_value(c, kv->u.kv.value, NULL);
    return;
  }
  record_use(c, key, found.obj);
  check_field_value(c, kv->u.kv.value, found.obj);
  NamedField field = {found.obj, found.path, found.path_len};
  const Object *before = field_named_before(named, &field);
  if (before == found.obj)
    check_error(c, kv, "duplicate field name %.*s in struct literal", STR_ARG(check_expr_str(c, key)));
  else if (before)
    check_error(c, kv, "cannot specify both %.*s and %.*s, of which one is a field of the other",
                STR_ARG(sym_str(before->name)), STR_ARG(check_expr_str(c, key)));
}

static void check_keyed_fields(Checker *c, const Ast *e, Type *base, Type *u) {
  const AstList *elems = &e->u.composite.elems;
  NamedFields named = {.items = ARENA_ARRAY(&c->scratch, NamedField, elems->len + 1),
                       .own = ARENA_ARRAY(&c->scratch, bool, u->u.struct_.fields.len + 1)};
  for (uint32_t i = 0; i < elems->len; i++) {
    const Ast *kv = elems->items[i];
    if (kv->kind != AST_KEY_VALUE) {
      check_error(c, kv, "mixture of field:value and value elements in struct literal");
      check_use(c, &elems->items[i], 1);
      continue;
    }
    check_keyed_field(c, kv, base, u, &named);
  }
  ptrmap_release(&named.seen);
}

static void check_positional_fields(Checker *c, const Ast *e, Type *base, Type *u) {
  const AstList *elems = &e->u.composite.elems;
  const ObjectList *fields = &u->u.struct_.fields;
  for (uint32_t i = 0; i < elems->len; i++) {
    const Ast *value = elems->items[i];
    if (value->kind == AST_KEY_VALUE) {
      check_error(c, value, "mixture of field:value and value elements in struct literal");
      check_use(c, &elems->items[i], 1);
      continue;
    }
    Object *field = i < fields->len ? fields->items[i] : NULL;
    if (i == fields->len)
      check_error(c, value, "too many values in struct literal of type %.*s", STR_ARG(check_type_str(c, base)));
    if (field && field->pkg != c->pkg && !(field->name && field->name->exported)) {
      check_error(c, value, "implicit assignment to unexported field %.*s in struct literal of type %.*s",
                  STR_ARG(sym_str(field->name)), STR_ARG(check_type_str(c, base)));
      field = NULL;
    }
    check_field_value(c, value, field);
  }
  if (elems->len < fields->len)
    check_error(c, e, "too few values in struct literal of type %.*s", STR_ARG(check_type_str(c, base)));
}

// -- arrays and slices --

int64_t check_indexed_elems(Checker *c, const AstList *elems, Type *elem, int64_t length) {
  PtrMap seen = {0}; // index + 1 of elements from the first keyed one on; those before are 0..dense
  int64_t index = 0, max = 0, dense = -1;
  for (uint32_t i = 0; i < elems->len; i++) {
    const Ast *e = elems->items[i], *value = e;
    bool valid = false;
    if (e->kind == AST_KEY_VALUE) {
      if (dense < 0) dense = index;
      int64_t v;
      if (check_index_value(c, e->u.kv.key, length, &v)) {
        valid = v >= 0;
        if (valid)
          index = v;
        else
          check_error(c, e, "index %.*s must be integer constant", STR_ARG(check_expr_str(c, e->u.kv.key)));
      }
      value = e->u.kv.value;
    } else if (length >= 0 && index >= length) {
      check_error(c, e, "index %lld is out of bounds (>= %lld)", (long long)index, (long long)length);
    } else {
      valid = true;
    }
    if (valid && dense >= 0) {
      const void *key = (const void *)(uintptr_t)(index + 1);
      if (index < dense || ptrmap_has(&seen, key))
        check_error(c, e, "duplicate index %lld in array or slice literal", (long long)index);
      ptrmap_set(&seen, key, &seen);
    }
    if (index < INT64_MAX) index++;
    if (index > max) max = index;
    Operand x;
    check_assigned_expr(c, &x, value, elem);
    check_assignment(c, &x, elem, "array or slice literal");
  }
  ptrmap_release(&seen);
  return max;
}

// -- maps --

typedef struct SeenKey {
  Type *type;
  struct SeenKey *next;
} SeenKey;

// A constant key as text that is equal exactly for equal values.
static Str key_text(Checker *c, const Const *value) {
  Buf b = {0};
  const Const *number = const_to_int(&c->pkg->constants, value);
  if (const_kind(number) != CONST_INT) number = value;
  buf_byte(&b, const_kind(number) == CONST_INT ? 'i' : const_kind(number) == CONST_STRING ? 's' : 'x');
  if (const_kind(number) == CONST_STRING)
    buf_str(&b, const_string_value(number));
  else
    const_write_exact(&b, number);
  Str s = arena_str(&c->scratch, buf_view(&b));
  buf_release(&b);
  return s;
}

// Keys of interface type are duplicates only if their own types agree.
static void check_duplicate_key(Checker *c, StrMap *seen, const Operand *key, bool is_interface) {
  if (!operand_is_const(key) || const_is_unknown(key->value)) return;
  bool text = !is_interface && const_kind(key->value) == CONST_STRING;
  Str s = text ? const_string_value(key->value) : key_text(c, key->value);
  SeenKey *first = strmap_get(seen, s);
  for (SeenKey *k = first; k; k = k->next)
    if (!is_interface || type_identical(k->type, key->type)) {
      check_error(c, key->expr, "duplicate key %.*s in map literal", STR_ARG(check_expr_str(c, key->expr)));
      return;
    }
  SeenKey *k = ARENA_NEW(&c->scratch, SeenKey);
  *k = (SeenKey){.type = key->type, .next = first};
  strmap_set(seen, s, k);
}

static void check_map_elems(Checker *c, const AstList *elems, Type *u) {
  Type *key_type = u->u.map.key, *elem_type = u->u.map.elem;
  bool is_interface = type_is_non_tparam_interface(key_type);
  StrMap seen = {0};
  for (uint32_t i = 0; i < elems->len; i++) {
    const Ast *kv = elems->items[i];
    Operand x;
    if (kv->kind != AST_KEY_VALUE) {
      check_error(c, kv, "missing key in map literal");
      check_use(c, &elems->items[i], 1);
      continue;
    }
    check_assigned_expr(c, &x, kv->u.kv.key, key_type);
    check_assignment(c, &x, key_type, "map literal");
    if (x.mode != MODE_INVALID && elems->len > 1) check_duplicate_key(c, &seen, &x, is_interface);
    check_assigned_expr(c, &x, kv->u.kv.value, elem_type);
    check_assignment(c, &x, elem_type, "map literal");
  }
  strmap_release(&seen);
}

// -- composite literals --

static bool is_open_array(const Ast *type) {
  return type->kind == AST_ARRAY_TYPE && type->u.array.len && type->u.array.len->kind == AST_ELLIPSIS;
}

// The literal's type; *base: the type its elements belong to, which a hint's pointer type hides.
static Type *literal_type(Checker *c, const Ast *e, Type *hint, Type **base) {
  const Ast *type = e->u.composite.type;
  if (type && is_open_array(type)) return *base = type_new_array(c->pkg, check_var_type(c, type->u.array.elem), -1);
  if (type) return *base = check_type(c, type);
  if (!hint) {
    check_error(c, e, "invalid composite literal type: missing type");
    return *base = type_invalid(c->context);
  }
  *base = hint;
  Type *u = check_common_under(hint);
  if (u && u->kind == TYPE_POINTER) *base = u->u.pointer.elem; // *T stands for &T{}
  return hint;
}

void check_composite_lit(Checker *c, Operand *x, const Ast *e, Type *hint) {
  const AstList *elems = &e->u.composite.elems;
  Type *base, *type = literal_type(c, e, hint, &base), *u = check_common_under(base);
  TypeKind kind = u ? (TypeKind)u->kind : TYPE_BASIC;
  if (kind == TYPE_STRUCT) {
    if (elems->len && elems->items[0]->kind == AST_KEY_VALUE)
      check_keyed_fields(c, e, base, u);
    else if (elems->len)
      check_positional_fields(c, e, base, u);
  } else if (kind == TYPE_ARRAY) {
    int64_t n = check_indexed_elems(c, elems, u->u.array.elem, u->u.array.len);
    if (u->u.array.len < 0 && u == type) {
      u->u.array.len = n;
      if (e->u.composite.type) record_type(c, e->u.composite.type, MODE_TYPE, u, NULL);
    }
  } else if (kind == TYPE_SLICE) {
    check_indexed_elems(c, elems, u->u.slice.elem, -1);
  } else if (kind == TYPE_MAP) {
    check_map_elems(c, elems, u);
  } else {
    check_use(c, elems->items, elems->len);
    if (!u || !type_is_invalid(u)) {
      check_error(c, e, "invalid composite literal type %.*s", STR_ARG(check_type_str(c, type)));
      operand_set_invalid(c, x);
      return;
    }
  }
  x->mode = MODE_VALUE;
  x->type = type;
}
