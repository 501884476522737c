// constraint.c: which files a build configuration selects.
//
// Three rules of go/build decide: the //go:build expression (older files: // +build lines), the _GOOS, _GOARCH and
// _GOOS_GOARCH endings of file names, and the tags that are true: GOOS, GOARCH, gc, cgo, unix, go1.1 … go1.N,
// goexperiment.x, amd64.vN and the user's. An expression also says which language version a file needs at least:
// go/build/constraint's GoVersion.
#include "load/context_internal.h"

#include "base/unicode.h"

static const char *const known_os[] = {"aix",     "android", "darwin",  "dragonfly", "freebsd", "hurd",
                                       "illumos", "ios",     "js",      "linux",     "nacl",    "netbsd",
                                       "openbsd", "plan9",   "solaris", "wasip1",    "windows", "zos"};
static const char *const unix_os[] = {"aix",     "android", "darwin", "dragonfly", "freebsd", "hurd",
                                      "illumos", "ios",     "linux",  "netbsd",    "openbsd", "solaris"};
static const char *const known_arch[] = {"386",       "amd64",       "amd64p32", "arm",    "armbe",   "arm64",
                                         "arm64be",   "loong64",     "mips",     "mipsle", "mips64",  "mips64le",
                                         "mips64p32", "mips64p32le", "ppc",      "ppc64",  "ppc64le", "riscv",
                                         "riscv64",   "s390",        "s390x",    "sparc",  "sparc64", "wasm"};
#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool in_table(const char *const *table, size_t count, Str s) {
  for (size_t i = 0; i < count; i++)
    if (str_equal(str_of(table[i]), s)) return true;
  return false;
}

// The number N of a tag go1.N; -1 if it is none.
static int release_tag(Str tag) {
  if (!str_has_prefix(tag, STR("go1."))) return -1;
  int n = 0;
  if (tag.n == 4 || tag.n > 8) return -1;
  for (size_t i = 4; i < tag.n; i++) {
    if (tag.p[i] < '0' || tag.p[i] > '9') return -1;
    n = n * 10 + (tag.p[i] - '0');
  }
  return n;
}

static bool tag_holds(const BuildContext *c, Str tag) {
  if (str_equal(tag, STR("cgo")) && c->cgo_enabled) return true;
  if (str_equal(tag, c->goos) || str_equal(tag, c->goarch) || str_equal(tag, STR("gc"))) return true;
  if (str_equal(tag, STR("linux")) && str_equal(c->goos, STR("android"))) return true;
  if (str_equal(tag, STR("solaris")) && str_equal(c->goos, STR("illumos"))) return true;
  if (str_equal(tag, STR("darwin")) && str_equal(c->goos, STR("ios"))) return true;
  if (str_equal(tag, STR("unix")) && c->go_minor >= 19 && in_table(unix_os, COUNT(unix_os), c->goos)) return true;
  if (str_equal(tag, STR("boringcrypto"))) tag = STR("goexperiment.boringcrypto");
  if (c->sanitizer.n && str_equal(tag, c->sanitizer)) return true;
  int release = release_tag(tag);
  if (release >= 1 && (uint32_t)release <= c->go_minor) return true;
  for (uint32_t i = 0; i < c->tags.len; i++)
    if (str_equal(c->tags.items[i], tag)) return true;
  for (uint32_t i = 0; i < c->tool_tags.len; i++)
    if (str_equal(c->tool_tags.items[i], tag)) return true;
  return false;
}

// One pass over the expression computes both its truth and the implied release. `implied` follows De Morgan: under a
// negation, "and" and "or" swap their parts and no tag implies anything.
typedef struct Expression {
  const BuildContext *context; // NULL when only the release is asked for
  Str text;
  size_t at;
  int depth;
  bool bad;
} Expression;
typedef struct Verdict {
  bool holds;
  int implied; // N: at least go1.N; -1: nothing
} Verdict;

enum { EXPRESSION_DEPTH = 200 };

static void skip_space(Expression *e) {
  while (e->at < e->text.n && (e->text.p[e->at] == ' ' || e->text.p[e->at] == '\t')) e->at++;
}

static bool accept(Expression *e, const char *token) {
  skip_space(e);
  Str t = str_of(token);
  if (!str_has_prefix(str_slice(e->text, e->at, e->text.n), t)) return false;
  e->at += t.n;
  return true;
}

static Verdict parse_or(Expression *e, bool negated);

static Verdict parse_not(Expression *e, bool negated) {
  if (e->bad || ++e->depth > EXPRESSION_DEPTH) {
    e->bad = true;
    return (Verdict){false, -1};
  }
  Verdict v = {false, -1};
  if (accept(e, "!")) {
    v = parse_not(e, !negated);
    v.holds = !v.holds;
  } else if (accept(e, "(")) {
    v = parse_or(e, negated);
    if (!accept(e, ")")) e->bad = true;
  } else {
    size_t start = e->at;
    while (e->at < e->text.n) {
      int width;
      uint32_t r = utf8_decode(str_slice(e->text, e->at, e->text.n), &width);
      if (!unicode_is_letter(r) && !unicode_is_digit(r) && r != '.') break;
      e->at += (size_t)width;
    }
    Str tag = str_slice(e->text, start, e->at);
    if (!tag.n)
      e->bad = true;
    else {
      v.holds = e->context && tag_holds(e->context, tag);
      if (!negated) v.implied = str_equal(tag, STR("go1")) ? 0 : release_tag(tag);
    }
  }
  e->depth--;
  return v;
}

static int implied_of(int x, int y, bool is_and) { return is_and == (x > y) ? x : y; }

static Verdict parse_and(Expression *e, bool negated) {
  Verdict v = parse_not(e, negated);
  while (!e->bad && accept(e, "&&")) {
    Verdict w = parse_not(e, negated);
    v = (Verdict){v.holds && w.holds, implied_of(v.implied, w.implied, !negated)};
  }
  return v;
}

static Verdict parse_or(Expression *e, bool negated) {
  Verdict v = parse_and(e, negated);
  while (!e->bad && accept(e, "||")) {
    Verdict w = parse_and(e, negated);
    v = (Verdict){v.holds || w.holds, implied_of(v.implied, w.implied, negated)};
  }
  return v;
}

static Verdict evaluate(const BuildContext *c, Str expression, bool *bad) {
  Expression e = {.context = c, .text = str_trim(expression)};
  Verdict v = parse_or(&e, false);
  skip_space(&e);
  if (e.at != e.text.n) e.bad = true;
  if (bad) *bad = e.bad;
  return e.bad ? (Verdict){false, -1} : v;
}

bool build_context_matches(const BuildContext *c, Str expression, bool *bad) {
  return evaluate(c, expression, bad).holds;
}

uint32_t build_constraint_go_minor(Str expression) {
  int n = evaluate(NULL, expression, NULL).implied;
  return n > 0 ? (uint32_t)n : 0;
}

bool build_context_matches_file_name(const BuildContext *c, Str name) {
  ptrdiff_t dot = str_index_byte(name, '.');
  if (dot >= 0) name = str_slice(name, 0, (size_t)dot);
  ptrdiff_t first = str_index_byte(name, '_');
  if (first < 0) return true;
  name = str_slice(name, (size_t)first, name.n);
  if (str_has_suffix(name, STR("_test"))) name.n -= 5;
  ptrdiff_t last = str_last_byte(name, '_');
  if (last < 0) return true;
  Str tail = str_slice(name, (size_t)last + 1, name.n), head = str_slice(name, 0, (size_t)last);
  ptrdiff_t before = str_last_byte(head, '_');
  Str middle = before < 0 ? STR_NONE : str_slice(head, (size_t)before + 1, head.n);
  bool tail_is_arch = in_table(known_arch, COUNT(known_arch), tail);
  if (tail_is_arch && middle.n && in_table(known_os, COUNT(known_os), middle))
    return tag_holds(c, tail) && tag_holds(c, middle);
  if (tail_is_arch || in_table(known_os, COUNT(known_os), tail)) return tag_holds(c, tail);
  return true;
}

// ---- // +build lines

// "a,b !c" is (a && b) || !c; false on a malformed term, as go/build has it.
static bool plus_line_holds(const BuildContext *c, Str line) {
  bool any = false;
  for (size_t i = 0; i < line.n;) {
    while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t' || line.p[i] == '\r')) i++;
    size_t end = i;
    while (end < line.n && line.p[end] != ' ' && line.p[end] != '\t' && line.p[end] != '\r') end++;
    if (end == i) break;
    bool all = true;
    for (size_t t = i; t < end;) {
      size_t stop = t;
      while (stop < end && line.p[stop] != ',') stop++;
      Str tag = str_slice(line, t, stop);
      bool negated = tag.n && tag.p[0] == '!';
      if (negated) tag = str_slice(tag, 1, tag.n);
      all = all && tag.n && tag_holds(c, tag) != negated;
      t = stop + 1;
    }
    any = any || all;
    i = end;
  }
  return any;
}

bool build_context_matches_plus_lines(const BuildContext *c, Str text) {
  if (str_index(text, STR("+build")) < 0) return true;
  // The lines that count are in // comments, before the first code, and a blank line follows them.
  size_t end = 0;
  for (size_t i = 0; i < text.n;) {
    ptrdiff_t nl = str_index_byte(str_slice(text, i, text.n), '\n');
    size_t next = nl < 0 ? text.n : i + (size_t)nl + 1;
    Str line = str_trim(str_slice(text, i, next));
    i = next;
    if (!line.n)
      end = i;
    else if (!str_has_prefix(line, STR("//")))
      break;
  }
  for (size_t i = 0; i < end;) {
    ptrdiff_t nl = str_index_byte(str_slice(text, i, end), '\n');
    size_t next = nl < 0 ? end : i + (size_t)nl + 1;
    Str line = str_trim(str_slice(text, i, next));
    i = next;
    if (!str_has_prefix(line, STR("//"))) continue;
    line = str_trim(str_slice(line, 2, line.n));
    if (!str_has_prefix(line, STR("+build"))) continue;
    line = str_slice(line, 6, line.n);
    if (line.n && line.p[0] != ' ' && line.p[0] != '\t') continue;
    if (!plus_line_holds(c, line)) return false;
  }
  return true;
}
