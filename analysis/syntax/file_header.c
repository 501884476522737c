// file_header.c: the start of a Go file: build constraint, package clause, imports. A lexer of its own, no tree.
//
// A `//go:build` line counts only in the comments before the package clause (go/build/constraint). After the package
// clause come import declarations (Go spec, "Source file organization"); the first other token ends the header. Other
// texts (assembly) give their build constraint and nothing else.
#include "syntax/parse.h"

#include "base/unicode.h"
#include "syntax/split_internal.h"

#include <stdlib.h>

typedef struct Scanner {
  FileHeader *header;
  Str text;
  size_t at;
  bool in_header; // before the package clause
} Scanner;

static bool starts_with(const Scanner *s, const char *z) {
  size_t n = strlen(z);
  return s->text.n - s->at >= n && memcmp(s->text.p + s->at, z, n) == 0;
}

static void line_comment(Scanner *s) {
  size_t start = s->at;
  while (s->at < s->text.n && s->text.p[s->at] != '\n') s->at++;
  Str line = str_slice(s->text, start, s->at);
  bool alone = start == 0 || s->text.p[start - 1] == '\n';
  if (s->in_header && alone && is_generated_line(line)) s->header->is_generated = true;
  line = str_trim(line);
  Str keyword = STR("//go:build");
  if (!s->in_header || s->header->build_constraint.n || !str_has_prefix(line, keyword)) return;
  Str rest = str_slice(line, keyword.n, line.n);
  if (rest.n && rest.p[0] != ' ' && rest.p[0] != '\t') return;
  s->header->build_constraint = str_trim(rest);
}

static void block_comment(Scanner *s) {
  s->at += 2;
  while (s->at < s->text.n && !starts_with(s, "*/")) s->at++;
  s->at = s->at < s->text.n ? s->at + 2 : s->at;
}

// Skips white space and comments, and semicolons too.
static void skip_blank(Scanner *s) {
  while (s->at < s->text.n) {
    char c = s->text.p[s->at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';')
      s->at++;
    else if (starts_with(s, "//"))
      line_comment(s);
    else if (starts_with(s, "/*"))
      block_comment(s);
    else
      return;
  }
}

static Str identifier(Scanner *s) {
  size_t start = s->at;
  while (s->at < s->text.n) {
    int width;
    uint32_t r = utf8_decode(str_slice(s->text, s->at, s->text.n), &width);
    if (!unicode_is_letter(r) && !(s->at > start && unicode_is_digit(r))) break;
    s->at += (size_t)width;
  }
  return str_slice(s->text, start, s->at);
}

// One import spec: [name | . | _] "path". False when there is none.
static bool import_spec(Scanner *s) {
  skip_blank(s);
  if (s->at < s->text.n && s->text.p[s->at] == '.')
    s->at++;
  else
    identifier(s);
  skip_blank(s);
  if (s->at >= s->text.n || (s->text.p[s->at] != '"' && s->text.p[s->at] != '`')) return false;
  char quote = s->text.p[s->at];
  size_t start = s->at++;
  while (s->at < s->text.n && s->text.p[s->at] != quote && s->text.p[s->at] != '\n') s->at++;
  if (s->at >= s->text.n || s->text.p[s->at] != quote) return false;
  Str path = str_slice(s->text, start + 1, s->at++);
  VEC_APPEND(&s->header->imports, path);
  VEC_APPEND(&s->header->import_offsets, (uint32_t)start);
  if (str_equal(path, STR("C"))) s->header->imports_c = true;
  return true;
}

static void import_group(Scanner *s) {
  s->at++;
  for (;;) {
    skip_blank(s);
    if (s->at >= s->text.n) {
      s->header->broken = true;
      return;
    }
    if (s->text.p[s->at] == ')') {
      s->at++;
      return;
    }
    if (import_spec(s)) continue;
    // A broken spec costs its line.
    s->header->broken = true;
    while (s->at < s->text.n && s->text.p[s->at] != '\n' && s->text.p[s->at] != ')') s->at++;
  }
}

static bool begins_declaration(Str word) {
  static const char *const words[] = {"import", "const", "type", "var", "func"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_equal(word, str_of(words[i]))) return true;
  return false;
}

// One that is broken costs its line, or nothing where it is missing.
static void package_clause(Scanner *s) {
  FileHeader *h = s->header;
  size_t at = s->at;
  Str word = identifier(s);
  if (str_equal(word, STR("package"))) {
    skip_blank(s);
    at = s->at;
    h->package_name = word = identifier(s);
  } else if (!begins_declaration(word)) {
    while (s->at < s->text.n && s->text.p[s->at] != '\n') s->at++;
  }
  if (begins_declaration(word)) { // there is no name
    h->package_name = STR_NONE;
    s->at = at;
  }
  h->ok = h->package_name.n > 0;
  h->broken = !h->ok;
}

void file_header_scan(FileHeader *h, Str text) {
  *h = (FileHeader){.broken = true};
  Scanner s = {.header = h, .text = text, .in_header = true};
  if (starts_with(&s, "\xEF\xBB\xBF")) s.at = 3;
  skip_blank(&s);
  s.in_header = false;
  package_clause(&s);
  for (;;) {
    skip_blank(&s);
    Str word = identifier(&s);
    if (!str_equal(word, STR("import"))) {
      h->broken |= !word.n && s.at < text.n; // no declaration begins so
      return;
    }
    skip_blank(&s);
    if (s.at < text.n && text.p[s.at] == '(')
      import_group(&s);
    else if (!import_spec(&s))
      h->broken = true;
  }
}

void file_header_release(FileHeader *h) {
  free(h->imports.items);
  free(h->import_offsets.items);
  *h = (FileHeader){0};
}
