// download.c: workspace/executeCommand heapls.download: runs `go mod download`, once, for the module of one file,
// because the user asked for it. It gets what the go.mod or go.work requires, and the toolchain that it asks for, into
// the module cache; that is watched (outside.c), so what could not be decided is analysed again by itself.
//
// The go command is the user's: the first of PATH, with the user's settings. What it says with -x tells how far it is.
#include "server.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "load/load.h"

enum { SAID = 1500 };

static void finish(Server *s, json_t *result, int code, const char *error) {
  Download *d = &s->download;
  progress_end(s, &d->progress, error);
  if (result)
    transport_write(s, rpc_response(d->message.id, result));
  else
    transport_write(s, rpc_error_response(d->message.id, code, error, NULL));
  rpc_message_release(&d->message);
  d->message = (RpcMessage){0};
  buf_release(&d->line);
  buf_release(&d->said);
  d->line = d->said = (Buf){0};
  d->count = 0;
  free(d->directory);
  d->directory = NULL;
}

bool download_has(const Server *s, RpcId request) {
  return s->download.message.root && rpc_id_equal(s->download.message.id, request);
}

void download_cancel(Server *s) {
  if (!s->download.message.root) return;
  tool_drop(&s->download.run);
  finish(s, NULL, RPC_REQUEST_CANCELLED, "cancelled");
}

void download_release(Server *s) {
  Download *d = &s->download;
  tool_drop(&d->run);
  if (d->message.root) rpc_message_release(&d->message);
  buf_release(&d->line);
  buf_release(&d->said);
  free(d->directory);
}

// ---- What it says

// "https://proxy/example.com/!a/b/@v/v1.0.0.zip" to "example.com/A/b v1.0.0". False: it is no module's zip.
static bool module_of(Str address, Buf *out) {
  ptrdiff_t at = str_index(address, STR("/@v/")), scheme = str_index(address, STR("://"));
  if (at < 0 || scheme < 0 || !str_has_suffix(address, STR(".zip"))) return false;
  Str path = str_slice(address, (size_t)scheme + 3, (size_t)at);
  // Where the proxy's own path ends is not said: a module's path begins with a name that has a dot.
  size_t from = path.n;
  for (size_t i = path.n; i-- > 0;) {
    if (i && path.p[i - 1] != '/') continue;
    Str element = str_slice(path, i, path.n);
    ptrdiff_t end = str_index_byte(element, '/');
    if (end >= 0) element.n = (size_t)end;
    bool is_version = element.n > 1 && element.p[0] == 'v' && element.p[1] >= '0' && element.p[1] <= '9';
    if (i && !is_version && str_index_byte(element, '.') > 0) {
      from = i;
      break;
    }
  }
  if (from == path.n) return false;
  for (size_t i = from; i < path.n; i++) {
    if (path.p[i] != '!') buf_byte(out, path.p[i]);
    if (path.p[i] == '!' && i + 1 < path.n) buf_byte(out, (char)(path.p[++i] - 'a' + 'A'));
  }
  Str version = str_slice(address, (size_t)at + 4, address.n - 4);
  buf_printf(out, " %.*s", STR_ARG(version));
  return true;
}

static void take_line(Server *s, Str line) {
  Download *d = &s->download;
  if (!str_has_prefix(line, STR("# get "))) {
    bool is_trace =
      str_has_prefix(line, STR("#")) || str_has_prefix(line, STR("mkdir ")) || str_has_prefix(line, STR("cd "));
    if (line.n && !is_trace && d->said.len < SAID) buf_printf(&d->said, "%.*s\n", STR_ARG(line));
    return;
  }
  Str address = str_slice(line, 6, line.n);
  ptrdiff_t answer = str_index(address, STR(": "));
  if (answer >= 0) { // "# get https://…: 200 OK (0.123s)"
    d->count += str_has_suffix(str_slice(address, 0, (size_t)answer), STR(".zip"));
    return;
  }
  Buf text = {0};
  if (module_of(address, &text)) progress_report(s, &d->progress, text.text, -1);
  buf_release(&text);
}

static void says(void *context, Str text) {
  Server *s = context;
  Download *d = &s->download;
  while (text.n) {
    ptrdiff_t end = str_index_byte(text, '\n');
    buf_str(&d->line, str_slice(text, 0, end < 0 ? text.n : (size_t)end));
    if (end < 0) return;
    take_line(s, buf_view(&d->line));
    buf_clear(&d->line);
    text = str_slice(text, (size_t)end + 1, text.n);
  }
}

// {directory, modules, message}
static void done(void *context) {
  Server *s = context;
  Download *d = &s->download;
  take_line(s, buf_view(&d->line));
  if (d->run.status != 0) {
    Buf text = {0};
    buf_printf(&text, "go mod download failed in %s:\n%s", d->directory,
               d->said.len ? d->said.text : "it said nothing\n");
    text.text[--text.len] = 0;
    finish(s, NULL, RPC_REQUEST_FAILED, text.text);
    buf_release(&text);
  } else {
    json_t *result = json_object_must();
    json_put(result, "directory", encode_text(d->directory));
    json_put_integer(result, "modules", d->count);
    finish(s, result, RPC_OK, NULL);
  }
  analyzer_invalidate(s->analyzer, ""); // some may have come even so
  schedule_rest(s, NULL);
}

// ---- The request

// The first of PATH, which hands over to another one if it is to; else that of the toolchain that was found.
static const char *go_command(Server *s, Pool *pool) {
  AnalyzerStatus status;
  analyzer_status(s->analyzer, &status);
  const char *path = getenv("PATH");
  while (path && *path) {
    size_t n = strcspn(path, ":");
    const char *file = pool_printf(pool, "%.*s/go", (int)n, path);
    if (n && access(file, X_OK) == 0) return file;
    path += n + (path[n] == ':');
  }
  return status.goroot[0] ? pool_printf(pool, "%s/bin/go", status.goroot) : "go";
}

bool download_start(Request *r, const LspExecuteCommand *command) {
  Server *s = r->server;
  Download *d = &s->download;
  const char *uri = json_string_value(json_array_get(command->arguments, 0));
  const char *path = uri ? uri_to_path(r->pool, uri) : s->focus ? s->focus->path : NULL;
  const char *slash = path ? strrchr(path, '/') : NULL;
  if (!slash) {
    rpc_error_set(&r->error, RPC_INVALID_PARAMS, uri ? "%s is no file" : "no Go file is open", uri);
    return false;
  }
  if (d->message.root || !tool_is_free(&d->run)) {
    rpc_error_set(&r->error, RPC_REQUEST_FAILED, "modules are being downloaded already");
    return false;
  }
  const char *why;
  size_t n = slash > path ? (size_t)(slash - path) : 1;
  const char *go = go_command(s, r->pool), *directory = pool_text(r->pool, path, n);
  char *arguments[] = {(char *)go, (char *)"mod", (char *)"download", (char *)"-x", NULL};
  d->run.says = says;
  d->run.done = done;
  d->run.context = s;
  if (!tool_start(&d->run, &s->loop, directory, arguments, environ, &why)) {
    rpc_error_set(&r->error, RPC_REQUEST_FAILED, "The go command (%s) could not be run in %s: %s.", go, directory, why);
    return false;
  }
  d->directory = protocol_alloc(n + 1);
  memcpy(d->directory, path, n);
  d->message = *r->message;
  *r->message = (RpcMessage){0};
  progress_begin(s, &d->progress, command->tokens.work_done, "heapls: go mod download", "", -1, true);
  return true;
}
