// solve.c: bounds of functions from what each does and from the bounds of what it calls.
//
// Functions are summed up callees first, component by component of the call graph (Tarjan, without recursion). In a
// component with a cycle sums start at nothing and are made again until none changes: flags are only ever set, numbers
// of steps come down, and what is allocated on a cycle has no bound (COST_MANY) at once, so that it ends soon.
//
// A function that calls what it is given has no cost for that itself: where it is called, its arguments are looked at.
//
// An update looks only at functions from which a changed one can be reached, and of these sums up only those that
// changed themselves or call one whose sum has changed, and those that are or were on a cycle, which may be another one
// now.
#include "cost/cost_internal.h"

#include <stdlib.h>

static const struct {
  const char *symbol;
  CostRule rule;
} rules[] = {
#define COST_FUNCTION(symbol, rule, source) {symbol, COST_RULE_##rule},
#include "cost/functions.def"
#undef COST_FUNCTION
};

CostRule cost_rule(Sym symbol) {
  size_t low = 0, high = sizeof rules / sizeof *rules;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = strcmp(symbol->text, rules[middle].symbol);
    if (!order) return rules[middle].rule;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return COST_RULE_NONE;
}

bool cost_is_nothing(const CostSum *s) { return !s->once && !s->turn && !s->unknown && !s->params; }

bool cost_sum_equal(const CostSum *a, const CostSum *b) {
  return a->once == b->once && a->turn == b->turn && a->once_bytes == b->once_bytes && a->turn_bytes == b->turn_bytes &&
         a->params == b->params && a->params_often == b->params_often && a->unknown == b->unknown &&
         a->site == b->site && a->blind == b->blind && a->site_steps == b->site_steps &&
         a->blind_steps == b->blind_steps;
}

// ---- Sums

static const CostSum nothing = {
  .site = UINT32_MAX, .blind = UINT32_MAX, .site_steps = COST_FAR, .blind_steps = COST_FAR};

static uint32_t add_count(uint32_t a, uint32_t b) { return a + b < COST_MANY ? a + b : COST_MANY; }
static int64_t add_bytes(int64_t a, int64_t b) { return a < 0 || b < 0 || a > INT64_MAX - b ? -1 : a + b; }

static void add_amount(CostSum *s, bool loops, uint32_t objects, int64_t bytes) {
  if (!objects) return;
  uint32_t *count = loops ? &s->turn : &s->once;
  int64_t *sum = loops ? &s->turn_bytes : &s->once_bytes;
  *count = add_count(*count, objects);
  *sum = add_bytes(*sum, bytes);
}

static void note_site(CostSum *s, uint32_t event, uint32_t steps) {
  if (steps >= s->site_steps) return;
  s->site = event;
  s->site_steps = (uint16_t)steps;
}

static void note_blind(CostSum *s, uint32_t event, uint32_t steps) {
  s->unknown = true;
  if (steps >= s->blind_steps) return;
  s->blind = event;
  s->blind_steps = (uint16_t)steps;
}

static void note_param(CostSum *s, uint32_t event, uint32_t param, bool often) {
  if (param >= 32) {
    note_blind(s, event, 1);
    return;
  }
  uint32_t bit = 1U << param;
  if (often || (s->params & bit)) s->params_often |= bit;
  s->params |= bit;
}

typedef struct Solver {
  CostTable *table;
  const CostLookup *lookup;
  bool *changed;       // by entry
  bool *in_region;     // by entry
  uint32_t *component; // by entry: number plus 1 of its component; 0: not numbered
  bool *is_new;        // by entry: its sum is not what it was
  CostSum first;       // of a function that calls its first parameter
} Solver;

static const CostSum *sum_of(const Solver *s, Sym symbol, CostLevel level) {
  CostRule rule = cost_rule(symbol);
  if (rule != COST_RULE_NONE) return rule == COST_RULE_CALLS_FIRST ? &s->first : &nothing;
  uintptr_t at = (uintptr_t)ptrmap_get(&s->table->by_symbol, symbol);
  if (at) return &s->table->entries[at - 1].sums[level];
  const CostEntry *e = s->lookup ? s->lookup->find(s->lookup->context, symbol) : NULL;
  if (!e) return NULL;
  switch (cost_rule(e->code->symbol)) { // that it is linked to
  case COST_RULE_OWN: return &nothing;
  case COST_RULE_CALLS_FIRST: return &s->first;
  case COST_RULE_COUNTED: return NULL; // not here
  case COST_RULE_NONE: break;
  }
  return &e->sums[level];
}

// Is the function in the component that is being summed up?
static bool is_inside(const Solver *s, Sym symbol, uint32_t component) {
  uintptr_t at = (uintptr_t)ptrmap_get(&s->table->by_symbol, symbol);
  return at && s->component[at - 1] == component;
}

typedef struct Adding {
  const Solver *solver;
  CostSum *to;
  CostLevel level;
  uint32_t component; // 0: no cycle
} Adding;

static const CostArg *arg_for(const CostEvent *e, uint32_t param) {
  for (uint32_t i = 0; i < e->arg_count; i++)
    if (e->args[i].param == param) return &e->args[i];
  return NULL;
}

static void add_callee(const Adding *a, uint32_t event, const CostEvent *e, Sym callee, bool loops, unsigned depth) {
  const CostSum *c = sum_of(a->solver, callee, a->level);
  if (!c || depth > 8) {
    note_blind(a->to, event, 1);
    return;
  }
  bool cycle = a->component && is_inside(a->solver, callee, a->component);
  if (cycle && (c->once || c->turn)) {
    add_amount(a->to, loops, COST_MANY, -1);
  } else {
    add_amount(a->to, loops, c->once, c->once_bytes);
    add_amount(a->to, true, c->turn, c->turn_bytes);
  }
  if (c->once || c->turn) note_site(a->to, event, c->site_steps + 1U);
  if (c->unknown) note_blind(a->to, event, c->blind_steps + 1U);
  for (uint32_t i = 0; i < 32; i++) {
    if (!(c->params & (1U << i))) continue;
    const CostArg *arg = depth ? NULL : arg_for(e, i); // what an argument is given is not known
    bool often = loops || cycle || (c->params_often & (1U << i));
    if (arg && arg->func)
      add_callee(a, event, e, arg->func, often, depth + 1);
    else if (arg && arg->own != UINT32_MAX)
      note_param(a->to, event, arg->own, often);
    else
      note_blind(a->to, event, 1);
  }
}

static CostSum sum_up(const Solver *s, const CostEntry *entry, CostLevel level, uint32_t component) {
  CostSum sum = nothing;
  Adding a = {s, &sum, level, component};
  for (uint32_t i = 0; i < entry->code->event_count; i++) {
    const CostEvent *e = &entry->code->events[i];
    if (e->trusted || (level == COST_WARM && e->cold)) continue;
    switch ((CostEventKind)e->kind) {
    case COST_SITE:
      add_amount(&sum, e->loops, e->objects, e->bytes);
      note_site(&sum, i, 1);
      break;
    case COST_CALL: add_callee(&a, i, e, e->callee, e->loops, 0); break;
    case COST_PARAM: note_param(&sum, i, e->param, e->loops); break;
    case COST_UNKNOWN: note_blind(&sum, i, 1); break;
    }
  }
  return sum;
}

// ---- Components

// The functions that a code calls, and those that it hands to what it calls, one after the other.
typedef struct Calls {
  const CostCode *code;
  uint32_t event, arg;
} Calls;

typedef struct Frame {
  uint32_t entry;
  Calls calls;
} Frame;

typedef struct Walk {
  Solver *s;
  uint32_t *order, *low; // by entry: when it was met, plus 1
  bool *waits;           // by entry: on the stack of those without a component
  VEC(uint32_t) stack;
  VEC(Frame) frames;
  uint32_t met, components;
} Walk;

// The next of them; NULL: no more.
static Sym next_call(Calls *c) {
  for (; c->event < c->code->event_count; c->event++, c->arg = 0) {
    const CostEvent *e = &c->code->events[c->event];
    while (e->kind == COST_CALL && c->arg <= e->arg_count) {
      Sym callee = c->arg ? e->args[c->arg - 1].func : e->callee;
      c->arg++;
      if (callee) return callee;
    }
  }
  return NULL;
}

// The same as entries of the table, leaving out those that have none; UINT32_MAX: no more.
static uint32_t next_callee(const CostTable *t, Calls *c) {
  for (Sym callee; (callee = next_call(c));) {
    uintptr_t at = (uintptr_t)ptrmap_get(&t->by_symbol, callee);
    if (at) return (uint32_t)at - 1;
  }
  return UINT32_MAX;
}

static bool calls_changed(const Solver *s, uint32_t i) {
  Calls calls = {.code = s->table->entries[i].code};
  for (uint32_t callee; (callee = next_callee(s->table, &calls)) != UINT32_MAX;)
    if (s->is_new[callee]) return true;
  return false;
}

static bool calls_itself(const CostCode *code) {
  Calls calls = {.code = code};
  for (Sym callee; (callee = next_call(&calls));)
    if (callee == code->symbol) return true;
  return false;
}

static void sum_component(Solver *s, const uint32_t *members, uint32_t count) {
  CostTable *t = s->table;
  bool due = false, cycle = count > 1 || calls_itself(t->entries[members[0]].code);
  for (uint32_t i = 0; i < count; i++) {
    CostEntry *e = &t->entries[members[i]];
    due |= cycle || e->in_cycle || s->changed[members[i]] || calls_changed(s, members[i]);
    e->in_cycle = cycle;
  }
  if (!due) return;
  uint32_t component = cycle ? s->component[members[0]] : 0;
  t->summed += count;
  for (int level = 0; level < COST_LEVELS; level++) {
    CostSum *before = mem_new(sizeof *before * count);
    for (uint32_t i = 0; i < count; i++) {
      before[i] = t->entries[members[i]].sums[level];
      t->entries[members[i]].sums[level] = nothing;
    }
    for (bool again = true; again;) {
      again = false;
      for (uint32_t i = 0; i < count; i++) {
        CostEntry *e = &t->entries[members[i]];
        CostSum now = sum_up(s, e, (CostLevel)level, component);
        again |= cycle && !cost_sum_equal(&now, &e->sums[level]);
        e->sums[level] = now;
      }
    }
    for (uint32_t i = 0; i < count; i++)
      s->is_new[members[i]] |= !cost_sum_equal(&before[i], &t->entries[members[i]].sums[level]);
    free(before);
  }
}

static void leave(Walk *w, uint32_t entry) {
  if (w->low[entry] != w->order[entry]) return;
  uint32_t first = w->stack.len;
  w->components++;
  do {
    first--;
    w->waits[w->stack.items[first]] = false;
    w->s->component[w->stack.items[first]] = w->components;
  } while (w->stack.items[first] != entry);
  sum_component(w->s, w->stack.items + first, w->stack.len - first);
  w->stack.len = first;
}

static void enter(Walk *w, uint32_t entry) {
  w->order[entry] = w->low[entry] = ++w->met;
  w->waits[entry] = true;
  VEC_APPEND(&w->stack, entry);
  VEC_APPEND(&w->frames, (Frame){entry, {.code = w->s->table->entries[entry].code}});
}

static void walk_from(Walk *w, uint32_t root) {
  enter(w, root);
  while (w->frames.len) {
    Frame *f = &w->frames.items[w->frames.len - 1];
    uint32_t at = f->entry, callee;
    do callee = next_callee(w->s->table, &f->calls);
    while (callee != UINT32_MAX && !w->s->in_region[callee]);
    if (callee == UINT32_MAX) {
      w->frames.len--;
      if (w->frames.len) {
        uint32_t caller = w->frames.items[w->frames.len - 1].entry;
        if (w->low[at] < w->low[caller]) w->low[caller] = w->low[at];
      }
      leave(w, at);
    } else if (!w->order[callee]) {
      enter(w, callee);
    } else if (w->waits[callee] && w->order[callee] < w->low[at]) {
      w->low[at] = w->order[callee];
    }
  }
}

static void solve(Solver *s) {
  uint32_t count = s->table->len;
  Walk w = {.s = s};
  w.order = mem_new(sizeof *w.order * (count + 1));
  w.low = mem_new(sizeof *w.low * (count + 1));
  w.waits = mem_new(count + 1);
  for (uint32_t i = 0; i < count; i++)
    if (s->in_region[i] && !w.order[i]) walk_from(&w, i);
  free(w.order);
  free(w.low);
  free(w.waits);
  free(w.stack.items);
  free(w.frames.items);
}

// ---- Tables

static CostTable *table_alloc(uint32_t room) {
  CostTable *t = mem_new(sizeof *t);
  t->references = 1;
  t->entries = mem_new(sizeof *t->entries * ((size_t)room + 1));
  return t;
}

static void add_entry(CostTable *t, CostEntry entry) {
  t->entries[t->len] = entry;
  for (int level = 0; level < COST_LEVELS && entry.code && !entry.sums[level].site_steps; level++)
    t->entries[t->len].sums[level] = nothing;
  ptrmap_set(&t->by_symbol, entry.code->symbol, (void *)(uintptr_t)(++t->len));
}

static void keep_batch(CostTable *t, CostBatch *batch) {
  for (uint32_t i = 0; i < t->batches.len; i++)
    if (t->batches.items[i] == batch) return;
  VEC_APPEND(&t->batches, cost_batch_retain(batch));
}

CostTable *cost_table_retain(CostTable *t) {
  __atomic_add_fetch(&t->references, 1, __ATOMIC_RELAXED);
  return t;
}

void cost_table_release(CostTable *t) {
  if (!t || __atomic_sub_fetch(&t->references, 1, __ATOMIC_ACQ_REL)) return;
  for (uint32_t i = 0; i < t->batches.len; i++) cost_batch_release(t->batches.items[i]);
  free(t->batches.items);
  free(t->entries);
  ptrmap_release(&t->by_symbol);
  free(t);
}

const CostEntry *cost_find(const CostTable *t, Sym symbol) {
  uintptr_t at = t && symbol ? (uintptr_t)ptrmap_get(&t->by_symbol, symbol) : 0;
  return at ? &t->entries[at - 1] : NULL;
}

static void solver_init(Solver *s, CostTable *t, const CostLookup *lookup) {
  *s = (Solver){.table = t, .lookup = lookup, .first = nothing};
  s->first.params = 1;
  s->changed = mem_new(t->len + 1);
  s->in_region = mem_new(t->len + 1);
  s->is_new = mem_new(t->len + 1);
  s->component = mem_new(sizeof *s->component * (t->len + 1));
}

static void solver_release(Solver *s) {
  free(s->changed);
  free(s->in_region);
  free(s->is_new);
  free(s->component);
}

CostTable *cost_table_new(CostBatch *const *batches, uint32_t count, const CostLookup *lookup) {
  uint32_t room = 0;
  for (uint32_t i = 0; i < count; i++) room += batches[i]->codes.len;
  CostTable *t = table_alloc(room);
  for (uint32_t i = 0; i < count; i++) {
    keep_batch(t, batches[i]);
    for (uint32_t k = 0; k < batches[i]->codes.len; k++) {
      const CostCode *code = &batches[i]->codes.items[k];
      if (!ptrmap_has(&t->by_symbol, code->symbol)) add_entry(t, (CostEntry){.code = code, .batch = batches[i]});
    }
  }
  Solver s;
  solver_init(&s, t, lookup);
  memset(s.changed, 1, t->len);
  memset(s.in_region, 1, t->len);
  solve(&s);
  solver_release(&s);
  return t;
}

CostTable *cost_table_known(CostBatch *batch, const CostSum *sums) {
  CostTable *t = table_alloc(batch->codes.len);
  keep_batch(t, batch);
  for (uint32_t i = 0; i < batch->codes.len; i++) {
    CostEntry e = {.code = &batch->codes.items[i], .batch = batch};
    memcpy(e.sums, sums + (size_t)i * COST_LEVELS, sizeof e.sums);
    if (!ptrmap_has(&t->by_symbol, e.code->symbol)) add_entry(t, e);
  }
  return t;
}

// ---- Updates

typedef struct Callers {
  uint32_t *first, *items; // by entry: where its callers begin in items
} Callers;

static void each_call(const CostTable *t, void (*see)(void *context, uint32_t caller, uint32_t callee), void *context) {
  for (uint32_t i = 0; i < t->len; i++) {
    Calls calls = {.code = t->entries[i].code};
    for (uint32_t callee; (callee = next_callee(t, &calls)) != UINT32_MAX;) see(context, i, callee);
  }
}

static void count_call(void *context, uint32_t caller, uint32_t callee) {
  (void)caller;
  ((Callers *)context)->first[callee + 1]++;
}

static void put_call(void *context, uint32_t caller, uint32_t callee) {
  Callers *c = context;
  c->items[c->first[callee]++] = caller;
}

// All from which a changed function can be reached.
static void find_region(Solver *s) {
  const CostTable *t = s->table;
  Callers c = {.first = mem_new(sizeof *c.first * (t->len + 2))};
  each_call(t, count_call, &c);
  for (uint32_t i = 0; i < t->len; i++) c.first[i + 1] += c.first[i];
  c.items = mem_new(sizeof *c.items * (c.first[t->len] + 1));
  each_call(t, put_call, &c); // first[i] is where those of i end now
  VEC(uint32_t) pending = {0};
  for (uint32_t i = 0; i < t->len; i++) {
    if (!s->changed[i]) continue;
    s->in_region[i] = true;
    VEC_APPEND(&pending, i);
  }
  while (pending.len) {
    uint32_t at = pending.items[--pending.len];
    for (uint32_t k = at ? c.first[at - 1] : 0; k < c.first[at]; k++) {
      uint32_t caller = c.items[k];
      if (s->in_region[caller]) continue;
      s->in_region[caller] = true;
      VEC_APPEND(&pending, caller);
    }
  }
  free(pending.items);
  free(c.first);
  free(c.items);
}

// Functions that call one of these symbols, which came, are as good as changed.
static void mark_callers(Solver *s, const PtrMap *symbols) {
  if (!symbols->len) return;
  for (uint32_t i = 0; i < s->table->len; i++) {
    Calls calls = {.code = s->table->entries[i].code};
    for (Sym callee; (callee = next_call(&calls));) s->changed[i] |= ptrmap_has(symbols, callee);
  }
}

CostTable *cost_table_update(const CostTable *old, CostBatch *const *changed, uint32_t count, bool all,
                             const CostLookup *lookup) {
  uint32_t room = old->len, fresh;
  PtrMap came = {0}, batches = {0};
  for (uint32_t i = 0; i < count; i++) room += changed[i]->codes.len;
  CostTable *t = table_alloc(room);
  for (uint32_t i = 0; i < count; i++) {
    for (uint32_t k = 0; k < changed[i]->codes.len; k++) {
      const CostCode *code = &changed[i]->codes.items[k];
      if (ptrmap_has(&t->by_symbol, code->symbol)) continue;
      const CostEntry *known = cost_find(old, code->symbol);
      CostEntry e = {.code = code, .batch = changed[i]};
      if (known) memcpy(e.sums, known->sums, sizeof e.sums), e.in_cycle = known->in_cycle;
      add_entry(t, e);
      if (!known) ptrmap_set(&came, code->symbol, t);
    }
  }
  fresh = t->len;
  for (uint32_t i = 0; i < old->len; i++)
    if (!ptrmap_has(&t->by_symbol, old->entries[i].code->symbol)) add_entry(t, old->entries[i]);
  for (uint32_t i = 0; i < t->len; i++) {
    CostBatch *batch = t->entries[i].batch;
    if (ptrmap_has(&batches, batch)) continue;
    ptrmap_set(&batches, batch, t);
    VEC_APPEND(&t->batches, cost_batch_retain(batch));
  }
  Solver s;
  solver_init(&s, t, lookup);
  memset(s.changed, 1, all ? t->len : fresh);
  mark_callers(&s, &came);
  find_region(&s);
  solve(&s);
  solver_release(&s);
  ptrmap_release(&came);
  ptrmap_release(&batches);
  return t;
}

// ---- The way

static const CostEntry *entry_of(const CostLookup *all, Sym symbol) {
  return symbol ? all->find(all->context, symbol) : NULL;
}

// Of the functions that a call leads to, that from which it is shortest.
static const CostEntry *next_entry(const CostEvent *e, CostLevel level, bool blind, const CostLookup *all) {
  const CostEntry *best = NULL;
  for (uint32_t n = 0; n <= e->arg_count; n++) {
    const CostEntry *to = entry_of(all, n ? e->args[n - 1].func : e->callee);
    if (!to || cost_rule(to->code->symbol) != COST_RULE_NONE) continue;
    uint16_t steps = blind ? to->sums[level].blind_steps : to->sums[level].site_steps;
    uint16_t least = !best ? COST_FAR : blind ? best->sums[level].blind_steps : best->sums[level].site_steps;
    if (steps < least) best = to;
  }
  return best;
}

uint32_t cost_chain(const CostEntry *from, CostLevel level, bool blind, const CostLookup *all,
                    CostStep steps[COST_STEPS]) {
  uint32_t count = 0;
  while (from && count < COST_STEPS) {
    const CostSum *sum = &from->sums[level];
    uint32_t at = blind ? sum->blind : sum->site;
    uint16_t left = blind ? sum->blind_steps : sum->site_steps;
    if (at >= from->code->event_count) break;
    const CostEvent *e = &from->code->events[at];
    steps[count++] = (CostStep){from, e};
    if (left <= 1 || e->kind != COST_CALL) break;
    from = next_entry(e, level, blind, all);
  }
  return count;
}
