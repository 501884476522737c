// solve.c: propagates flows to a fixed point (reference, 4.3), and explains them.
//
// From each root location a shortest-path pass (queue-driven Bellman–Ford) over incoming edges finds, for every
// location that reaches the root, the smallest dereference count. A count of -1 means its address reaches the root.
// Counts are bounded below by 0 after an address step, so negative cycles do no harm. A location whose attributes grow
// becomes a root again; attributes only grow, so this ends.
#include <stdlib.h>

#include "escape/graph_internal.h"
#include "ir/rules.h"

// A double-ended queue of locations in a ring whose size is a power of two.
typedef struct Queue {
  Location **items;
  uint32_t size, head, len;
} Queue;

static void queue_grow(Queue *q) {
  uint32_t size = q->size ? q->size * 2 : 16;
  Location **items = mem_new(size * sizeof *items);
  for (uint32_t i = 0; i < q->len; i++) items[i] = q->items[(q->head + i) & (q->size - 1)];
  free(q->items);
  *q = (Queue){items, size, 0, q->len};
}

static void queue_push_back(Queue *q, Location *loc) {
  if (q->len == q->size) queue_grow(q);
  q->items[(q->head + q->len++) & (q->size - 1)] = loc;
}

static void queue_push_front(Queue *q, Location *loc) {
  if (q->len == q->size) queue_grow(q);
  q->head = (q->head - 1) & (q->size - 1);
  q->items[q->head] = loc;
  q->len++;
}

static Location *queue_pop(Queue *q) {
  Location *loc = q->items[q->head];
  q->head = (q->head + 1) & (q->size - 1);
  q->len--;
  return loc;
}

// Locations that flows connect in any direction, but for those to the heap and the like: a walk stays in the group of
// its root. A disjoint set.
typedef struct Group {
  struct Group *in;     // NULL: it is the whole group
  const IrFunc *func;   // of all its locations, if not mixed
  int32_t deepest;      // loop depth of parameters and of locations that are pointed to
  uint32_t unpersisted; // locations that are pointed to and do not persist so far
  bool mixed;           // has locations of several functions
  bool closures;        // one of which is a function literal
} Group;

typedef struct Solver {
  Batch *batch;
  Queue roots, one;
  uint32_t walk;
  Arena arena; // groups
} Solver;

static void enqueue_root(Solver *s, Location *loc) {
  if (loc->queued_all) return;
  loc->queued_all = true;
  if (loc->attrs & ATTR_ESCAPES)
    queue_push_front(&s->roots, loc);
  else
    queue_push_back(&s->roots, loc);
}

// ---- Walks that would change nothing

static Group *group_of(const Location *l) {
  Group *g = l->group;
  while (g->in) {
    if (g->in->in) g->in = g->in->in;
    g = g->in;
  }
  return g;
}

static void group_join(Location *a, const Location *b) {
  Group *x = group_of(a), *y = group_of(b);
  if (x == y) return;
  y->in = x;
  x->mixed |= y->mixed || x->func != y->func;
  x->closures |= y->closures;
  x->unpersisted += y->unpersisted;
  if (y->deepest > x->deepest) x->deepest = y->deepest;
}

static void make_groups(Solver *s) {
  Batch *b = s->batch;
  Group *groups = ARENA_ARRAY(&s->arena, Group, b->locations.len + 1);
  for (uint32_t i = 0; i < b->locations.len; i++) {
    Location *l = b->locations.items[i];
    l->group = &groups[i];
    groups[i] = (Group){
      .func = l->func, .deepest = l->is_param ? l->loop_depth : INT32_MIN, .closures = l->func && l->func->closure};
    l->covered = 0;
  }
  Location *sinks[] = {&b->mutator, &b->callee, &b->heap};
  for (uint32_t i = 0; i < b->locations.len + 3; i++) {
    Location *l = i < b->locations.len ? b->locations.items[i] : sinks[i - b->locations.len];
    for (uint32_t k = 0; k < l->edges.len; k++) {
      Location *src = l->edges.items[k].src;
      if (!src->group) continue; // the heap is in no walk but its own
      if (l->group) group_join(l, src);
      if (l->edges.items[k].derefs >= 0 || src->is_pointed_to) continue;
      src->is_pointed_to = true;
      Group *g = group_of(src);
      if (src->loop_depth > g->deepest) g->deepest = src->loop_depth;
      if (!(src->attrs & ATTR_PERSISTS)) g->unpersisted++;
    }
  }
}

// Would a walk from root change nothing? It outlives nothing that it reaches (outlives is asked of parameters and of
// what is pointed to), and hands on no attribute that is not there yet: those it got in a walk from elsewhere were
// handed on by that walk, which looked through root with a count of 0. Most variables and temporaries are such, and the
// walks from them take square time in long rows of flows.
static bool is_idle(const Location *root) {
  if (!root->group || root->is_result || root->attrs & ATTR_ESCAPES) return false;
  const Group *g = group_of(root);
  if ((g->mixed && g->closures) || root->loop_depth < g->deepest) return false;
  uint8_t fresh = root->attrs & ~root->covered;
  return !fresh || (fresh == ATTR_PERSISTS && !g->unpersisted);
}

// ---- Walks

// May l hold a value after the stack slot of other is gone?
static bool outlives(const Batch *b, const Location *l, const Location *other) {
  if (l->attrs & ATTR_ESCAPES) return true;
  if (l == &b->mutator || l == &b->callee) return false;
  if (l->is_result) {
    // What callers do with results is unknown, unless all calls of a closure are known.
    return !(contains_closure(other->func, l->func) && !l->func->results_lost);
  }
  if (l->func == other->func && l->loop_depth < other->loop_depth) return true;
  return l->func && other->func && contains_closure(l->func, other->func);
}

static void leak_to(Location *param, const Location *sink, int derefs) {
  if (!(sink->attrs & ATTR_ESCAPES) && sink->is_result && sink->func == param->func && sink->result_index >= 1 &&
      sink->result_index <= RESULT_TAGS) {
    tag_add(&param->leaks, TAG_RESULT0 + sink->result_index - 1, derefs);
    return;
  }
  tag_add(&param->leaks, TAG_HEAP, derefs);
}

static void write_location(Buf *out, const Batch *b, const Location *loc) {
  if (loc == &b->heap) {
    buf_puts(out, "{heap}");
  } else if (!loc->node) {
    buf_puts(out, "{temp}");
  } else if (loc->name) {
    ir_write_node(out, b->unit, loc->node);
  } else {
    buf_puts(out, "{storage for ");
    ir_write_node(out, b->unit, loc->node);
    buf_byte(out, '}');
  }
}

static IrPos location_pos(const Location *loc) {
  if (!loc->node) return (IrPos){0};
  return loc->name ? loc->name->pos : loc->node->pos;
}

void explain_escape_head(Batch *b, Location *loc) {
  loc->steps = NULL;
  loc->step_count = 0;
  if (b->unit->options->level < 2) return;
  Buf text = {0};
  if (loc->node) ir_write_node(&text, b->unit, loc->node);
  buf_puts(&text, " escapes to heap");
  if (ir_rule(b->unit, RULE_EXPLANATIONS_NAME_FUNCTIONS)) {
    buf_puts(&text, " in ");
    ir_write_func_name(&text, b->unit, loc->func);
  }
  ir_message(b->unit, MESSAGE_FLOW, location_pos(loc), loc->func, loc->node, loc->name,
             "%.*s:", STR_ARG(buf_view(&text)));
  buf_release(&text);
}

// ---- Ways

// A way from a location to what makes it leave, one flow after the other.
typedef struct Hop {
  Location *dst, *src;
  int derefs;
  const Note *notes;
} Hop;
typedef VEC(Hop) Way;

static void write_note(Buf *out, const IrUnit *unit, const Note *note) {
  if (note->where->op == IR_CASE)
    buf_puts(out, "case");
  else
    ir_write_stmt(out, unit, note->where);
}

// As -m=2 prints it.
static void print_flow(Batch *b, const Hop *hop, const Location *owner) {
  IrUnit *unit = b->unit;
  IrPos pos = location_pos(owner);
  Buf stars = {0}, to = {0}, from = {0};
  for (int i = 0; i < hop->derefs; i++) buf_byte(&stars, '*');
  write_location(&to, b, hop->dst);
  write_location(&from, b, hop->src);
  ir_message(unit, MESSAGE_FLOW, pos, owner->func, owner->node, owner->name,
             "  flow: %.*s %s %s%.*s%.*s:", STR_ARG(buf_view(&to)),
             ir_rule(unit, RULE_EXPLANATIONS_NAME_FUNCTIONS) ? "\xE2\x86\x90" : "=", hop->derefs < 0 ? "&" : "",
             STR_ARG(buf_view(&stars)), STR_ARG(buf_view(&from)));
  buf_release(&stars);
  buf_release(&to);
  buf_release(&from);
  for (const Note *note = hop->notes; note; note = note->next) {
    Buf text = {0};
    write_note(&text, unit, note);
    ir_message(unit, MESSAGE_FLOW, pos, owner->func, note->where, NULL, "    from %.*s (%s) at ",
               STR_ARG(buf_view(&text)), note->why);
    buf_release(&text);
  }
}

static uint32_t hop_steps(const Hop *hop) {
  uint32_t n = 0;
  for (const Note *note = hop->notes; note; note = note->next) n++;
  return n ? n : 1;
}

// The code that a step tells of may be a page long.
enum { LONGEST = 400 };

static Str keep_text(Batch *b, Buf *text) { // releases it
  Str shown = buf_view(text);
  Str kept = shown.n <= LONGEST ? arena_str(&b->unit->arena, shown)
                                : arena_printf(&b->unit->arena, "%.*s\xE2\x80\xA6", LONGEST, shown.p);
  buf_release(text);
  return kept;
}

static Str note_text(Batch *b, const Note *note) {
  Buf text = {.enough = LONGEST};
  write_note(&text, b->unit, note);
  return keep_text(b, &text);
}

static Str location_text(Batch *b, const Location *loc) {
  Buf text = {.enough = LONGEST};
  write_location(&text, b, loc);
  return keep_text(b, &text);
}

// Nobody reads more of a way than its ends: what lies between is counted.
enum { STEPS_AT_END = 24 };

static void keep_steps(Batch *b, Location *owner, const Way *way) {
  uint32_t total = 0, at = 0, skipped = 0;
  for (uint32_t i = 0; i < way->len; i++) total += hop_steps(&way->items[i]);
  uint32_t most = total < 2 * STEPS_AT_END ? total : 2 * STEPS_AT_END;
  FlowStep *steps = ARENA_ARRAY(&b->unit->arena, FlowStep, most + 1);
  owner->steps = steps;
  owner->step_count = 0;
  for (uint32_t i = 0; i < way->len; i++) {
    const Hop *hop = &way->items[i];
    const Note *note = hop->notes;
    bool first = true;
    for (uint32_t left = hop_steps(hop); left > 0; left--, at++, note = note ? note->next : NULL) {
      if (at >= STEPS_AT_END && total - at > STEPS_AT_END) {
        skipped++;
        continue;
      }
      FlowStep *step = &steps[owner->step_count++];
      *step = (FlowStep){.derefs = hop->derefs,
                         .why = note ? note->why : "",
                         .pos = note ? note->where->pos : location_pos(hop->src),
                         .skipped = skipped};
      if (first) step->from = location_text(b, hop->src), step->to = location_text(b, hop->dst);
      if (note) step->text = note_text(b, note), step->node = note->where;
      first = false;
      skipped = 0;
    }
  }
}

// Along the links of the walk from root that reached src. False: they go round in a circle.
static bool way_by_links(Batch *b, const Location *root, Location *src, Way *way) {
  uint32_t mark = ++b->explained;
  for (Location *l = src; l->dst; l = l->dst) {
    if (l->explained == mark) return false;
    l->explained = mark;
    const Edge *edge = &l->dst->edges.items[l->dst_edge];
    VEC_APPEND(way, ((Hop){l->dst, l, edge->derefs, edge->notes}));
    if (l->dst == root) break;
  }
  return true;
}

// A location that can reach the root with that count of dereferences, and how.
typedef struct Reach {
  Location *at;
  int derefs;
  const struct Reach *toward; // NULL: it is the root
  const Edge *edge;
} Reach;

// The shortest way by which src reaches the root with the count that the walk found, through what the walk met.
static void shortest_way(const Location *root, Location *src, Way *way) {
  enum { MOST = 6 }; // counts beyond are one; a location is larger than there are counts, so that each has an address
  int wanted = src->derefs > MOST ? MOST : src->derefs;
  Arena arena;
  arena_init(&arena);
  PtrMap seen = {0};
  VEC(Reach *) queue = {0};
  Reach *found = NULL, *start = ARENA_NEW(&arena, Reach);
  start->at = (Location *)(uintptr_t)root;
  VEC_APPEND(&queue, start);
  for (uint32_t next = 0; next < queue.len && !found; next++) {
    const Reach *r = queue.items[next];
    for (uint32_t i = 0; i < r->at->edges.len && !found; i++) {
      const Edge *edge = &r->at->edges.items[i];
      int derefs = (r->derefs < 0 ? 0 : r->derefs) + edge->derefs;
      if (derefs > MOST) derefs = MOST;
      const char *key = (const char *)edge->src + 1 + derefs;
      if (edge->src->walk != root->walk || ptrmap_has(&seen, key)) continue;
      ptrmap_set(&seen, key, edge->src);
      Reach *reach = ARENA_NEW(&arena, Reach);
      *reach = (Reach){edge->src, derefs, r, edge};
      VEC_APPEND(&queue, reach);
      if (edge->src == src && derefs == wanted) found = reach;
    }
  }
  for (const Reach *r = found; r && r->toward; r = r->toward)
    VEC_APPEND(way, ((Hop){r->toward->at, r->at, r->edge->derefs, r->edge->notes}));
  free(queue.items);
  ptrmap_release(&seen);
  arena_release(&arena);
}

// As -m=2 prints it, which follows a circle until it gives up.
static void print_path(Batch *b, const Location *root, Location *src) {
  const Location *owner = src;
  for (uint32_t steps = 0; src->dst; steps++) {
    if (steps > b->locations.len) {
      ir_message(b->unit, MESSAGE_FLOW, location_pos(owner), owner->func, owner->node, owner->name,
                 "  warning: truncated explanation due to assignment cycle; see golang.org/issue/35518");
      return;
    }
    const Edge *edge = &src->dst->edges.items[src->dst_edge];
    print_flow(b, &(Hop){src->dst, src, edge->derefs, edge->notes}, owner);
    if (src->dst == root) return;
    src = src->dst;
  }
}

void explain_flow(Batch *b, Location *dst, Location *src, int derefs, const Note *notes, Location *owner) {
  Hop hop = {dst, src, derefs, notes};
  if (b->unit->options->level >= 2) print_flow(b, &hop, owner);
  keep_steps(b, owner, &(Way){.items = &hop, .len = 1, .cap = 1});
}

static void explain_path(Batch *b, const Location *root, Location *src) {
  if (b->unit->options->level >= 2) print_path(b, root, src);
  Way way = {0};
  if (!way_by_links(b, root, src, &way)) {
    way.len = 0;
    shortest_way(root, src, &way);
  }
  keep_steps(b, src, &way);
  free(way.items);
}

static void explain_leak(Batch *b, Location *root, Location *param, int derefs) {
  int known = tag_get(&param->leaks, TAG_HEAP);
  bool shorter = param->step_count == 0 || (root->attrs & ATTR_ESCAPES && (known < 0 || derefs < known));
  if (b->unit->options->level >= 2) {
    Buf to = {0}, from = {0}, func = {0};
    write_location(&to, b, root);
    write_location(&from, b, param);
    bool names = ir_rule(b->unit, RULE_EXPLANATIONS_NAME_FUNCTIONS);
    if (names) ir_write_func_name(&func, b->unit, param->func);
    ir_message(b->unit, MESSAGE_FLOW, location_pos(param), param->func, param->node, param->name,
               "parameter %.*s leaks to %.*s%s%.*s with derefs=%d:", STR_ARG(buf_view(&from)), STR_ARG(buf_view(&to)),
               names ? " for " : "", STR_ARG(buf_view(&func)), derefs);
    buf_release(&to);
    buf_release(&from);
    buf_release(&func);
  } else if (!shorter) {
    return;
  }
  param->steps = NULL;
  param->step_count = 0;
  explain_path(b, root, param);
}

// A value that escapes for another root reaches this one as well, by the edge: the last steps of that way.
static void explain_also(Batch *b, const Location *root, const Location *l, const Edge *edge) {
  Location *src = edge->src;
  bool leaves = root == &b->heap || root->is_result;
  if (!b->unit->options->explain || !leaves || !src->because || src->because == root || src->also_count ||
      (src->because != &b->heap && !src->because->is_result) || !outlives(b, root, src))
    return;
  Hop hop = {(Location *)l, src, edge->derefs, edge->notes};
  for (uint32_t steps = 0; l != root && l->dst; steps++, l = l->dst) {
    if (steps > b->locations.len) return;
    const Edge *last = &l->dst->edges.items[l->dst_edge];
    hop = (Hop){l->dst, (Location *)l, last->derefs, last->notes};
  }
  FlowStep *known = src->steps;
  uint32_t count = src->step_count;
  keep_steps(b, src, &(Way){.items = &hop, .len = 1, .cap = 1});
  src->also_steps = src->steps, src->also_count = src->step_count;
  src->steps = known, src->step_count = count;
}

// What reaching the root with this count means for l itself. True when l is settled and need not be looked through.
static bool visit_location(Solver *s, Location *root, Location *l, int *derefs) {
  Batch *b = s->batch;
  uint8_t gained = 0;
  if (*derefs < 0) {
    *derefs = 0;
    if (outlives(b, root, l)) {
      if (b->want_notes && !(l->attrs & ATTR_ESCAPES)) {
        explain_escape_head(b, l);
        explain_path(b, root, l);
        l->because = root;
      }
      gained |= ATTR_ALL;
    } else if (root->attrs & ATTR_PERSISTS) {
      gained |= ATTR_PERSISTS;
    }
  }
  if (*derefs == 0) {
    gained |= root->attrs & (ATTR_MUTATES | ATTR_CALLS);
    l->covered |= root->attrs;
  }
  if (l->is_param) {
    if (outlives(b, root, l)) {
      if (b->want_notes && !(l->attrs & ATTR_ESCAPES) && l != root) explain_leak(b, root, l, *derefs);
      leak_to(l, root, *derefs);
    }
    if (root->attrs & ATTR_MUTATES) tag_add(&l->leaks, TAG_MUTATOR, *derefs);
    if (root->attrs & ATTR_CALLS) tag_add(&l->leaks, TAG_CALLEE, *derefs);
  }
  if (!(gained & ~l->attrs)) return false;
  if ((gained & ~l->attrs & ATTR_PERSISTS) && l->is_pointed_to) group_of(l)->unpersisted--;
  l->attrs |= gained;
  enqueue_root(s, l);
  return (l->attrs & ATTR_ESCAPES) != 0;
}

// A closure that reaches an untracked caller: its results may go anywhere.
static void lose_closure_results(Solver *s, Location *root) {
  if (!(root->attrs & ATTR_CALLS) || !root->node || root->node->op != IR_CLOSURE) return;
  IrFunc *fn = root->node->u.closure.func;
  if (!in_current_batch(s->batch, fn) || fn->results_lost) return;
  fn->results_lost = true;
  for (uint32_t i = 0; i < fn->results.len; i++) enqueue_root(s, location_of(s->batch, fn, fn->results.items[i]));
}

static void walk_from(Solver *s, Location *root) {
  s->walk++;
  root->walk = s->walk;
  root->derefs = 0;
  root->dst = NULL;
  root->covered |= root->attrs;
  queue_push_front(&s->one, root);
  while (s->one.len > 0) {
    Location *l = queue_pop(&s->one);
    l->queued_one = 0;
    int derefs = l->derefs;
    if (visit_location(s, root, l, &derefs)) continue;
    for (uint32_t i = 0; i < l->edges.len; i++) {
      const Edge *edge = &l->edges.items[i];
      Location *src = edge->src;
      int d = derefs + edge->derefs;
      if (src->attrs & ATTR_ESCAPES) {
        if (d < 0 && s->batch->want_notes) explain_also(s->batch, root, l, edge);
        continue;
      }
      if (src->walk == s->walk && src->derefs <= d) continue;
      src->walk = s->walk;
      src->derefs = d;
      src->dst = l;
      src->dst_edge = i;
      if (src->queued_one != s->walk) {
        src->queued_one = s->walk;
        queue_push_back(&s->one, src);
      }
    }
  }
}

void solve(Batch *b) {
  Solver s = {.batch = b};
  arena_init(&s.arena);
  make_groups(&s);
  for (uint32_t i = 0; i < b->locations.len; i++) {
    b->locations.items[i]->queued_all = true;
    queue_push_front(&s.roots, b->locations.items[i]);
  }
  Location *sinks[] = {&b->mutator, &b->callee, &b->heap};
  for (int i = 0; i < 3; i++) {
    sinks[i]->queued_all = true;
    queue_push_front(&s.roots, sinks[i]);
  }
  while (s.roots.len > 0) {
    Location *root = queue_pop(&s.roots);
    root->queued_all = false;
    lose_closure_results(&s, root);
    if (!is_idle(root)) walk_from(&s, root);
  }
  for (uint32_t i = 0; i < b->locations.len; i++) b->locations.items[i]->group = NULL;
  arena_release(&s.arena);
  free(s.roots.items);
  free(s.one.items);
}
