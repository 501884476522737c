// struct.c: struct types: fields, tags, embedding. Rules: Go spec, "Struct types"; types2 struct.go.
#include "types/checker_internal.h"

// The name that an embedded field gets: T of T, *T, p.T, T[A]; NULL when the type can't be embedded.
static const Ast *embedded_name(const Ast *n) {
  bool starred = false;
  while (n) {
    switch (n->kind) {
    case AST_NAME: return n;
    case AST_STAR:
      if (starred) return NULL;
      starred = true;
      n = n->u.star.x;
      break;
    case AST_SELECTOR: return n->u.selector.sel;
    case AST_INDEX: n = n->u.index.x; break;
    default: return NULL;
    }
  }
  return NULL;
}

typedef struct EmbeddedLater {
  const Ast *at;
  Type *type;
} EmbeddedLater;

static void validate_embedded(Checker *c, void *argument) {
  EmbeddedLater *l = argument;
  bool was_pointer = false;
  Type *t = type_deref(l->type, &was_pointer);
  Type *u = type_underlying(t);
  if (u->kind == TYPE_BASIC && u->basic_kind == BASIC_UNSAFE_POINTER)
    check_error(c, l->at, "embedded field type cannot be unsafe.Pointer");
  else if (u->kind == TYPE_POINTER)
    check_error(c, l->at, "embedded field type cannot be a pointer");
  else if (type_is_param(t))
    check_error(c, l->at, "embedded field type cannot be a (pointer to a) type parameter");
  else if (u->kind == TYPE_INTERFACE && was_pointer)
    check_error(c, l->at, "embedded field type cannot be a pointer to an interface");
}

typedef struct StructBuilder {
  VEC(Object *) fields;
  Str *tags;
  PtrMap names; // used once there are many fields
} StructBuilder;

static bool is_redeclared(StructBuilder *b, Sym name) {
  enum { FEW = 16 };
  if (b->fields.len < FEW) {
    for (uint32_t i = 0; i < b->fields.len; i++)
      if (b->fields.items[i]->name == name) return true;
    return false;
  }
  if (b->names.len == 0)
    for (uint32_t i = 0; i < b->fields.len; i++) ptrmap_set(&b->names, b->fields.items[i]->name, b->fields.items[i]);
  if (ptrmap_has(&b->names, name)) return true;
  ptrmap_set(&b->names, name, (void *)name);
  return false;
}

static void set_tag(Checker *c, StructBuilder *b, uint32_t field_count, uint32_t at, const Ast *f) {
  if (f->u.field.tag.n == 0) return;
  Buf text = {0};
  if (!str_unquote(&text, f->u.field.tag)) {
    check_error(c, f, "incorrect tag syntax");
  } else if (text.len) {
    if (!b->tags) b->tags = ARENA_ARRAY(&c->pkg->arena, Str, field_count);
    b->tags[at] = arena_str(&c->pkg->arena, buf_view(&text));
  }
  buf_release(&text);
}

void check_struct_type(Checker *c, Type *t, const Ast *n) {
  const AstList *list = &n->u.struct_type.fields;
  Arena *arena = &c->pkg->arena;
  StructBuilder b = {0};
  b.fields.items = ARENA_ARRAY(arena, Object *, list->len + 1);
  b.fields.cap = list->len + 1;
  const Ast *previous = NULL;
  Type *type = type_invalid(c->context);
  for (uint32_t i = 0; i < list->len; i++) {
    const Ast *f = list->items[i];
    if (!f || f->kind != AST_FIELD) continue;
    if (!previous || f->u.field.type != previous) {
      type = check_var_type(c, f->u.field.type);
      previous = f->u.field.type;
    }
    const Ast *name = f->u.field.name;
    bool embedded = f->u.field.embedded || !name;
    if (embedded) {
      name = embedded_name(f->u.field.type);
      if (!name || name->kind != AST_NAME) {
        check_error(c, f, "invalid embedded field type");
        continue;
      }
      EmbeddedLater *l = ARENA_NEW(&c->scratch, EmbeddedLater);
      *l = (EmbeddedLater){f->u.field.type ? f->u.field.type : f, type};
      check_later(c, validate_embedded, l);
    }
    if (name->kind != AST_NAME) continue;
    Object *obj = object_new_var(c->pkg, VAR_FIELD, name->u.name.name, type, check_pos(c, name));
    obj->u.var.embedded = embedded;
    if (!sym_is_blank(obj->name) && is_redeclared(&b, obj->name)) {
      check_error(c, name, "%s redeclared", obj->name ? obj->name->text : "");
      record_def(c, name, obj);
      continue;
    }
    set_tag(c, &b, list->len, b.fields.len, f);
    VEC_PUSH(arena, &b.fields, obj);
    record_def(c, name, obj);
  }
  ptrmap_release(&b.names);
  t->u.struct_.fields = (ObjectList){b.fields.items, b.fields.len};
  t->u.struct_.tags = b.tags;
}
