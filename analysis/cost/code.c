// code.c: from the allocation sites and calls of a compilation to what each function does, without pointers into the
// compilation, which goes.
//
// A function without a body has no code here: assembly and links are read apart. Calls that the compiler replaces by
// instructions are none.
#include "cost/cost_internal.h"
#include "inline/inline.h"

#include <stdlib.h>

CostBatch *cost_batch_new(void) {
  CostBatch *batch = mem_new(sizeof *batch);
  batch->references = 1;
  arena_init(&batch->arena);
  return batch;
}

CostBatch *cost_batch_retain(CostBatch *batch) {
  __atomic_add_fetch(&batch->references, 1, __ATOMIC_RELAXED);
  return batch;
}

void cost_batch_release(CostBatch *batch) {
  if (!batch || __atomic_sub_fetch(&batch->references, 1, __ATOMIC_ACQ_REL)) return;
  arena_release(&batch->arena);
  free(batch);
}

Sym cost_symbol(Interner *interner, Str package, Str name) {
  Buf text = {0};
  buf_printf(&text, "%.*s.%.*s", STR_ARG(package), STR_ARG(name));
  Sym symbol = intern(interner, buf_view(&text));
  buf_release(&text);
  return symbol;
}

typedef VEC(CostEvent) Events; // C heap

typedef struct Maker {
  const AllocSet *set;
  const IrUnit *unit;
  CostBatch *batch;
  PtrMap events; // IrFunc -> Events
  Arena scratch;
} Maker;

static Sym symbol_of(const Maker *m, const IrFunc *fn) {
  Str path = fn->name->pkg ? fn->name->pkg->path : m->unit->pkg->path;
  return cost_symbol(m->unit->interner, path, sym_str(fn->name->sym));
}

// ---- Places

static CostPlace place_of(Maker *m, IrPos pos) {
  pos = ir_outermost_pos(m->unit, pos);
  if (!pos.decl) return (CostPlace){0};
  CostPlace place = {.path = arena_str(&m->batch->arena, pos.decl->source->path),
                     .source = pos.decl->source,
                     .slot = pos.decl->slot,
                     .offset = pos.offset};
  const AstFile *file = package_file_of(m->unit->pkg, pos.decl);
  uint32_t at = file ? ast_file_offset(file, (Pos){pos.decl, pos.offset}) : UINT32_MAX;
  if (at == UINT32_MAX) return place;
  LineCol lc = ast_file_line_col(file, at);
  place.line = lc.line;
  place.column = lc.column;
  return place;
}

// The function whose inlined body a position lies in; NULL: it was not inlined.
static const IrFunc *inlined_from(const Maker *m, IrPos pos) {
  const IrFunc *from = NULL;
  while (pos.inl && pos.inl < m->unit->inline_tree.len) {
    from = m->unit->inline_tree.items[pos.inl].callee;
    pos.inl = m->unit->inline_tree.items[pos.inl].parent;
  }
  return from;
}

// ---- Texts

enum { LONGEST_TEXT = 60 };

static Str short_text(Maker *m, Buf *text) {
  Str s = buf_view(text);
  ptrdiff_t line = str_index_byte(s, '\n');
  if (line >= 0) s.n = (size_t)line;
  bool cut = s.n > LONGEST_TEXT;
  if (cut) {
    s.n = LONGEST_TEXT - 3;
    while (s.n && ((unsigned char)s.p[s.n] & 0xC0) == 0x80) s.n--;
  }
  Str kept = cut ? arena_printf(&m->batch->arena, "%.*s…", STR_ARG(s)) : arena_str(&m->batch->arena, s);
  buf_release(text);
  return kept;
}

static void write_inlined(Maker *m, Buf *out, IrPos pos) {
  const IrFunc *from = inlined_from(m, pos);
  if (!from) return;
  buf_puts(out, ", inlined from ");
  ir_write_func_name(out, m->unit, from);
}

static Str site_text(Maker *m, const AllocSite *s) {
  Buf text = {.enough = LONGEST_TEXT * 4};
  if (s->kind == ALLOC_KIND_CLOSURE)
    buf_puts(&text, "a function literal");
  else if (s->name)
    buf_printf(&text, "%.*s", STR_ARG(sym_str(s->name->sym)));
  else if (s->node)
    ir_write_node(&text, m->unit, s->node);
  if (str_index(buf_view(&text), STR(".autotmp")) >= 0 || !text.len) {
    buf_clear(&text);
    buf_printf(&text, "by runtime.%s", alloc_func_name(s->call));
  }
  Str kept = short_text(m, &text);
  Buf whole = {0};
  buf_str(&whole, kept);
  if (s->condition != ALLOC_ALWAYS) {
    buf_byte(&whole, ' ');
    alloc_write_condition(&whole, s);
  }
  write_inlined(m, &whole, s->pos);
  kept = arena_str(&m->batch->arena, buf_view(&whole));
  buf_release(&whole);
  return kept;
}

static Str call_text(Maker *m, const AllocCall *c) {
  Buf text = {.enough = LONGEST_TEXT * 4};
  const IrNode *fun = c->kind == ALLOC_CALLS_LOST || c->kind == ALLOC_CALLS_RUNTIME ? NULL : c->node->u.call.fun;
  if (c->kind == ALLOC_CALLS_FUNC)
    ir_write_func_name(&text, m->unit, c->callee);
  else if (c->kind == ALLOC_CALLS_INTERFACE && fun->op == IR_DOTINTER) {
    if (fun->u.selector.x->type) type_write(&text, fun->u.selector.x->type, STYLE_GC, m->unit->pkg);
    buf_printf(&text, ".%.*s", STR_ARG(sym_str(fun->u.selector.sel)));
  } else if (fun) {
    ir_write_node(&text, m->unit, fun);
  }
  return short_text(m, &text);
}

// ---- Sites

static int64_t power_of_two(int64_t n) {
  int64_t p = 1;
  while (p < n) p *= 2;
  return p;
}

// Header, directory, and table and groups for each 1024 slots (internal/runtime/maps: NewMap, newTable).
static uint32_t map_objects(const AllocSite *s) {
  enum { MOST_HINT = 1 << 16, MAX_TABLE = 1024, LOAD = 7, SLOTS = 8 };
  int64_t hint = -1;
  if (s->call == ALLOC_MAKEMAP_SMALL) return 1;
  if (s->node && s->node->op == IR_MAPLIT) hint = s->node->u.complit.list.len;
  const IrNode *len = s->node && s->node->op == IR_MAKEMAP ? s->node->u.make.len : NULL;
  if (len && (len->op != IR_LITERAL || !const_int64_value(len->u.lit.value, &hint))) hint = -1;
  if (hint < 0 || hint > MOST_HINT) return COST_MANY;
  int64_t tables = power_of_two((hint * SLOTS / LOAD + MAX_TABLE - 1) / MAX_TABLE);
  return (uint32_t)(2 + 2 * tables);
}

static uint32_t site_objects(const AllocSite *s) {
  switch ((int)s->call) {
  case ALLOC_MAKEMAP:
  case ALLOC_MAKEMAP64:
  case ALLOC_MAKEMAP_SMALL: return s->kind == ALLOC_KIND_CALL ? COST_MANY : map_objects(s);
  case ALLOC_MAKECHAN:
  case ALLOC_MAKECHAN64: return 2; // the channel and its buffer
  default: return 1;
  }
}

static int64_t site_bytes(const Maker *m, const AllocSite *s) {
  enum { TINY_BLOCK = 16 };
  if (s->bytes < 0 || s->size_class < 0 || s->kind == ALLOC_KIND_CALL) return -1;
  if (alloc_is_tiny(s->bytes, s->no_pointers) && m->unit->pkg->context->target.word == 8)
    return TINY_BLOCK + s->more_bytes; // it may be the one that begins a block
  return s->size_class + s->more_bytes;
}

static bool is_cold(uint8_t cold) { return (cold & (ALLOC_COLD_PANIC | ALLOC_COLD_ERROR | ALLOC_COLD_ONCE)) != 0; }

static void add_event(Maker *m, const IrFunc *fn, CostEvent event) {
  Events *events = ptrmap_get(&m->events, fn);
  if (!events) {
    events = ARENA_NEW(&m->scratch, Events);
    ptrmap_set(&m->events, fn, events);
  }
  VEC_APPEND(events, event);
}

static void add_sites(Maker *m) {
  for (uint32_t i = 0; i < m->set->sites.len; i++) {
    const AllocSite *s = &m->set->sites.items[i];
    if (!alloc_site_allocates(s)) continue;
    CostEvent e = {.kind = COST_SITE,
                   .loops = s->repeat_depth > 1,
                   .cold = is_cold(s->place_cold),
                   .objects = site_objects(s),
                   .bytes = site_bytes(m, s),
                   .text = site_text(m, s),
                   .place = place_of(m, s->pos)};
    add_event(m, s->func, e);
  }
}

// ---- Calls

// Is there //heapls:trust with a reason on the line, or alone on the one above it?
static bool is_trusted(const Maker *m, IrPos pos) {
  const Str mark = STR("//heapls:trust ");
  pos = ir_outermost_pos(m->unit, pos);
  if (!pos.decl || pos.offset >= pos.decl->text.n || str_index(pos.decl->text, mark) < 0) return false;
  Str text = pos.decl->text;
  ptrdiff_t before = str_last_byte(str_slice(text, 0, pos.offset), '\n');
  size_t start = (size_t)(before + 1);
  ptrdiff_t end = str_index_byte(str_slice(text, start, text.n), '\n');
  Str line = str_slice(text, start, end < 0 ? text.n : start + (size_t)end);
  if (str_index(line, mark) >= 0) return true;
  if (before < 0) return false;
  ptrdiff_t above = str_last_byte(str_slice(text, 0, (size_t)before), '\n');
  return str_has_prefix(str_trim(str_slice(text, (size_t)(above + 1), (size_t)before)), mark);
}

typedef struct Operation {
  IrOp op;
  uint32_t objects;
  const char *text;
} Operation;

static const Operation operations[] = {
#define COST_OPERATION(op, objects, text, source) {IR_##op, objects, text},
#include "cost/runtime.def"
#undef COST_OPERATION
};

static void add_operation(Maker *m, const AllocCall *c, CostEvent e) {
  const Operation *o = NULL;
  for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
    if (operations[i].op == (IrOp)c->node->op) o = &operations[i];
  BUG_ON(!o);
  e.kind = COST_SITE;
  e.objects = o->objects;
  e.bytes = -1;
  Buf text = {.enough = LONGEST_TEXT * 4};
  if (c->node->op == IR_INDEXMAP) ir_write_node(&text, m->unit, c->node->u.index.x);
  if (c->node->op == IR_INDEXMAP) buf_byte(&text, ' ');
  buf_puts(&text, o->text);
  e.text = short_text(m, &text);
  add_event(m, c->func, e);
}

static uint32_t param_index(const IrFunc *fn, const IrName *name) {
  for (uint32_t i = 0; i < fn->params.len; i++)
    if (fn->params.items[i] == name) return i;
  return UINT32_MAX;
}

static void add_args(Maker *m, const AllocCall *c, CostEvent *e) {
  if (!c->arg_count) return;
  bool fits = c->callee->params.len == c->node->u.call.args.len;
  CostArg *args = ARENA_ARRAY(&m->batch->arena, CostArg, c->arg_count);
  for (uint32_t i = 0; i < c->arg_count; i++) {
    const AllocArg *from = &c->args[i];
    args[i] = (CostArg){fits ? from->param : UINT32_MAX, from->func ? symbol_of(m, from->func) : NULL, UINT32_MAX};
    if (from->value) args[i].own = param_index(c->func, from->value);
  }
  e->args = args;
  e->arg_count = c->arg_count;
}

static void add_call(Maker *m, const AllocCall *c) {
  CostEvent e = {.loops = c->repeat_depth > 1,
                 .cold = is_cold(c->place_cold),
                 .later = c->later,
                 .trusted = is_trusted(m, c->pos),
                 .place = place_of(m, c->pos)};
  switch (c->kind) {
  case ALLOC_CALLS_FUNC:
    if (inline_is_intrinsic(m->unit, c->callee)) return;
    e.kind = COST_CALL;
    e.callee = symbol_of(m, c->callee);
    add_args(m, c, &e);
    break;
  case ALLOC_CALLS_INTERFACE:
    e.kind = COST_UNKNOWN;
    e.why = COST_WHY_INTERFACE;
    break;
  case ALLOC_CALLS_VALUE: {
    uint32_t param = c->value ? param_index(c->func, c->value) : UINT32_MAX;
    e.kind = param == UINT32_MAX ? COST_UNKNOWN : COST_PARAM;
    e.why = param == UINT32_MAX ? COST_WHY_VALUE : COST_WHY_NONE;
    e.param = param;
    break;
  }
  case ALLOC_CALLS_LOST:
    e.kind = COST_UNKNOWN;
    e.why = COST_WHY_DEEP;
    break;
  case ALLOC_CALLS_RUNTIME: add_operation(m, c, e); return;
  }
  e.text = call_text(m, c);
  add_event(m, c->func, e);
}

// ---- Functions

static void add_code(Maker *m, const IrFunc *fn) {
  const Events *events = ptrmap_get(&m->events, fn);
  CostCode code = {.symbol = symbol_of(m, fn),
                   .name = arena_str(&m->batch->arena, sym_str(fn->name->sym)),
                   .place = place_of(m, fn->pos),
                   .is_literal = fn->outer != NULL};
  const IrFunc *declared = fn;
  while (declared->outer) declared = declared->outer;
  if (declared->object) code.declared = symbol_of(m, declared);
  uint32_t count = events ? events->len : 0;
  CostEvent *kept = ARENA_ARRAY(&m->batch->arena, CostEvent, count + 1);
  if (count) memcpy(kept, events->items, count * sizeof *kept);
  if (fn->is_broken) kept[count++] = (CostEvent){.kind = COST_UNKNOWN, .why = COST_WHY_BROKEN, .text = code.name};
  code.events = kept;
  code.event_count = count;
  VEC_PUSH(&m->batch->arena, &m->batch->codes, code);
}

CostBatch *cost_batch_of(const AllocSet *set) {
  BUG_ON(!set->unit->options->costs);
  Maker m = {.set = set, .unit = set->unit, .batch = cost_batch_new()};
  arena_init(&m.scratch);
  add_sites(&m);
  for (uint32_t i = 0; i < set->calls.len; i++) add_call(&m, &set->calls.items[i]);
  for (uint32_t i = 0; i < set->walked.len; i++)
    if (set->walked.items[i]->has_body) add_code(&m, set->walked.items[i]);
  for (uint32_t i = 0; i < m.events.len; i++) free(((Events *)m.events.entries[i].value)->items);
  ptrmap_release(&m.events);
  arena_release(&m.scratch);
  return m.batch;
}
