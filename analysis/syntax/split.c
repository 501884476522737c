// split.c: cutting a file into top-level declarations with a scanner that knows strings, comments and brackets only.
//
// While brackets balance, a declaration ends as the grammar has it: at a `;` outside brackets, or at a newline there
// that Go makes one of. When they do not balance (half-typed code), a line that begins in column 0 with a keyword of a
// declaration takes over: `func name(` cannot stand inside anything, so an open declaration ends at once where the
// first such keyword line since its start was; `type`, `var` and `const` in column 0 may be statements of unformatted
// code, and end a declaration only if it never balances. An unterminated raw string or comment is cut off in the same
// way; since a stray back quote turns every later string of the file inside out, a file with an odd number of them is
// cut a second time with `func name(` ending raw strings too. Where a bracket closes nothing, a function lost the one
// that opens its body: then indented keywords of declarations are statements of the function above, not declarations.
//
// Directives: cmd/compile/internal/syntax/parser.go (init, updateBase) and noder (pragma).
#include "syntax/parse.h"
#include "syntax/split_internal.h"

#include <stdlib.h>

typedef struct Splitter {
  Split *out;
  const char *text, *end;
  const char *p;
  bool cut_raw_strings; // the second attempt
  bool open_raw_string; // the file ended inside one
  bool keywords_inside; // the second attempt
  bool closes_nothing;  // some bracket
  bool in_declaration;  // whose reader finds what is wrong inside it
} Splitter;

static bool is_name_byte(char c) {
  unsigned char u = (unsigned char)c;
  return ((u | 32) >= 'a' && (u | 32) <= 'z') || (u >= '0' && u <= '9') || u == '_' || u >= 0x80;
}
static bool is_name_start(char c) { return is_name_byte(c) && !(c >= '0' && c <= '9'); }

static uint32_t offset_of(const Splitter *s, const char *p) { return (uint32_t)(p - s->text); }

static void split_error(Splitter *s, const char *at, const char *message) {
  VEC_APPEND(&s->out->errors, (SyntaxError){offset_of(s, at), str_of(message)});
}

static bool word_at(const char *p, const char *end, Str word) {
  return (size_t)(end - p) >= word.n && memcmp(p, word.p, word.n) == 0 &&
         ((size_t)(end - p) == word.n || !is_name_byte(p[word.n]));
}

static bool at_decl_keyword(const char *p, const char *end) {
  if (p >= end) return false;
  switch (*p) {
  case 'f': return word_at(p, end, STR("func"));
  case 't': return word_at(p, end, STR("type"));
  case 'v': return word_at(p, end, STR("var"));
  case 'c': return word_at(p, end, STR("const"));
  case 'i': return word_at(p, end, STR("import"));
  default: return false;
  }
}

static const char *skip_spaces(const char *p, const char *end) {
  while (p < end && (*p == ' ' || *p == '\t')) p++;
  return p;
}

// Whether a line that begins at p can be nothing but a top-level declaration.
static bool at_certain_decl(const char *p, const char *end) {
  if (word_at(p, end, STR("import"))) return true;
  if (!word_at(p, end, STR("func"))) return false;
  const char *q = skip_spaces(p + 4, end);
  if (q < end && *q == '(' && q > p + 4) { // a receiver
    int depth = 0;
    for (; q < end && *q != '\n'; q++) {
      if (*q == '(') depth++;
      if (*q == ')' && --depth == 0) break;
    }
    if (q >= end || *q == '\n') return false;
    q = skip_spaces(q + 1, end);
  }
  if (q >= end || !is_name_start(*q)) return false;
  while (q < end && is_name_byte(*q)) q++;
  q = skip_spaces(q, end);
  return q < end && (*q == '(' || *q == '[');
}

// The first line after p that begins a declaration in column 0; NULL for none up to stop.
static const char *find_decl_line(const Splitter *s, const char *p, const char *stop, bool certain) {
  while (p < stop && (p = memchr(p, '\n', (size_t)(stop - p)))) {
    p++;
    if (certain ? at_certain_decl(p, s->end) : at_decl_keyword(p, s->end)) return p;
  }
  return NULL;
}

// The digits after the last ':' of text[0..n): their value, and where the ':' is; false when there are none.
static bool trailing_number(Str text, size_t *colon, bool *numeric, uint32_t *value) {
  ptrdiff_t at = str_last_byte(text, ':');
  if (at < 0) return false;
  *colon = (size_t)at;
  *numeric = (size_t)at + 1 < text.n;
  uint64_t v = 0;
  for (size_t i = (size_t)at + 1; i < text.n; i++) {
    if (text.p[i] < '0' || text.p[i] > '9' || v > 1u << 30) {
      *numeric = false;
      return true;
    }
    v = v * 10 + (uint64_t)(text.p[i] - '0');
  }
  *value = v > 1u << 30 ? 0 : (uint32_t)v;
  return true;
}

// text: after "line "; applies_from: where the comment's effect begins.
static void line_directive(Splitter *s, const char *comment, Str text, const char *applies_from) {
  size_t colon, second;
  bool numeric, second_numeric;
  uint32_t last = 0, before = 0;
  if (!trailing_number(text, &colon, &numeric, &last)) return;
  if (!numeric) {
    split_error(s, comment, "invalid line number in line directive");
    return;
  }
  LineDirective d = {.offset = offset_of(s, applies_from), .line = last};
  Str path = str_slice(text, 0, colon);
  bool has_column = trailing_number(path, &second, &second_numeric, &before) && second_numeric;
  if (has_column) {
    d.line = before;
    d.column = last;
    path = str_slice(path, 0, second);
    if (last == 0) {
      split_error(s, comment, "invalid column number in line directive");
      return;
    }
  }
  if (d.line == 0) {
    split_error(s, comment, "invalid line number in line directive");
    return;
  }
  d.path = path;
  uint32_t count = s->out->line_directives.len;
  if (!path.n && has_column && count) d.path = s->out->line_directives.items[count - 1].path;
  VEC_APPEND(&s->out->line_directives, d);
}

static bool alone_on_line(const Splitter *s, const char *comment) {
  while (comment > s->text && (comment[-1] == ' ' || comment[-1] == '\t' || comment[-1] == '\r')) comment--;
  return comment == s->text || comment[-1] == '\n';
}

// The comment [p, stop) said something to the compiler, perhaps.
static void note_line_comment(Splitter *s, const char *p, const char *stop) {
  const char *end_of_text = stop > p && stop[-1] == '\r' ? stop - 1 : stop;
  Str text = {p + 2, (size_t)(end_of_text - p - 2)};
  if (str_has_prefix(text, STR("line "))) {
    if (p == s->text || p[-1] == '\n')
      line_directive(s, p, str_slice(text, 5, text.n), stop < s->end ? stop + 1 : stop);
  } else if (str_has_prefix(text, STR("go:")) && alone_on_line(s, p)) {
    VEC_APPEND(&s->out->directives, (GoDirective){offset_of(s, p), text});
  }
}

// s->p is at a '/' that begins a comment: moves past it. Returns whether it spans lines.
static bool skip_comment(Splitter *s) {
  const char *p = s->p;
  if (p[1] == '/') {
    const char *stop = memchr(p, '\n', (size_t)(s->end - p));
    if (!stop) stop = s->end;
    if (stop - p > 4 && (p[2] == 'l' || p[2] == 'g')) note_line_comment(s, p, stop);
    s->p = stop;
    return false;
  }
  const char *stop = p + 2;
  while (stop < s->end && (stop = memchr(stop, '*', (size_t)(s->end - stop))) && !(stop + 1 < s->end && stop[1] == '/'))
    stop++;
  if (!stop || stop >= s->end) {
    const char *line = find_decl_line(s, p, s->end, false);
    if (!s->in_declaration) split_error(s, p, "comment not terminated");
    s->p = line ? line - 1 : s->end;
    return true;
  }
  Str text = {p + 2, (size_t)(stop - p - 2)};
  s->p = stop + 2;
  if (str_has_prefix(text, STR("line "))) line_directive(s, p, str_slice(text, 5, text.n), s->p);
  return memchr(text.p, '\n', text.n) != NULL;
}

static bool at_comment(const Splitter *s) {
  return s->p + 1 < s->end && *s->p == '/' && (s->p[1] == '/' || s->p[1] == '*');
}

// s->p is at a quote: moves past the literal.
static void skip_literal(Splitter *s) {
  char quote = *s->p;
  const char *p = s->p + 1;
  if (quote == '`') {
    const char *stop = p < s->end ? memchr(p, '`', (size_t)(s->end - p)) : NULL;
    const char *cut = NULL;
    if (!stop) s->open_raw_string = true;
    if (s->cut_raw_strings || !stop) cut = find_decl_line(s, p, stop ? stop : s->end, stop != NULL);
    s->p = cut ? cut - 1 : stop ? stop + 1 : s->end;
    return;
  }
  for (; p < s->end && *p != quote && *p != '\n'; p++)
    if (*p == '\\' && p + 1 < s->end && p[1] != '\n') p++;
  s->p = p < s->end && *p == quote ? p + 1 : p;
}

// A name at the end of a line makes the newline a semicolon unless it is one of most keywords.
static bool name_ends_statement(const char *p, size_t n) {
  static const char *const keywords[] = {"case",    "chan",  "const",  "default", "defer",  "else",      "for",
                                         "func",    "go",    "goto",   "if",      "import", "interface", "map",
                                         "package", "range", "select", "struct",  "switch", "type",      "var"};
  for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
    if (str_equal((Str){p, n}, str_of(keywords[i]))) return false;
  return true;
}

// The state of skip_declaration: where the last token ended, and the first line in column 0 that may begin another.
typedef struct Progress {
  int depth;
  bool ends_statement; // the last token lets a newline end the statement
  const char *name;    // the last token if it is a name, else NULL
  const char *token_end;
  const char *candidate_end; // token_end when the first candidate line was met; NULL: none
} Progress;

static bool newline_ends(const Progress *g) {
  if (g->depth > 0) return false;
  return g->name ? name_ends_statement(g->name, (size_t)(g->token_end - g->name)) : g->ends_statement;
}

// At the first byte of a line. Whether the declaration ends before it; *end is where.
static bool line_cuts(const Splitter *s, Progress *g, const char *line, const char **end) {
  if (!at_decl_keyword(line, s->end)) return false;
  bool certain = at_certain_decl(line, s->end);
  if (g->depth <= 0) {
    *end = g->token_end;
    return *line != 'f' || certain;
  }
  if (!g->candidate_end) g->candidate_end = g->token_end;
  *end = g->candidate_end;
  return certain;
}

// s->p is at a declaration's first byte. Returns where its last token ends.
static const char *skip_declaration(Splitter *s) {
  Progress g = {.token_end = s->p};
  const char *end = NULL;
  while (s->p < s->end) {
    char c = *s->p;
    bool newline = c == '\n';
    if (newline) {
      s->p++;
    } else if (at_comment(s)) {
      newline = skip_comment(s);
      if (newline && s->p < s->end && *s->p == '\n') newline = false; // the newline itself comes next
      if (!newline) continue;
    }
    if (newline) {
      if (newline_ends(&g)) return g.token_end;
      if (s->p[-1] == '\n' && line_cuts(s, &g, s->p, &end)) return end;
      continue;
    }
    if (c == ' ' || c == '\t' || c == '\r') {
      s->p++;
      continue;
    }
    if (c == ';' && g.depth <= 0) return g.token_end;
    const char *start = s->p;
    g.name = NULL;
    g.ends_statement = true;
    if (is_name_byte(c)) {
      while (s->p < s->end && is_name_byte(*s->p)) s->p++;
      if (is_name_start(c)) g.name = start;
    } else if (c == '"' || c == '`' || c == '\'') {
      skip_literal(s);
    } else {
      if (c == '(' || c == '[' || c == '{')
        g.depth++, g.ends_statement = false;
      else if (c == ')' || c == ']' || c == '}')
        g.depth--;
      else
        g.ends_statement = false;
      s->p++;
    }
    g.token_end = s->p;
  }
  return g.depth > 0 && g.candidate_end ? g.candidate_end : g.token_end;
}

// White space and comments; before declarations also the semicolons of empty ones.
static void skip_space(Splitter *s, bool semicolons) {
  while (s->p < s->end) {
    char c = *s->p;
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || (c == ';' && semicolons))
      s->p++;
    else if (at_comment(s))
      skip_comment(s);
    else
      return;
  }
}

static uint32_t pragma_bits(Str text) {
  ptrdiff_t space = str_index_byte(text, ' ');
  Str verb = space < 0 ? text : str_slice(text, 0, (size_t)space);
  static const struct {
    const char *verb;
    uint32_t bits; // with what it implies
  } verbs[] = {
    {"go:noinline", PRAGMA_NOINLINE},
    {"go:noescape", PRAGMA_NOESCAPE},
    {"go:nosplit", PRAGMA_NOSPLIT | PRAGMA_NOCHECKPTR},
    {"go:norace", PRAGMA_NORACE},
    {"go:nocheckptr", PRAGMA_NOCHECKPTR},
    {"go:systemstack", PRAGMA_SYSTEMSTACK},
    {"go:nowritebarrier", PRAGMA_NOWRITEBARRIER},
    {"go:nowritebarrierrec", PRAGMA_NOWRITEBARRIERREC | PRAGMA_NOWRITEBARRIER},
    {"go:yeswritebarrierrec", PRAGMA_YESWRITEBARRIERREC},
    {"go:cgo_unsafe_args", PRAGMA_CGO_UNSAFE_ARGS | PRAGMA_NOCHECKPTR},
    {"go:uintptrkeepalive", PRAGMA_UINTPTR_KEEPALIVE},
    {"go:uintptrescapes", PRAGMA_UINTPTR_ESCAPES | PRAGMA_UINTPTR_KEEPALIVE},
    {"go:notinheap", PRAGMA_NOTINHEAP},
    {"go:registerparams", PRAGMA_REGISTERPARAMS},
    {"go:embed", PRAGMA_EMBED},
  };
  for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
    if (str_equal(verb, str_of(verbs[i].verb))) return verbs[i].bits;
  return 0;
}

// Whether text that begins no declaration reads on from the function above: closes a bracket, is indented, or goes on
// in the same line. Text at the left edge is rather a declaration that has lost its keyword (with or without the
// space).
static bool reads_on(const Splitter *s, const char *p) {
  if (*p == '}' || *p == ')' || *p == ']') return true;
  const char *line = p;
  while (line > s->text && line[-1] != '\n') line--;
  return p - line > 1 || (p > line && *line != ' ');
}

// Cuts the next declaration off. False: there is none.
static bool split_declaration(Splitter *s) {
  Split *out = s->out;
  uint32_t above = out->directives.len;
  skip_space(s, true);
  if (s->p >= s->end) return false;
  Chunk c = {.keyword = offset_of(s, s->p)};
  c.start = above < out->directives.len ? out->directives.items[above].offset : c.keyword;
  for (uint32_t i = above; i < out->directives.len; i++) c.pragma |= pragma_bits(out->directives.items[i].text);
  uint32_t inside = out->directives.len;
  s->in_declaration = true;
  const char *begin = s->p, *end = skip_declaration(s);
  s->in_declaration = false;
  if (end <= begin) end = begin + 1;
  c.end = offset_of(s, end);
  s->p = end;
  // What was met past the end is met again from there.
  while (out->directives.len > inside && out->directives.items[out->directives.len - 1].offset >= c.end)
    out->directives.len--;
  while (out->line_directives.len && out->line_directives.items[out->line_directives.len - 1].offset > c.end)
    out->line_directives.len--;
  while (out->errors.len && out->errors.items[out->errors.len - 1].offset >= c.end) out->errors.len--;
  if (word_at(begin, s->end, STR("var")))
    for (uint32_t i = inside; i < out->directives.len; i++)
      c.pragma |= pragma_bits(out->directives.items[i].text) & PRAGMA_EMBED;
  // Text that no declaration begins, after a function: its body ended too early, at a brace that closes another
  // block.
  Chunk *before = out->chunks.len ? &out->chunks.items[out->chunks.len - 1] : NULL;
  bool keyword = at_decl_keyword(begin, s->end), indented = begin > s->text && begin[-1] != '\n';
  bool stray = keyword ? s->keywords_inside && indented : reads_on(s, begin);
  s->closes_nothing |= *begin == '}';
  if (stray && before && word_at(s->text + before->keyword, s->end, STR("func")))
    before->end = c.end;
  else
    VEC_APPEND(&out->chunks, c);
  return true;
}

bool is_generated_line(Str line) {
  if (line.n && line.p[line.n - 1] == '\r') line.n--;
  Str head = STR("// Code generated "), tail = STR(" DO NOT EDIT.");
  return line.n >= head.n + tail.n && str_has_prefix(line, head) && str_has_suffix(line, tail);
}

// The comments above the package clause.
static void read_heading(Splitter *s, const char *start, const char *stop) {
  bool in_general = false;
  for (const char *p = start; p < stop;) {
    const char *eol = memchr(p, '\n', (size_t)(stop - p));
    if (!eol) eol = stop;
    Str line = {p, (size_t)(eol - p)};
    if (line.n && line.p[line.n - 1] == '\r') line.n--;
    s->out->is_generated |= is_generated_line(line);
    Str trimmed = str_trim(line);
    if (!in_general && str_has_prefix(trimmed, STR("//go:build")) && !s->out->build_constraint.p &&
        (trimmed.n == 10 || trimmed.p[10] == ' ' || trimmed.p[10] == '\t'))
      s->out->build_constraint = str_trim(str_slice(trimmed, 10, trimmed.n));
    bool line_comment = !in_general && str_has_prefix(trimmed, STR("//"));
    for (size_t i = 0; !line_comment && i + 1 < line.n; i++) {
      if (!in_general && line.p[i] == '/' && line.p[i + 1] == '/') break;
      if (!in_general && line.p[i] == '/' && line.p[i + 1] == '*')
        in_general = true, i++;
      else if (in_general && line.p[i] == '*' && line.p[i + 1] == '/')
        in_general = false, i++;
    }
    p = eol + 1;
  }
}

static void split_package_clause(Splitter *s) {
  const char *start = s->p;
  skip_space(s, false);
  read_heading(s, start, s->p);
  if (!word_at(s->p, s->end, STR("package"))) {
    split_error(s, s->p, "syntax error: package statement must be first");
    return;
  }
  s->p += sizeof "package" - 1;
  skip_space(s, false);
  const char *name = s->p;
  while (s->p < s->end && is_name_byte(*s->p)) s->p++;
  bool keyword = !name_ends_statement(name, (size_t)(s->p - name));
  if (s->p == name || !is_name_start(*name) || keyword) {
    split_error(s, name, "syntax error: expected package name");
    if (keyword) s->p = name;
    return;
  }
  s->out->package_name = (Str){name, (size_t)(s->p - name)};
  s->out->package_pos = offset_of(s, name);
  const char *after = s->p;
  while (after < s->end && (*after == ' ' || *after == '\t' || *after == '\r')) after++;
  if (after < s->end && *after != '\n' && *after != ';' && *after != '/') {
    split_error(s, after, "syntax error: unexpected token after package clause");
    const char *eol = memchr(after, '\n', (size_t)(s->end - after));
    s->p = eol ? eol : s->end;
  }
}

static void split_once(Splitter *s, Split *out, Str text) {
  s->out = out;
  s->text = s->p = text.p;
  s->end = text.p + text.n;
  if (str_has_prefix(text, STR("\xEF\xBB\xBF"))) s->p += 3;
  if (!text.n) s->text = s->end = s->p = "";
  split_package_clause(s);
  out->directives.len = 0; // those above the package clause are not a declaration's
  while (split_declaration(s)) {
  }
}

void split_file(Split *out, Str text) {
  *out = (Split){0};
  Splitter first = {0};
  split_once(&first, out, text);
  out->is_plain = !first.open_raw_string && !first.closes_nothing;
  if (out->is_plain) return;
  Splitter second = {.cut_raw_strings = first.open_raw_string, .keywords_inside = first.closes_nothing};
  Split before = *out;
  *out = (Split){0};
  split_once(&second, out, text);
  split_release(&before);
}

// ---- After an edit

static uint32_t end_of(const AstFile *f, uint32_t i) {
  return f->slot_starts[f->decls[i]->slot] + (uint32_t)f->decls[i]->text.n;
}

// How many declarations of the version before are for certain as they were, although all behind `same` bytes may be
// new. Where a declaration ends is decided before the next one begins if its brackets balance; else further on,
// perhaps. And one may still get what follows it, if that begins no declaration: so the last but one.
static uint32_t untouched(const AstFile *before, uint32_t same) {
  uint32_t n = same ? ast_file_decl_before(before, same - 1) : UINT32_MAX; // the n-th begins in what is the same
  if (n == UINT32_MAX) return 0;
  if (before->errors.len) {
    uint32_t broken = ast_file_decl_before(before, before->errors.items[0].offset);
    if (broken == UINT32_MAX) broken = 0;
    if (n > broken) n = broken;
  }
  return n ? n - 1 : 0;
}

// The number of the declaration of the version before which the one that was just cut off is, with all that follows;
// UINT32_MAX: none. tail: from where on the text is as before; moved: by how many bytes.
static uint32_t met_again(const Splitter *s, const AstFile *before, uint32_t tail, uint32_t moved) {
  Chunk c = s->out->chunks.items[s->out->chunks.len - 1];
  if (c.start <= tail || !memchr(s->text + tail, '\n', c.start - tail)) return UINT32_MAX; // what is before it counts
  uint32_t was = c.start - moved, i = ast_file_decl_before(before, was);
  bool same =
    i != UINT32_MAX && before->slot_starts[before->decls[i]->slot] == was && end_of(before, i) == c.end - moved;
  return same && before->decls[i]->pragma == c.pragma ? i : UINT32_MAX;
}

static bool is_ordinary(const Split *split) {
  for (uint32_t i = 0; i < split->directives.len; i++)
    if (str_has_prefix(split->directives.items[i].text, STR("go:linkname "))) return false;
  return !split->errors.len && !split->line_directives.len;
}

bool split_edit(Split *out, Str text, const AstFile *before, uint32_t prefix, uint32_t suffix, SplitEdit *edit) {
  *out = (Split){.is_plain = true};
  bool ordinary = before->is_plain && !before->outside_errors && !before->line_directives.len &&
                  !before->linknames.len && before->decl_count && before->package_name;
  if (!ordinary || before->slot_starts[before->decls[0]->slot] >= prefix) return false;
  uint32_t tail = (uint32_t)text.n - suffix, moved = (uint32_t)(text.n - before->text.n),
           first = untouched(before, prefix);
  Splitter s = {.out = out, .text = text.p, .end = text.p + text.n};
  uint32_t from = first ? end_of(before, first - 1) : before->package_pos + before->package_name->len;
  s.p = text.p + from;
  if (first) { // what follows may go on with it
    const AstDecl *d = before->decls[first - 1];
    Chunk last = {.start = before->slot_starts[d->slot], .end = from, .pragma = d->pragma};
    last.keyword = last.start;
    VEC_APPEND(&out->chunks, last);
  }
  uint32_t rest = before->decl_count;
  while (split_declaration(&s)) {
    uint32_t i = met_again(&s, before, tail, moved);
    if (i == UINT32_MAX || i < first) continue;
    rest = i;
    out->chunks.len--;
    break;
  }
  if (first) {
    bool grew = out->chunks.items[0].end != from;
    memmove(out->chunks.items, out->chunks.items + 1, --out->chunks.len * sizeof *out->chunks.items);
    if (grew) return false;
  }
  *edit = (SplitEdit){first, rest, moved};
  return !s.open_raw_string && !s.closes_nothing && is_ordinary(out);
}

uint32_t split_end(Str text, uint32_t offset) {
  Split out = {0};
  Splitter s = {.out = &out, .text = text.p, .p = text.p + offset, .end = text.p + text.n};
  bool begins = offset < text.n && at_decl_keyword(s.p, s.end) && split_declaration(&s);
  uint32_t end = begins ? out.chunks.items[0].end : offset;
  split_release(&out);
  return end;
}

void split_release(Split *s) {
  free(s->chunks.items);
  free(s->directives.items);
  free(s->line_directives.items);
  free(s->errors.items);
  *s = (Split){0};
}
