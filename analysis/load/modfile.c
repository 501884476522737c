// modfile.c: the syntax of go.mod and go.work (Go Modules Reference, "go.mod files"), leniently: a line that is not
// understood is recorded and skipped, since a half-edited go.mod must not silence every package.
#include "load/modules_internal.h"

enum { MAX_WORDS = 16 };
typedef struct Words {
  Str items[MAX_WORDS];
  int len;
} Words;

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// Splits one line (no newline) into words; comments end it; quoted words lose their quotes; "(" and ")" stand alone.
static void split(Str line, Words *w) {
  w->len = 0;
  for (size_t i = 0; i < line.n && w->len < MAX_WORDS;) {
    char c = line.p[i];
    if (is_blank(c)) {
      i++;
      continue;
    }
    if (c == '/' && i + 1 < line.n && line.p[i + 1] == '/') return;
    size_t start = i;
    if (c == '"' || c == '`') {
      start = ++i;
      while (i < line.n && line.p[i] != c) i++;
      w->items[w->len++] = str_slice(line, start, i);
      if (i < line.n) i++;
      continue;
    }
    if (c == '(' || c == ')' || c == '[' || c == ']' || c == ',') {
      w->items[w->len++] = str_slice(line, i, i + 1);
      i++;
      continue;
    }
    while (i < line.n && !is_blank(line.p[i]) && !strchr("()[],\"`", line.p[i]) &&
           !(line.p[i] == '/' && i + 1 < line.n && line.p[i + 1] == '/'))
      i++;
    w->items[w->len++] = str_slice(line, start, i);
  }
}

static bool add_replace(Arena *a, ModFile *m, const Str *w, int n) {
  int arrow = -1;
  for (int i = 0; i < n; i++)
    if (str_equal(w[i], STR("=>"))) arrow = i;
  if (arrow < 1 || arrow > 2 || n - arrow < 2 || n - arrow > 3) return false;
  VEC_PUSH(a, &m->replace,
           (ModReplace){w[0], arrow == 2 ? w[1] : STR_NONE, w[arrow + 1], n - arrow == 3 ? w[arrow + 2] : STR_NONE});
  return true;
}

static bool apply(Arena *a, ModFile *m, Str verb, const Str *w, int n) {
  if (str_equal(verb, STR("module")) && n == 1)
    m->module = w[0];
  else if (str_equal(verb, STR("go")) && n == 1)
    m->go = w[0];
  else if (str_equal(verb, STR("toolchain")) && n == 1)
    m->toolchain = w[0];
  else if (str_equal(verb, STR("require")) && n == 2)
    VEC_PUSH(a, &m->require, (ModRequire){w[0], w[1]});
  else if (str_equal(verb, STR("exclude")) && n == 2)
    VEC_PUSH(a, &m->exclude, (ModRequire){w[0], w[1]});
  else if (str_equal(verb, STR("replace")))
    return add_replace(a, m, w, n);
  else if (str_equal(verb, STR("use")) && n == 1)
    VEC_PUSH(a, &m->use, w[0]);
  else if (str_equal(verb, STR("ignore")) && n == 1)
    VEC_PUSH(a, &m->ignore, w[0]);
  else if (str_equal(verb, STR("tool")) && n == 1)
    VEC_PUSH(a, &m->tools, w[0]);
  else
    return str_equal(verb, STR("retract")) || str_equal(verb, STR("godebug"));
  return true;
}

ModFile *mod_file_parse(Arena *a, Str file, Str text) {
  ModFile *m = ARENA_NEW(a, ModFile);
  Str block = STR_NONE; // the verb of the block we are in
  for (size_t i = 0; i < text.n;) {
    ptrdiff_t nl = str_index_byte(str_slice(text, i, text.n), '\n');
    size_t end = nl < 0 ? text.n : i + (size_t)nl, start = i;
    Words w;
    split(str_slice(text, i, end), &w);
    i = end + 1;
    if (!w.len) continue;
    bool ok = true;
    if (block.n) {
      if (w.len == 1 && str_equal(w.items[0], STR(")")))
        block = STR_NONE;
      else
        ok = apply(a, m, block, w.items, w.len);
    } else if (w.len == 2 && str_equal(w.items[1], STR("(")))
      block = w.items[0];
    else
      ok = apply(a, m, w.items[0], w.items + 1, w.len - 1);
    if (!ok)
      VEC_PUSH(a, &m->errors,
               (LoadError){.file = file,
                           .offset = (uint32_t)start,
                           .message = arena_printf(a, "line not understood: %.*s",
                                                   STR_ARG(str_trim(str_slice(text, start, end))))});
  }
  return m;
}

// ---- Semantic versions (semver.org 2.0.0, with the leading v): numbers, then the pre-release, no build metadata.

static Str next_part(Str *s, const char *stops) {
  size_t n = 0;
  while (n < s->n && !strchr(stops, s->p[n])) n++;
  Str part = str_slice(*s, 0, n);
  *s = str_slice(*s, n, s->n);
  return part;
}

static bool is_number(Str s) {
  for (size_t i = 0; i < s.n; i++)
    if (s.p[i] < '0' || s.p[i] > '9') return false;
  return s.n > 0;
}

static int number_compare(Str x, Str y) {
  if (x.n != y.n) return x.n < y.n ? -1 : 1;
  return str_compare(x, y);
}

static int prerelease_compare(Str x, Str y) {
  if (!x.n || !y.n) return x.n ? -1 : y.n ? 1 : 0; // a release is after its pre-releases
  while (x.n && y.n) {
    x = str_slice(x, 1, x.n), y = str_slice(y, 1, y.n); // '-' or '.'
    Str p = next_part(&x, "."), q = next_part(&y, ".");
    if (str_equal(p, q)) continue;
    bool pn = is_number(p), qn = is_number(q);
    if (pn != qn) return pn ? -1 : 1;
    return pn ? number_compare(p, q) : str_compare(p, q);
  }
  return x.n ? 1 : y.n ? -1 : 0;
}

int semver_compare(Str x, Str y) {
  ptrdiff_t plus = str_index_byte(x, '+');
  if (plus >= 0) x = str_slice(x, 0, (size_t)plus);
  if ((plus = str_index_byte(y, '+')) >= 0) y = str_slice(y, 0, (size_t)plus);
  if (x.n && x.p[0] == 'v') x = str_slice(x, 1, x.n);
  if (y.n && y.p[0] == 'v') y = str_slice(y, 1, y.n);
  for (int i = 0; i < 3; i++) {
    Str p = next_part(&x, ".-"), q = next_part(&y, ".-");
    int order = number_compare(p.n ? p : STR("0"), q.n ? q : STR("0"));
    if (order) return order < 0 ? -1 : 1;
    if (i < 2 && x.n && x.p[0] == '.') x = str_slice(x, 1, x.n);
    if (i < 2 && y.n && y.p[0] == '.') y = str_slice(y, 1, y.n);
  }
  int order = prerelease_compare(x, y);
  return order < 0 ? -1 : order > 0;
}

Str module_path_escape(Arena *a, Str path) {
  size_t upper = 0;
  for (size_t i = 0; i < path.n; i++) upper += path.p[i] >= 'A' && path.p[i] <= 'Z';
  if (!upper) return path;
  char *out = arena_alloc(a, path.n + upper + 1);
  size_t n = 0;
  for (size_t i = 0; i < path.n; i++) {
    bool is_upper = path.p[i] >= 'A' && path.p[i] <= 'Z';
    if (is_upper) out[n++] = '!';
    out[n++] = is_upper ? (char)(path.p[i] + 32) : path.p[i];
  }
  return (Str){out, n};
}
