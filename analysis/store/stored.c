// stored.c: writing and reading of results. A sealed block of tables of fixed records that refer to each other by
// number; equal texts are there once. The lists of fields below are read by both sides.
#include "store/stored.h"

#include <stddef.h>
#include <stdlib.h>

#include "syntax/syntax.h"
#include "types/check.h"

enum { MAGIC = 0x52505048, FORMAT = 5, NONE = UINT32_MAX };

// The header's words after the common ones.
enum {
  H_FILES = SEALED_HEADER, // tables: first word and number of records
  H_DECLS = H_FILES + 2,
  H_SOURCES = H_DECLS + 2,
  H_FINDINGS = H_SOURCES + 2,
  H_STEPS = H_FINDINGS + 2,
  H_CALLS = H_STEPS + 2,
  H_ARGS = H_CALLS + 2,
  H_LAYOUTS = H_ARGS + 2,
  H_ORDERS = H_LAYOUTS + 2,
  H_TEXTS = H_ORDERS + 2, // bytes: offset and length
  H_COUNT = H_TEXTS + 2,
};

// ---- Fields

// A new field has to be written and read here; fields that are not: FindingList.copies, which only building needs,
// and FindingStep.follows, of stale code, which is not stored.
_Static_assert(sizeof(void *) != 8 || (sizeof(Finding) == 384 && sizeof(FindingStep) == 88 && sizeof(CallFacts) == 48 &&
                                       sizeof(CallArg) == 56 && sizeof(StructFacts) == 104),
               "stored.c knows all fields");

#define FIELDS(name, ...) static const size_t name[] = {__VA_ARGS__}
#define COUNT(fields) (sizeof(fields) / sizeof *(fields))
#define F(field) offsetof(Finding, field)
FIELDS(finding_numbers, F(start), F(end), F(mark_at), F(mark_length), F(hint_at), F(line), F(column), F(inlined_into),
       F(copies_heap), F(copies_loop));
FIELDS(finding_longs, F(bytes), F(size_class), F(elem_bytes), F(least));
FIELDS(finding_texts, F(subject), F(expression), F(function), F(count_text), F(when), F(inlined_from), F(called),
       F(hint), F(title), F(why), F(advice), F(condition), F(gc_words), F(symbol));
#undef F
FIELDS(step_numbers, offsetof(FindingStep, start), offsetof(FindingStep, end), offsetof(FindingStep, line),
       offsetof(FindingStep, column), offsetof(FindingStep, at));
FIELDS(step_texts, offsetof(FindingStep, text), offsetof(FindingStep, gc_text));
FIELDS(call_texts, offsetof(CallFacts, concrete));
FIELDS(arg_numbers, offsetof(CallArg, start), offsetof(CallArg, end));
FIELDS(arg_texts, offsetof(CallArg, text), offsetof(CallArg, param));
#define L(field) offsetof(StructFacts, field)
FIELDS(layout_longs, L(size), L(padding), L(size_class), L(pointer_bytes), L(best_size), L(best_pointer_bytes),
       L(best_class));
FIELDS(layout_texts, L(order_text), L(fixed));
#undef L

// Records: what is of their own, then numbers, longs (two words each) and texts (offset and length).
enum { LEAK_WORDS = TAG_LEN / 4 };
enum { FILE_DECLS, FILE_GENERATED, FILE_WORDS };
enum { DECL_START, DECL_END, DECL_KIND, DECL_DECISION, DECL_WORDS };
enum { SOURCE_FILE, SOURCE_TEXT, SOURCE_WORDS = SOURCE_TEXT + 2 }; // NONE, then its path
// kinds: kind, verdict, cause, flags, one byte each; place: loop depth and cold
enum { FINDING_KINDS, FINDING_PLACE, FINDING_DECL, FINDING_FACTS, FINDING_STEPS, FINDING_STEP_COUNT, FINDING_OWN };
enum { FINDING_WORDS = FINDING_OWN + COUNT(finding_numbers) + 2 * (COUNT(finding_longs) + COUNT(finding_texts)) };
enum { FLAG_PARAM = 1, FLAG_FOREIGN = 2 };
enum { STEP_SOURCE, STEP_DECL, STEP_OWN, STEP_WORDS = STEP_OWN + COUNT(step_numbers) + 2 * COUNT(step_texts) };
enum { CALL_KINDS, CALL_ARGS, CALL_ARG_COUNT, CALL_OWN, CALL_WORDS = CALL_OWN + 2 * COUNT(call_texts) };
enum { CALL_INLINED = 0x100, CALL_DEVIRTUALISED = 0x200, CALL_METHOD = 0x400, CALL_GUIDED = 0x800 };
enum { ARG_FLAGS, ARG_LEAKS, ARG_OWN = ARG_LEAKS + LEAK_WORDS };
enum { ARG_WORDS = ARG_OWN + COUNT(arg_numbers) + 2 * COUNT(arg_texts) };
enum { ARG_RECV = 1, ARG_VARIADIC = 2, ARG_BOXED = 4 };
enum { LAYOUT_ORDER, LAYOUT_FIELDS, LAYOUT_OWN }; // LAYOUT_ORDER: NONE, or the first of so many
enum { LAYOUT_WORDS = LAYOUT_OWN + 2 * (COUNT(layout_longs) + COUNT(layout_texts)) };

// ---- Writing

typedef struct Writer {
  const PackageResult *result;
  Words files, decls, sources, findings, steps, calls, args, layouts, orders;
  Buf texts;
  StrMap known_texts;   // text -> its offset plus 1
  PtrMap known_decls;   // AstDecl -> its number plus 1
  PtrMap known_sources; // AstSource -> its number plus 1
} Writer;

static void put_text(Writer *w, Words *to, Str s) {
  uintptr_t at = s.n ? (uintptr_t)strmap_get(&w->known_texts, s) : 1;
  if (!at) {
    at = w->texts.len + 1;
    buf_str(&w->texts, s);
    strmap_set(&w->known_texts, s, (void *)at);
  }
  words_put(to, (uint32_t)(at - 1));
  words_put(to, (uint32_t)s.n);
}

static void put_numbers(Words *to, const void *record, const size_t *fields, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t n;
    memcpy(&n, (const char *)record + fields[i], sizeof n);
    words_put(to, n);
  }
}

static void put_longs(Words *to, const void *record, const size_t *fields, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint64_t n;
    memcpy(&n, (const char *)record + fields[i], sizeof n);
    words_put64(to, n);
  }
}

static void put_texts(Writer *w, Words *to, const void *record, const size_t *fields, size_t count) {
  for (size_t i = 0; i < count; i++) put_text(w, to, *(const Str *)(const void *)((const char *)record + fields[i]));
}

static bool write_files(Writer *w) {
  const PackageResult *r = w->result;
  uint32_t number = 0;
  for (uint32_t i = 0; i < r->file_count; i++) {
    const AstFile *f = r->files[i];
    words_put(&w->files, f->decl_count);
    words_put(&w->files, f->is_generated);
    ptrmap_set(&w->known_sources, f->source, (void *)(uintptr_t)(i + 1));
    words_put(&w->sources, i);
    put_text(w, &w->sources, STR_NONE);
    for (uint32_t k = 0; k < f->decl_count; k++) {
      const AstDecl *decl = f->decls[k];
      uint32_t start = decl->slot < f->slot_count ? f->slot_starts[decl->slot] : UINT32_MAX;
      if (start == UINT32_MAX) return false;
      ptrmap_set(&w->known_decls, decl, (void *)(uintptr_t)++number);
      words_put(&w->decls, start);
      words_put(&w->decls, start + (uint32_t)decl->text.n);
      const FindingGroup *g = package_result_group(r, f, k);
      words_put(&w->decls, (uint32_t)decl->kind << 1 | package_result_broken(r, f, k));
      words_put(&w->decls, g ? g->decision : 0);
    }
  }
  return true;
}

static uint32_t source_number(Writer *w, const AstSource *source) {
  if (!source) return NONE;
  uintptr_t known = (uintptr_t)ptrmap_get(&w->known_sources, source);
  if (known) return (uint32_t)known - 1;
  uint32_t number = w->sources.v.len / SOURCE_WORDS;
  ptrmap_set(&w->known_sources, source, (void *)(uintptr_t)(number + 1));
  words_put(&w->sources, NONE);
  put_text(w, &w->sources, source->path);
  return number;
}

static void write_step(Writer *w, const FindingStep *step) {
  FindingStep now = package_result_step(w->result, step);
  words_put(&w->steps, source_number(w, now.source));
  words_put(&w->steps, (uint32_t)(uintptr_t)ptrmap_get(&w->known_decls, now.decl) - 1); // NONE: of another package
  put_numbers(&w->steps, &now, step_numbers, COUNT(step_numbers));
  put_texts(w, &w->steps, &now, step_texts, COUNT(step_texts));
}

static uint32_t write_call(Writer *w, const CallFacts *c) {
  for (uint32_t i = 0; i < c->arg_count; i++) {
    const CallArg *a = &c->args[i];
    words_put(&w->args,
              (a->is_recv ? ARG_RECV : 0u) | (a->is_variadic ? ARG_VARIADIC : 0u) | (a->is_boxed ? ARG_BOXED : 0u));
    uint32_t leaks[LEAK_WORDS];
    memcpy(leaks, a->leaks, sizeof leaks);
    for (int k = 0; k < LEAK_WORDS; k++) words_put(&w->args, leaks[k]);
    put_numbers(&w->args, a, arg_numbers, COUNT(arg_numbers));
    put_texts(w, &w->args, a, arg_texts, COUNT(arg_texts));
  }
  words_put(&w->calls, (uint32_t)c->callee | (c->inlined ? CALL_INLINED : 0u) |
                         (c->devirtualised ? CALL_DEVIRTUALISED : 0u) | (c->is_method ? CALL_METHOD : 0u) |
                         (c->guided ? CALL_GUIDED : 0u));
  words_put(&w->calls, w->args.v.len / ARG_WORDS - c->arg_count);
  words_put(&w->calls, c->arg_count);
  put_texts(w, &w->calls, c, call_texts, COUNT(call_texts));
  return w->calls.v.len / CALL_WORDS - 1;
}

static uint32_t write_layout(Writer *w, const StructFacts *s) {
  words_put(&w->layouts, s->order ? w->orders.v.len : NONE);
  words_put(&w->layouts, s->field_count);
  for (uint32_t i = 0; s->order && i < s->field_count; i++) words_put(&w->orders, s->order[i]);
  put_longs(&w->layouts, s, layout_longs, COUNT(layout_longs));
  put_texts(w, &w->layouts, s, layout_texts, COUNT(layout_texts));
  return w->layouts.v.len / LAYOUT_WORDS - 1;
}

static bool write_finding(Writer *w, const FindingGroup *in, const Finding *f) {
  uint32_t decl = (uint32_t)(uintptr_t)ptrmap_get(&w->known_decls, f->decl);
  if (!decl || in->stale || in->moved || in->lines || in->columns || f->source != f->decl->source) return false;
  if ((f->kind == FINDING_CALL) != (f->call != NULL) || (f->kind == FINDING_TYPE) != (f->layout != NULL)) return false;
  uint32_t facts = f->call ? write_call(w, f->call) : f->layout ? write_layout(w, f->layout) : NONE;
  uint32_t flags = (f->is_param ? FLAG_PARAM : 0u) | (f->is_foreign ? FLAG_FOREIGN : 0u);
  words_put(&w->findings, (uint32_t)f->kind | (uint32_t)f->verdict << 8 | (uint32_t)f->cause << 16 | flags << 24);
  words_put(&w->findings, f->loop_depth | (uint32_t)f->cold << 8);
  words_put(&w->findings, decl - 1);
  words_put(&w->findings, facts);
  words_put(&w->findings, w->steps.v.len / STEP_WORDS);
  words_put(&w->findings, f->step_count);
  put_numbers(&w->findings, f, finding_numbers, COUNT(finding_numbers));
  put_longs(&w->findings, f, finding_longs, COUNT(finding_longs));
  put_texts(w, &w->findings, f, finding_texts, COUNT(finding_texts));
  for (uint32_t i = 0; i < f->step_count; i++) write_step(w, &f->steps[i]);
  return true;
}

static void append_all(Writer *w, Buf *out, Digest key) {
  const uint32_t header[H_COUNT] = {0};
  Sealing to = sealing_begin(out, MAGIC, FORMAT, key, header, H_COUNT);
  sealing_table(&to, H_FILES, &w->files, FILE_WORDS);
  sealing_table(&to, H_DECLS, &w->decls, DECL_WORDS);
  sealing_table(&to, H_SOURCES, &w->sources, SOURCE_WORDS);
  sealing_table(&to, H_FINDINGS, &w->findings, FINDING_WORDS);
  sealing_table(&to, H_STEPS, &w->steps, STEP_WORDS);
  sealing_table(&to, H_CALLS, &w->calls, CALL_WORDS);
  sealing_table(&to, H_ARGS, &w->args, ARG_WORDS);
  sealing_table(&to, H_LAYOUTS, &w->layouts, LAYOUT_WORDS);
  sealing_table(&to, H_ORDERS, &w->orders, 1);
  sealing_end(&to, H_TEXTS, &w->texts);
}

static void writer_release(Writer *w) {
  Words *all[] = {&w->files, &w->decls, &w->sources, &w->findings, &w->steps,
                  &w->calls, &w->args,  &w->layouts, &w->orders};
  for (size_t i = 0; i < COUNT(all); i++) free(all[i]->v.items);
  buf_release(&w->texts);
  strmap_release(&w->known_texts);
  ptrmap_release(&w->known_decls);
  ptrmap_release(&w->known_sources);
}

bool stored_write(Buf *out, const PackageResult *r, Digest key) {
  if (!r->findings) return false;
  Writer w = {.result = r};
  bool ok = write_files(&w);
  FindingCursor c = {.set = r->findings};
  for (const Finding *f; ok && (f = finding_next(&c));) ok = write_finding(&w, c.of, f);
  if (ok) append_all(&w, out, key);
  writer_release(&w);
  return ok;
}

// ---- Opening

struct Stored {
  const uint32_t *words;
  size_t size;
};

static bool is_sound(const Stored *s, Digest key) {
  static const struct {
    uint32_t at, width;
  } tables[] = {{H_FILES, FILE_WORDS},       {H_DECLS, DECL_WORDS},     {H_SOURCES, SOURCE_WORDS},
                {H_FINDINGS, FINDING_WORDS}, {H_STEPS, STEP_WORDS},     {H_CALLS, CALL_WORDS},
                {H_ARGS, ARG_WORDS},         {H_LAYOUTS, LAYOUT_WORDS}, {H_ORDERS, 1}};
  const uint32_t *w = s->words;
  if (!sealed_sound(w, s->size, MAGIC, FORMAT, key, H_COUNT) || !sealed_texts_fit(w, H_TEXTS)) return false;
  for (size_t i = 0; i < COUNT(tables); i++)
    if (!sealed_table_fits(w, tables[i].at, tables[i].width, H_COUNT, H_TEXTS)) return false;
  uint64_t decls = 0;
  const uint32_t *files = w + w[H_FILES];
  for (uint32_t i = 0; i < w[H_FILES + 1]; i++) decls += files[(size_t)i * FILE_WORDS + FILE_DECLS];
  return decls == w[H_DECLS + 1] && w[H_SOURCES + 1] >= w[H_FILES + 1];
}

Stored *stored_open(void *bytes, size_t len, Digest key) {
  Stored s = {bytes, len};
  if (!is_sound(&s, key)) {
    free(bytes);
    return NULL;
  }
  Stored *copy = mem_new(sizeof *copy);
  *copy = s;
  return copy;
}

void stored_free(Stored *s) {
  if (!s) return;
  free((void *)(uintptr_t)s->words);
  free(s);
}

Digest stored_key(const Stored *s) { return sealed_digest(s->words + SEALED_KEY); }
Str stored_bytes(const Stored *s) { return (Str){(const char *)s->words, s->size}; }
uint32_t stored_file_count(const Stored *s) { return s->words[H_FILES + 1]; }

// ---- Reading

uint32_t stored_decl_count(const Stored *s, uint32_t file) {
  return s->words[s->words[H_FILES] + file * FILE_WORDS + FILE_DECLS];
}

static const uint32_t *decls_of(const Stored *s, uint32_t file) {
  const uint32_t *decls = s->words + s->words[H_DECLS];
  for (uint32_t i = 0; i < file; i++) decls += (size_t)stored_decl_count(s, i) * DECL_WORDS;
  return decls;
}

bool stored_decl_broken(const Stored *s, uint32_t file, uint32_t decl) {
  return (decls_of(s, file)[(size_t)decl * DECL_WORDS + DECL_KIND] & 1) != 0;
}

AstFile *stored_file(const Stored *s, uint32_t i, const AstSource *source, Str text) {
  uint32_t count = stored_decl_count(s, i);
  const uint32_t *d = decls_of(s, i);
  DeclPlace *places = mem_new(sizeof *places * (count + 1));
  for (uint32_t k = 0; k < count; k++, d += DECL_WORDS) {
    uint32_t kind = d[DECL_KIND] >> 1;
    places[k] = (DeclPlace){
      .start = d[DECL_START], .end = d[DECL_END], .kind = (uint8_t)(kind <= DECL_BAD ? kind : (uint32_t)DECL_BAD)};
  }
  AstFile *file = ast_file_open(source, text, places, count);
  file->is_generated = s->words[s->words[H_FILES] + i * FILE_WORDS + FILE_GENERATED] != 0;
  free(places);
  return file;
}

typedef struct Reader {
  const Stored *stored;
  AstFile *const *files;
  const uint32_t *at; // the next word
  bool bad;
  const AstSource **sources;
  AstDecl **decls;            // of all files
  const AstFile **decl_files; // which of them each is in
  FindingStep *steps;
  CallFacts *calls;
  CallArg *args;
  StructFacts *layouts;
  const uint32_t *orders;
} Reader;

static uint32_t count_of(const Reader *r, uint32_t header) { return r->stored->words[header + 1]; }

static void begin(Reader *r, uint32_t header) { r->at = r->stored->words + r->stored->words[header]; }

static uint32_t take(Reader *r) { return *r->at++; }

static Str take_text(Reader *r) {
  uint32_t offset = take(r), len = take(r);
  if ((uint64_t)offset + len > count_of(r, H_TEXTS)) {
    r->bad = true;
    return STR_NONE;
  }
  return len ? (Str){(const char *)r->stored->words + r->stored->words[H_TEXTS] + offset, len} : STR_NONE;
}

static void take_numbers(Reader *r, void *record, const size_t *fields, size_t count) {
  for (size_t i = 0; i < count; i++) memcpy((char *)record + fields[i], r->at++, sizeof(uint32_t));
}

static void take_longs(Reader *r, void *record, const size_t *fields, size_t count) {
  for (size_t i = 0; i < count; i++, r->at += 2) memcpy((char *)record + fields[i], r->at, sizeof(uint64_t));
}

static void take_texts(Reader *r, void *record, const size_t *fields, size_t count) {
  for (size_t i = 0; i < count; i++) *(Str *)(void *)((char *)record + fields[i]) = take_text(r);
}

// first and count of a list in the table; true if it lies inside.
static bool take_list(Reader *r, uint32_t header, uint32_t *first, uint32_t *count) {
  *first = take(r);
  *count = take(r);
  bool inside = (uint64_t)*first + *count <= count_of(r, header);
  r->bad |= !inside;
  return inside;
}

static const AstSource *take_source(Reader *r) {
  uint32_t i = take(r);
  if (i == NONE) return NULL;
  r->bad |= i >= count_of(r, H_SOURCES);
  return r->bad ? NULL : r->sources[i];
}

static void read_sources(Reader *r, const AstSource *(*source_of)(void *, Str), void *context) {
  begin(r, H_SOURCES);
  for (uint32_t i = 0; i < count_of(r, H_SOURCES); i++) {
    uint32_t file = take(r);
    Str path = take_text(r);
    if (file != NONE)
      r->bad |= file >= count_of(r, H_FILES);
    else
      r->bad |= !path.n || path.p[0] != '/';
    if (r->bad) return;
    r->sources[i] = file != NONE ? r->files[file]->source : source_of(context, path);
  }
}

static void read_steps(Reader *r) {
  begin(r, H_STEPS);
  for (uint32_t i = 0; i < count_of(r, H_STEPS); i++) {
    FindingStep *s = &r->steps[i];
    s->source = take_source(r);
    uint32_t decl = take(r);
    if (decl < count_of(r, H_DECLS)) {
      finding_step_lies_in(s, r->decls[decl]);
      s->base = r->decl_files[decl]->slot_starts[s->decl->slot];
    }
    take_numbers(r, s, step_numbers, COUNT(step_numbers));
    take_texts(r, s, step_texts, COUNT(step_texts));
  }
}

static void read_calls(Reader *r) {
  begin(r, H_ARGS);
  for (uint32_t i = 0; i < count_of(r, H_ARGS); i++) {
    CallArg *a = &r->args[i];
    uint32_t flags = take(r);
    a->is_recv = (flags & ARG_RECV) != 0;
    a->is_variadic = (flags & ARG_VARIADIC) != 0;
    a->is_boxed = (flags & ARG_BOXED) != 0;
    memcpy(a->leaks, r->at, sizeof a->leaks);
    r->at += LEAK_WORDS;
    take_numbers(r, a, arg_numbers, COUNT(arg_numbers));
    take_texts(r, a, arg_texts, COUNT(arg_texts));
  }
  begin(r, H_CALLS);
  for (uint32_t i = 0; i < count_of(r, H_CALLS); i++) {
    CallFacts *c = &r->calls[i];
    uint32_t kinds = take(r), first;
    r->bad |= (kinds & 0xff) > CALLEE_GENERIC;
    c->callee = r->bad ? CALLEE_VALUE : (CalleeKind)(kinds & 0xff);
    c->inlined = (kinds & CALL_INLINED) != 0;
    c->devirtualised = (kinds & CALL_DEVIRTUALISED) != 0;
    c->is_method = (kinds & CALL_METHOD) != 0;
    c->guided = (kinds & CALL_GUIDED) != 0;
    if (take_list(r, H_ARGS, &first, &c->arg_count)) c->args = r->args + first;
    take_texts(r, c, call_texts, COUNT(call_texts));
  }
}

static void read_layouts(Reader *r) {
  begin(r, H_LAYOUTS);
  for (uint32_t i = 0; i < count_of(r, H_LAYOUTS); i++) {
    StructFacts *s = &r->layouts[i];
    uint32_t first = take(r);
    s->field_count = take(r);
    bool inside = first == NONE || (uint64_t)first + s->field_count <= count_of(r, H_ORDERS);
    r->bad |= !inside;
    if (inside && first != NONE) s->order = r->orders + first;
    for (uint32_t k = 0; s->order && k < s->field_count; k++) r->bad |= s->order[k] >= s->field_count;
    take_longs(r, s, layout_longs, COUNT(layout_longs));
    take_texts(r, s, layout_texts, COUNT(layout_texts));
  }
}

static void read_finding(Reader *r, Finding *f) {
  uint32_t kinds = take(r), place = take(r), decl = take(r), facts = take(r), first;
  uint32_t kind = kinds & 0xff, verdict = kinds >> 8 & 0xff, cause = kinds >> 16 & 0xff, flags = kinds >> 24;
  bool known = kind <= FINDING_MAP_WRITE && verdict <= VERDICT_CONDITIONAL && cause < CAUSE_COUNT;
  known &= decl < count_of(r, H_DECLS);
  if (kind == FINDING_CALL)
    known &= facts < count_of(r, H_CALLS);
  else if (kind == FINDING_TYPE)
    known &= facts < count_of(r, H_LAYOUTS);
  if (!known) {
    r->bad = true;
    return;
  }
  f->kind = (FindingKind)kind;
  f->verdict = (Verdict)verdict;
  f->cause = (Cause)cause;
  f->is_param = (flags & FLAG_PARAM) != 0;
  f->is_foreign = (flags & FLAG_FOREIGN) != 0;
  f->loop_depth = (uint8_t)place;
  f->cold = (uint8_t)(place >> 8);
  f->decl = r->decls[decl];
  f->source = f->decl->source;
  if (f->kind == FINDING_CALL) f->call = &r->calls[facts];
  if (f->kind == FINDING_TYPE) f->layout = &r->layouts[facts];
  if (take_list(r, H_STEPS, &first, &f->step_count)) f->steps = r->steps + first;
  take_numbers(r, f, finding_numbers, COUNT(finding_numbers));
  take_longs(r, f, finding_longs, COUNT(finding_longs));
  take_texts(r, f, finding_texts, COUNT(finding_texts));
  size_t text = r->decl_files[decl]->text.n; // places are inside
  r->bad |= f->start > f->end || f->end > text || f->hint_at > text;
  r->bad |= (uint64_t)f->start + f->mark_at + f->mark_length > text;
}

FindingSet *stored_findings(const Stored *s, AstFile *const *files, const AstSource *(*source_of)(void *, Str),
                            void *context) {
  FindingList *list = mem_new(sizeof *list);
  arena_init(&list->arena);
  Arena *a = &list->arena;
  Reader r = {.stored = s, .files = files, .orders = s->words + s->words[H_ORDERS]};
  r.sources = ARENA_ARRAY(a, const AstSource *, count_of(&r, H_SOURCES) + 1);
  r.decls = ARENA_ARRAY(a, AstDecl *, count_of(&r, H_DECLS) + 1);
  r.decl_files = ARENA_ARRAY(a, const AstFile *, count_of(&r, H_DECLS) + 1);
  r.steps = ARENA_ARRAY(a, FindingStep, count_of(&r, H_STEPS) + 1);
  r.calls = ARENA_ARRAY(a, CallFacts, count_of(&r, H_CALLS) + 1);
  r.args = ARENA_ARRAY(a, CallArg, count_of(&r, H_ARGS) + 1);
  r.layouts = ARENA_ARRAY(a, StructFacts, count_of(&r, H_LAYOUTS) + 1);
  list->items = ARENA_ARRAY(a, Finding, count_of(&r, H_FINDINGS) + 1);
  for (uint32_t i = 0, n = 0; i < stored_file_count(s); i++)
    for (uint32_t k = 0; k < files[i]->decl_count; k++, n++)
      r.decls[n] = files[i]->decls[k], r.decl_files[n] = files[i];
  read_sources(&r, source_of, context);
  if (!r.bad) read_steps(&r);
  if (!r.bad) read_calls(&r);
  if (!r.bad) read_layouts(&r);
  for (uint32_t i = 0; !r.bad && i < count_of(&r, H_FINDINGS); i++) {
    r.at = s->words + s->words[H_FINDINGS] + (size_t)i * FINDING_WORDS;
    read_finding(&r, &list->items[list->len++]);
  }
  if (r.bad) {
    finding_list_free(list);
    return NULL;
  }
  FindingSet *set = finding_set_of(list, files, stored_file_count(s));
  for (uint32_t i = 0; set && i < stored_file_count(s); i++) {
    const FindingFile *f = finding_file_of(set, files[i]->source);
    for (uint32_t k = 0; k < f->group_count; k++) {
      f->groups[k].broken = stored_decl_broken(s, i, k);
      f->groups[k].decision = (uint8_t)decls_of(s, i)[(size_t)k * DECL_WORDS + DECL_DECISION];
    }
  }
  return set;
}
