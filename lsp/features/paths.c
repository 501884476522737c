// paths.c: heapls/paths: the ways that values take to the heap from one function, for a client that draws them.
//
// Of the function at the position: everything that is shown of it under the settings and goes to the heap, and what
// stands at the position itself, whatever its verdict. The search is hover's, but that only sites, variables and
// parameters count, and that a place with nothing on it falls back to the first finding that starts on its line.
// editors/README.md has the answer's shape.
#include "server.h"

#include <stdlib.h>

#include "syntax/syntax.h"

enum { PATHS_LIMIT = 200, CODE_LIMIT = 60 };

typedef struct PathSearch {
  const Server *server;
  const Document *document;
  uint32_t at, line;
  uint32_t decl_start, decl_end; // of the declaration around the position, in the newest text
  VEC(PlacedFinding) items;
  PlacedFinding best; // at the position; no finding: nothing there
  bool best_holds;    // its range does, not only its line
} PathSearch;

static bool allocates(const Finding *f) { return f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL; }

// Is a a better answer than b to what stands at the position? What allocates first, then the shorter range.
static bool better(const PlacedFinding *a, const PlacedFinding *b) {
  bool a_site = a->finding->kind <= FINDING_VARIABLE, b_site = b->finding->kind <= FINDING_VARIABLE;
  if (a_site != b_site) return a_site;
  if (a_site && allocates(a->finding) != allocates(b->finding)) return allocates(a->finding);
  return a->end - a->start < b->end - b->start;
}

static void consider(void *context, const PlacedFinding *p) {
  PathSearch *search = context;
  const Finding *f = p->finding;
  const TextSnapshot *t = search->document->text.now;
  if (f->kind == FINDING_FUNCTION || f->kind == FINDING_CALL || f->kind == FINDING_TYPE || f->kind == FINDING_MAP_WRITE)
    return;
  bool holds = search->at >= p->start && search->at <= p->end;
  bool near =
    holds || (allocates(f) && f->kind != FINDING_PARAM && line_index_line(&t->lines, p->start) == search->line);
  if (near && (!search->best.finding || (holds && !search->best_holds) ||
               (holds == search->best_holds && better(p, &search->best)))) {
    search->best = *p;
    search->best_holds = holds;
  }
  bool inside = p->start >= search->decl_start && p->start <= search->decl_end;
  if (inside && allocates(f) && search->items.len < PATHS_LIMIT && document_shows(search->server, search->document, p))
    VEC_APPEND(&search->items, *p);
}

// The declaration around the position, where it is now. False: there is none.
static bool find_declaration(PathSearch *search) {
  const Document *d = search->document;
  const AstFile *file = d->live.file;
  uint32_t at, from, to;
  uint32_t i = file && document_unmap(d, &d->live, search->at, &at) ? ast_file_decl_before(file, at) : UINT32_MAX;
  const AstDecl *decl = i != UINT32_MAX ? file->decls[i] : NULL;
  uint32_t start = decl ? file->slot_starts[decl->slot] : 0;
  bool found = decl && document_map(d, &d->live, start, &from) &&
               document_map(d, &d->live, start + (uint32_t)decl->text.n, &to) && search->at >= from && search->at <= to;
  search->decl_start = found ? from : 1; // an empty range: nothing is inside
  search->decl_end = found ? to : 0;
  return found;
}

// One line of source text without its indentation, and not too long.
static json_t *short_code(Str line) {
  line = str_trim(line);
  size_t kept = line.n > CODE_LIMIT ? CODE_LIMIT : line.n;
  while (kept < line.n && kept && ((unsigned char)line.p[kept] & 0xC0) == 0x80) kept--;
  Buf text = {0};
  buf_printf(&text, "%.*s%s", STR_ARG(str_trim(str_slice(line, 0, kept))), kept < line.n ? "…" : "");
  json_t *out = encode_string(text.text, text.len);
  buf_release(&text);
  return out;
}

// The source text of a step, its first line; of a step that is a point, the line that it stands on.
static json_t *code_of(const PackageResult *r, const FindingStep *step) {
  for (uint32_t i = 0; i < r->file_count; i++) {
    const AstFile *file = r->files[i];
    uint32_t k = file->source == step->source ? ast_file_decl_before(file, step->start) : UINT32_MAX;
    if (k == UINT32_MAX) continue;
    Str text = file->decls[k]->text;
    uint32_t start = file->slot_starts[file->decls[k]->slot];
    if (step->start > step->end || step->end > start + text.n) continue;
    size_t from = step->start - start, to = step->end - start;
    if (from == to) {
      from = (size_t)(str_last_byte(str_slice(text, 0, from), '\n') + 1);
      to = text.n;
    }
    Str code = str_slice(text, from, to);
    ptrdiff_t newline = str_index_byte(code, '\n');
    return short_code(newline >= 0 ? str_slice(code, 0, (size_t)newline) : code);
  }
  return json_string("");
}

static json_t *steps_json(Request *r, const PlacedFinding *p) {
  json_t *steps = json_array_must();
  for (uint32_t i = 0; i < p->finding->step_count; i++) {
    FindingStep step = package_result_step(p->result, &p->finding->steps[i]);
    json_t *item = json_object_must();
    json_put(item, "text", encode_string(step.text.p, step.text.n));
    json_put(item, "gc", encode_string(step.gc_text.p ? step.gc_text.p : "", step.gc_text.n));
    if (step.source) {
      const char *uri;
      LspRange range = step_range(r->server, &step, r->pool, &uri);
      json_put(item, "uri", encode_text(uri));
      json_put(item, "range", encode_range(range));
      json_put(item, "code", code_of(p->result, &step));
    }
    json_array_append_new(steps, item);
  }
  return steps;
}

static void put_str(json_t *object, const char *key, Str text) {
  json_put(object, key, encode_string(text.p ? text.p : "", text.n));
}

static json_t *path_json(Request *r, const Document *d, const PlacedFinding *p) {
  static const char *const verdicts[] = {[VERDICT_HEAP] = "heap",
                                         [VERDICT_CONDITIONAL] = "conditional",
                                         [VERDICT_NO_ALLOCATION] = "none",
                                         [VERDICT_STACK] = "stack"};
  const Finding *f = p->finding;
  bool is_param = f->kind == FINDING_PARAM;
  json_t *out = json_object_must();
  put_str(out, "subject", f->subject);
  json_put(out, "kind", encode_text(is_param ? "parameter" : f->kind == FINDING_VARIABLE ? "variable" : "site"));
  json_put(out, "verdict", encode_text(is_param ? (f->step_count ? "leaks" : "stays") : verdicts[f->verdict]));
  json_put(out, "code", encode_text(is_param ? "" : cause_code(f->cause)));
  put_str(out, "hint", f->hint);
  put_str(out, "title", f->title);
  put_str(out, "why", f->why);
  put_str(out, "advice", f->advice);
  put_str(out, "when", f->when);
  put_str(out, "gc", finding_gc_words(f));
  json_put_bool(out, "loop", f->loop_depth > 1 && !f->cold);
  json_put_bool(out, "stale", p->stale);
  json_put(out, "range", encode_range(snapshot_range(d->text.now, p->start, p->end, r->server->encoding)));
  json_put(out, "steps", steps_json(r, p));
  return out;
}

static bool same_finding(const PlacedFinding *a, const PlacedFinding *b) { return a->finding == b->finding; }

json_t *feature_paths(Request *r) {
  Server *s = r->server;
  LspTextDocumentPosition params;
  if (!decode_text_document_position(&r->decoder, r->message->params, &params)) return NULL;
  Document *d = request_document(r, params.uri, true, false);
  if (!d || r->wait) return NULL;
  PathSearch search = {.server = s, .document = d};
  search.at = snapshot_offset(d->text.now, params.position, s->encoding);
  search.line = line_index_line(&d->text.now->lines, search.at);
  bool inside = find_declaration(&search);
  const TextSnapshot *t = d->text.now;
  uint32_t from = t->lines.starts[search.line], to = line_index_line_end(&t->lines, t->text, t->length, search.line);
  if (inside && search.decl_start < from) from = search.decl_start;
  if (inside && search.decl_end > to) to = search.decl_end;
  document_findings_in(d, from, to, consider, &search);
  json_t *paths = json_array_must();
  json_int_t at = -1;
  Str function = {0};
  for (uint32_t i = 0; i < search.items.len; i++) {
    const PlacedFinding *p = &search.items.items[i];
    if (search.best.finding && same_finding(p, &search.best)) at = (json_int_t)i;
    if (!function.n) function = p->finding->function;
    json_array_append_new(paths, path_json(r, d, p));
  }
  if (search.best.finding && at < 0) {
    at = (json_int_t)search.items.len;
    if (!function.n) function = search.best.finding->function;
    json_array_append_new(paths, path_json(r, d, &search.best));
  }
  json_t *out = json_object_must();
  json_put(out, "uri", encode_text(d->uri));
  json_put_integer(out, "version", d->version);
  put_str(out, "function", function);
  if (inside)
    json_put(out, "range", encode_range(snapshot_range(d->text.now, search.decl_start, search.decl_end, s->encoding)));
  json_put_integer(out, "at", at);
  json_put(out, "paths", paths);
  free(search.items.items);
  return out;
}
