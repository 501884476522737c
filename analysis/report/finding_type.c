// finding_type.c: how large a struct is, how much of that is padding, and the order of fields that is smallest.
//
// Every Go type's size is a multiple of its alignment, so fields in order of falling alignment leave no gaps between
// them; a field without bytes must not be the last one, or it costs a byte and its padding (types/sizes.c). Among equal
// alignments fields with pointers go first, and of those the ones whose pointers end latest, so that the garbage
// collector has the shortest stretch to look at. An order is told only where it makes the struct smaller.
#include <stdlib.h>

#include "report/finding_internal.h"
#include "syntax/syntax.h"

typedef struct FieldSize {
  uint32_t index, group;
  int64_t size, align, pointer_bytes; // of the whole group
  uint32_t count;
} FieldSize;

// Falling alignment; what has no bytes goes first.
static int by_size(const void *a, const void *b) {
  const FieldSize *x = a, *y = b;
  if (!x->size != !y->size) return x->size ? 1 : -1;
  if (x->align != y->align) return x->align > y->align ? -1 : 1;
  if (!x->pointer_bytes != !y->pointer_bytes) return x->pointer_bytes ? -1 : 1;
  int64_t p = x->size - x->pointer_bytes, q = y->size - y->pointer_bytes; // what follows the last pointer
  if (x->pointer_bytes && p != q) return p < q ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

static int64_t round_up(int64_t n, int64_t align) { return align > 1 ? (n + align - 1) / align * align : n; }

typedef struct Laid {
  int64_t size, pointer_bytes;
} Laid;

static Laid lay_out(const TypeContext *context, const ObjectList *fields, const uint32_t *order) {
  Laid out = {0};
  int64_t max = 1;
  for (uint32_t i = 0; i < fields->len; i++) {
    Type *t = fields->items[order[i]]->type;
    int64_t align = type_align(context, t), size = type_size(context, t);
    if (align > max) max = align;
    out.size = round_up(out.size, align);
    if (type_has_pointers(context, t)) out.pointer_bytes = out.size + type_pointer_bytes(context, t);
    out.size += size;
    if (i + 1 == fields->len && size == 0 && out.size > 0) out.size++;
  }
  out.size = round_up(out.size, max);
  return out;
}

// A reason to leave the order alone: the field is there for its place.
static Str fixed_because(const ObjectList *fields) {
  for (uint32_t i = 0; i < fields->len; i++) {
    const Object *f = fields->items[i];
    const Type *t = f->type ? type_unalias(f->type) : NULL;
    bool named = t && t->kind == TYPE_NAMED && t->u.named.obj && t->u.named.obj->pkg;
    if (named && str_equal(t->u.named.obj->pkg->path, STR("structs")))
      return STR("its layout is the host's (`structs`)");
    if (f->name && sym_is_blank(f->name)) return STR("it has padding of its own (a field `_`)");
  }
  return STR_NONE;
}

static bool measurable(const TypeContext *context, const ObjectList *fields) {
  enum { LARGEST = 1 << 30 };
  for (uint32_t i = 0; i < fields->len; i++) {
    Type *t = fields->items[i]->type;
    if (!t || type_is_invalid(t)) return false;
    int64_t size = type_size(context, t);
    if (size < 0 || size > LARGEST) return false;
  }
  return true;
}

static void write_order(Buf *out, const ObjectList *fields, const uint32_t *order) {
  enum { SHOWN = 24 };
  for (uint32_t i = 0; i < fields->len && i < SHOWN; i++) {
    const Object *f = fields->items[order[i]];
    buf_printf(out, "%s%s", i ? ", " : "", f->name ? f->name->text : "_");
  }
  if (fields->len > SHOWN) buf_puts(out, ", …");
}

// The best order; names that are declared together (`a, b int`) stay together.
static uint32_t *best_order(FindingMaker *m, const ObjectList *fields, const AstList *nodes) {
  FieldSize *groups = ARENA_ARRAY(&m->scratch, FieldSize, fields->len + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < fields->len; i++) {
    Type *t = fields->items[i]->type;
    uint32_t group = nodes->items[i]->u.field.group;
    FieldSize *last = count ? &groups[count - 1] : NULL;
    if (last && nodes->items[i]->u.field.name && nodes->items[last->index]->u.field.name &&
        nodes->items[i]->u.field.type == nodes->items[last->index]->u.field.type && group == last->group) {
      last->count++;
      if (last->pointer_bytes) last->pointer_bytes = last->size + type_pointer_bytes(m->types, t);
      last->size += type_size(m->types, t);
      continue;
    }
    groups[count++] =
      (FieldSize){.index = i,
                  .group = group,
                  .count = 1,
                  .size = type_size(m->types, t),
                  .align = type_align(m->types, t),
                  .pointer_bytes = type_has_pointers(m->types, t) ? type_pointer_bytes(m->types, t) : 0};
  }
  if (count) qsort(groups, count, sizeof *groups, by_size);
  uint32_t *order = ARENA_ARRAY(m->arena, uint32_t, fields->len + 1), next = 0;
  for (uint32_t i = 0; i < count; i++) {
    for (uint32_t k = 0; k < groups[i].count; k++) order[next++] = groups[i].index + k;
  }
  return order;
}

static StructFacts *measure(FindingMaker *m, Type *type, const ObjectList *fields, const AstList *nodes) {
  StructFacts *s = ARENA_NEW(m->arena, StructFacts);
  bool pointers = type_has_pointers(m->types, type);
  *s = (StructFacts){.size = type_size(m->types, type), .field_count = fields->len};
  s->pointer_bytes = pointers ? type_pointer_bytes(m->types, type) : 0;
  s->size_class = size_class_of(s->size, pointers);
  s->padding = s->size;
  for (uint32_t i = 0; i < fields->len; i++) s->padding -= type_size(m->types, fields->items[i]->type);
  s->best_size = s->size, s->best_pointer_bytes = s->pointer_bytes, s->best_class = s->size_class;
  uint32_t *order = best_order(m, fields, nodes);
  Laid best = lay_out(m->types, fields, order);
  if (best.size >= s->size) return s;
  s->fixed = fixed_because(fields);
  if (s->fixed.n) return s;
  s->best_size = best.size;
  s->best_pointer_bytes = best.pointer_bytes;
  s->best_class = size_class_of(best.size, pointers);
  s->order = order;
  Buf text = {0};
  write_order(&text, fields, order);
  s->order_text = arena_str(m->arena, buf_view(&text));
  buf_release(&text);
  return s;
}

void struct_add(FindingMaker *m, const AstFile *file, const AstDecl *decl, const DeclTypes *types, const Ast *n) {
  const Ast *name = n->u.type_decl.name, *text = n->u.type_decl.type ? ast_unparen(n->u.type_decl.type) : NULL;
  if (!name || !text || text->kind != AST_STRUCT_TYPE || n->u.type_decl.tparams.len) return;
  const Object *object = node_info(types, name)->ref.object;
  Type *type = object && object->kind == OBJ_TYPENAME ? object->type : NULL;
  Type *under = type ? type_underlying(type) : NULL;
  if (!under || under->kind != TYPE_STRUCT) return;
  const ObjectList *fields = &under->u.struct_.fields;
  const AstList *nodes = &text->u.struct_type.fields;
  if (fields->len != nodes->len || !measurable(m->types, fields)) return;
  uint32_t base = ast_file_offset(file, (Pos){decl, 0});
  LineCol lc = ast_file_line_col(file, base + name->start);
  Finding f = {.kind = FINDING_TYPE,
               .verdict = VERDICT_STACK,
               .source = file->source,
               .start = base + name->start,
               .end = base + name->end,
               .hint_at = base + name->end,
               .line = lc.line,
               .column = lc.column,
               .decl = decl,
               .subject = sym_str(name->u.name.name),
               .loop_depth = 1,
               .hint = STR("struct")};
  const StructFacts *s = measure(m, under, fields, nodes);
  f.layout = s;
  f.bytes = s->size;
  f.size_class = s->size_class;
  VEC_APPEND(&m->items, f);
}
