// object.c: objects: construction, and the identity of names (the Go spec, "Uniqueness of identifiers": an exported
// name is the same everywhere, another only within its package).
#include "types/demand_internal.h"
#include "types/type_internal.h"

#include "base/unicode.h"

Object *object_new(Package *pkg, ObjectKind kind, Sym name, Type *type, Pos pos) {
  Object *o = ARENA_NEW(&pkg->arena, Object);
  o->kind = (uint8_t)kind;
  o->name = name;
  o->type = type;
  o->pkg = pkg;
  o->pos = pos;
  if (type) o->color = 1;
  if (kind == OBJ_FUNC) o->u.func.origin = o;
  return o;
}

Object *object_new_var(Package *pkg, VarKind kind, Sym name, Type *type, Pos pos) {
  Object *o = object_new(pkg, OBJ_VAR, name, type, pos);
  o->u.var.kind = (uint8_t)kind;
  return o;
}

// The same object but for its type, as an instance has it; remembers the generic one.
Object *object_clone(Arena *arena, const Object *o, Type *type) {
  Object *copy = ARENA_NEW(arena, Object);
  *copy = *o;
  copy->type = type;
  copy->ir = NULL;
  copy->color = 1;
  if (o->kind == OBJ_VAR && !o->u.var.origin) copy->u.var.origin = (Object *)o;
  if (o->kind == OBJ_FUNC && !o->u.func.origin) copy->u.func.origin = (Object *)o;
  return copy;
}

void object_resolve(Object *o) {
  if (o && o->pkg && o->pkg->demand) {
    demand_resolve(o, true);
    return;
  }
  if (!o || o->type || !o->pkg || !o->pkg->resolve || !o->pkg->checker) return;
  o->pkg->resolve(o->pkg->checker, o);
}

bool package_same(const Package *a, const Package *b) {
  if (a == b) return true;
  return a && b && str_equal(a->path, b->path);
}

bool object_same_id(const Object *o, const Package *pkg, Sym name) {
  if (o->name != name || !name) return false;
  return name->exported || package_same(o->pkg, pkg);
}

// Equal but for the case of ASCII letters; other letters must be the same.
static bool equal_fold(Str a, Str b) {
  if (a.n != b.n) return false;
  for (size_t i = 0; i < a.n; i++) {
    char x = a.p[i], y = b.p[i];
    if (x >= 'A' && x <= 'Z') x = (char)(x + 32);
    if (y >= 'A' && y <= 'Z') y = (char)(y + 32);
    if (x != y) return false;
  }
  return true;
}

bool object_same_id_fold(const Object *o, const Package *pkg, Sym name) {
  if (o->name && name && equal_fold(sym_str(o->name), sym_str(name))) return true;
  return object_same_id(o, pkg, name);
}

int object_compare_id(const Object *a, const Object *b) {
  if (a == b) return 0;
  bool ea = a->name && a->name->exported, eb = b->name && b->name->exported;
  if (ea != eb) return ea ? -1 : 1;
  if (a->name != b->name) return str_compare(sym_str(a->name), sym_str(b->name));
  if (ea || a->pkg == b->pkg) return 0;
  return str_compare(a->pkg ? a->pkg->path : STR_NONE, b->pkg ? b->pkg->path : STR_NONE);
}
