// lower_types.c: types of the IR. In code that is not generic they are the checker's own types. The body of a generic
// function is lowered once per shape: type parameters are replaced by shape types `go.shape.U`, U the underlying type
// of the argument (or *uint8 for any pointer, where the constraint has methods only), and an instance with a shape
// among its arguments has shapes only. Rules: shapify, objDictIdx and mangle in cmd/compile/internal/noder/reader.go;
// identity: cmd/compile/internal/types/identity.go.
//
// Every type that occurs is searched for instances of generic types, because gc compiles all methods of each.
#include "base/sha256.h"
#include "ir/lower_internal.h"
#include "ir/rules.h"

enum { SHAPE_NAME_LIMIT = 500, SUBST_LIMIT = 1000 };

bool type_is_shape(const Type *t) {
  const Type *u = t ? type_unalias(t) : NULL;
  return u && u->kind == TYPE_NAMED && u->u.named.is_shape;
}

static bool has_shape(const Type *t, unsigned depth);

static bool tuple_has_shape(const Type *tuple, unsigned depth) {
  for (uint32_t i = 0; i < tuple_len(tuple); i++)
    if (has_shape(tuple_at(tuple, i)->type, depth)) return true;
  return false;
}

static bool has_shape(const Type *type, unsigned depth) {
  if (!type || depth > 40) return false;
  const Type *t = type_unalias(type);
  switch ((TypeKind)t->kind) {
  case TYPE_NAMED:
    if (t->u.named.is_shape) return true;
    for (uint32_t i = 0; i < t->u.named.targs.len; i++)
      if (has_shape(t->u.named.targs.items[i], depth + 1)) return true;
    return false;
  case TYPE_POINTER: return has_shape(t->u.pointer.elem, depth + 1);
  case TYPE_ARRAY: return has_shape(t->u.array.elem, depth + 1);
  case TYPE_SLICE: return has_shape(t->u.slice.elem, depth + 1);
  case TYPE_CHAN: return has_shape(t->u.chan.elem, depth + 1);
  case TYPE_MAP: return has_shape(t->u.map.key, depth + 1) || has_shape(t->u.map.elem, depth + 1);
  case TYPE_SIGNATURE:
    return tuple_has_shape(t->u.signature.params, depth + 1) || tuple_has_shape(t->u.signature.results, depth + 1);
  case TYPE_TUPLE: return tuple_has_shape(t, depth + 1);
  case TYPE_STRUCT:
    for (uint32_t i = 0; i < t->u.struct_.fields.len; i++)
      if (has_shape(t->u.struct_.fields.items[i]->type, depth + 1)) return true;
    return false;
  case TYPE_INTERFACE:
    for (uint32_t i = 0; i < t->u.interface.methods.len; i++)
      if (has_shape(t->u.interface.methods.items[i]->type, depth + 1)) return true;
    for (uint32_t i = 0; i < t->u.interface.embeddeds.len; i++)
      if (has_shape(t->u.interface.embeddeds.items[i], depth + 1)) return true;
    return false;
  case TYPE_BASIC:
  case TYPE_ALIAS:
  case TYPE_PARAM:
  case TYPE_UNION: return false;
  }
  return false;
}

bool type_has_shape(const Type *t) { return has_shape(t, 0); }

static bool mentions_params(const Type *type, unsigned depth) {
  if (!type || depth > 40) return false;
  const Type *t = type_unalias(type);
  switch ((TypeKind)t->kind) {
  case TYPE_PARAM: return true;
  case TYPE_NAMED:
    for (uint32_t i = 0; i < t->u.named.targs.len; i++)
      if (mentions_params(t->u.named.targs.items[i], depth + 1)) return true;
    return false;
  case TYPE_POINTER: return mentions_params(t->u.pointer.elem, depth + 1);
  case TYPE_ARRAY: return mentions_params(t->u.array.elem, depth + 1);
  case TYPE_SLICE: return mentions_params(t->u.slice.elem, depth + 1);
  case TYPE_CHAN: return mentions_params(t->u.chan.elem, depth + 1);
  case TYPE_MAP: return mentions_params(t->u.map.key, depth + 1) || mentions_params(t->u.map.elem, depth + 1);
  case TYPE_SIGNATURE:
    return mentions_params(t->u.signature.params, depth + 1) || mentions_params(t->u.signature.results, depth + 1);
  case TYPE_TUPLE:
    for (uint32_t i = 0; i < t->u.tuple.vars.len; i++)
      if (mentions_params(t->u.tuple.vars.items[i]->type, depth + 1)) return true;
    return false;
  case TYPE_STRUCT:
    for (uint32_t i = 0; i < t->u.struct_.fields.len; i++)
      if (mentions_params(t->u.struct_.fields.items[i]->type, depth + 1)) return true;
    return false;
  case TYPE_INTERFACE:
    for (uint32_t i = 0; i < t->u.interface.methods.len; i++)
      if (mentions_params(t->u.interface.methods.items[i]->type, depth + 1)) return true;
    for (uint32_t i = 0; i < t->u.interface.embeddeds.len; i++)
      if (mentions_params(t->u.interface.embeddeds.items[i], depth + 1)) return true;
    return false;
  case TYPE_UNION:
    for (uint32_t i = 0; i < t->u.union_.len; i++)
      if (mentions_params(t->u.union_.terms[i].type, depth + 1)) return true;
    return false;
  case TYPE_BASIC:
  case TYPE_ALIAS: return false;
  }
  return false;
}

bool type_mentions_params(Type *t) { return mentions_params(t, 0); }

// ---- small questions

Type *type_underlying_of(Type *t, TypeKind kind) {
  if (!t) return NULL;
  Type *u = type_underlying(t);
  return u && u->kind == kind ? u : NULL;
}

bool type_is_pointer(Type *t) { return type_underlying_of(t, TYPE_POINTER) != NULL; }

Type *type_pointer_elem(Type *t) {
  Type *p = type_underlying_of(t, TYPE_POINTER);
  return p ? p->u.pointer.elem : NULL;
}

bool type_is_empty_interface(Type *t) {
  Type *i = type_underlying_of(t, TYPE_INTERFACE);
  if (!i) return false;
  const TypeSet *set = type_set(i);
  return set && set->methods.len == 0;
}

Type *struct_field_type(Type *t, uint32_t index, Object **field) {
  Type *elem = type_pointer_elem(t);
  Type *s = type_underlying_of(elem ? elem : t, TYPE_STRUCT);
  *field = NULL;
  if (!s || index >= s->u.struct_.fields.len) return NULL;
  *field = s->u.struct_.fields.items[index];
  return (*field)->type;
}

// ---- identity

typedef struct TypePair {
  const struct TypePair *next;
  const Type *a, *b;
} TypePair;

static bool identical(Type *a, Type *b, const TypePair *assumed, unsigned depth);

static bool identical_tuples(Type *a, Type *b, const TypePair *assumed, unsigned depth) {
  if (tuple_len(a) != tuple_len(b)) return false;
  for (uint32_t i = 0; i < tuple_len(a); i++)
    if (!identical(tuple_at(a, i)->type, tuple_at(b, i)->type, assumed, depth)) return false;
  return true;
}

static bool identical_structs(Type *a, Type *b, const TypePair *assumed, unsigned depth) {
  ObjectList f = a->u.struct_.fields, g = b->u.struct_.fields;
  if (f.len != g.len) return false;
  for (uint32_t i = 0; i < f.len; i++) {
    if (f.items[i]->name != g.items[i]->name || f.items[i]->u.var.embedded != g.items[i]->u.var.embedded) return false;
    if (!identical(f.items[i]->type, g.items[i]->type, assumed, depth)) return false;
  }
  return true;
}

static bool identical_interfaces(Type *a, Type *b, const TypePair *assumed, unsigned depth) {
  const TypeSet *s = type_set(a), *t = type_set(b);
  if (!s || !t || s->methods.len != t->methods.len) return false;
  for (uint32_t i = 0; i < s->methods.len; i++) {
    if (s->methods.items[i]->name != t->methods.items[i]->name) return false;
    if (!identical(s->methods.items[i]->type, t->methods.items[i]->type, assumed, depth)) return false;
  }
  return true;
}

static bool identical_shapes(Type *a, Type *b, const TypePair *assumed, unsigned depth) {
  switch ((TypeKind)a->kind) {
  case TYPE_BASIC: return basic_canonical(a->basic_kind) == basic_canonical(b->basic_kind);
  case TYPE_POINTER: return identical(a->u.pointer.elem, b->u.pointer.elem, assumed, depth);
  case TYPE_SLICE: return identical(a->u.slice.elem, b->u.slice.elem, assumed, depth);
  case TYPE_ARRAY:
    return a->u.array.len == b->u.array.len && identical(a->u.array.elem, b->u.array.elem, assumed, depth);
  case TYPE_CHAN:
    return a->u.chan.direction == b->u.chan.direction && identical(a->u.chan.elem, b->u.chan.elem, assumed, depth);
  case TYPE_MAP:
    return identical(a->u.map.key, b->u.map.key, assumed, depth) &&
           identical(a->u.map.elem, b->u.map.elem, assumed, depth);
  case TYPE_SIGNATURE:
    return a->u.signature.variadic == b->u.signature.variadic &&
           identical_tuples(a->u.signature.params, b->u.signature.params, assumed, depth) &&
           identical_tuples(a->u.signature.results, b->u.signature.results, assumed, depth);
  case TYPE_TUPLE: return identical_tuples(a, b, assumed, depth);
  case TYPE_STRUCT: return identical_structs(a, b, assumed, depth);
  case TYPE_INTERFACE: return identical_interfaces(a, b, assumed, depth);
  case TYPE_NAMED:
  case TYPE_ALIAS:
  case TYPE_PARAM:
  case TYPE_UNION: return false;
  }
  return false;
}

// Where a shape is involved names don't matter.
static bool identical(Type *a, Type *b, const TypePair *assumed, unsigned depth) {
  if (a == b) return true;
  if (!a || !b || depth > 60) return false;
  a = type_unalias(a), b = type_unalias(b);
  if (a == b) return true;
  bool named = a->kind == TYPE_NAMED || b->kind == TYPE_NAMED;
  if (named) {
    if (!type_has_shape(a) && !type_has_shape(b)) return type_identical(a, b);
    for (const TypePair *p = assumed; p; p = p->next)
      if ((p->a == a && p->b == b) || (p->a == b && p->b == a)) return true;
  }
  TypePair pair = {assumed, a, b};
  Type *u = type_underlying(a), *v = type_underlying(b);
  if (u->kind != v->kind) return false;
  if (named && (u->kind == TYPE_POINTER)) return true;
  return identical_shapes(u, v, named ? &pair : assumed, depth + 1);
}

bool ir_identical(Type *a, Type *b) {
  if (a == b) return true;
  if (!a || !b) return false;
  if (!type_has_shape(a) && !type_has_shape(b)) return type_identical(a, b);
  return identical(a, b, NULL, 0);
}

// ---- shapes

bool tparam_is_basic(Type *tparam) {
  if (!tparam || type_unalias(tparam)->kind != TYPE_PARAM) return false;
  const TypeSet *set = type_set(tparam_interface(type_unalias(tparam)));
  return set && typeset_is_method_set(set);
}

Type *lower_shapify(LowerState *state, Type *targ, bool basic) {
  IrUnit *unit = state->unit;
  if (!targ || type_is_invalid(targ)) return targ;
  Type *t = type_unalias(targ);
  // A type that is still being made keeps its name, as does an interface.
  if (t->kind == TYPE_NAMED && t->u.named.targs.len && type_has_shape(t) &&
      (type_is_interface(t) || ptrmap_has(&state->in_progress, t)))
    return targ;
  Type *under = type_underlying(targ);
  bool pointer = basic && under->kind == TYPE_POINTER;
  if (pointer && ir_rule(unit, RULE_POINTERS_TO_SHAPES_STAY) && !type_is_shape(under->u.pointer.elem) &&
      type_has_shape(under->u.pointer.elem))
    return targ;
  if (pointer)
    under = type_new_pointer(unit->pkg, unit->pkg->context->basic[BASIC_UINT8]);
  else if (type_is_shape(targ))
    return targ;
  Str name = type_string(&unit->arena, under, STYLE_GC_LINK, unit->pkg);
  if (name.n > SHAPE_NAME_LIMIT) {
    Buf digest = {0};
    bool all = ir_rule(unit, RULE_DIGESTS_FLIP_ALL), bit = ir_rule(unit, RULE_DIGESTS_FLIP_A_BIT);
    sha256_write_flipped(&digest, name, bit ? 1 : 0xff, all ? 0xff : 0);
    name = arena_str(&unit->arena, buf_view(&digest));
    buf_release(&digest);
  }
  Type *shape = strmap_get(&unit->shapes, name);
  if (shape) return shape;
  Object *object = object_new(unit->pkg, OBJ_TYPENAME, intern(unit->interner, name), NULL, (Pos){NULL, 0});
  object->pkg = NULL;
  shape = type_new_named(unit->pkg, object, under);
  shape->u.named.is_shape = true;
  object->type = shape;
  strmap_set(&unit->shapes, name, shape);
  VEC_PUSH(&unit->arena, &unit->shape_types, shape);
  return shape;
}

static Type *normalize(LowerState *, Type *);

// The checker substitutes without regard to shapes: instances inside must get shapes only, too.
static void reshape_underlying(LowerState *state, Type *instance) {
  ptrmap_set(&state->in_progress, instance, instance);
  Type *old = type_underlying(instance), *new = normalize(state, old);
  ptrmap_remove(&state->in_progress, instance);
  if (new == old) return;
  types_lock(state->unit->pkg);
  instance->u.named.underlying = new;
  types_unlock(state->unit->pkg);
}

// The type of the IR for an instance: if one argument is a shape all become shapes.
Type *lower_instance_type(LowerState *state, Type *origin, TypeList targs) {
  IrUnit *unit = state->unit;
  bool shaped = false;
  for (uint32_t i = 0; i < targs.len; i++) shaped |= type_has_shape(targs.items[i]);
  if (shaped) {
    Type **items = ARENA_ARRAY(&unit->arena, Type *, targs.len);
    TypeList params = type_unalias(origin)->u.named.tparams;
    for (uint32_t i = 0; i < targs.len; i++)
      items[i] = lower_shapify(state, targs.items[i], i < params.len && tparam_is_basic(params.items[i]));
    targs.items = items;
  }
  Type *instance = type_instantiate(unit->pkg, origin, targs);
  if (!instance) return type_invalid(unit->pkg->context);
  Str key = type_string(&unit->arena, instance, STYLE_GC_LINK, NULL);
  Type *known = strmap_get(&state->named_instances, key);
  if (known) return known;
  strmap_set(&state->named_instances, key, instance);
  if (shaped) reshape_underlying(state, instance);
  return instance;
}

// The instance for the shapes of these arguments.
Type *lower_shaped_twin(LowerState *state, Type *origin, TypeList targs) {
  TypeList params = type_unalias(origin)->u.named.tparams;
  TypeList shapes = {ARENA_ARRAY(&state->unit->arena, Type *, targs.len), targs.len};
  for (uint32_t i = 0; i < targs.len; i++)
    shapes.items[i] = lower_shapify(state, targs.items[i], i < params.len && tparam_is_basic(params.items[i]));
  return lower_instance_type(state, origin, shapes);
}

// ---- substitution

typedef struct Subst {
  LowerState *state;
  LowerEnv *env;
  unsigned depth;
} Subst;

static Type *subst(Subst *, Type *);

static Type *subst_tuple(Subst *s, Type *tuple) {
  if (!tuple) return NULL;
  uint32_t len = tuple_len(tuple);
  Package *pkg = s->state->unit->pkg;
  Object **vars = ARENA_ARRAY(&s->state->unit->arena, Object *, len ? len : 1);
  bool changed = false;
  for (uint32_t i = 0; i < len; i++) {
    Object *v = tuple_at(tuple, i);
    Type *t = subst(s, v->type);
    vars[i] = v;
    if (t == v->type) continue;
    vars[i] = object_new_var(pkg, v->u.var.kind, v->name, t, v->pos);
    vars[i]->pkg = v->pkg;
    vars[i]->u.var.origin = v->u.var.origin ? v->u.var.origin : v;
    changed = true;
  }
  return changed ? type_new_tuple(pkg, vars, len) : tuple;
}

static Type *subst_struct(Subst *s, Type *t) {
  IrUnit *unit = s->state->unit;
  ObjectList old = t->u.struct_.fields;
  Object **fields = ARENA_ARRAY(&unit->arena, Object *, old.len ? old.len : 1);
  bool changed = false;
  for (uint32_t i = 0; i < old.len; i++) {
    Object *f = old.items[i];
    Type *ft = subst(s, f->type);
    fields[i] = f;
    if (ft == f->type) continue;
    fields[i] = object_new_var(unit->pkg, VAR_FIELD, f->name, ft, f->pos);
    fields[i]->pkg = f->pkg;
    fields[i]->u.var.embedded = f->u.var.embedded;
    fields[i]->u.var.origin = f->u.var.origin ? f->u.var.origin : f;
    changed = true;
  }
  if (!changed) return t;
  Type *n = type_new(unit->pkg, TYPE_STRUCT);
  n->u.struct_.fields = (ObjectList){fields, old.len};
  n->u.struct_.tags = t->u.struct_.tags;
  return n;
}

static Type *subst_signature(Subst *s, Type *t) {
  Type *params = subst_tuple(s, t->u.signature.params), *results = subst_tuple(s, t->u.signature.results);
  if (params == t->u.signature.params && results == t->u.signature.results) return t;
  return type_new_signature(s->state->unit->pkg, t->u.signature.recv, params, results, t->u.signature.variadic);
}

static Type *subst_interface(Subst *s, Type *t) {
  IrUnit *unit = s->state->unit;
  if (!mentions_params(t, 0)) return t;
  Type *n = type_new(unit->pkg, TYPE_INTERFACE);
  uint32_t count = t->u.interface.methods.len;
  Object **methods = ARENA_ARRAY(&unit->arena, Object *, count ? count : 1);
  for (uint32_t i = 0; i < count; i++) {
    Object *m = t->u.interface.methods.items[i];
    Type *mt = subst(s, m->type);
    methods[i] = m;
    if (mt == m->type) continue;
    methods[i] = object_new(unit->pkg, OBJ_FUNC, m->name, mt, m->pos);
    methods[i]->pkg = m->pkg;
    methods[i]->u.func = m->u.func;
  }
  n->u.interface.methods = (ObjectList){methods, count};
  uint32_t embedded = t->u.interface.embeddeds.len;
  Type **items = ARENA_ARRAY(&unit->arena, Type *, embedded ? embedded : 1);
  for (uint32_t i = 0; i < embedded; i++) items[i] = subst(s, t->u.interface.embeddeds.items[i]);
  n->u.interface.embeddeds = (TypeList){items, embedded};
  n->u.interface.embed_pos = t->u.interface.embed_pos;
  n->u.interface.complete = true;
  return n;
}

// A type declared inside a generic function that depends on its type parameters is another type in each instance.
static Type *subst_local(Subst *s, Type *t) {
  if (t->u.named.local_index == 0 || t->u.named.is_shape) return t;
  IrUnit *unit = s->state->unit;
  Type *under = type_underlying(t);
  if (!mentions_params(under, 0)) return t;
  Object *object = object_new(unit->pkg, OBJ_TYPENAME, t->u.named.obj->name, NULL, t->u.named.obj->pos);
  object->pkg = t->u.named.obj->pkg;
  object->parent = t->u.named.obj->parent;
  Type *n = type_new_named(unit->pkg, object, NULL);
  n->u.named.targs = s->env->targs;
  n->u.named.origin = n;
  n->u.named.local_index = t->u.named.local_index;
  object->type = n;
  ptrmap_set(&s->env->types, t, n);
  n->u.named.underlying = subst(s, under);
  n->u.named.state = NAMED_RESOLVED;
  return n;
}

static bool is_mixed(const Type *t) {
  bool all = true, some = false;
  for (uint32_t i = 0; i < t->u.named.targs.len; i++) {
    some |= type_has_shape(t->u.named.targs.items[i]);
    all &= type_is_shape(t->u.named.targs.items[i]);
  }
  return some && !all;
}

static Type *subst_named(Subst *s, Type *t) {
  TypeList old = t->u.named.targs;
  if (!old.len || t->u.named.local_index) return subst_local(s, t);
  Type **items = ARENA_ARRAY(&s->state->unit->arena, Type *, old.len);
  bool changed = false;
  for (uint32_t i = 0; i < old.len; i++) {
    items[i] = subst(s, old.items[i]);
    changed |= items[i] != old.items[i];
  }
  if (!changed && !type_has_shape(t)) return t;
  if (!changed && !is_mixed(t)) {
    Type *known = strmap_get(&s->state->named_instances, type_string(&s->state->unit->arena, t, STYLE_GC_LINK, NULL));
    if (known) return known;
  }
  return lower_instance_type(s->state, t->u.named.origin, (TypeList){items, old.len});
}

static Type *subst_new(Subst *s, Type *t) {
  Package *pkg = s->state->unit->pkg;
  Type *a, *b;
  switch ((TypeKind)t->kind) {
  case TYPE_PARAM:
    for (uint32_t i = 0; i < s->env->tparams.len && i < s->env->targs.len; i++)
      if (s->env->tparams.items[i] == t) return s->env->targs.items[i];
    return t;
  case TYPE_POINTER: a = subst(s, t->u.pointer.elem); return a == t->u.pointer.elem ? t : type_new_pointer(pkg, a);
  case TYPE_SLICE: a = subst(s, t->u.slice.elem); return a == t->u.slice.elem ? t : type_new_slice(pkg, a);
  case TYPE_ARRAY:
    a = subst(s, t->u.array.elem);
    return a == t->u.array.elem ? t : type_new_array(pkg, a, t->u.array.len);
  case TYPE_CHAN:
    a = subst(s, t->u.chan.elem);
    return a == t->u.chan.elem ? t : type_new_chan(pkg, a, t->u.chan.direction);
  case TYPE_MAP:
    a = subst(s, t->u.map.key), b = subst(s, t->u.map.elem);
    return a == t->u.map.key && b == t->u.map.elem ? t : type_new_map(pkg, a, b);
  case TYPE_TUPLE: return subst_tuple(s, t);
  case TYPE_STRUCT: return subst_struct(s, t);
  case TYPE_SIGNATURE: return subst_signature(s, t);
  case TYPE_INTERFACE: return subst_interface(s, t);
  case TYPE_NAMED: return subst_named(s, t);
  case TYPE_ALIAS: a = subst(s, type_unalias(t)); return a == type_unalias(t) ? t : a;
  case TYPE_BASIC:
  case TYPE_UNION: return t;
  }
  return t;
}

static Type *subst(Subst *s, Type *t) {
  if (!t || s->depth > SUBST_LIMIT) return t;
  Type *known = ptrmap_get(&s->env->types, t);
  if (known) return known;
  s->depth++;
  Type *n = subst_new(s, t);
  s->depth--;
  ptrmap_set(&s->env->types, t, n);
  return n;
}

static Type *normalize(LowerState *state, Type *t) {
  Subst s = {state, &state->no_env, 0};
  return subst(&s, t);
}

Type *env_type(LowerState *state, LowerEnv *env, Type *t) {
  if (!t) return NULL;
  if (env) {
    Subst s = {state, env, 0};
    t = subst(&s, t);
  }
  lower_touch(state, t);
  return t;
}

Type *lower_type(Lower *l, Type *t) { return env_type(l->state, l->env, t); }

Type *lower_sig_type(LowerState *state, LowerEnv *env, Type *signature) { return env_type(state, env, signature); }

// ---- instances in types

// The right-hand side of a type declaration: gc makes no wrappers for it. What the declaration of another package
// mentions has wrappers there.
static void touch_parts(LowerState *state, Type *t);

static void touch_underlying(LowerState *state, Type *named, bool foreign) {
  Type *t = type_underlying(named);
  bool was = state->foreign_decl;
  state->foreign_decl = foreign;
  if (t->kind == TYPE_STRUCT || t->kind == TYPE_INTERFACE)
    touch_parts(state, t);
  else
    lower_touch(state, t);
  state->foreign_decl = was;
}

static void wants_wrappers(LowerState *state, Type *t) {
  if (state->foreign_decl)
    VEC_PUSH(&state->unit->arena, &state->have_wrappers, t);
  else
    VEC_PUSH(&state->unit->arena, &state->need_wrappers, t);
}

static void touch_object_types(LowerState *state, const ObjectList *objects) {
  for (uint32_t i = 0; i < objects->len; i++) lower_touch(state, objects->items[i]->type);
}

static void touch_tuple(LowerState *state, Type *tuple) {
  for (uint32_t i = 0; i < tuple_len(tuple); i++) lower_touch(state, tuple_at(tuple, i)->type);
}

static void touch_named(LowerState *state, Type *t) {
  struct NamedType *n = &t->u.named;
  IrUnit *unit = state->unit;
  if (n->is_shape) {
    VEC_PUSH(&unit->arena, &state->need_wrappers, t);
    touch_underlying(state, t, state->foreign_decl);
    return;
  }
  if (type_is_generic(t)) return;
  if (n->targs.len && n->local_index == 0) {
    if (type_mentions_params(t)) return;
    Str key = type_string(&unit->arena, t, STYLE_GC_LINK, NULL);
    if (strmap_has(&state->touched_instances, key)) return;
    strmap_set(&state->touched_instances, key, t);
    if (!strmap_has(&state->named_instances, key)) strmap_set(&state->named_instances, key, t);
    bool in_foreign = state->foreign_decl;
    state->foreign_decl = false;
    for (uint32_t i = 0; i < n->targs.len; i++) lower_touch(state, n->targs.items[i]);
    VEC_PUSH(&unit->arena, &state->need_wrappers, t); // instances have wrappers wherever they occur
    if (!type_has_shape(t)) {
      LowerPending pending = {NULL, t};
      VEC_PUSH(&unit->arena, &state->dicts, pending);
    }
    touch_underlying(state, t, false);
    lower_need_methods(state, t);
    state->foreign_decl = in_foreign;
    return;
  }
  if (!n->obj || !n->obj->pkg) return;
  bool foreign = n->obj->pkg != unit->pkg;
  if (foreign)
    VEC_PUSH(&unit->arena, &state->have_wrappers, t);
  else
    VEC_PUSH(&unit->arena, &state->need_wrappers, t);
  touch_underlying(state, t, foreign);
  bool was = state->foreign_decl;
  state->foreign_decl = foreign;
  for (uint32_t i = 0; i < named_method_count(t); i++) {
    Object *m = named_method_at(t, i);
    if (m) lower_touch(state, m->type);
  }
  state->foreign_decl = was;
}

static void touch_parts(LowerState *state, Type *t) {
  if (t->kind == TYPE_STRUCT) {
    touch_object_types(state, &t->u.struct_.fields);
    return;
  }
  touch_object_types(state, &t->u.interface.methods);
  for (uint32_t i = 0; i < t->u.interface.embeddeds.len; i++) lower_touch(state, t->u.interface.embeddeds.items[i]);
}

void lower_touch(LowerState *state, Type *t) {
  if (!t) return;
  if (state->foreign_decl && t->kind == TYPE_NAMED && t->u.named.targs.len && !ptrmap_has(&state->have_instances, t) &&
      !type_has_shape(t)) {
    ptrmap_set(&state->have_instances, t, t);
    VEC_PUSH(&state->unit->arena, &state->have_wrappers, t);
  }
  if (ptrmap_has(&state->touched, t)) return;
  ptrmap_set(&state->touched, t, t);
  switch ((TypeKind)t->kind) {
  case TYPE_NAMED: touch_named(state, t); return;
  case TYPE_ALIAS: lower_touch(state, type_unalias(t)); return;
  case TYPE_POINTER: lower_touch(state, t->u.pointer.elem); return;
  case TYPE_SLICE: lower_touch(state, t->u.slice.elem); return;
  case TYPE_ARRAY: lower_touch(state, t->u.array.elem); return;
  case TYPE_CHAN: lower_touch(state, t->u.chan.elem); return;
  case TYPE_MAP: lower_touch(state, t->u.map.key), lower_touch(state, t->u.map.elem); return;
  case TYPE_TUPLE: touch_tuple(state, t); return;
  case TYPE_SIGNATURE:
    if (t->u.signature.tparams.len) return;
    touch_tuple(state, t->u.signature.params), touch_tuple(state, t->u.signature.results);
    return;
  case TYPE_STRUCT:
  case TYPE_INTERFACE:
    touch_parts(state, t);
    if (!type_mentions_params(t) && !type_has_shape(t)) wants_wrappers(state, t);
    return;
  case TYPE_BASIC:
  case TYPE_PARAM:
  case TYPE_UNION: return;
  }
}
