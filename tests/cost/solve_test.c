// solve_test: bounds that follow changes are those that a new table has, in random call graphs with cycles; functions
// whose change shows to nobody cost themselves only.
#include "cost/cost.h"

#include <stdlib.h>

enum { FUNCTIONS = 120, ROUNDS = 400 };

static uint32_t seed = 1;
static uint32_t roll(uint32_t n) {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) % n;
}

static Sym names[FUNCTIONS];

static CostEvent random_event(Arena *a) {
  CostEvent e = {.loops = roll(5) == 0, .cold = roll(4) == 0, .text = STR("x")};
  switch (roll(12)) {
  case 0:
    e.kind = COST_SITE;
    e.objects = 1 + roll(3);
    e.bytes = roll(4) ? (int64_t)roll(100) : -1;
    break;
  case 1: e.kind = roll(2) ? COST_UNKNOWN : COST_PARAM; break;
  default: {
    e.kind = COST_CALL;
    e.callee = names[roll(FUNCTIONS)];
    CostArg *arg = ARENA_NEW(a, CostArg);
    *arg = (CostArg){0, roll(2) ? names[roll(FUNCTIONS)] : NULL, roll(3) ? UINT32_MAX : 0};
    e.args = arg;
    e.arg_count = roll(3) == 0;
  }
  }
  return e;
}

static CostBatch *batch_of(uint32_t first, uint32_t count) {
  CostBatch *b = cost_batch_new();
  for (uint32_t i = 0; i < count; i++) {
    uint32_t events = roll(4);
    CostEvent *list = ARENA_ARRAY(&b->arena, CostEvent, events + 1);
    for (uint32_t k = 0; k < events; k++) list[k] = random_event(&b->arena);
    CostCode code = {.symbol = names[(first + i) % FUNCTIONS], .events = list, .event_count = events};
    VEC_PUSH(&b->arena, &b->codes, code);
  }
  return b;
}

static CostBatch *copy_of(const CostCode *code) {
  CostBatch *b = cost_batch_new();
  CostEvent *list = ARENA_ARRAY(&b->arena, CostEvent, code->event_count + 1);
  if (code->event_count) memcpy(list, code->events, code->event_count * sizeof *list);
  for (uint32_t i = 0; i < code->event_count; i++) {
    CostArg *args = ARENA_ARRAY(&b->arena, CostArg, list[i].arg_count + 1);
    if (list[i].arg_count) memcpy(args, list[i].args, list[i].arg_count * sizeof *args);
    list[i].args = args;
  }
  VEC_PUSH(&b->arena, &b->codes,
           ((CostCode){.symbol = code->symbol, .events = list, .event_count = code->event_count}));
  return b;
}

static void compare(const CostTable *now, uint32_t round) {
  VEC(CostBatch *) all = {0};
  for (uint32_t i = 0; i < now->len; i++) VEC_APPEND(&all, copy_of(now->entries[i].code));
  CostTable *fresh = cost_table_new(all.items, all.len, NULL);
  for (uint32_t i = 0; i < now->len; i++) {
    const CostEntry *e = &now->entries[i], *other = cost_find(fresh, e->code->symbol);
    for (int level = 0; level < COST_LEVELS; level++) {
      if (cost_sum_equal(&e->sums[level], &other->sums[level])) continue;
      printf("round %u: %s is summed up otherwise anew\n", round, e->code->symbol->text);
      exit(1);
    }
  }
  for (uint32_t i = 0; i < all.len; i++) cost_batch_release(all.items[i]);
  free(all.items);
  cost_table_release(fresh);
}

int main(void) {
  Interner *interner = interner_new();
  for (uint32_t i = 0; i < FUNCTIONS; i++) {
    char name[16];
    snprintf(name, sizeof name, "p.f%u", i);
    names[i] = intern(interner, str_of(name));
  }
  CostBatch *base = batch_of(0, FUNCTIONS / 2); // the others come later
  CostTable *t = cost_table_new(&base, 1, NULL);
  cost_batch_release(base);
  uint64_t summed = 0;
  for (uint32_t round = 0; round < ROUNDS; round++) {
    bool same = roll(4) == 0;
    CostBatch *changed = same ? copy_of(t->entries[roll(t->len)].code) : batch_of(roll(FUNCTIONS), 1 + roll(3));
    CostTable *next = cost_table_update(t, &changed, 1, false, NULL);
    cost_batch_release(changed);
    cost_table_release(t);
    t = next;
    summed += t->summed;
    compare(t, round);
  }
  CostBatch *alike = copy_of(t->entries[0].code); // the same code: nobody has to follow
  CostTable *last = cost_table_update(t, &alike, 1, false, NULL);
  bool few = last->summed * 4 < last->len || last->len < 4;
  printf("%u changes in graphs of %u functions: as anew; %.1f functions summed up for each; %u for one that stays the "
         "same\n",
         ROUNDS, t->len, (double)summed / ROUNDS, last->summed);
  bool good = summed / ROUNDS < FUNCTIONS;
  cost_batch_release(alike);
  cost_table_release(last);
  cost_table_release(t);
  interner_free(interner);
  return good && few ? 0 : 1;
}
