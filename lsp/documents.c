// documents.c: open documents, the edits to them, and findings carried over those edits.
//
// An analysis speaks of the text it saw. Every change since is kept as a span; an offset of the analysed text is
// carried through the spans in order, and what lies inside an edited span is dropped. So hints move with the code while
// the next analysis is under way. In declarations that do not parse or type-check the newest analysis has the findings
// of their last good versions, as far as it knows what became of them; what it lost track of is taken from the last
// good analysis. Both are marked stale.
#include "server.h"

#include <stdlib.h>

#include "syntax/syntax.h"

static char *copy(const char *s) {
  size_t n = strlen(s);
  char *p = protocol_alloc(n + 1);
  memcpy(p, s, n);
  return p;
}

Document *document_find(Server *s, Pool *pool, const char *uri) {
  const char *key = uri_normal(pool, uri);
  for (uint32_t i = 0; i < s->documents.len; i++) {
    if (strcmp(s->documents.items[i]->key, key) == 0) return s->documents.items[i];
  }
  return NULL;
}

Document *document_of_path(Server *s, Str path) {
  for (uint32_t i = 0; i < s->documents.len; i++) {
    Document *d = s->documents.items[i];
    if (d->path && str_equal(str_of(d->path), path)) return d;
  }
  return NULL;
}

static void analysis_clear(Analysis *a) {
  package_result_release(a->result);
  free(a->broken.items);
  *a = (Analysis){0};
}

// Takes nothing: the result gets a reference more.
static void analysis_set(Analysis *a, const PackageResult *result, const AstFile *file, int32_t version) {
  package_result_retain(result);
  analysis_clear(a);
  *a = (Analysis){.result = result, .file = file, .version = version};
}

void document_forget(Document *d) {
  analysis_clear(&d->live);
  analysis_clear(&d->good);
  d->spans.len = 0;
}

void document_free(Document *d) {
  analysis_clear(&d->live);
  analysis_clear(&d->good);
  text_document_release(&d->text);
  document_fixes_release(d);
  ignored_release(&d->ignored);
  cost_report_release(d->costs);
  free(d->spans.items);
  free(d->problem);
  free(d->uri);
  free(d->key);
  free(d->path);
  free(d);
}

static bool says_generated(const TextSnapshot *t) {
  FileHeader header;
  file_header_scan(&header, (Str){t->text, t->length});
  bool generated = header.is_generated;
  file_header_release(&header);
  return generated;
}

static bool is_go(const char *path) {
  size_t n = path ? strlen(path) : 0;
  return n > 3 && strcmp(path + n - 3, ".go") == 0;
}

void document_read_ignored(Document *d) {
  const TextSnapshot *t = d->text.now;
  Str text = {t->text, t->length};
  d->mentions_ignored = ignored_mentioned(text);
  ignored_read(&d->ignored, text);
}

// A text that does not mention them is looked at only where it was changed.
static void edit_ignored(Document *d, const TextEditSpan *spans, size_t count) {
  enum { AROUND = 32 }; // more than the mark is long
  const TextSnapshot *t = d->text.now;
  TextEditSpan s = count == 1 ? spans[0] : (TextEditSpan){0, 0, t->length};
  size_t from = s.start > AROUND ? s.start - AROUND : 0, to = (size_t)s.new_end + AROUND;
  if (d->mentions_ignored || ignored_mentioned(str_slice((Str){t->text, t->length}, from, to)))
    document_read_ignored(d);
}

void did_open(Server *s, Decoder *decoder, const json_t *params) {
  LspDidOpen open;
  if (!decode_did_open(decoder, params, &open)) return;
  Document *d = document_find(s, decoder->pool, open.uri);
  if (d) {
    server_log(s, LOG_WARN, "%s was opened twice", open.uri);
    text_document_release(&d->text);
    d->spans.len = 0;
    analysis_clear(&d->live);
    analysis_clear(&d->good);
  } else {
    d = protocol_alloc(sizeof *d);
    d->uri = copy(open.uri);
    d->key = copy(uri_normal(decoder->pool, open.uri));
    const char *path = uri_to_path(decoder->pool, open.uri);
    d->path = is_go(path) ? copy(path) : NULL;
    d->result_number = 1;
    VEC_APPEND(&s->documents, d);
    if (!s->folders.len && !s->team.path.n && d->path) team_look(s);
  }
  d->version = open.version;
  d->opened = ++s->texts;
  if (!text_document_open(&d->text, open.text, open.text_length, d->opened)) {
    server_log(s, LOG_WARN, "%s is too large", open.uri);
    text_document_open(&d->text, "", 0, d->opened);
  }
  document_read_ignored(d);
  if (!d->path) return;
  d->is_generated = says_generated(d->text.now);
  analyzer_set_text(s->analyzer, d->path, text_document_snapshot(&d->text));
  watch_directory_of(s, str_of(d->path));
  schedule_edited(s, d);
  schedule_rest(s, d);
}

// Cuts a span down to what really changed, so that a client that sends whole texts does not lose all positions.
static TextEditSpan narrowed(TextEditSpan span, const char *old, uint32_t old_length, const char *now,
                             uint32_t now_length) {
  if (span.old_end > old_length || span.new_end > now_length) return span;
  Stretch same;
  stretch_compare(&same, (Str){old + span.start, span.old_end - span.start},
                  (Str){now + span.start, span.new_end - span.start});
  return (TextEditSpan){span.start + same.prefix, span.old_end - same.suffix, span.new_end - same.suffix};
}

void did_change(Server *s, Decoder *decoder, const json_t *params) {
  LspDidChange change;
  if (!decode_did_change(decoder, params, &change)) return;
  Document *d = document_find(s, decoder->pool, change.uri);
  if (!d) {
    server_log(s, LOG_WARN, "didChange of %s, which is not open", change.uri);
    return;
  }
  TextSnapshot *before = text_document_snapshot(&d->text);
  TextEditSpan *spans = POOL_ARRAY(decoder->pool, TextEditSpan, change.count + 1);
  RpcError error;
  if (change.version <= d->version)
    server_log(s, LOG_DEBUG, "%s: version %d after %d", change.uri, (int)change.version, (int)d->version);
  if (!text_document_change(&d->text, change.changes, change.count, s->texts + 1, s->encoding, spans, &error)) {
    server_log(s, LOG_WARN, "%s: %s", change.uri, error.message);
    snapshot_release(before);
    return;
  }
  if (change.count == 1)
    spans[0] = narrowed(spans[0], before->text, before->length, d->text.now->text, d->text.now->length);
  snapshot_release(before);
  d->version = change.version;
  s->texts++;
  for (size_t i = 0; i < change.count; i++) VEC_APPEND(&d->spans, (SpanEntry){s->texts, spans[i]});
  edit_ignored(d, spans, change.count);
  if (!d->path) return;
  bool was_hidden = document_is_hidden(s, d);
  d->is_generated = says_generated(d->text.now);
  if (document_is_hidden(s, d) != was_hidden) schedule_shown(s, d);
  analyzer_edit_text(s->analyzer, d->path, text_document_snapshot(&d->text));
  schedule_edited(s, d);
  schedule_rest(s, d);
}

void did_save(Server *s, Decoder *decoder, const json_t *params) {
  LspDidSave save;
  if (!decode_did_save(decoder, params, &save)) return;
  const Document *d = document_find(s, decoder->pool, save.uri);
  if (d && d->path) analyzer_saved(s->analyzer, d->path); // the text is known already
}

void did_close(Server *s, Decoder *decoder, const json_t *params) {
  LspDidClose close;
  if (!decode_did_close(decoder, params, &close)) return;
  Document *d = document_find(s, decoder->pool, close.uri);
  if (!d) return;
  dispatch_waiting(s, d, false);
  feature_publish_none(s, d);
  for (uint32_t i = 0; i < s->documents.len; i++) {
    if (s->documents.items[i] == d) s->documents.items[i] = s->documents.items[--s->documents.len];
  }
  if (s->focus == d) s->focus = s->documents.len ? s->documents.items[s->documents.len - 1] : NULL;
  if (d->path) {
    analyzer_set_text(s->analyzer, d->path, NULL);
    schedule_rest(s, d);
  }
  document_free(d);
  feature_status(s);
}

// ---- Positions

// The first of the changes that the analysis did not see: they are in the order of versions.
static uint32_t first_unseen(const Document *d, const Analysis *a) {
  uint32_t low = 0, high = d->spans.len;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (d->spans.items[middle].version <= a->version)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

// From a change on.
static bool map_from(const Document *d, uint32_t first, uint32_t offset, uint32_t *now) {
  for (uint32_t i = first; i < d->spans.len; i++) {
    const TextEditSpan *span = &d->spans.items[i].span;
    if (offset <= span->start) continue;
    if (offset < span->old_end) return false;
    offset = offset - span->old_end + span->new_end;
  }
  *now = offset;
  return offset <= d->text.now->length;
}

bool document_map(const Document *d, const Analysis *a, uint32_t offset, uint32_t *now) {
  return map_from(d, first_unseen(d, a), offset, now);
}

bool document_unmap(const Document *d, const Analysis *a, uint32_t now, uint32_t *offset) {
  for (uint32_t i = d->spans.len, first = first_unseen(d, a); i-- > first;) {
    const TextEditSpan *span = &d->spans.items[i].span;
    if (now <= span->start) continue;
    if (now < span->new_end) return false;
    now = now - span->new_end + span->old_end;
  }
  *offset = now;
  return true;
}

typedef struct PlaceRange {
  uint32_t from, to;
} PlaceRange;
typedef VEC(PlaceRange) PlaceRanges;

// What of the text that the analysis saw can be in the range now.
static PlaceRange range_before(const Document *d, uint32_t first, PlaceRange now) {
  for (uint32_t i = d->spans.len; i-- > first;) {
    TextEditSpan s = d->spans.items[i].span;
    now.from = now.from <= s.start ? now.from : now.from < s.new_end ? s.start : now.from - s.new_end + s.old_end;
    now.to = now.to < s.start ? now.to : now.to <= s.new_end ? s.old_end : now.to - s.new_end + s.old_end;
  }
  return now;
}

bool decl_broken(const Analysis *a, uint32_t i) { return a->result && package_result_broken(a->result, a->file, i); }

static const FindingFile *said_of(const Analysis *a) {
  return a->result && a->file ? finding_file_of(a->result->findings, a->file->source) : NULL;
}

typedef void FindingVisit(void *context, const PlacedFinding *);

typedef struct Placing {
  const Document *document;
  const Analysis *analysis;
  uint32_t first; // unseen change
  FindingVisit *visit;
  void *context;
} Placing;

static void place_group(const Placing *p, const FindingGroup *g, PlaceRange now) {
  const Document *d = p->document;
  PlacedFinding out = {.result = p->analysis->result, .group = g, .stale = g->stale};
  for (uint32_t i = 0; i < g->len; i++) {
    FindingPlace at = finding_where(g, &g->items[i]);
    out.finding = &g->items[i];
    bool there = map_from(d, p->first, at.start, &out.start) && map_from(d, p->first, at.end, &out.end) &&
                 map_from(d, p->first, at.hint_at, &out.hint_at) && out.start < out.end;
    bool marked = map_from(d, p->first, at.mark_start, &out.mark_start) &&
                  map_from(d, p->first, at.mark_end, &out.mark_end) && out.mark_start < out.mark_end;
    if (!marked) out.mark_start = out.start, out.mark_end = out.end;
    bool in_range = (out.start <= now.to && out.end >= now.from) || (out.hint_at <= now.to && out.hint_at >= now.from);
    if (there && in_range) p->visit(p->context, &out);
  }
}

// Those of the analysis that are in the range, borders included.
static void place_in(const Placing *p, PlaceRange now) {
  const FindingFile *said = said_of(p->analysis);
  if (!said) return;
  PlaceRange before = range_before(p->document, p->first, now);
  for (uint32_t i = finding_file_first_at(said, before.from); i < said->group_count; i++) {
    const FindingGroup *g = &said->groups[i];
    if (g->start != UINT32_MAX && g->start > before.to) break;
    place_group(p, g, now);
  }
}

static void place_findings(const Document *d, const Analysis *a, PlaceRange now, FindingVisit *visit, void *context) {
  place_in(&(Placing){d, a, first_unseen(d, a), visit, context}, now);
}

// Where the declarations now are that are broken in the live analysis.
static void broken_ranges(const Document *d, PlaceRange within, PlaceRanges *out) {
  const AstFile *file = d->live.file;
  uint32_t first = first_unseen(d, &d->live);
  for (uint32_t i = 0; i < d->live.broken.len; i++) {
    const AstDecl *decl = file->decls[d->live.broken.items[i]];
    uint32_t start = file->slot_starts[decl->slot], end = start + (uint32_t)decl->text.n, from, to;
    if (!map_from(d, first, start, &from)) from = start;
    if (!map_from(d, first, end, &to)) to = end;
    if (from < within.from) from = within.from;
    if (to > within.to) to = within.to;
    if (from <= to) VEC_APPEND(out, (PlaceRange){from, to});
  }
}

typedef struct SameSearch {
  const PlacedFinding *wanted;
  bool found;
} SameSearch;

static void compare_stale(void *context, const PlacedFinding *p) {
  SameSearch *search = context;
  const PlacedFinding *wanted = search->wanted;
  search->found |= p->stale && p->start == wanted->start && p->finding->kind == wanted->finding->kind &&
                   str_equal(p->finding->subject, wanted->finding->subject);
}

typedef struct Former { // findings of the last good analysis in a declaration that is broken now
  const Document *document;
  PlaceRange in;
  FindingVisit *visit;
  void *context;
} Former;

// Unless the live analysis has the same finding, as one of a last good version.
static void visit_former(void *context, const PlacedFinding *p) {
  const Former *former = context;
  if (p->start < former->in.from || p->start > former->in.to) return;
  SameSearch search = {.wanted = p};
  place_findings(former->document, &former->document->live, (PlaceRange){p->start, p->start}, compare_stale, &search);
  if (search.found) return;
  PlacedFinding stale = *p;
  stale.stale = true;
  former->visit(former->context, &stale);
}

// Of what is broken in the live analysis.
static void place_former(const Document *d, PlaceRange range, FindingVisit *visit, void *context) {
  const Analysis *live = &d->live, *good = &d->good;
  if (!good->result || good->result == live->result || !live->file) return;
  PlaceRanges broken = {0};
  broken_ranges(d, range, &broken);
  for (uint32_t i = 0; i < broken.len; i++) {
    Former former = {d, broken.items[i], visit, context};
    place_findings(d, good, broken.items[i], visit_former, &former);
  }
  free(broken.items);
}

void document_findings_in(const Document *d, uint32_t from, uint32_t to, FindingVisit *visit, void *context) {
  PlaceRange range = {from, to};
  place_findings(d, &d->live, range, visit, context);
  place_former(d, range, visit, context);
}

void document_findings(const Document *d, FindingVisit *visit, void *context) {
  document_findings_in(d, 0, d->text.now->length, visit, context);
}

bool document_is_hidden(const Server *s, const Document *d) {
  return (!s->settings.tests && d->path && str_has_suffix(str_of(d->path), STR("_test.go"))) ||
         (!s->settings.generated && d->is_generated) || (d->path && team_excludes(&s->team, str_of(d->path)));
}

bool document_shows(const Server *s, const Document *d, const PlacedFinding *p) {
  const Finding *f = p->finding;
  if (document_is_hidden(s, d)) return false;
  if (!preset_shows(s->settings.preset, f)) return false;
  if (f->kind == FINDING_VARIABLE && !s->settings.variables) return false;
  if (f->verdict == VERDICT_CONDITIONAL && !s->settings.conditional) return false;
  if (!s->settings.kinds[f->cause]) return false;
  return !ignored_at(&d->ignored, p->start);
}

// ---- Results

static const AstFile *file_of(const PackageResult *r, const char *path) {
  for (uint32_t i = 0; r && i < r->file_count; i++) {
    if (str_equal(r->files[i]->source->path, str_of(path))) return r->files[i];
  }
  return NULL;
}

static void note_broken(Analysis *a) {
  for (uint32_t i = 0; i < a->file->decl_count; i++)
    if (decl_broken(a, i) && a->file->slot_starts[a->file->decls[i]->slot] != UINT32_MAX) VEC_APPEND(&a->broken, i);
}

static void drop_old_spans(Document *d) {
  int32_t oldest = d->good.result && d->good.version < d->live.version ? d->good.version : d->live.version;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < d->spans.len; i++) {
    if (d->spans.items[i].version > oldest) d->spans.items[kept++] = d->spans.items[i];
  }
  d->spans.len = kept;
}

// The number of the text that the analysis saw; 0: none of those that the document had.
static int32_t seen_text(const Document *d, const AnalysisOutcome *o, const AstFile *file) {
  for (uint32_t i = 0; i < o->seen.len; i++) {
    if (strcmp(o->seen.items[i].path, d->path) != 0) continue;
    return o->seen.items[i].version >= d->opened ? o->seen.items[i].version : 0;
  }
  const TextSnapshot *now = d->text.now; // it was not open: the text on the disk may be the same
  return str_equal(file->text, (Str){now->text, now->length}) ? now->version : 0;
}

// False: it has what is newer, or this.
static bool adopt(Document *d, const AnalysisOutcome *o, const AstFile *file) {
  int32_t version = seen_text(d, o, file);
  if (!version || (d->live.result && version < d->live.version)) return false;
  bool same = d->live.result && d->live.result->recalled && o->confirms;
  bool news = (d->live.result != o->result && !same) || d->live.version != version;
  analysis_set(&d->live, o->result, file, version);
  note_broken(&d->live);
  if (!file->errors.len && !d->live.broken.len) analysis_set(&d->good, o->result, file, version);
  drop_old_spans(d);
  return news;
}

bool document_has_first_look(const Document *d) { return d->live.result && d->live.result->first_look && !d->failed; }

static bool better_for(const Document *d, const AnalysisOutcome *o) {
  // A test variant holds the package's own files too: their results come from the plain package when that is asked for.
  return strcmp(d->path, o->path) == 0 || !d->live.result || !o->result ||
         str_equal(d->live.result->import_path, o->result->import_path);
}

static void take(Server *s, Document *d, const AnalysisOutcome *o) {
  const AstFile *file = file_of(o->result, d->path);
  if (file && !d->live.result) d->was_recalled = o->recalled;
  bool news = file && adopt(d, o, file);
  if (!d->live.result || d->live.version >= d->text.now->version || d->failed) d->waiting = false;
  if (news) schedule_shown(s, d);
  if (!d->waiting) dispatch_waiting(s, d, document_has_first_look(d));
}

// What is asked about comes first, then the other documents of its package.
void analysis_done(Server *s, const AnalysisOutcome *o) {
  Document *asked = document_of_path(s, str_of(o->path));
  if (asked) {
    asked->rechecking = o->more_follows;
    asked->failed = !o->result || !file_of(o->result, o->path);
    free(asked->problem);
    asked->problem = NULL;
    if (asked->failed) {
      asked->problem = copy(o->error ? o->error : "not part of its package under the current build constraints");
      server_log(s, LOG_WARN, "%s: %s", o->path, asked->problem);
      schedule_shown(s, asked);
    }
    take(s, asked, o);
  }
  for (uint32_t i = 0; i < s->documents.len; i++) {
    Document *d = s->documents.items[i];
    if (d == asked || o->more_follows) continue; // only the file that was asked about has all that is to be shown
    if (d->path && file_of(o->result, d->path) && better_for(d, o)) take(s, d, o);
  }
  server_log(s, LOG_DEBUG, "%s: %.4f s", o->path, o->seconds);
}
