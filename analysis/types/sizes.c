// sizes.c: sizes, alignments and pointer prefixes as gc lays types out (cmd/compile/internal/types, size.go).
//
// A field stands at the next multiple of its alignment; a struct's size is a multiple of its alignment, and one that
// ends in a zero-sized field gets a byte more, so that the field's address stays inside. The pointer prefix ends with
// the last word that may hold a pointer; a pointer to a not-in-heap type (one that contains internal/runtime/sys.nih)
// is none. Layouts of named types are kept once every part of them is declared.
#include "types/type_internal.h"

typedef struct LayoutRun {
  const TypeContext *context;
  unsigned depth, budget;
  bool incomplete;
} LayoutRun;

static TypeLayout layout_of(LayoutRun *run, Type *self);

static int64_t round_up(int64_t n, int64_t to) {
  BUG_ON(to < 1); // alignments
  return n > INT64_MAX - to ? INT64_MAX : (n + to - 1) / to * to;
}

static int64_t add_sizes(int64_t a, int64_t b) { return a > INT64_MAX - b ? INT64_MAX : a + b; }

static TypeLayout plain(const LayoutRun *run, int64_t size) {
  int64_t align = size < 1 ? 1 : size;
  return (TypeLayout){.size = size,
                      .align = align > run->context->target.max_align ? run->context->target.max_align : align};
}

static TypeLayout words(const LayoutRun *run, int64_t count, int64_t pointer_words) {
  int64_t w = run->context->target.word;
  return (TypeLayout){.size = count * w, .align = w, .pointer_bytes = pointer_words * w};
}

static TypeLayout basic_layout(const LayoutRun *run, const Type *t) {
  switch ((BasicKind)t->basic_kind) {
  case BASIC_BOOL:
  case BASIC_UNTYPED_BOOL:
  case BASIC_INT8:
  case BASIC_UINT8:
  case BASIC_BYTE: return plain(run, 1);
  case BASIC_INT16:
  case BASIC_UINT16: return plain(run, 2);
  case BASIC_INT32:
  case BASIC_UINT32:
  case BASIC_FLOAT32:
  case BASIC_RUNE:
  case BASIC_UNTYPED_RUNE: return plain(run, 4);
  case BASIC_INT64:
  case BASIC_UINT64:
  case BASIC_FLOAT64:
  case BASIC_UNTYPED_FLOAT: return plain(run, 8);
  case BASIC_COMPLEX64: return (TypeLayout){.size = 8, .align = 4};
  case BASIC_COMPLEX128:
  case BASIC_UNTYPED_COMPLEX: return (TypeLayout){.size = 16, .align = run->context->target.max_align};
  case BASIC_INT:
  case BASIC_UINT:
  case BASIC_UINTPTR:
  case BASIC_UNTYPED_INT: return words(run, 1, 0);
  case BASIC_STRING:
  case BASIC_UNTYPED_STRING: return words(run, 2, 1);
  case BASIC_UNSAFE_POINTER:
  case BASIC_UNTYPED_NIL: return words(run, 1, 1);
  case BASIC_INVALID:
  case BASIC_KIND_COUNT: break;
  }
  return (TypeLayout){.align = 1, .unknown = true};
}

static TypeLayout struct_layout(LayoutRun *run, const Type *t) {
  TypeLayout l = {.align = 1};
  TypeLayout last = {0};
  for (uint32_t i = 0; i < t->u.struct_.fields.len; i++) {
    last = layout_of(run, t->u.struct_.fields.items[i]->type);
    l.size = round_up(l.size, last.align);
    if (last.pointer_bytes > 0) l.pointer_bytes = add_sizes(l.size, last.pointer_bytes);
    l.size = add_sizes(l.size, last.size);
    if (last.align > l.align) l.align = last.align;
    if (last.not_in_heap) l.not_in_heap = true;
    l.unknown |= last.unknown;
  }
  if (l.size > 0 && last.size == 0) l.size = add_sizes(l.size, 1);
  l.size = round_up(l.size, l.align);
  return l;
}

static TypeLayout array_layout(LayoutRun *run, const Type *t) {
  TypeLayout elem = layout_of(run, t->u.array.elem);
  int64_t n = t->u.array.len < 0 ? 0 : t->u.array.len;
  TypeLayout l = {.align = elem.align, .not_in_heap = elem.not_in_heap, .unknown = elem.unknown || t->u.array.len < 0};
  l.size = n && elem.size > INT64_MAX / n ? INT64_MAX : n * elem.size;
  if (n > 0 && elem.pointer_bytes > 0)
    l.pointer_bytes = l.size == INT64_MAX ? INT64_MAX : (n - 1) * elem.size + elem.pointer_bytes;
  return l;
}

// Not-in-heap needs no sizes: `*T` inside T must not ask for T's layout.
static bool is_not_in_heap(const Type *t, unsigned depth) {
  const Type *n = named_of(t);
  if (n && n->u.named.obj && n->u.named.obj->pkg && sym_is(n->u.named.obj->name, "nih") &&
      str_equal(n->u.named.obj->pkg->path, STR("internal/runtime/sys")))
    return true;
  if (depth > 12) return false;
  const Type *u = type_underlying(t);
  if (u->kind == TYPE_ARRAY) return is_not_in_heap(u->u.array.elem, depth + 1);
  if (u->kind != TYPE_STRUCT) return false;
  for (uint32_t i = 0; i < u->u.struct_.fields.len; i++)
    if (is_not_in_heap(u->u.struct_.fields.items[i]->type, depth + 1)) return true;
  return false;
}

bool type_not_in_heap(const Type *t) { return is_not_in_heap(t, 0); }

static TypeLayout literal_layout(LayoutRun *run, Type *u) {
  switch ((TypeKind)u->kind) {
  case TYPE_BASIC: return basic_layout(run, u);
  case TYPE_POINTER: return words(run, 1, !is_not_in_heap(u->u.pointer.elem, 0));
  case TYPE_SLICE: return words(run, 3, !is_not_in_heap(u->u.slice.elem, 0));
  case TYPE_MAP:
  case TYPE_CHAN:
  case TYPE_SIGNATURE: return words(run, 1, 1);
  case TYPE_INTERFACE: return words(run, 2, 2);
  case TYPE_STRUCT: return struct_layout(run, u);
  case TYPE_ARRAY: return array_layout(run, u);
  case TYPE_TUPLE: { // several results: laid out as a struct
    TypeLayout l = {.align = 1};
    for (uint32_t i = 0; i < u->u.tuple.vars.len; i++) {
      TypeLayout v = layout_of(run, u->u.tuple.vars.items[i]->type);
      l.size = add_sizes(round_up(l.size, v.align), v.size);
      if (v.pointer_bytes) l.pointer_bytes = l.size;
      if (v.align > l.align) l.align = v.align;
    }
    return l;
  }
  case TYPE_NAMED:
  case TYPE_ALIAS:
  case TYPE_PARAM:
  case TYPE_UNION: break;
  }
  return plain(run, 0);
}

static bool is_atomic_align64(const Type *named) {
  const Object *o = named->u.named.obj;
  return o && o->pkg && sym_is(o->name, "align64") &&
         (str_equal(o->pkg->path, STR("sync/atomic")) || str_equal(o->pkg->path, STR("internal/runtime/atomic")));
}

static TypeLayout named_layout(LayoutRun *run, Type *named) {
  TypeLayout *known = LOAD(named->u.named.layout);
  if (known) return *known;
  Type *u = type_underlying(named);
  if (!LOAD(named->u.named.underlying)) run->incomplete = true;
  bool before = run->incomplete;
  run->incomplete = false;
  TypeLayout l = literal_layout(run, u);
  if (is_atomic_align64(named)) l.align = 8;
  l.not_in_heap = l.not_in_heap || is_not_in_heap(named, 0);
  Package *owner = named->u.named.owner;
  if (!run->incomplete && !before && owner) {
    types_lock(owner);
    if (!named->u.named.layout) {
      TypeLayout *kept = ARENA_NEW(&owner->lazy, TypeLayout);
      *kept = l;
      STORE(named->u.named.layout, kept);
    }
    types_unlock(owner);
  }
  run->incomplete = run->incomplete || before;
  return l;
}

static TypeLayout layout_of(LayoutRun *run, Type *self) {
  Type *t = type_unalias(self);
  if (t->kind == TYPE_PARAM || type_is_invalid(t)) {
    run->incomplete = true;
    return (TypeLayout){.align = 1, .unknown = t->kind != TYPE_PARAM};
  }
  if (run->depth > type_depth_limit() || !run->budget) { // a type of infinite size, which the checker reports
    run->incomplete = true;
    return plain(run, 0);
  }
  run->budget--;
  run->depth++;
  TypeLayout l = t->kind == TYPE_NAMED ? named_layout(run, t) : literal_layout(run, t);
  run->depth--;
  return l;
}

static TypeLayout type_layout(const TypeContext *c, Type *t) {
  LayoutRun run = {.context = c, .budget = 1000000};
  return layout_of(&run, t);
}

// Sizes of types that mention type parameters mean nothing.
static bool depends_on_params(const Type *self, unsigned depth, unsigned *budget) {
  const Type *t = type_unalias(self);
  if (t->kind == TYPE_PARAM) return true;
  if (t->kind == TYPE_NAMED && LOAD(t->u.named.layout)) return false;
  if (depth > 32 || !*budget) return false;
  --*budget; // structs of structs of structs … double at each step
  const Type *u = type_underlying(t);
  if (u->kind == TYPE_ARRAY) return depends_on_params(u->u.array.elem, depth + 1, budget);
  if (u->kind != TYPE_STRUCT) return false;
  for (uint32_t i = 0; i < u->u.struct_.fields.len; i++)
    if (depends_on_params(u->u.struct_.fields.items[i]->type, depth + 1, budget)) return true;
  return false;
}

int64_t type_size(const TypeContext *c, Type *t) {
  unsigned budget = 10000;
  return depends_on_params(t, 0, &budget) ? 0 : type_layout(c, t).size;
}
int64_t type_align(const TypeContext *c, Type *t) { return type_layout(c, t).align; }
int64_t type_pointer_bytes(const TypeContext *c, Type *t) { return type_layout(c, t).pointer_bytes; }
bool type_is_sized(const TypeContext *c, Type *t) { return !type_layout(c, t).unknown; }
bool type_has_pointers(const TypeContext *c, Type *t) { return type_layout(c, t).pointer_bytes > 0; }

int64_t struct_field_offset(const TypeContext *c, Type *struct_type, uint32_t index) {
  Type *u = type_underlying(struct_type);
  if (u->kind != TYPE_STRUCT || index >= u->u.struct_.fields.len) return 0;
  int64_t offset = 0;
  for (uint32_t i = 0;; i++) {
    TypeLayout l = type_layout(c, u->u.struct_.fields.items[i]->type);
    offset = round_up(offset, l.align);
    if (i == index) return offset;
    offset = add_sizes(offset, l.size);
  }
}

// Before 1.26, only one-word types with exactly one component were direct; since then every type of one word that is a
// pointer, whatever zero-sized parts surround it.
static bool is_pointer_shaped(const TypeContext *c, Type *t, unsigned depth) {
  Type *u = type_underlying(t);
  if (type_is_param(t) || depth > type_depth_limit()) return false;
  if (u->kind == TYPE_ARRAY) return u->u.array.len == 1 && is_pointer_shaped(c, u->u.array.elem, depth + 1);
  if (u->kind == TYPE_STRUCT)
    return u->u.struct_.fields.len == 1 && is_pointer_shaped(c, u->u.struct_.fields.items[0]->type, depth + 1);
  if (u->kind == TYPE_BASIC) return u->basic_kind == BASIC_UNSAFE_POINTER;
  if (u->kind == TYPE_POINTER) return !is_not_in_heap(u->u.pointer.elem, 0);
  return u->kind == TYPE_MAP || u->kind == TYPE_CHAN || u->kind == TYPE_SIGNATURE;
}

bool type_is_direct_interface(const TypeContext *c, Type *t) {
  if (c->go_minor && c->go_minor < 26) return is_pointer_shaped(c, t, 0);
  TypeLayout l = type_layout(c, t);
  return l.size == c->target.word && l.pointer_bytes == c->target.word;
}
