// mono.c: instantiation cycles: generic code that would need infinitely many instances, such as
//
//	func f[T any](x T) { f(&x) }
//
// Rule: cmd/compile/internal/types2, mono.go. A weighted graph over type parameters (and defined types local to generic
// functions, which depend on the functions' type parameters). Each instantiation seen gives edges from the type
// parameters that an argument mentions to the parameter it is for: weight 0 if the argument is the type parameter
// itself, 1 if it is a larger type. A cycle of positive weight is an instantiation cycle; longest paths are relaxed
// until nothing changes or a path is as long as there are vertices.
#include "types/checker_internal.h"
#include "types/type_internal.h"

typedef struct MonoVertex {
  const Object *obj;
  int64_t weight;
  uint32_t path_len;
} MonoVertex;

typedef struct MonoEdge {
  uint32_t to, from;
  uint32_t weight;
} MonoEdge;

typedef struct MonoGraph {
  Checker *checker;
  PtrMap canon;   // a receiver's type parameter -> the generic type's
  PtrMap indices; // type parameter, or name of a local type -> index of its vertex + 1
  PtrMap local;   // names of local types that were looked at
  VEC(MonoVertex) vertices;
  VEC(MonoEdge) edges;
  Arena arena;
  Type *whole; // argument under examination
  uint32_t to;
  unsigned depth, budget;
} MonoGraph;

static uint32_t vertex(MonoGraph *g, const void *key, const Object *obj) {
  uint32_t known = (uint32_t)(uintptr_t)ptrmap_get(&g->indices, key);
  if (known) return known - 1;
  MonoVertex v = {.obj = obj};
  VEC_PUSH(&g->arena, &g->vertices, v);
  ptrmap_set(&g->indices, key, (void *)(uintptr_t)g->vertices.len);
  return g->vertices.len - 1;
}

static uint32_t param_vertex(MonoGraph *g, Type *param) {
  if (param->u.tparam.origin) param = param->u.tparam.origin;
  Type *canon = ptrmap_get(&g->canon, param);
  if (canon) param = canon;
  return vertex(g, param, param->u.tparam.obj);
}

static void add_edge(MonoGraph *g, uint32_t to, uint32_t from, uint32_t weight) {
  MonoEdge e = {to, from, weight};
  VEC_PUSH(&g->arena, &g->edges, e);
}

// A type local to a generic function grows with each of the type parameters in scope.
static void local_type(MonoGraph *g, Type *origin) {
  const Object *o = origin->u.named.obj;
  const Package *pkg = g->checker->pkg;
  if (!o || o->pkg != pkg || !o->parent || o->parent == pkg->scope) return;
  if (!ptrmap_has(&g->local, o)) {
    ptrmap_set(&g->local, o, origin);
    for (const Scope *s = o->parent; s && s != pkg->scope; s = s->parent)
      for (uint32_t i = 0; i < s->objects.len; i++) {
        Object *p = s->objects.items[i];
        if (p->kind == OBJ_TYPENAME && p->type && p->type->kind == TYPE_PARAM && p->pos.offset < o->pos.offset)
          add_edge(g, vertex(g, o, o), param_vertex(g, p->type), 1);
      }
  }
  if (ptrmap_has(&g->indices, o)) add_edge(g, g->to, vertex(g, o, o), g->whole != origin);
}

static void flow(MonoGraph *g, Type *self);

static void flow_objects(MonoGraph *g, ObjectList list) {
  for (uint32_t i = 0; i < list.len; i++) flow(g, list.items[i]->type);
}

static void flow_kind(MonoGraph *g, Type *t) {
  switch ((TypeKind)t->kind) {
  case TYPE_PARAM: add_edge(g, g->to, param_vertex(g, t), type_unalias(g->whole) != t); return;
  case TYPE_NAMED:
    local_type(g, t->u.named.origin);
    for (uint32_t i = 0; i < t->u.named.targs.len; i++) flow(g, t->u.named.targs.items[i]);
    return;
  case TYPE_POINTER: flow(g, t->u.pointer.elem); return;
  case TYPE_ARRAY: flow(g, t->u.array.elem); return;
  case TYPE_SLICE: flow(g, t->u.slice.elem); return;
  case TYPE_CHAN: flow(g, t->u.chan.elem); return;
  case TYPE_MAP:
    flow(g, t->u.map.key);
    flow(g, t->u.map.elem);
    return;
  case TYPE_STRUCT: flow_objects(g, t->u.struct_.fields); return;
  case TYPE_TUPLE: flow_objects(g, t->u.tuple.vars); return;
  case TYPE_SIGNATURE:
    if (t->u.signature.params) flow(g, t->u.signature.params);
    if (t->u.signature.results) flow(g, t->u.signature.results);
    return;
  case TYPE_INTERFACE: flow_objects(g, type_set(t)->methods); return;
  case TYPE_BASIC:
  case TYPE_ALIAS:
  case TYPE_UNION: return;
  }
}

static void flow(MonoGraph *g, Type *self) {
  if (!self || g->depth > 64 || !g->budget) return;
  g->depth++;
  g->budget--;
  flow_kind(g, type_unalias(self));
  g->depth--;
}

static void build(MonoGraph *g) {
  Checker *c = g->checker;
  for (uint32_t i = 0; i < c->pkg->type_names.len; i++) {
    const Type *t = c->pkg->type_names.items[i]->type;
    if (!t || t->kind != TYPE_NAMED) continue;
    for (uint32_t k = 0; k < t->u.named.methods.len; k++) {
      const Type *signature = t->u.named.methods.items[k]->type;
      if (!signature || signature->kind != TYPE_SIGNATURE) continue;
      TypeList own = signature->u.signature.recv_tparams;
      for (uint32_t p = 0; p < own.len && p < t->u.named.tparams.len; p++)
        ptrmap_set(&g->canon, own.items[p], t->u.named.tparams.items[p]);
    }
  }
  for (uint32_t i = 0; i < c->instantiations.len; i++) {
    const Instantiation *in = &c->instantiations.items[i];
    g->whole = in->arg;
    g->to = param_vertex(g, in->param);
    flow(g, in->arg);
  }
}

// The vertex a path of impossible length ends in, or NULL.
static const Object *find_cycle(MonoGraph *g) {
  for (bool again = true; again;) {
    again = false;
    for (uint32_t i = 0; i < g->edges.len; i++) {
      const MonoEdge *e = &g->edges.items[i];
      const MonoVertex *from = &g->vertices.items[e->from];
      MonoVertex *to = &g->vertices.items[e->to];
      int64_t weight = from->weight + e->weight;
      if (weight <= to->weight) continue;
      to->path_len = from->path_len + 1;
      if (to->path_len >= g->vertices.len) return to->obj;
      to->weight = weight;
      again = true;
    }
  }
  return NULL;
}

void check_record_instantiation(Checker *c, TypeList tparams, TypeList targs) {
  for (uint32_t i = 0; i < tparams.len && i < targs.len; i++) {
    const Object *o = tparams.items[i]->u.tparam.obj;
    if (!o || o->pkg != c->pkg || type_unalias(targs.items[i])->kind == TYPE_BASIC) continue;
    Instantiation in = {tparams.items[i], targs.items[i]};
    VEC_APPEND(&c->instantiations, in);
  }
}

void check_instance_cycles(Checker *c) {
  if (!c->instantiations.len) return;
  MonoGraph g = {.checker = c, .budget = 1000000};
  build(&g);
  const Object *in = g.vertices.len ? find_cycle(&g) : NULL;
  if (in)
    check_error_at(c, in->pos, "instantiation cycle: %.*s needs ever larger type arguments",
                   STR_ARG(sym_str(in->name)));
  ptrmap_release(&g.canon);
  ptrmap_release(&g.indices);
  ptrmap_release(&g.local);
  arena_release(&g.arena);
}
