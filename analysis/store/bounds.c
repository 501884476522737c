// bounds.c: writing and reading of bounds: a sealed block with a table of functions, one of events, one of arguments.
#include "store/bounds.h"

#include <stdlib.h>

enum { MAGIC = 0x54534F43, FORMAT = 1 };
enum {
  H_CODES = SEALED_HEADER,
  H_EVENTS = H_CODES + 2,
  H_ARGS = H_EVENTS + 2,
  H_LINKS = H_ARGS + 2,
  H_TEXTS = H_LINKS + 2,
  H_COUNT = H_TEXTS + 2,
};
enum { PLACE_PATH, PLACE_LENGTH, PLACE_LINE, PLACE_COLUMN, PLACE_WORDS };
enum {
  SUM_ONCE,
  SUM_TURN,
  SUM_BYTES,
  SUM_TURN_BYTES = SUM_BYTES + 2,
  SUM_PARAMS = SUM_TURN_BYTES + 2,
  SUM_OFTEN,
  SUM_SITE,
  SUM_BLIND,
  SUM_STEPS,
  SUM_UNKNOWN,
  SUM_WORDS
};
enum {
  CODE_SYMBOL,
  CODE_SYMBOL_LENGTH,
  CODE_NAME,
  CODE_NAME_LENGTH,
  CODE_DECLARED,
  CODE_DECLARED_LENGTH,
  CODE_FLAGS,
  CODE_FIRST,
  CODE_COUNT,
  CODE_PLACE,
  CODE_SUMS = CODE_PLACE + PLACE_WORDS,
  CODE_WORDS = CODE_SUMS + SUM_WORDS * COST_LEVELS
};
enum {
  EVENT_KIND,
  EVENT_OBJECTS,
  EVENT_BYTES,
  EVENT_CALLEE = EVENT_BYTES + 2,
  EVENT_CALLEE_LENGTH,
  EVENT_TEXT,
  EVENT_TEXT_LENGTH,
  EVENT_PARAM,
  EVENT_ARGS,
  EVENT_ARG_COUNT,
  EVENT_PLACE,
  EVENT_WORDS = EVENT_PLACE + PLACE_WORDS
};
enum { ARG_PARAM, ARG_FUNC, ARG_FUNC_LENGTH, ARG_OWN, ARG_WORDS };
enum { LINK_LOCAL, LINK_LOCAL_LENGTH, LINK_OTHER, LINK_OTHER_LENGTH, LINK_WORDS };
enum { CODE_IS_LITERAL = 1 };
enum {
  EVENT_WHY_SHIFT = 4,
  EVENT_KIND_MASK = 15,
  EVENT_LOOPS = 1 << 8,
  EVENT_COLD = 1 << 9,
  EVENT_LATER = 1 << 10,
  EVENT_TRUSTED = 1 << 11
};

// ---- Writing

typedef struct Writer {
  const CostLookup *all;
  Words codes, events, args, links;
  Buf texts;
  StrMap known; // text -> its offset plus 1
} Writer;

static void put_text(Words *to, Writer *w, Str s) {
  uintptr_t at = (uintptr_t)strmap_get(&w->known, s);
  if (!at) {
    at = w->texts.len + 1;
    buf_str(&w->texts, s);
    if (s.n) strmap_set(&w->known, s, (void *)at);
  }
  words_put(to, (uint32_t)(at - 1));
  words_put(to, (uint32_t)s.n);
}

static void put_place(Words *to, Writer *w, const CostPlace *place) {
  put_text(to, w, place->path);
  words_put(to, place->line);
  words_put(to, place->column);
}

static bool costs_nothing(const Writer *w, const CostEvent *e) {
  if (e->kind != COST_CALL) return false;
  if (cost_rule(e->callee) == COST_RULE_OWN || cost_rule(e->callee) == COST_RULE_COUNTED) return true;
  const CostEntry *callee = w->all->find(w->all->context, e->callee);
  return callee && cost_rule(e->callee) == COST_RULE_NONE && cost_is_nothing(&callee->sums[COST_ALL]);
}

static void put_event(Writer *w, const CostEvent *e) {
  words_put(&w->events, e->kind | (uint32_t)e->why << EVENT_WHY_SHIFT | (e->loops ? EVENT_LOOPS : 0u) |
                          (e->cold ? EVENT_COLD : 0u) | (e->later ? EVENT_LATER : 0u) |
                          (e->trusted ? EVENT_TRUSTED : 0u));
  words_put(&w->events, e->objects);
  words_put64(&w->events, (uint64_t)e->bytes);
  put_text(&w->events, w, sym_str(e->callee));
  put_text(&w->events, w, e->text);
  words_put(&w->events, e->param);
  words_put(&w->events, w->args.v.len / ARG_WORDS);
  words_put(&w->events, e->arg_count);
  put_place(&w->events, w, &e->place);
  for (uint32_t i = 0; i < e->arg_count; i++) {
    words_put(&w->args, e->args[i].param);
    put_text(&w->args, w, sym_str(e->args[i].func));
    words_put(&w->args, e->args[i].own);
  }
}

static void put_sum(Words *to, const CostSum *s, const uint32_t *moved, uint32_t count) {
  words_put(to, s->once);
  words_put(to, s->turn);
  words_put64(to, (uint64_t)s->once_bytes);
  words_put64(to, (uint64_t)s->turn_bytes);
  words_put(to, s->params);
  words_put(to, s->params_often);
  words_put(to, s->site < count ? moved[s->site] : UINT32_MAX);
  words_put(to, s->blind < count ? moved[s->blind] : UINT32_MAX);
  words_put(to, (uint32_t)s->site_steps << 16 | s->blind_steps);
  words_put(to, s->unknown);
}

static void put_entry(Writer *w, const CostEntry *entry) {
  const CostCode *code = entry->code;
  uint32_t first = w->events.v.len / EVENT_WORDS, count = 0;
  uint32_t *moved = mem_new(sizeof *moved * (code->event_count + 1));
  for (uint32_t i = 0; i < code->event_count; i++) {
    if (costs_nothing(w, &code->events[i])) continue;
    put_event(w, &code->events[i]);
    moved[i] = count++;
  }
  put_text(&w->codes, w, sym_str(code->symbol));
  put_text(&w->codes, w, code->name);
  put_text(&w->codes, w, sym_str(code->declared));
  words_put(&w->codes, code->is_literal ? CODE_IS_LITERAL : 0);
  words_put(&w->codes, first);
  words_put(&w->codes, count);
  put_place(&w->codes, w, &code->place);
  for (int level = 0; level < COST_LEVELS; level++) put_sum(&w->codes, &entry->sums[level], moved, code->event_count);
  free(moved);
}

void bounds_write(Buf *out, const CostTable *t, const CostLookup *all, Digest key) {
  Writer w = {.all = all};
  for (uint32_t i = 0; i < t->len; i++) put_entry(&w, &t->entries[i]);
  for (uint32_t i = 0; i < t->batches.len; i++) {
    const CostBatch *batch = t->batches.items[i];
    for (uint32_t k = 0; k < batch->links.len; k++) {
      put_text(&w.links, &w, sym_str(batch->links.items[k].local));
      put_text(&w.links, &w, sym_str(batch->links.items[k].other));
    }
  }
  uint32_t header[H_COUNT] = {0};
  Sealing to = sealing_begin(out, MAGIC, FORMAT, key, header, H_COUNT);
  sealing_table(&to, H_CODES, &w.codes, CODE_WORDS);
  sealing_table(&to, H_EVENTS, &w.events, EVENT_WORDS);
  sealing_table(&to, H_ARGS, &w.args, ARG_WORDS);
  sealing_table(&to, H_LINKS, &w.links, LINK_WORDS);
  sealing_end(&to, H_TEXTS, &w.texts);
  strmap_release(&w.known);
}

// ---- Reading

typedef struct Reader {
  const uint32_t *words;
  CostBatch *batch;
  Interner *interner;
  bool good;
} Reader;

static uint64_t word64(const uint32_t *w) { return w[0] | (uint64_t)w[1] << 32; }

static Str text_at(Reader *r, const uint32_t *w) {
  const uint32_t *all = r->words + H_TEXTS;
  bool fits = (uint64_t)w[0] + w[1] <= all[1];
  r->good &= fits;
  if (!fits || !w[1]) return STR_NONE;
  return arena_str(&r->batch->arena, (Str){(const char *)r->words + all[0] + w[0], w[1]});
}

static Sym symbol_at(Reader *r, const uint32_t *w) {
  const uint32_t *all = r->words + H_TEXTS;
  bool fits = (uint64_t)w[0] + w[1] <= all[1];
  r->good &= fits;
  return fits && w[1] ? intern(r->interner, (Str){(const char *)r->words + all[0] + w[0], w[1]}) : NULL;
}

static CostPlace place_at(Reader *r, const uint32_t *w, Str *last) {
  const uint32_t *all = r->words + H_TEXTS;
  bool fits = (uint64_t)w[PLACE_PATH] + w[PLACE_LENGTH] <= all[1];
  Str path = fits ? (Str){(const char *)r->words + all[0] + w[PLACE_PATH], w[PLACE_LENGTH]} : STR_NONE;
  if (!str_equal(path, *last)) *last = text_at(r, w + PLACE_PATH); // mostly that of the function
  r->good &= fits;
  return (CostPlace){.path = path.n ? *last : STR_NONE, .line = w[PLACE_LINE], .column = w[PLACE_COLUMN]};
}

static const CostArg *read_args(Reader *r, uint32_t first, uint32_t count) {
  if (!count) return NULL;
  r->good &= (uint64_t)first + count <= r->words[H_ARGS + 1];
  if (!r->good) return NULL;
  CostArg *args = ARENA_ARRAY(&r->batch->arena, CostArg, count);
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t *w = r->words + r->words[H_ARGS] + (size_t)(first + i) * ARG_WORDS;
    args[i] = (CostArg){w[ARG_PARAM], symbol_at(r, w + ARG_FUNC), w[ARG_OWN]};
  }
  return args;
}

static CostEvent read_event(Reader *r, const uint32_t *w, Str *path) {
  uint32_t bits = w[EVENT_KIND];
  CostEvent e = {.kind = bits & EVENT_KIND_MASK,
                 .why = bits >> EVENT_WHY_SHIFT & EVENT_KIND_MASK,
                 .loops = (bits & EVENT_LOOPS) != 0,
                 .cold = (bits & EVENT_COLD) != 0,
                 .later = (bits & EVENT_LATER) != 0,
                 .trusted = (bits & EVENT_TRUSTED) != 0,
                 .objects = w[EVENT_OBJECTS],
                 .bytes = (int64_t)word64(w + EVENT_BYTES),
                 .callee = symbol_at(r, w + EVENT_CALLEE),
                 .text = text_at(r, w + EVENT_TEXT),
                 .param = w[EVENT_PARAM],
                 .arg_count = w[EVENT_ARG_COUNT],
                 .place = place_at(r, w + EVENT_PLACE, path)};
  e.args = read_args(r, w[EVENT_ARGS], e.arg_count);
  r->good &= e.kind <= COST_UNKNOWN && e.why < COST_WHY_COUNT && (e.kind != COST_CALL || e.callee);
  return e;
}

static CostSum read_sum(const uint32_t *w) {
  return (CostSum){.once = w[SUM_ONCE],
                   .turn = w[SUM_TURN],
                   .once_bytes = (int64_t)word64(w + SUM_BYTES),
                   .turn_bytes = (int64_t)word64(w + SUM_TURN_BYTES),
                   .params = w[SUM_PARAMS],
                   .params_often = w[SUM_OFTEN],
                   .site = w[SUM_SITE],
                   .blind = w[SUM_BLIND],
                   .site_steps = (uint16_t)(w[SUM_STEPS] >> 16),
                   .blind_steps = (uint16_t)w[SUM_STEPS],
                   .unknown = w[SUM_UNKNOWN] != 0};
}

static void read_code(Reader *r, const uint32_t *w, CostSum *sums) {
  uint32_t first = w[CODE_FIRST], count = w[CODE_COUNT];
  r->good &= (uint64_t)first + count <= r->words[H_EVENTS + 1];
  CostCode code = {.symbol = symbol_at(r, w + CODE_SYMBOL),
                   .name = text_at(r, w + CODE_NAME),
                   .declared = symbol_at(r, w + CODE_DECLARED),
                   .is_literal = (w[CODE_FLAGS] & CODE_IS_LITERAL) != 0};
  r->good &= code.symbol != NULL;
  Str path = STR_NONE;
  code.place = place_at(r, w + CODE_PLACE, &path);
  CostEvent *events = r->good ? ARENA_ARRAY(&r->batch->arena, CostEvent, count + 1) : NULL;
  for (uint32_t i = 0; r->good && i < count; i++)
    events[i] = read_event(r, r->words + r->words[H_EVENTS] + (size_t)(first + i) * EVENT_WORDS, &path);
  code.events = events;
  code.event_count = count;
  for (int level = 0; level < COST_LEVELS; level++) sums[level] = read_sum(w + CODE_SUMS + level * SUM_WORDS);
  VEC_PUSH(&r->batch->arena, &r->batch->codes, code);
}

CostTable *bounds_open(const void *bytes, size_t len, Digest key, Interner *interner) {
  const uint32_t *w = bytes;
  if (!sealed_sound(bytes, len, MAGIC, FORMAT, key, H_COUNT) || !sealed_texts_fit(w, H_TEXTS) ||
      !sealed_table_fits(w, H_CODES, CODE_WORDS, H_COUNT, H_TEXTS) ||
      !sealed_table_fits(w, H_EVENTS, EVENT_WORDS, H_COUNT, H_TEXTS) ||
      !sealed_table_fits(w, H_ARGS, ARG_WORDS, H_COUNT, H_TEXTS) ||
      !sealed_table_fits(w, H_LINKS, LINK_WORDS, H_COUNT, H_TEXTS))
    return NULL;
  Reader r = {.words = w, .batch = cost_batch_new(), .interner = interner, .good = true};
  uint32_t count = w[H_CODES + 1];
  CostSum *sums = mem_new(sizeof *sums * COST_LEVELS * ((size_t)count + 1));
  for (uint32_t i = 0; r.good && i < count; i++)
    read_code(&r, w + w[H_CODES] + (size_t)i * CODE_WORDS, sums + (size_t)i * COST_LEVELS);
  for (uint32_t i = 0; r.good && i < w[H_LINKS + 1]; i++) {
    const uint32_t *link = w + w[H_LINKS] + (size_t)i * LINK_WORDS;
    CostLink l = {symbol_at(&r, link + LINK_LOCAL), symbol_at(&r, link + LINK_OTHER)};
    r.good &= l.local && l.other;
    VEC_PUSH(&r.batch->arena, &r.batch->links, l);
  }
  CostTable *table = r.good ? cost_table_known(r.batch, sums) : NULL;
  cost_batch_release(r.batch);
  free(sums);
  return table;
}
