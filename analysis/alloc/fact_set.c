// fact_set.c: facts by variable.
//
// A list in no order; from a few facts on with a table beside it (open addressing, linear probing) that says where a
// variable's fact is. Copies make their table when they are first asked.
#include "alloc/walk_internal.h"

#include <stdlib.h>

enum { LISTED = 16, GONE = UINT32_MAX }; // so many are looked through; what a slot says whose fact was removed

static uint32_t first_slot(const FactSet *set, const IrName *name) {
  return (uint32_t)(((uintptr_t)name >> 4) * 0x9E3779B97F4A7C15u >> 32) & (set->slot_count - 1);
}

static void put(FactSet *set, uint32_t i) {
  uint32_t at = first_slot(set, set->items[i].name);
  while (set->slots[at]) at = (at + 1) & (set->slot_count - 1);
  set->slots[at] = i + 1;
  set->slots_used++;
}

static void make_slots(FactSet *set) {
  free(set->slots);
  set->slot_count = 64;
  while (set->slot_count < 4 * set->len) set->slot_count *= 2;
  set->slots = mem_new(set->slot_count * sizeof *set->slots);
  set->slots_used = 0;
  for (uint32_t i = 0; i < set->len; i++) put(set, i);
}

// Where the slot of the variable's fact is; NULL: it has none.
static uint32_t *slot_of(FactSet *set, const IrName *name) {
  if (!set->slots) make_slots(set);
  for (uint32_t at = first_slot(set, name); set->slots[at]; at = (at + 1) & (set->slot_count - 1))
    if (set->slots[at] != GONE && set->items[set->slots[at] - 1].name == name) return &set->slots[at];
  return NULL;
}

Fact *fact_set_find(FactSet *set, const IrName *name) {
  if (set->len > LISTED) {
    const uint32_t *slot = slot_of(set, name);
    return slot ? &set->items[*slot - 1] : NULL;
  }
  for (uint32_t i = 0; i < set->len; i++)
    if (set->items[i].name == name) return &set->items[i];
  return NULL;
}

void fact_set_add(FactSet *set, const Fact *fact) {
  VEC_APPEND(set, *fact);
  if (!set->slots) return;
  if (2 * (set->slots_used + 1) > set->slot_count)
    make_slots(set);
  else
    put(set, set->len - 1);
}

void fact_set_remove(FactSet *set, Fact *fact) {
  uint32_t last = set->len - 1;
  if (set->slots) {
    *slot_of(set, fact->name) = GONE;
    if (fact != &set->items[last]) *slot_of(set, set->items[last].name) = (uint32_t)(fact - set->items) + 1;
  }
  *fact = set->items[last];
  set->len = last;
}

void fact_set_clear(FactSet *set) {
  set->len = 0;
  free(set->slots);
  set->slots = NULL;
}

FactSet fact_set_copy(const FactSet *set) {
  FactSet copy = {0};
  if (!set->len) return copy;
  copy.items = mem_new(set->len * sizeof *copy.items);
  memcpy(copy.items, set->items, set->len * sizeof *copy.items);
  copy.len = copy.cap = set->len;
  return copy;
}

void fact_set_release(FactSet *set) {
  free(set->items);
  free(set->slots);
  *set = (FactSet){0};
}
