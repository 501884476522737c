// call_hierarchy.c: textDocument/prepareCallHierarchy, callHierarchy/incomingCalls and outgoingCalls, over leaks: who
// makes values escape by handing them to whom.
//
// Incoming of a function: the callers that hand it values in parameters that leak to the heap; of a parameter: those
// that hand it a value. Outgoing: the callees through whose parameters values leave. Callers are looked for in the
// packages of open files, and of what is exported in all packages of their modules: these are analysed for the
// question, one by one, and forgotten. An item's data names the function ("import/path.(*T).M") and the parameter, if
// it is one.
#include "server.h"

#include <stdlib.h>

#include "syntax/syntax.h"

static const AstFile *file_of(const PackageResult *r, const AstSource *source) {
  for (uint32_t i = 0; i < r->file_count; i++) {
    if (r->files[i]->source == source) return r->files[i];
  }
  return NULL;
}

// Where [start, end) of a result's file is now. False: edited away.
static bool now_at(Request *q, const PackageResult *r, const AstSource *source, uint32_t start, uint32_t end,
                   const char **uri, LspRange *range) {
  Document *d = document_of_path(q->server, source->path);
  if (d && d->live.result == r && d->live.file && d->live.file->source == source) {
    uint32_t from, to;
    if (!document_map(d, &d->live, start, &from) || !document_map(d, &d->live, end, &to) || from > to) return false;
    *uri = d->uri;
    *range = snapshot_range(d->text.now, from, to, q->server->encoding);
    return true;
  }
  const AstFile *file = file_of(r, source);
  if (!file || end > file->text.n || start > end) return false;
  *uri = d ? d->uri : uri_of_path(q->pool, pool_text(q->pool, source->path.p, source->path.n));
  LineCol a = ast_file_line_col(file, start), b = ast_file_line_col(file, end);
  *range = (LspRange){{a.line - 1, a.column - 1}, {b.line - 1, b.column - 1}};
  return true;
}

static json_t *item_data(Str symbol, Str param) {
  json_t *data = json_object_must();
  json_put(data, "symbol", encode_string(symbol.p ? symbol.p : "", symbol.n));
  if (param.n) json_put(data, "param", encode_string(param.p, param.n));
  return data;
}

typedef struct Located {
  const PackageResult *result;
  const Finding *finding;
} Located;

// Every result of an open file once.
static const PackageResult *result_at(const Server *s, uint32_t i) {
  const PackageResult *r = s->documents.items[i]->live.result;
  for (uint32_t k = 0; k < i; k++) {
    if (s->documents.items[k]->live.result == r) return NULL;
  }
  return r && r->findings ? r : NULL;
}

static Located find_function(const Server *s, Str symbol) {
  for (uint32_t i = 0; i < s->documents.len; i++) {
    const PackageResult *r = result_at(s, i);
    if (!r) continue;
    const Finding *f;
    for (FindingCursor c = {.set = r->findings}; (f = finding_next(&c));) {
      if (f->kind == FINDING_FUNCTION && str_equal(f->symbol, symbol)) return (Located){r, f};
    }
  }
  return (Located){0};
}

static const Finding *function_around(const PackageResult *r, const AstDecl *decl) {
  const FindingGroup *group = finding_group_of(r->findings, decl);
  for (uint32_t i = 0; group && i < group->len; i++) {
    const Finding *f = &group->items[i];
    if (f->kind == FINDING_FUNCTION) return f;
  }
  return NULL;
}

static LspSymbolKind kind_of(Str name) {
  return str_index_byte(name, '.') >= 0 && (name.p[0] == '(' || (name.p[0] >= 'A' && name.p[0] <= 'Z'))
           ? LSP_SYMBOL_METHOD
           : LSP_SYMBOL_FUNCTION;
}

static bool function_item(Request *q, Located at, LspCallHierarchyItem *out) {
  const Finding *f = at.finding;
  FindingPlace place = package_result_place(at.result, f);
  if (!now_at(q, at.result, f->source, place.start, place.end, &out->uri, &out->selection_range)) return false;
  out->range = out->selection_range;
  out->name = pool_text(q->pool, f->subject.p, f->subject.n);
  out->detail = pool_text(q->pool, at.result->import_path.p, at.result->import_path.n);
  out->kind = kind_of(f->subject);
  out->data = item_data(f->symbol, STR_NONE);
  return true;
}

static bool callee_item(Request *q, Located call, LspCallHierarchyItem *out) {
  const Finding *f = call.finding;
  Located declared = f->symbol.n ? find_function(q->server, f->symbol) : (Located){0};
  if (declared.finding) return function_item(q, declared, out);
  const CallFacts *c = f->call;
  out->name = pool_text(q->pool, f->subject.p, f->subject.n);
  out->kind = c->is_method ? LSP_SYMBOL_METHOD : LSP_SYMBOL_FUNCTION;
  out->detail = c->callee == CALLEE_INTERFACE ? "called through an interface"
                : c->callee == CALLEE_VALUE   ? "a function value"
                                              : NULL;
  FindingStep at = package_result_callee(call.result, f);
  FindingPlace place = package_result_place(call.result, f);
  if (at.source) {
    out->uri = uri_of_path(q->pool, pool_text(q->pool, at.source->path.p, at.source->path.n));
    out->range = (LspRange){{at.line - 1, at.column - 1}, {at.line - 1, at.column - 1 + at.end - at.start}};
  } else if (!now_at(q, call.result, f->source, place.start, place.end, &out->uri, &out->range)) {
    return false;
  }
  out->selection_range = out->range;
  out->data = item_data(f->symbol, STR_NONE);
  return true;
}

// ---- prepare

typedef struct ItemSearch {
  uint32_t at;
  PlacedFinding best;
} ItemSearch;

static void consider(void *context, const PlacedFinding *p) {
  ItemSearch *h = context;
  FindingKind kind = p->finding->kind;
  bool fits = kind == FINDING_FUNCTION || kind == FINDING_PARAM || kind == FINDING_CALL;
  if (!fits || p->stale || h->at < p->start || h->at > p->end) return;
  if (!h->best.finding || p->end - p->start < h->best.end - h->best.start) h->best = *p;
}

json_t *feature_prepare_call_hierarchy(Request *q) {
  LspTextDocumentPosition params;
  if (!decode_text_document_position(&q->decoder, q->message->params, &params)) return NULL;
  Document *d = request_document(q, params.uri, false, true);
  if (!d || q->wait) return NULL;
  ItemSearch search = {.at = snapshot_offset(d->text.now, params.position, q->server->encoding)};
  document_findings_in(d, search.at, search.at, consider, &search);
  const PlacedFinding *p = &search.best;
  if (!p->finding) return NULL;
  LspCallHierarchyItem item = {0};
  Located at = {p->result, p->finding};
  bool ok;
  if (p->finding->kind == FINDING_CALL) {
    ok = callee_item(q, at, &item);
  } else if (p->finding->kind == FINDING_FUNCTION) {
    ok = function_item(q, at, &item);
  } else {
    const Finding *function = function_around(p->result, p->finding->decl);
    FindingPlace place = package_result_place(p->result, p->finding);
    ok = function && now_at(q, p->result, p->finding->source, place.start, place.end, &item.uri, &item.range);
    item.selection_range = item.range;
    item.name = pool_printf(q->pool, "%.*s", STR_ARG(p->finding->subject));
    item.kind = LSP_SYMBOL_VARIABLE;
    if (ok) item.detail = pool_printf(q->pool, "parameter of %.*s", STR_ARG(function->subject));
    if (ok) item.data = item_data(function->symbol, p->finding->subject);
  }
  json_t *result = ok ? encode_call_hierarchy_items(&item, 1) : NULL;
  json_decref(item.data);
  return result;
}

// ---- incoming and outgoing

typedef struct CallGroup {
  const void *key; // the caller's declaration
  Str name;        // or the callee
  LspCallHierarchyItem item;
  VEC(LspRange) ranges;
} CallGroup;
typedef VEC(CallGroup) CallGroups;

static CallGroup *group_of(CallGroups *groups, const void *key, Str name) {
  for (uint32_t i = 0; i < groups->len; i++) {
    if (groups->items[i].key == key && str_equal(groups->items[i].name, name)) return &groups->items[i];
  }
  return NULL;
}

static json_t *answer(CallGroups *groups, bool incoming) {
  LspCallHierarchyCall *calls = protocol_alloc((groups->len + 1) * sizeof *calls);
  for (uint32_t i = 0; i < groups->len; i++) {
    CallGroup *g = &groups->items[i];
    calls[i] = (LspCallHierarchyCall){g->item, g->ranges.items, g->ranges.len};
  }
  json_t *result = incoming ? encode_incoming_calls(calls, groups->len) : encode_outgoing_calls(calls, groups->len);
  for (uint32_t i = 0; i < groups->len; i++) {
    json_decref(groups->items[i].item.data);
    free(groups->items[i].ranges.items);
  }
  free(groups->items);
  free(calls);
  return result;
}

// The ranges of the arguments that leak (param: only those handed to it).
static void add_ranges(Request *q, Located call, Str param, CallGroup *g) {
  const Finding *f = call.finding;
  int64_t start = package_result_place(call.result, f).start;
  for (uint32_t i = 0; i < f->call->arg_count; i++) {
    const CallArg *a = &f->call->args[i];
    const char *uri;
    LspRange range;
    if (!a->leaks[TAG_HEAP] || (param.n && !str_equal(a->param, param))) continue;
    if (now_at(q, call.result, f->source, (uint32_t)(start + a->start), (uint32_t)(start + a->end), &uri, &range))
      VEC_APPEND(&g->ranges, range);
  }
}

static bool leaks_to(const Finding *f, Str param) {
  for (uint32_t i = 0; i < f->call->arg_count; i++) {
    const CallArg *a = &f->call->args[i];
    if (a->leaks[TAG_HEAP] && (!param.n || str_equal(a->param, param))) return true;
  }
  return false;
}

static bool asked(Request *q, Str *symbol, Str *param) {
  LspCallHierarchyParams params;
  if (!decode_call_hierarchy(&q->decoder, q->message->params, &params)) return false;
  *symbol = str_of(json_string_value(json_object_get(params.item.data, "symbol")));
  *param = str_of(json_string_value(json_object_get(params.item.data, "param")));
  return true;
}

static void add_callers(Request *q, const PackageResult *r, Str symbol, Str param, CallGroups *groups) {
  const Finding *f;
  if (!r) return;
  for (FindingCursor c = {.set = r->findings}; (f = finding_next(&c));) {
    Located call = {r, f};
    if (f->kind != FINDING_CALL || !str_equal(f->symbol, symbol) || !leaks_to(f, param)) continue;
    CallGroup *g = group_of(groups, f->decl, STR_NONE);
    if (!g) {
      CallGroup made = {.key = f->decl};
      const Finding *caller = function_around(r, f->decl);
      if (!caller || !function_item(q, (Located){r, caller}, &made.item)) continue;
      VEC_APPEND(groups, made);
      g = &groups->items[groups->len - 1];
    }
    add_ranges(q, call, param, g);
  }
}

static json_t *callers_in_open(Request *q, const json_t *seen) {
  Str symbol, param;
  CallGroups groups = {0};
  for (uint32_t i = 0; asked(q, &symbol, &param) && i < q->server->documents.len; i++) {
    const PackageResult *r = result_at(q->server, i);
    bool counted = r && json_object_get(seen, pool_text(q->pool, r->import_path.p, r->import_path.n));
    if (symbol.n && !counted) add_callers(q, r, symbol, param, &groups);
  }
  return answer(&groups, true);
}

// ---- Callers in packages without an open file

static bool is_exported(Str symbol) {
  char c = symbol.p[str_last_byte(symbol, '.') + 1];
  return !(c >= 'a' && c <= 'z') && c != '_';
}

// True: the request is kept until the modules have been looked through.
static bool look_further(Request *q, Str symbol) {
  Server *s = q->server;
  Callers *c = &s->callers;
  if (!is_exported(symbol) || c->running || s->check.running || !s->check.modules.len) return false;
  c->message = *q->message;
  *q->message = (RpcMessage){0};
  c->calls = json_array_must();
  c->seen = json_object_must();
  for (uint32_t i = 0; i < s->check.modules.len; i++) {
    analyzer_ask(s->analyzer, pool_printf(q->pool, "%s/...", s->check.modules.items[i]), false);
    c->running++;
  }
  q->kept = true;
  return true;
}

static void callers_done(Callers *c) {
  if (c->message.root) rpc_message_release(&c->message);
  json_decref(c->calls);
  json_decref(c->seen);
  c->message = (RpcMessage){0};
  c->calls = c->seen = NULL;
}

void callers_finish(Server *s) {
  Callers *c = &s->callers;
  c->running = 0;
  if (!c->calls) return;
  Pool pool = {0};
  Request q = {.server = s, .message = &c->message, .pool = &pool};
  decoder_init(&q.decoder, &pool, "params");
  json_t *calls = callers_in_open(&q, c->seen);
  json_array_extend(calls, c->calls);
  transport_write(s, rpc_response(c->message.id, calls));
  pool_release(&pool);
  callers_done(c);
}

void callers_release(Server *s) { callers_done(&s->callers); }

bool callers_has(const Server *s, RpcId request) {
  return s->callers.calls && rpc_id_equal(s->callers.message.id, request);
}

void callers_cancel(Server *s) { // the run under way ends by itself
  transport_write(s, rpc_error_response(s->callers.message.id, RPC_REQUEST_CANCELLED, "cancelled", NULL));
  callers_done(&s->callers);
}

static bool is_open(const Server *s, const PackageResult *r) {
  for (uint32_t i = 0; i < s->documents.len; i++) {
    const PackageResult *live = s->documents.items[i]->live.result;
    if (live && str_equal(live->dir, r->dir)) return true;
  }
  return false;
}

void callers_take(Server *s, const AnalysisOutcome *o) {
  Callers *c = &s->callers;
  if (!c->running || !o->workspace) return;
  Pool pool = {0};
  const char *path = o->result ? pool_text(&pool, o->result->import_path.p, o->result->import_path.n) : "";
  bool fresh = o->result && c->calls && !json_object_get(c->seen, path) && !is_open(s, o->result);
  if (fresh) {
    json_put(c->seen, path, json_true());
    Request q = {.server = s, .message = &c->message, .pool = &pool};
    Str symbol, param;
    CallGroups groups = {0};
    decoder_init(&q.decoder, &pool, "params");
    if (asked(&q, &symbol, &param)) add_callers(&q, o->result, symbol, param, &groups);
    json_t *more = answer(&groups, true);
    json_array_extend(c->calls, more);
    json_decref(more);
  }
  pool_release(&pool);
  if (o->result || --c->running) return;
  callers_finish(s);
  workspace_check_stale(s); // what waited for this
}

json_t *feature_incoming_calls(Request *q) {
  Str symbol, param;
  if (!asked(q, &symbol, &param) || (symbol.n && look_further(q, symbol))) return NULL;
  return callers_in_open(q, NULL);
}

// Does the way of the parameter's value go through this call?
static bool on_the_way(const PackageResult *r, const Finding *call, Str param) {
  FindingPlace at = package_result_place(r, call);
  const FindingGroup *group = finding_group_of(r->findings, call->decl);
  for (uint32_t i = 0; group && i < group->len; i++) {
    const Finding *f = &group->items[i];
    if (f->kind != FINDING_PARAM || !str_equal(f->subject, param)) continue;
    for (uint32_t k = 0; k < f->step_count; k++) {
      FindingStep s = package_result_step(r, &f->steps[k]);
      if (s.source == call->source && s.line == at.line && s.column == at.column) return true;
    }
  }
  return false;
}

json_t *feature_outgoing_calls(Request *q) {
  Str symbol, param;
  if (!asked(q, &symbol, &param)) return NULL;
  CallGroups groups = {0};
  Located function = symbol.n ? find_function(q->server, symbol) : (Located){0};
  const PackageResult *r = function.result;
  const FindingGroup *group = r ? finding_group_of(r->findings, function.finding->decl) : NULL;
  for (uint32_t i = 0; group && i < group->len; i++) {
    const Finding *f = &group->items[i];
    Located call = {r, f};
    if (f->kind != FINDING_CALL || !leaks_to(f, STR_NONE)) continue;
    if (param.n && !on_the_way(r, f, param)) continue;
    Str name = f->symbol.n ? f->symbol : f->subject;
    CallGroup *g = group_of(&groups, NULL, name);
    if (!g) {
      CallGroup made = {.name = name};
      if (!callee_item(q, call, &made.item)) continue;
      VEC_APPEND(&groups, made);
      g = &groups.items[groups.len - 1];
    }
    add_ranges(q, call, STR_NONE, g);
  }
  return answer(&groups, false);
}
