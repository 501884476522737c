// contract.c: promises against proofs.
//
// A directive belongs to the declaration that begins where its subject does, or else to its line. The functions of a
// declaration are those whose code was compiled for it: of a generic one every instance has to keep the promise.
#include "report/contract.h"

#include <stdlib.h>

#include "syntax/syntax.h"

typedef struct Report {
  const PackageResult *result;
  const CostTable *table;
  bool live; // places are of the result's declarations, wherever they are now
  const CostLookup *all;
  CostPlace *places; // of the table's entries
  CostReport *out;
  const AstFile *file; // whose directives are looked at
  const Directive *directive;
  const AstDecl *decl;    // that the directive is about; NULL: a line …
  uint32_t line;          // … this one
  Str word;               // "noalloc"
  const Promise *promise; // that the directive stands for; NULL: it stands in the file
} Report;

CostReport *cost_report_retain(CostReport *r) {
  if (r) __atomic_add_fetch(&r->references, 1, __ATOMIC_RELAXED);
  return r;
}

void cost_report_release(CostReport *r) {
  if (!r || __atomic_sub_fetch(&r->references, 1, __ATOMIC_ACQ_REL)) return;
  arena_release(&r->arena);
  free(r);
}

const CostNote *cost_note_of(const CostReport *r, const AstSource *source, uint32_t slot) {
  for (uint32_t i = 0; r && i < r->notes.len; i++)
    if (r->notes.items[i].source == source && r->notes.items[i].slot == slot) return &r->notes.items[i];
  return NULL;
}

// Test variants are "p [p.test]".
static bool is_about(const Promise *p, const PackageResult *r) {
  Str path = r->import_path;
  ptrdiff_t space = str_index_byte(path, ' ');
  return str_equal(p->package, space < 0 ? path : str_slice(path, 0, (size_t)space));
}

bool package_promises(const PackageResult *r, const Promises *promises) {
  for (uint32_t i = 0; i < promises->len; i++)
    if (is_about(&promises->items[i], r)) return true;
  for (uint32_t i = 0; i < r->file_count; i++)
    if (r->files[i]->mentions_directives) return true;
  return false;
}

// ---- Places

static const AstDecl *decl_at(const AstFile *file, uint32_t offset) {
  for (uint32_t i = 0; i < file->decl_count; i++) {
    const AstDecl *d = file->decls[i];
    uint32_t start = file->slot_starts[d->slot];
    if (start != UINT32_MAX && offset >= start && offset < start + d->text.n) return d;
  }
  return NULL;
}

static const AstFile *file_of(const PackageResult *r, Str path) {
  for (uint32_t i = 0; path.n && i < r->file_count; i++)
    if (str_equal(r->files[i]->source->path, path)) return r->files[i];
  return NULL;
}

// In the result's files by declaration, so that it moves with its text.
static CostPlace placed(const Report *r, CostPlace place) {
  const AstFile *file = file_of(r->result, place.path);
  CostPlace out = {.path = arena_str(&r->out->arena, place.path), .line = place.line, .column = place.column};
  if (!file || !place.line) return out;
  if (r->live) {
    if (place.source != file->source || place.slot >= file->slot_count) return out;
    uint32_t start = file->slot_starts[place.slot];
    if (start == UINT32_MAX) return out;
    LineCol lc = ast_file_line_col(file, start + place.offset);
    out.source = place.source, out.slot = place.slot, out.offset = place.offset;
    out.line = lc.line, out.column = lc.column;
    return out;
  }
  uint32_t at = ast_file_offset_at(file, (LineCol){place.line, place.column});
  const AstDecl *decl = decl_at(file, at);
  if (!decl) return out;
  out.source = file->source;
  out.slot = decl->slot;
  out.offset = at - file->slot_starts[decl->slot];
  return out;
}

static uint32_t way_of(Report *r, const CostEntry *e, CostLevel level, bool blind, CostPoint **way) {
  CostStep steps[COST_STEPS];
  uint32_t count = cost_chain(e, level, blind, r->all, steps);
  *way = ARENA_ARRAY(&r->out->arena, CostPoint, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    Buf text = {0};
    buf_printf(&text, "%.*s ", STR_ARG(sym_str(steps[i].in->code->symbol)));
    cost_write_event(&text, steps[i].event);
    (*way)[i] = (CostPoint){placed(r, steps[i].event->place), arena_str(&r->out->arena, buf_view(&text))};
    buf_release(&text);
  }
  return count;
}

// ---- Notes

static Str sum_text(Report *r, const CostEntry *e, CostLevel level) {
  CostStep steps[COST_STEPS];
  uint32_t count = cost_chain(e, level, true, r->all, steps);
  Buf text = {0};
  cost_write_sum(&text, &e->sums[level], count ? steps[count - 1].event : NULL);
  Str kept = arena_str(&r->out->arena, buf_view(&text));
  buf_release(&text);
  return kept;
}

static void add_note(Report *r, const CostEntry *e, CostPlace place) {
  if (!place.source || e->code->is_literal || !e->code->declared) return;
  if (cost_note_of(r->out, place.source, place.slot)) return; // of several instances the first
  CostNote note = {.source = place.source, .slot = place.slot, .cost = sum_text(r, e, COST_ALL)};
  note.nothing = cost_is_nothing(&e->sums[COST_ALL]);
  if (!cost_sum_equal(&e->sums[COST_ALL], &e->sums[COST_WARM])) note.warm = sum_text(r, e, COST_WARM);
  if (str_equal(note.warm, note.cost)) note.warm = STR_NONE;
  if (!note.nothing) note.way_count = way_of(r, e, COST_ALL, e->sums[COST_ALL].unknown, &note.way);
  VEC_PUSH(&r->out->arena, &r->out->notes, note);
}

// ---- Contracts

static const FindingGroup *group_of(const Report *r, const AstDecl *decl) {
  return decl && r->result->findings ? finding_group_of(r->result->findings, decl) : NULL;
}

static const Finding *function_of(const FindingGroup *g) {
  for (uint32_t i = 0; g && i < g->len; i++)
    if (g->items[i].kind == FINDING_FUNCTION) return &g->items[i];
  return NULL;
}

// What it is about: the function's name, or the line's code.
static Contract begin(const Report *r, ContractState state) {
  Arena *a = &r->out->arena;
  const Directive *d = r->directive;
  Contract c = {.state = state, .source = r->file->source};
  const char *maker = d->gcassert ? "gcassert" : "heapls";
  if (r->promise) {
    ptrdiff_t slash = str_last_byte(r->promise->from, '/');
    c.directive = arena_printf(a, "%.*s (%.*s)", STR_ARG(d->words),
                               STR_ARG(str_slice(r->promise->from, (size_t)(slash + 1), r->promise->from.n)));
  } else {
    c.directive = arena_printf(a, "//%s:%.*s", maker, STR_ARG(d->gcassert ? r->word : d->words));
  }
  c.code = state == CONTRACT_MISUSED ? STR("contract/directive") : arena_printf(a, "contract/%.*s", STR_ARG(r->word));
  const FindingGroup *g = group_of(r, r->decl ? r->decl : decl_at(r->file, d->subject));
  const Finding *f = function_of(g);
  if (f) c.function = arena_str(a, f->function);
  if (f && r->decl && state != CONTRACT_MISUSED) {
    FindingPlace at = finding_where(g, f);
    c.start = at.start;
    c.end = at.end;
  } else if (state == CONTRACT_MISUSED) {
    c.start = d->start;
    c.end = d->end;
  } else {
    ptrdiff_t line = str_index_byte(str_slice(r->file->text, d->subject, r->file->text.n), '\n');
    Str text = str_slice(r->file->text, d->subject, line < 0 ? r->file->text.n : d->subject + (size_t)line);
    ptrdiff_t comment = str_index(text, STR("//"));
    if (comment > 0) text = str_slice(text, 0, (size_t)comment);
    c.start = d->subject;
    c.end = d->subject + (uint32_t)str_trim(text).n;
  }
  return c;
}

static void add(Report *r, Contract c) { VEC_PUSH(&r->out->arena, &r->out->contracts, c); }

static void misused(Report *r, const char *why) {
  Contract c = begin(r, CONTRACT_MISUSED);
  c.message = arena_printf(&r->out->arena, "`%.*s` %s.", STR_ARG(c.directive), why);
  add(r, c);
}

static void untold(Report *r, const char *what) {
  Contract c = begin(r, CONTRACT_UNTOLD);
  c.message = arena_printf(&r->out->arena, "`%.*s`: %s.", STR_ARG(c.directive), what);
  add(r, c);
}

// ---- Of functions

static void fault(Report *r, const CostEntry *e, CostLevel level, ContractState state, bool blind, const char *wanted) {
  Contract c = begin(r, state);
  Str cost = sum_text(r, e, level);
  c.way_count = way_of(r, e, level, blind, &c.way);
  const char *verb = state == CONTRACT_BROKEN ? "is to" : "can't be proved to";
  Buf text = {0};
  buf_printf(&text, "`%.*s` %s %s", STR_ARG(c.function.n ? c.function : e->code->name), verb, wanted);
  if (level == COST_WARM) buf_puts(&text, " but on cold paths");
  if (c.way_count) buf_printf(&text, ": %.*s", STR_ARG(c.way[c.way_count - 1].text));
  buf_byte(&text, '.');
  if (state == CONTRACT_BROKEN) buf_printf(&text, " Proved: %.*s.", STR_ARG(cost));
  c.message = arena_str(&r->out->arena, buf_view(&text));
  buf_release(&text);
  add(r, c);
}

// Some of its own code allocates.
static bool breaks_own(Report *r, const CostEntry *e, bool cold) {
  for (uint32_t i = 0; i < e->code->event_count; i++) {
    const CostEvent *event = &e->code->events[i];
    if (event->kind != COST_SITE || (cold && event->cold)) continue;
    Contract c = begin(r, CONTRACT_BROKEN);
    Buf text = {0};
    buf_printf(&text, "`%.*s` is to allocate nothing in its own code, and ", STR_ARG(c.function));
    cost_write_event(&text, event);
    buf_byte(&text, '.');
    c.message = arena_str(&r->out->arena, buf_view(&text));
    c.way = ARENA_NEW(&r->out->arena, CostPoint);
    *c.way = (CostPoint){placed(r, event->place), c.message};
    c.way_count = 1;
    buf_release(&text);
    add(r, c);
    return true;
  }
  return false;
}

typedef struct Wanted {
  bool noalloc, own, cold;
  int64_t allocs, bytes; // -1: not asked for
} Wanted;

// Does it not keep the promise? Then that has been said.
static bool breaks(Report *r, const CostEntry *e, const Wanted *w) {
  if (w->own) return breaks_own(r, e, w->cold);
  CostLevel level = w->cold ? COST_WARM : COST_ALL;
  const CostSum *s = &e->sums[level];
  char wanted[80];
  bool over;
  if (w->noalloc) {
    snprintf(wanted, sizeof wanted, "allocate nothing");
    over = s->once || s->turn;
  } else if (w->allocs >= 0) {
    snprintf(wanted, sizeof wanted, "allocate at most %lld times", (long long)w->allocs);
    over = s->once > w->allocs || s->turn;
  } else {
    snprintf(wanted, sizeof wanted, "take at most %lld bytes", (long long)w->bytes);
    over = (s->once || s->turn) && (s->turn || s->once_bytes < 0 || s->once_bytes > w->bytes);
  }
  if (over)
    fault(r, e, level, CONTRACT_BROKEN, false, wanted);
  else if (s->unknown)
    fault(r, e, level, CONTRACT_UNPROVED, true, wanted);
  else if (s->params)
    fault(r, e, level, CONTRACT_UNPROVED, false, wanted);
  return over || s->unknown || s->params;
}

static void check_costs(Report *r, const Wanted *w) {
  const Ast *spec = r->decl && r->decl->kind == DECL_FUNC ? r->decl->specs.items[0] : NULL;
  if (!spec) {
    misused(r, "stands above a function");
    return;
  }
  bool any = false;
  for (uint32_t i = 0; i < r->table->len; i++) {
    const CostEntry *e = &r->table->entries[i];
    CostPlace place = r->places[i];
    if (e->code->is_literal || !e->code->declared || place.source != r->file->source || place.slot != r->decl->slot)
      continue;
    any = true;
    if (breaks(r, e, w)) return;
  }
  if (!any) untold(r, "the function has no code here: it is generic and not used in this package, or does not compile");
}

static void check_inlinable(Report *r) {
  const Finding *f = function_of(group_of(r, r->decl));
  if (!f) {
    untold(r, "nothing is known of the function");
  } else if (!str_equal(f->hint, STR("inlinable"))) {
    Contract c = begin(r, CONTRACT_BROKEN);
    c.message =
      arena_printf(&r->out->arena, "`%.*s` is to be inlinable. %.*s", STR_ARG(f->function), STR_ARG(f->title));
    add(r, c);
  }
}

// ---- Of lines

static void check_line(Report *r, bool inlining) {
  const FindingGroup *g = group_of(r, decl_at(r->file, r->directive->subject));
  bool any = false;
  for (uint32_t i = 0; g && i < g->len; i++) {
    const Finding *f = &g->items[i];
    bool of_kind = inlining ? f->kind == FINDING_CALL : f->kind == FINDING_SITE || f->kind == FINDING_VARIABLE;
    FindingPlace at = finding_where(g, f);
    if (!of_kind || at.line != r->line || f->inlined_from.n) continue;
    any = true;
    bool kept = inlining ? f->call->inlined : f->verdict == VERDICT_STACK || f->verdict == VERDICT_NO_ALLOCATION;
    if (kept) continue;
    Contract c = begin(r, CONTRACT_BROKEN);
    c.start = at.start;
    c.end = at.end;
    if (inlining)
      c.message = arena_printf(&r->out->arena, "The call of `%.*s` is to be inlined, and is not.", STR_ARG(f->subject));
    else
      c.message = arena_printf(&r->out->arena, "`%.*s` is to stay on the stack. %.*s %.*s", STR_ARG(f->subject),
                               STR_ARG(f->title), STR_ARG(f->why));
    add(r, c);
  }
  if (!any)
    misused(r,
            inlining ? "stands at a line with a call" : "stands at a line that makes a value or declares a variable");
}

// ---- Words

static bool number_after(Str words, Str name, int64_t *out) {
  if (!str_has_prefix(words, name)) return false;
  Str text = str_trim(str_slice(words, name.n, words.n));
  int64_t n = 0;
  for (size_t i = 0; i < text.n; i++) {
    if (text.p[i] < '0' || text.p[i] > '9' || n > INT32_MAX) return false;
    n = n * 10 + (text.p[i] - '0');
  }
  *out = n;
  return text.n > 0;
}

static Str first_word(Str words) {
  size_t n = 0;
  while (n < words.n && words.p[n] != ' ' && words.p[n] != '\t' && words.p[n] != ',') n++;
  return str_slice(words, 0, n);
}

static void check_noalloc(Report *r, Str rest) {
  Wanted w = {.noalloc = true, .allocs = -1, .bytes = -1};
  while (rest.n) {
    Str word = rest.p[0] == ',' ? first_word(str_slice(rest, 1, rest.n)) : STR_NONE;
    if (str_equal(word, STR("cold")))
      w.cold = true;
    else if (str_equal(word, STR("own")))
      w.own = true;
    else
      break;
    rest = str_slice(rest, word.n + 1, rest.n);
  }
  if (rest.n && rest.p[0] == ',')
    misused(r, "is not known: noalloc goes with `cold` and `own`");
  else
    check_costs(r, &w);
}

static void check_heapls(Report *r) {
  Str words = r->directive->words;
  r->word = first_word(words);
  Str rest = str_slice(words, r->word.n, words.n);
  Wanted w = {.allocs = -1, .bytes = -1};
  if (str_equal(r->word, STR("noalloc"))) {
    check_noalloc(r, rest);
  } else if (str_equal(r->word, STR("allocs"))) {
    if (number_after(words, r->word, &w.allocs))
      check_costs(r, &w);
    else
      misused(r, "wants a number: `//heapls:allocs 2`");
  } else if (str_equal(r->word, STR("bytes"))) {
    if (number_after(words, r->word, &w.bytes))
      check_costs(r, &w);
    else
      misused(r, "wants a number: `//heapls:bytes 128`");
  } else if (str_equal(r->word, STR("stack"))) {
    if (r->decl && r->decl->kind == DECL_FUNC)
      misused(r, "is about a variable or an expression, and stands at its line");
    else
      check_line(r, false);
  } else if (str_equal(r->word, STR("inline"))) {
    if (r->decl)
      check_inlinable(r);
    else
      check_line(r, true);
  } else if (str_equal(r->word, STR("trust"))) {
    if (!str_trim(rest).n) misused(r, "wants a reason");
    if (r->decl) misused(r, "stands at a call");
  } else {
    misused(r, "is not known: there are noalloc, allocs, bytes, stack, inline, trust and ignore");
  }
}

static void check_gcassert(Report *r) {
  Str words = first_word(r->directive->words).n ? r->directive->words : STR_NONE;
  if (!words.n) misused(r, "names nothing");
  while (words.n) {
    r->word = first_word(words);
    words = str_slice(words, r->word.n + 1, words.n);
    if (str_equal(r->word, STR("noescape")))
      check_line(r, false);
    else if (str_equal(r->word, STR("inline")) && r->decl)
      check_inlinable(r);
    else if (str_equal(r->word, STR("inline")))
      check_line(r, true);
    else if (str_equal(r->word, STR("bce")))
      untold(r, "heapls does not tell whether bounds checks are eliminated");
    else
      misused(r, "is not known: gcassert has noescape, inline and bce");
    if (!words.n || words.p[0] == ' ') break;
  }
}

// The declaration that begins there: directives of the compiler above it are part of its text. NULL: none does.
static const AstDecl *decl_above(const AstFile *file, uint32_t subject) {
  const AstDecl *decl = decl_at(file, subject);
  Str rest = decl ? str_slice(decl->text, 0, subject - file->slot_starts[decl->slot]) : STR_NONE;
  while (rest.n) {
    ptrdiff_t end = str_index_byte(rest, '\n');
    Str line = str_trim(str_slice(rest, 0, end < 0 ? rest.n : (size_t)end));
    if (line.n && !str_has_prefix(line, STR("//"))) return NULL;
    rest = end < 0 ? STR_NONE : str_slice(rest, (size_t)end + 1, rest.n);
  }
  return decl;
}

static void check_file(Report *r) {
  DirectiveList list = {0};
  directives_read(&list, r->file->text);
  for (uint32_t i = 0; i < list.items.len; i++) {
    r->directive = &list.items.items[i];
    r->out->promises++;
    r->decl = decl_above(r->file, r->directive->subject);
    r->line = ast_file_line_col(r->file, r->directive->subject).line;
    if (r->directive->gcassert)
      check_gcassert(r);
    else
      check_heapls(r);
  }
  directives_release(&list);
}

// ---- Agreed on elsewhere

bool promise_is_known(Str words) {
  int64_t n;
  static const char *const known[] = {"noalloc",          "noalloc,cold",     "noalloc,own",
                                      "noalloc,cold,own", "noalloc,own,cold", "inline"};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (str_equal(words, str_of(known[i]))) return true;
  return number_after(words, STR("allocs"), &n) || number_after(words, STR("bytes"), &n);
}

static const AstDecl *decl_named(Report *r, Str name) {
  for (uint32_t i = 0; i < r->result->file_count; i++) {
    r->file = r->result->files[i];
    for (uint32_t k = 0; k < r->file->decl_count; k++) {
      const AstDecl *decl = r->file->decls[k];
      const Finding *f = decl->kind == DECL_FUNC ? function_of(group_of(r, decl)) : NULL;
      if (f && str_equal(f->function, name)) return decl;
    }
  }
  return NULL;
}

static void check_promise(Report *r, const Promise *p) {
  Directive d = {.words = p->words};
  r->promise = p;
  r->directive = &d;
  r->out->promises++;
  r->decl = decl_named(r, p->function);
  if (r->decl) {
    d.subject = d.start = d.end = r->file->slot_starts[r->decl->slot];
    check_heapls(r);
  } else if (r->result->file_count) {
    r->file = r->result->files[0];
    d.subject = d.start = d.end = r->file->package_pos;
    r->word = first_word(p->words);
    misused(r, arena_printf(&r->out->arena, "is about `%.*s`, which is not in this package", STR_ARG(p->function)).p);
  }
  r->promise = NULL;
}

CostReport *cost_report_new(const PackageResult *result, const CostTable *table, bool live, const CostLookup *all,
                            const Promises *promises) {
  CostReport *out = mem_new(sizeof *out);
  out->references = 1;
  arena_init(&out->arena);
  Report r = {.result = result, .table = table, .live = live, .all = all, .out = out};
  r.places = mem_new(sizeof *r.places * (table->len + 1));
  for (uint32_t i = 0; i < table->len; i++) {
    r.places[i] = placed(&r, table->entries[i].code->place);
    add_note(&r, &table->entries[i], r.places[i]);
  }
  for (uint32_t i = 0; i < result->file_count; i++) {
    r.file = result->files[i];
    check_file(&r);
  }
  for (uint32_t i = 0; i < promises->len; i++)
    if (is_about(&promises->items[i], result)) check_promise(&r, &promises->items[i]);
  free(r.places);
  return out;
}
