// fixes.c: code actions that remove allocations, and codeAction/resolve, which gives such an action its edit again.
//
// What is offered was tried by the analysis thread in the newest text (analyzer/fixes.c). A menu is asked for a line or
// two; the request waits for the answer, which the document keeps until another line is asked about or the text
// changes. The actions of a menu name their place in that answer: if it is gone by the time one is resolved, it is
// asked for again.
#include "server.h"

#include <stdlib.h>

static DocumentFixes *slot_of(Document *d, bool whole) { return whole ? &d->fixes_of_file : &d->fixes; }

// Those of the range in the newest text; NULL: not known yet, and the request waits if it may.
static const FixesFound *document_fixes(Request *r, Document *d, uint32_t from, uint32_t to, bool whole) {
  DocumentFixes *known = slot_of(d, whole);
  const FixesFound *f = &known->found;
  int32_t version = d->text.now->version;
  if (f->path && f->version == version && (whole || (f->from == from && f->to == to))) return f;
  // A menu does not wait for a package that is still being built: there is more in the next one.
  const PackageResult *shown = d->live.result;
  if (!r->may_wait || !d->path || !shown || shown->recalled || shown->first_look) return NULL;
  if (known->from != from || known->to != to || known->asked != version) {
    known->from = from;
    known->to = to;
    known->asked = version;
    analyzer_ask_fixes(r->server->analyzer, d->path, from, to, whole);
  }
  r->wait = true;
  r->waits_for = d;
  return NULL;
}

void fixes_take(Server *s, FixesFound *found) {
  Document *d = document_of_path(s, str_of(found->path));
  if (!d) {
    fixes_found_release(found);
    return;
  }
  DocumentFixes *known = slot_of(d, found->whole);
  known->asked = found->cancelled ? 0 : known->asked; // who still waits asks again
  if (known->found.path && !found->cancelled) fixes_found_release(&known->found);
  if (found->cancelled)
    fixes_found_release(found);
  else
    known->found = *found;
  dispatch_waiting(s, d, true);
}

void document_fixes_release(Document *d) {
  if (d->fixes.found.path) fixes_found_release(&d->fixes.found);
  if (d->fixes_of_file.found.path) fixes_found_release(&d->fixes_of_file.found);
}

// ---- The menu

// heapls' own of the request that the fix is about.
static size_t diagnostics_about(const Request *r, const Document *d, const LspCodeActionParams *p, const OfferedFix *f,
                                json_t **out) {
  size_t n = 0;
  for (size_t i = 0; i < p->diagnostic_count; i++) {
    const LspDiagnostic *x = &p->diagnostics[i];
    uint32_t start = snapshot_offset(d->text.now, x->range.start, r->server->encoding);
    uint32_t end = snapshot_offset(d->text.now, x->range.end, r->server->encoding);
    bool ours = x->code && (strncmp(x->code, "heap/", 5) == 0 || strncmp(x->code, "moved/", 6) == 0);
    if (ours && start <= f->end && end >= f->start) out[n++] = p->raw_diagnostics[i];
  }
  return n;
}

static bool resolves_edits(const Server *s) {
  const LspClientCapabilities *c = &s->client.capabilities;
  for (size_t i = 0; i < c->code_action.resolve.count && c->code_action.data; i++)
    if (strcmp(c->code_action.resolve.items[i], "edit") == 0) return true;
  return false;
}

static json_t *edit_of(Request *r, const Document *d, const OfferedFix *f) {
  LspTextEdit *edits = POOL_ARRAY(r->pool, LspTextEdit, f->edit_count + 1);
  for (uint32_t i = 0; i < f->edit_count; i++)
    edits[i] = (LspTextEdit){
      .range = snapshot_range(d->text.now, f->edits[i].start, f->edits[i].end, r->server->encoding),
      .new_text = f->edits[i].text,
    };
  LspDocumentEdit document = {
    .uri = d->uri, .has_version = true, .version = d->version, .edits = edits, .count = f->edit_count};
  return encode_workspace_edit(&(LspWorkspaceEdit){&document, 1},
                               r->server->client.capabilities.workspace.document_changes);
}

static void add_action(Request *r, const Document *d, const LspCodeActionParams *p, const FixesFound *found, uint32_t i,
                       bool preferred, json_t *actions) {
  const OfferedFix *f = &found->fixes.items[i];
  json_t **about = POOL_ARRAY(r->pool, json_t *, p->diagnostic_count + 1);
  bool later = resolves_edits(r->server);
  json_t *data =
    later ? json_pack("[i,i,i,b,i]", (int)d->opened, (int)found->from, (int)found->to, (int)found->whole, (int)i)
          : NULL;
  LspCodeAction action = {.title = f->title,
                          .kind = found->whole ? FIX_ALL_KIND
                                  : f->rewrite ? "refactor.rewrite"
                                               : "quickfix",
                          .diagnostics = about,
                          .diagnostic_count = found->whole ? 0 : diagnostics_about(r, d, p, f, about),
                          .is_preferred = preferred,
                          .data = data};
  json_t *item = encode_code_action(&action, &r->server->client.capabilities);
  json_put(item, "edit", edit_of(r, d, f)); // it is known: who can't resolve may apply it
  json_push(actions, item);
  json_decref(data);
}

// The line or lines that the range touches.
static void whole_lines(const TextSnapshot *t, uint32_t *from, uint32_t *to) {
  uint32_t first = line_index_line(&t->lines, *from), last = line_index_line(&t->lines, *to);
  *from = t->lines.starts[first];
  *to = line_index_line_end(&t->lines, t->text, t->length, last);
}

const FixesFound *fixes_of_line(Request *r, Document *d, uint32_t at) {
  uint32_t from = at, to = at;
  whole_lines(d->text.now, &from, &to);
  return document_fixes(r, d, from, to, false);
}

typedef struct Shown {
  const Request *request;
  const Document *document;
  bool any;
} Shown;

static void note_shown(void *context, const PlacedFinding *p) {
  Shown *shown = context;
  bool heap = p->finding->verdict == VERDICT_HEAP || p->finding->verdict == VERDICT_CONDITIONAL;
  shown->any |= heap && document_shows(shown->request->server, shown->document, p);
}

void add_fixes(Request *r, Document *d, const LspCodeActionParams *p, uint32_t from, uint32_t to, json_t *actions) {
  bool fixes = lsp_code_action_wanted(p, "quickfix"), rewrites = lsp_code_action_wanted(p, "refactor.rewrite");
  whole_lines(d->text.now, &from, &to);
  Shown shown = {r, d, false};
  document_findings_in(d, from, to, note_shown, &shown);
  const FixesFound *found = shown.any ? document_fixes(r, d, from, to, false) : NULL;
  bool preferred = false;
  for (uint32_t i = 0; found && i < found->fixes.len; i++) {
    bool rewrite = found->fixes.items[i].rewrite;
    if (rewrite ? !rewrites : !fixes) continue;
    add_action(r, d, p, found, i, !rewrite && !preferred, actions);
    preferred |= !rewrite;
  }
}

void add_fix_of_file(Request *r, Document *d, const LspCodeActionParams *p, json_t *actions) {
  const FixesFound *found = document_fixes(r, d, 0, 0, true);
  for (uint32_t i = 0; found && i < found->fixes.len; i++) add_action(r, d, p, found, i, false, actions);
}

// ---- codeAction/resolve

static Document *document_opened(Server *s, json_int_t opened) {
  for (uint32_t i = 0; i < s->documents.len; i++)
    if (s->documents.items[i]->opened == opened) return s->documents.items[i];
  return NULL;
}

json_t *feature_code_action_resolve(Request *r) {
  LspResolve resolve;
  if (!decode_resolve(&r->decoder, r->message->params, &resolve)) return NULL;
  json_int_t numbers[5] = {0};
  bool ours = json_array_size(resolve.data) == 5;
  for (size_t i = 0; i < 5 && ours; i++) {
    const json_t *n = json_array_get(resolve.data, i);
    ours = json_is_integer(n) || json_is_boolean(n);
    numbers[i] = json_is_true(n) ? 1 : json_integer_value(n);
    ours &= numbers[i] >= 0 && numbers[i] <= UINT32_MAX;
  }
  json_t *item = json_deep_copy(resolve.item);
  Document *d = ours ? document_opened(r->server, numbers[0]) : NULL;
  if (!d) return item; // nothing of ours is missing in it
  const char *title = json_string_value(json_object_get(item, "title"));
  const FixesFound *found = document_fixes(r, d, (uint32_t)numbers[1], (uint32_t)numbers[2], numbers[3] != 0);
  const OfferedFix *f = found && numbers[4] < found->fixes.len ? &found->fixes.items[numbers[4]] : NULL;
  if (f && title && strcmp(title, f->title) == 0)
    json_put(item, "edit", edit_of(r, d, f));
  else if (!r->wait)
    rpc_error_set(&r->error, RPC_CONTENT_MODIFIED, "the text has changed since this was offered");
  return item;
}
