// map.c: what maps take when they are made: a header, and for more than eight entries a directory, tables and their
// groups at once. A small one takes its only group when the first entry comes, as in a literal.
// From internal/runtime/maps (map.go, table.go, group.go), walk/builtin.go (walkMakeMap) and reflectdata/map.go.
#include "alloc/walk_internal.h"

enum { INDIRECT_LIMIT = 128 };

static int64_t power_of_two(int64_t n) {
  int64_t p = 1;
  while (p < n) p *= 2;
  return p;
}

// Bytes of a group: eight slots.
static int64_t map_group(const TypeContext *types, const Type *map, bool *pointers) {
  uint8_t word = types->target.word;
  Type *key = map->u.map.key, *elem = map->u.map.elem;
  int64_t key_size = type_size(types, key), elem_size = type_size(types, elem);
  *pointers = type_has_pointers(types, key) || type_has_pointers(types, elem);
  if (key_size > INDIRECT_LIMIT) key_size = word, *pointers = true;
  if (elem_size > INDIRECT_LIMIT) elem_size = word, *pointers = true;
  int64_t key_align = type_align(types, key), elem_align = type_align(types, elem);
  int64_t align = key_align > elem_align ? key_align : elem_align;
  int64_t slot = alloc_round_up(alloc_round_up(key_size, elem_align) + elem_size, align);
  if (elem_size == 0) slot = alloc_round_up(key_size + 1, align); // room so that the element's address stays inside
  return 8 + MAP_GROUP_SLOTS * slot;
}

// Keys and elements that are too large for a slot are objects of their own.
static int64_t map_entry(const TypeContext *types, const Type *map) {
  int64_t bytes = 0;
  Type *parts[] = {map->u.map.key, map->u.map.elem};
  for (int i = 0; i < 2; i++) {
    int64_t size = type_size(types, parts[i]);
    if (size <= INDIRECT_LIMIT) continue;
    bytes += alloc_size_class(size, !type_has_pointers(types, parts[i]), types->target.word);
  }
  return bytes;
}

// Header, directory, tables and groups that a map with this many entries in mind starts with: all but the header's
// class sizes are summed up in *more. entries: it gets so many at once; for the first one a small map takes its group.
static int64_t map_bytes(const TypeContext *types, const Type *map, int64_t hint, int64_t entries, int64_t *more) {
  enum { MAX_TABLE = 1024, LOAD = 7 };
  uint8_t word = types->target.word;
  int64_t header = word == 8 ? 48 : 32;
  bool pointers;
  int64_t group = map_group(types, map, &pointers);
  *more = entries * map_entry(types, map);
  if (hint <= MAP_GROUP_SLOTS) {
    if (entries) *more += alloc_size_class(group, !pointers, word);
    return header;
  }
  int64_t target = hint * MAP_GROUP_SLOTS / LOAD;
  int64_t tables = power_of_two((target + MAX_TABLE - 1) / MAX_TABLE);
  int64_t slots = power_of_two(target / tables < MAP_GROUP_SLOTS ? MAP_GROUP_SLOTS : target / tables);
  int64_t table = word == 8 ? 32 : 20;
  *more += alloc_size_class(tables * word, false, word) +
           tables * (alloc_size_class(table, false, word) +
                     alloc_size_class(slots / MAP_GROUP_SLOTS * group, !pointers, word));
  return header;
}

void alloc_add_map(Walker *w, const IrNode *n, const IrNode *hint_node, int64_t hint, IrPos pos) {
  const TypeContext *types = w->pass->types;
  Type *map = under(n->type);
  if (map->kind != TYPE_MAP) return;
  AllocSite *s = alloc_add_site(w, ALLOC_KIND_MAP, n, pos, n->type);
  bool constant = !hint_node || (hint_node->op == IR_LITERAL && const_int64_value(hint_node->u.lit.value, &hint));
  if (!constant) hint = 0;
  int64_t entries = n->op == IR_MAPLIT ? n->u.complit.list.len : 0;
  int64_t more, header = map_bytes(types, map, hint, entries, &more);
  if (constant && hint <= MAP_GROUP_SLOTS) {
    if (n->esc == ESC_NONE)
      alloc_set_none(s, ALLOC_WHY_STACK_MAP);
    else
      alloc_set_call(w, s, ALLOC_MAKEMAP_SMALL, header, false), s->more_bytes = more;
    return;
  }
  bool wide = hint_node && type_size(types, hint_node->type) > types->target.word && !constant;
  AllocFunc call = wide ? ALLOC_MAKEMAP64 : ALLOC_MAKEMAP;
  if (n->esc == ESC_NONE) {
    alloc_set_call(w, s, call, constant ? 0 : -1, false);
    s->size_class = s->bytes;
    s->condition = constant ? ALLOC_ALWAYS : ALLOC_IF_HINT;
    s->limit = MAP_GROUP_SLOTS;
  } else {
    alloc_set_call(w, s, call, header, false);
  }
  s->more_bytes = more;
}
