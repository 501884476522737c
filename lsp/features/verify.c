// verify.c: workspace/executeCommand heapls.verify: asks the compiler, once, whether it says the same of the package of
// one file. Only the user's request runs a program of the toolchain.
//
// First the analysis thread hands over all messages about the package with the versions of the texts that it saw; when
// a text has changed since, it is asked again. Then `go build -gcflags=-m` (of a test file: `go test -c`) runs in the
// package's directory, with GOTOOLCHAIN=local and the user's own build cache, so that only what changed is compiled;
// open files that differ from the disk are given to it by -overlay. The two sets of lines are compared by the names of
// files without directories, because the go command replays stored output with paths as they were when it was made.
//
// A finding whose message gc printed at its place is confirmed, any other that should have one is denied. Both are
// kept under a digest of the declaration's text, the finding's place in it and gc's words: an edit elsewhere leaves
// them, an edit of the declaration makes its findings live again.
#include "agreement/agreement.h"
#include "server.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

enum { SHOWN = 20, PATH_ROOM = 4400 };

static char *copy(const char *s) {
  char *p = protocol_alloc(strlen(s) + 1);
  memcpy(p, s, strlen(s));
  return p;
}

// ---- What is known of a finding

// 0: gc has no words for it.
static uintptr_t key_of(const PackageResult *r, const Finding *f) {
  const FindingGroup *g = f->gc_words.n && f->decl ? finding_group_of(r->findings, f->decl) : NULL;
  if (!g || g->stale) return 0;
  uint32_t start = finding_where(g, f).start;
  const AstFile *file = NULL;
  for (uint32_t i = 0; i < r->file_count && !file; i++)
    if (r->files[i]->source == f->source) file = r->files[i];
  if (!file || f->decl->slot >= file->slot_count || file->slot_starts[f->decl->slot] > start) return 0;
  uint64_t h = hash_mix(str_hash(f->decl->text), str_hash(f->source->path));
  h = hash_mix(h, start - file->slot_starts[f->decl->slot]);
  return (uintptr_t)(hash_mix(h, str_hash(f->gc_words)) | 1);
}

CompilerSays compiler_says(const Server *s, const PlacedFinding *p) {
  if (p->stale || !s->verify.known.len) return COMPILER_NOT_ASKED;
  uintptr_t key = key_of(p->result, p->finding);
  return key ? (CompilerSays)(uintptr_t)ptrmap_get(&s->verify.known, (const void *)key) : COMPILER_NOT_ASKED;
}

// ---- The end of a request

static void remove_overlays(Verify *v) {
  if (!v->directory) return;
  char path[PATH_ROOM];
  for (uint32_t i = 0; i < v->overlays.len; i++) {
    snprintf(path, sizeof path, "%s/%u.go", v->directory, i);
    unlink(path);
    free(v->overlays.items[i]);
  }
  snprintf(path, sizeof path, "%s/overlay.json", v->directory);
  unlink(path);
  rmdir(v->directory);
  free(v->directory);
  v->directory = NULL;
  v->overlays.len = 0;
}

static void drop_texts(Verify *v) {
  free(v->lines);
  v->lines = NULL;
  for (uint32_t i = 0; i < v->seen.len; i++) free(v->seen.items[i].path);
  v->seen.len = 0;
  package_result_release(v->result);
  v->result = NULL;
}

// Answers and forgets the request; takes the result. NULL: the error is the answer.
static void finish(Server *s, json_t *result, int code, const char *error) {
  Verify *v = &s->verify;
  progress_end(s, &v->progress, error);
  if (result)
    transport_write(s, rpc_response(v->message.id, result));
  else
    transport_write(s, rpc_error_response(v->message.id, code, error, NULL));
  rpc_message_release(&v->message);
  v->message = (RpcMessage){0};
  v->stage = VERIFY_IDLE;
  free(v->path);
  v->path = NULL;
  drop_texts(v);
  remove_overlays(v);
  buf_release(&v->output);
  v->output = (Buf){0};
}

void verify_cancel(Server *s) {
  Verify *v = &s->verify;
  if (v->stage == VERIFY_IDLE) return;
  tool_drop(&v->build);
  finish(s, NULL, RPC_REQUEST_CANCELLED, "cancelled");
}

// The compiler's answer would be compared with what is no longer there.
void verify_drop(Server *s) {
  if (s->verify.stage != VERIFY_BUILD) return;
  tool_drop(&s->verify.build);
  finish(s, NULL, RPC_SERVER_CANCELLED, "The settings have changed.");
}

void verify_release(Server *s) {
  Verify *v = &s->verify;
  tool_drop(&v->build);
  v->stage = VERIFY_IDLE; // what the process still prints is nobody's
  if (v->message.root) rpc_message_release(&v->message);
  drop_texts(v);
  remove_overlays(v);
  free(v->seen.items);
  free(v->overlays.items);
  free(v->path);
  buf_release(&v->output);
  ptrmap_release(&v->known);
}

// ---- Comparing

typedef enum Spoken { SPOKEN_GC = 1, SPOKEN_HEAPLS = 2, SPOKEN_BOTH = 3 } Spoken;
typedef struct Lines {
  StrMap by_text; // "file.go:1:2: message" -> Spoken
  Arena arena;
} Lines;

// "dir/file.go:1:2: message" without the directory. False: no such line.
static bool short_line(Str line, Str *out) {
  ptrdiff_t colon = str_index(line, STR(": "));
  if (colon <= 0 || line.p[0] == '\t' || line.p[0] == ' ' || str_has_prefix(line, STR("<autogenerated>"))) return false;
  ptrdiff_t slash = str_last_byte(str_slice(line, 0, (size_t)colon), '/');
  *out = str_slice(line, (size_t)(slash + 1), line.n);
  return true;
}

static Str first_word(Str s) {
  ptrdiff_t space = str_index_byte(s, ' ');
  return space < 0 ? s : str_slice(s, 0, (size_t)space);
}

// The lines below "# package" headers that name the package, or below any when package is empty.
static void add_lines(Lines *lines, Str text, Str package, Spoken by) {
  bool inside = false;
  while (text.n) {
    ptrdiff_t end = str_index_byte(text, '\n');
    Str line = str_slice(text, 0, end < 0 ? text.n : (size_t)end), shown;
    text = str_slice(text, line.n + (end >= 0), text.n);
    if (str_has_prefix(line, STR("# "))) {
      inside = str_equal(first_word(str_slice(line, 2, line.n)), first_word(package));
      continue;
    }
    if (!inside || !short_line(line, &shown)) continue;
    uintptr_t known = (uintptr_t)strmap_get(&lines->by_text, shown);
    Str key = known ? shown : arena_str(&lines->arena, shown);
    strmap_set(&lines->by_text, key, (void *)(known | by));
  }
}

// What is said in words only about functions that cannot be inlined is said at -m=2; here it is a line that is missing.
static bool gc_agrees(Lines *lines, const FindingGroup *in, const Finding *f) {
  FindingPlace at = finding_where(in, f);
  ptrdiff_t slash = str_last_byte(f->source->path, '/');
  Str file = str_slice(f->source->path, (size_t)(slash + 1), f->source->path.n), words = f->gc_words;
  bool negative = str_has_prefix(words, STR("cannot inline "));
  if (negative) words = arena_printf(&lines->arena, "can inline %.*s", STR_ARG(f->subject));
  Str key = arena_printf(&lines->arena, "%.*s:%u:%u: %.*s", STR_ARG(file), at.line, at.column, STR_ARG(words));
  bool said = ((uintptr_t)strmap_get(&lines->by_text, key) & SPOKEN_GC) != 0;
  return said != negative;
}

static uint32_t mark_findings(Verify *v, Lines *lines) {
  uint32_t confirmed = 0;
  const Finding *f;
  for (FindingCursor c = {.set = v->result->findings}; (f = finding_next(&c));) {
    uintptr_t key = key_of(v->result, f);
    if (!key) continue;
    bool agrees = gc_agrees(lines, c.of, f);
    confirmed += agrees;
    ptrmap_set(&v->known, (const void *)key, (void *)(uintptr_t)(agrees ? COMPILER_CONFIRMS : COMPILER_DENIES));
  }
  return confirmed;
}

static const char *uri_of_name(Server *s, Pool *pool, const PackageResult *r, Str name) {
  for (uint32_t i = 0; i < r->file_count; i++) {
    Str path = r->files[i]->source->path;
    if (!str_equal(str_slice(path, (size_t)(str_last_byte(path, '/') + 1), path.n), name)) continue;
    const Document *d = document_of_path(s, path);
    return d ? d->uri : uri_of_path(pool, pool_text(pool, path.p, path.n));
  }
  return NULL;
}

// {uri, line (0-based), says: "compiler" or "heapls", text}
static json_t *disagreement(Server *s, const PackageResult *r, Str line, Spoken by) {
  Pool pool = {0};
  ptrdiff_t colon = str_index_byte(line, ':');
  const char *uri = uri_of_name(s, &pool, r, str_slice(line, 0, (size_t)colon));
  json_t *out = json_object_must();
  if (uri) json_put(out, "uri", encode_text(uri));
  long number = strtol(line.p + colon + 1, NULL, 10);
  json_put_integer(out, "line", number > 0 ? number - 1 : 0);
  json_put(out, "says", encode_text(by == SPOKEN_GC ? "compiler" : "heapls"));
  json_put(out, "text", encode_string(line.p, line.n));
  pool_release(&pool);
  return out;
}

static json_t *compare(Server *s, Checked *checked, Buf *message) {
  Verify *v = &s->verify;
  Lines lines = {0};
  add_lines(&lines, str_of(v->lines), v->result->import_path, SPOKEN_HEAPLS);
  add_lines(&lines, buf_view(&v->output), v->result->import_path, SPOKEN_GC);
  json_t *out = json_object_must(), *differ = json_array_must();
  Buf told = {0};
  for (uint32_t i = 0; i < lines.by_text.len; i++) {
    Spoken by = (Spoken)(uintptr_t)lines.by_text.entries[i].value;
    checked->lines++;
    checked->agree += by == SPOKEN_BOTH;
    if (by == SPOKEN_BOTH || json_array_size(differ) >= SHOWN) continue;
    Str line = lines.by_text.entries[i].key;
    buf_printf(&told, "\n%s: %.*s", by == SPOKEN_GC ? "only the compiler" : "only heapls", STR_ARG(line));
    json_push(differ, disagreement(s, v->result, line, by));
  }
  uint32_t confirmed = mark_findings(v, &lines), other = checked->lines - checked->agree;
  if (other)
    buf_printf(message, "The compiler disagrees in %u of %u lines about %.*s:%.*s", other, checked->lines,
               STR_ARG(v->result->import_path), STR_ARG(buf_view(&told)));
  else
    buf_printf(message, "The compiler agrees with all %u lines about %.*s.", checked->lines,
               STR_ARG(v->result->import_path));
  json_put(out, "package", encode_string(v->result->import_path.p, v->result->import_path.n));
  json_put_integer(out, "lines", checked->lines);
  json_put_integer(out, "agree", checked->agree);
  json_put_integer(out, "confirmed", confirmed);
  json_put(out, "disagreements", differ);
  json_put(out, "message", encode_string(message->text, message->len));
  buf_release(&told);
  strmap_release(&lines.by_text);
  arena_release(&lines.arena);
  return out;
}

static int32_t seen_version(const Verify *v, const char *path) {
  for (uint32_t i = 0; i < v->seen.len; i++)
    if (strcmp(v->seen.items[i].path, path) == 0) return v->seen.items[i].version;
  return INT32_MIN;
}

// What the go command says of a file that has an overlay may name that.
static void write_said(Buf *out, const Verify *v) {
  enum { SAID = 1500 };
  Buf rest = {0};
  agreement_write_rest(&rest, buf_view(&v->output));
  Str said = buf_view(&rest), directory = str_of(v->directory ? v->directory : "");
  bool cut = said.n > SAID;
  if (cut) said.n = SAID;
  while (said.n) {
    ptrdiff_t at = directory.n ? str_index(said, directory) : -1;
    size_t before = at < 0 ? said.n : (size_t)at;
    buf_str(out, str_slice(said, 0, before));
    said = str_slice(said, before, said.n);
    if (at < 0) break;
    char *end = NULL;
    unsigned long number = said.n > directory.n + 1 ? strtoul(said.p + directory.n + 1, &end, 10) : ULONG_MAX;
    if (number < v->overlays.len && end) buf_puts(out, v->overlays.items[number]);
    size_t past = number < v->overlays.len && end ? (size_t)(end - said.p) + strlen(".go") : directory.n;
    said = str_slice(said, past < said.n ? past : said.n, said.n);
  }
  if (cut) buf_puts(out, "…");
  buf_release(&rest);
}

static void built(Server *s) {
  Verify *v = &s->verify;
  if (v->build.status != 0) {
    Buf text = {0};
    buf_puts(&text, "The compiler could not be asked, because the build failed:\n");
    write_said(&text, v);
    finish(s, NULL, RPC_REQUEST_FAILED, text.text);
    buf_release(&text);
    return;
  }
  Checked checked = {0};
  Buf message = {0};
  json_t *result = compare(s, &checked, &message);
  for (uint32_t i = 0; i < s->documents.len; i++) {
    Document *d = s->documents.items[i];
    for (uint32_t k = 0; k < v->result->file_count && d->path; k++) {
      if (!str_equal(v->result->files[k]->source->path, str_of(d->path))) continue;
      checked.version = seen_version(v, d->path);
      d->checked = checked;
    }
  }
  server_show(s, checked.agree == checked.lines ? LSP_INFO : LSP_WARNING, message.text);
  buf_release(&message);
  finish(s, result, RPC_OK, NULL);
  feature_status(s);
}

// ---- The build

static void on_output(void *context, Str text) { buf_str(&((Server *)context)->verify.output, text); }

static void on_built(void *context) { built(context); }

static bool write_file(const char *path, const char *bytes, size_t count) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool ok = fd >= 0;
  while (ok && count) {
    ssize_t n = write(fd, bytes, count);
    ok = n > 0;
    if (ok) bytes += n, count -= (size_t)n;
  }
  return fd >= 0 && close(fd) == 0 && ok;
}

static bool on_disk(const Document *d) {
  FILE *f = fopen(d->path, "rb");
  if (!f) return false;
  char chunk[16384];
  size_t at = 0, n;
  bool same = true;
  while (same && (n = fread(chunk, 1, sizeof chunk, f)) > 0) {
    same = at + n <= d->text.now->length && memcmp(d->text.now->text + at, chunk, n) == 0;
    at += n;
  }
  fclose(f);
  return same && at == d->text.now->length;
}

// The texts of open files that are not on disk as they are here. False: they could not be written. *option stays empty
// when there are none.
static bool write_overlays(Server *s, char *option, size_t room) {
  Verify *v = &s->verify;
  json_t *replace = json_object_must();
  char path[PATH_ROOM];
  bool ok = true;
  for (uint32_t i = 0; ok && i < s->documents.len; i++) {
    const Document *d = s->documents.items[i];
    if (!d->path || on_disk(d)) continue;
    if (!v->directory) {
      const char *tmp = getenv("TMPDIR");
      snprintf(path, sizeof path, "%s/heapls-verify-XXXXXX", tmp && *tmp ? tmp : "/tmp");
      ok = mkdtemp(path) != NULL;
      if (ok) v->directory = copy(path);
    }
    snprintf(path, sizeof path, "%s/%u.go", v->directory ? v->directory : "", v->overlays.len);
    ok = ok && write_file(path, d->text.now->text, d->text.now->length);
    VEC_APPEND(&v->overlays, copy(d->path));
    json_put(replace, d->path, encode_text(path));
  }
  json_t *root = json_object_must();
  json_put(root, "Replace", replace);
  if (ok && v->directory) {
    snprintf(path, sizeof path, "%s/overlay.json", v->directory);
    ok = json_dump_file(root, path, 0) == 0;
    int length = snprintf(option, room, "-overlay=%s", path);
    ok = ok && length > 0 && (size_t)length < room;
  }
  json_decref(root);
  return ok;
}

static char **build_environment(Pool *pool, bool cgo) {
  size_t count = 0, kept = 0;
  while (environ[count]) count++;
  char **out = POOL_ARRAY(pool, char *, count + 3);
  for (size_t i = 0; i < count; i++) {
    bool ours = strncmp(environ[i], "GOTOOLCHAIN=", 12) == 0 || strncmp(environ[i], "CGO_ENABLED=", 12) == 0;
    if (!ours) out[kept++] = environ[i];
  }
  out[kept++] = (char *)"GOTOOLCHAIN=local"; // the one whose rules are followed here
  out[kept++] = (char *)(cgo ? "CGO_ENABLED=1" : "CGO_ENABLED=0");
  out[kept] = NULL;
  return out;
}

static void start_build(Server *s) {
  Verify *v = &s->verify;
  Pool pool = {0};
  AnalyzerStatus status;
  analyzer_status(s->analyzer, &status);
  char overlay[PATH_ROOM + 16] = "";
  if (!write_overlays(s, overlay, sizeof overlay)) {
    finish(s, NULL, RPC_REQUEST_FAILED, "The texts of unsaved files could not be written for the compiler.");
    return;
  }
  const char *go = status.goroot[0] ? pool_printf(&pool, "%s/bin/go", status.goroot) : "go";
  if (strchr(go, '/') && access(go, X_OK) != 0) go = "go";
  bool test = str_has_suffix(str_of(v->path), STR("_test.go"));
  char *arguments[12 + sizeof s->settings.build_flags / 2] = {(char *)go, (char *)(test ? "test" : "build")};
  int n = 2;
  if (test) arguments[n++] = (char *)"-c";
  arguments[n++] = (char *)"-o";
  arguments[n++] = (char *)"/dev/null";
  arguments[n++] = pool_printf(&pool, "-pgo=%.*s", STR_ARG(v->result->profile.n ? v->result->profile : STR("off")));
  arguments[n++] = pool_printf(&pool, "-gcflags=-m %s", s->settings.gcflags);
  if (*s->settings.tags) arguments[n++] = pool_printf(&pool, "-tags=%s", s->settings.tags);
  char *flags = pool_printf(&pool, "%s", s->settings.build_flags), *rest = NULL;
  for (char *flag = strtok_r(flags, " \t\n", &rest); flag; flag = strtok_r(NULL, " \t\n", &rest)) arguments[n++] = flag;
  if (*overlay) arguments[n++] = overlay;
  arguments[n++] = (char *)".";
  char *slash = strrchr(v->path, '/');
  v->stage = VERIFY_BUILD;
  v->build.says = on_output;
  v->build.done = on_built;
  v->build.context = s;
  const char *why;
  if (!tool_start(&v->build, &s->loop, pool_text(&pool, v->path, (size_t)(slash - v->path)), arguments,
                  build_environment(&pool, status.cgo), &why))
    finish(s, NULL, RPC_REQUEST_FAILED, pool_printf(&pool, "The go command could not be run: %s.", why));
  progress_report(s, &v->progress, "go build -gcflags=-m", -1);
  pool_release(&pool);
}

// ---- The request

void verify_restart(Server *s) {
  if (s->verify.stage == VERIFY_ANALYSIS) analyzer_ask_lines(s->analyzer, s->verify.path);
}

void verify_take(Server *s, AnalysisOutcome *o) {
  Verify *v = &s->verify;
  if (v->stage != VERIFY_ANALYSIS || o->workspace || strcmp(o->path, v->path) != 0) return;
  if (!o->result || !o->lines) {
    if (!o->result) finish(s, NULL, RPC_REQUEST_FAILED, o->error ? o->error : "The file could not be analysed.");
    return;
  }
  for (uint32_t i = 0; i < o->seen.len; i++) {
    const Document *d = document_of_path(s, str_of(o->seen.items[i].path));
    if (d && d->text.now->version == o->seen.items[i].version) continue;
    verify_restart(s);
    return;
  }
  drop_texts(v);
  v->lines = o->lines;
  o->lines = NULL;
  package_result_retain(o->result);
  v->result = o->result;
  for (uint32_t i = 0; i < o->seen.len; i++)
    VEC_APPEND(&v->seen, (SeenText){copy(o->seen.items[i].path), o->seen.items[i].version});
  start_build(s);
}

// True: the request is one that has been kept, and is answered later.
bool verify_start(Request *r, const LspExecuteCommand *command) {
  Server *s = r->server;
  Verify *v = &s->verify;
  const char *uri = json_string_value(json_array_get(command->arguments, 0));
  const Document *d = uri ? document_find(s, r->pool, uri) : s->focus;
  if (!d || !d->path) {
    rpc_error_set(&r->error, RPC_INVALID_PARAMS, uri ? "%s is no open Go file" : "no Go file is open", uri);
    return false;
  }
  if (v->stage != VERIFY_IDLE || !tool_is_free(&v->build)) {
    rpc_error_set(&r->error, RPC_REQUEST_FAILED, "the compiler is being asked already");
    return false;
  }
  v->message = *r->message;
  *r->message = (RpcMessage){0};
  v->path = copy(d->path);
  v->stage = VERIFY_ANALYSIS;
  progress_begin(s, &v->progress, command->tokens.work_done, "heapls: asking the compiler", "", -1, true);
  analyzer_ask_lines(s->analyzer, v->path);
  return true;
}

bool verify_has(const Server *s, RpcId request) {
  return s->verify.stage != VERIFY_IDLE && rpc_id_equal(s->verify.message.id, request);
}
