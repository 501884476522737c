// words.c: names that only the compiler has. gc prints temporaries (.autotmp_4), results without a name (~r0), the
// variables of a loop over a function (#yield1), shapes (go.shape.int), dictionaries, bodies of such loops (F-range1)
// and operations that it has no form for (<node DYNAMICTYPE>); the cgo tool adds its own (_cgo0, _Cfunc_puts). None of
// them is in the source, so none is shown: where the source is not to be had, "…" stands for them.
//
// A scan from left to right; string and rune literals are the user's, whatever stands in them.
#include "report/finding_internal.h"
#include "syntax/syntax.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static size_t digits(Str s, size_t at) {
  while (at < s.n && is_digit(s.p[at])) at++;
  return at;
}

#define STARTS(s, at, literal)                                                                                         \
  ((s).n - (at) >= sizeof(literal) - 1 && !memcmp((s).p + (at), literal, sizeof(literal) - 1))

// Past the literal that begins there.
static size_t literal_end(Str s, size_t at) {
  char quote = s.p[at++];
  while (at < s.n && s.p[at] != quote) at += s.p[at] == '\\' && quote != '`' ? 2 : 1;
  return at < s.n ? at + 1 : s.n;
}

typedef enum Made { MADE_NOT, MADE_NAME, MADE_SHAPE, MADE_NODE, MADE_SUFFIX } Made;

// What the compiler made that begins there; *end: past it.
static Made made_at(Str s, size_t at, size_t *end) {
  static const char shape[] = "go.shape.", node[] = "<node ", range[] = "-range", temporary[] = ".autotmp_";
  char before = at ? s.p[at - 1] : ' ', after = at + 1 < s.n ? s.p[at + 1] : ' ';
  size_t stop = at + 1;
  switch (s.p[at]) { // of most bytes nothing else is looked at
  case 'g':
    if (STARTS(s, at, shape)) return *end = at + sizeof shape - 1, MADE_SHAPE;
    break;
  case '<':
    if (STARTS(s, at, node)) {
      ptrdiff_t close = str_index_byte(str_slice(s, at, s.n), '>');
      return *end = close < 0 ? s.n : at + (size_t)close + 1, MADE_NODE;
    }
    break;
  case '-':
    if (!STARTS(s, at, range) || !is_letter(before | 0x20)) break;
    stop = digits(s, at + sizeof range - 1);
    if (stop > at + sizeof range - 1) return *end = stop, MADE_SUFFIX;
    break;
  case '.':
    if (STARTS(s, at, temporary)) return *end = digits(s, at + sizeof temporary - 1), MADE_NAME;
    if (STARTS(s, at, ".dict") && !is_letter(before) && !is_digit(before) && before != ')' && before != ']' &&
        !(at + 5 < s.n && is_letter(s.p[at + 5])))
      return *end = at + 5, MADE_NAME;
    break;
  case '_': // cgo's: _cgo0, _cgoBase0
    if (!STARTS(s, at, "_cgo") || is_letter(before) || is_digit(before)) break;
    stop = at + 4;
    while (stop < s.n && is_letter(s.p[stop])) stop++;
    if (digits(s, stop) > stop) return *end = digits(s, stop), MADE_NAME;
    break;
  case '~':
    if (is_letter(after) && at + 2 < s.n && is_digit(s.p[at + 2])) return *end = digits(s, at + 2), MADE_NAME;
    break;
  case '#':
    if (!is_letter(after)) break;
    while (stop < s.n && (is_letter(s.p[stop]) || is_digit(s.p[stop]))) stop++;
    return *end = stop, MADE_NAME;
  default: break;
  }
  return MADE_NOT;
}

// ---- cgo's names: _Cfunc_puts is C.puts

static const char *const cgo_prefixes[] = {"_Ctype_",     "_Cfunc_",   "_C2func_",  "_Cvar_",   "_Cmacro_",
                                           "_Cfpvar_fp_", "_Ciconst_", "_Cfconst_", "_Csconst_"};

// The end of a prefix that the tool gives to a name of C; at: none begins there.
static size_t cgo_prefix_end(Str s, size_t at) {
  bool inside = at && (is_letter(s.p[at - 1]) || is_digit(s.p[at - 1]));
  for (size_t i = 0; !inside && i < sizeof cgo_prefixes / sizeof *cgo_prefixes; i++) {
    size_t n = strlen(cgo_prefixes[i]);
    if (s.n - at > n && !memcmp(s.p + at, cgo_prefixes[i], n)) return at + n;
  }
  return at;
}

// The end of a comment that says where the text after it was; at: none begins there.
static size_t line_comment_end(Str s, size_t at) {
  if (!STARTS(s, at, "/*line ")) return at;
  ptrdiff_t end = str_index(str_slice(s, at, s.n), STR("*/"));
  return end < 0 ? at : at + (size_t)end + 2;
}

Str finding_c_words(Arena *arena, Str s) {
  if (str_index(s, STR("_C")) < 0 && str_index(s, STR("/*line ")) < 0) return s;
  Buf out = {0};
  for (size_t i = 0; i < s.n;) {
    size_t named = cgo_prefix_end(s, i), comment = line_comment_end(s, i);
    if (named > i) {
      // The package that the C name was made for is not said: a name of C has none.
      size_t cut = out.len;
      if (cut && out.text[cut - 1] == '.')
        for (cut--; cut && (is_letter(out.text[cut - 1]) || is_digit(out.text[cut - 1]));) cut--;
      out.len = cut;
      buf_puts(&out, "C.");
      i = named;
    } else if (comment > i) {
      i = comment;
      while (out.len && out.text[out.len - 1] == ' ') out.len--;
    } else {
      buf_byte(&out, s.p[i++]);
    }
  }
  Str words = arena_str(arena, buf_view(&out));
  buf_release(&out);
  return words;
}

bool finding_has_made_name(Str s) {
  for (size_t i = 0, end; i < s.n;) {
    if (s.p[i] == '"' || s.p[i] == '`' || s.p[i] == '\'') {
      i = literal_end(s, i);
      continue;
    }
    if (made_at(s, i, &end) != MADE_NOT) return true;
    i++;
  }
  return false;
}

Str finding_gc_words(const Finding *f) { return finding_has_made_name(f->gc_words) ? STR_NONE : f->gc_words; }

// The type arguments that begin there are shapes: past them. 0: they are not, or it is no list of those.
static size_t shape_list_end(Str s, size_t at) {
  char before = at ? s.p[at - 1] : ' ';
  if (s.p[at] != '[' || !(is_letter(before) || is_digit(before)) || (at >= 3 && STARTS(s, at - 3, "map"))) return 0;
  size_t end = at, depth = 0;
  do {
    depth += s.p[end] == '[';
    depth -= s.p[end] == ']';
  } while (depth && ++end < s.n);
  if (end == s.n || str_index(str_slice(s, at, end), STR("go.shape.")) < 0) return 0;
  return end + 1;
}

// "fmt." in front of a variable of that package's function.
static void drop_qualifier(Buf *out) {
  if (!out->len || out->text[out->len - 1] != '.') return;
  size_t cut = out->len - 1;
  while (cut && (is_letter(out->text[cut - 1]) || is_digit(out->text[cut - 1]))) cut--;
  out->len = cut;
}

void write_without_made(Buf *out, Str s) {
  for (size_t i = 0, end; i < s.n;) {
    if (s.p[i] == '"' || s.p[i] == '`' || s.p[i] == '\'') {
      end = literal_end(s, i);
      buf_str(out, str_slice(s, i, end));
    } else if ((end = shape_list_end(s, i))) {
      // the source does not have them there
    } else {
      Str unsafe = str_slice(s, i + 6, s.n);
      switch (made_at(s, i, &end)) {
      case MADE_NOT: buf_byte(out, s.p[i]), end = i + 1; break;
      case MADE_NAME: drop_qualifier(out), buf_puts(out, "…"); break;
      case MADE_NODE:
        if (str_has_prefix(unsafe, STR("unsafe.")))
          buf_printf(out, "%.*s(…)", STR_ARG(str_slice(s, i + 6, end - 1)));
        else
          buf_puts(out, "…");
        break;
      case MADE_SHAPE:
      case MADE_SUFFIX: break;
      }
    }
    i = end;
  }
}

Str without_made(FindingMaker *m, Str s) {
  if (!finding_has_made_name(s)) return s;
  Buf out = {0};
  write_without_made(&out, s);
  s = arena_str(m->arena, buf_view(&out));
  buf_release(&out);
  return s;
}

// ---- Functions

static Sym type_name(const Ast *t, bool *pointer) {
  for (unsigned depth = 0; t && depth < 20; depth++) {
    switch ((int)t->kind) {
    case AST_PAREN: t = ast_unparen(t); continue;
    case AST_STAR: *pointer = true, t = t->u.star.x; continue;
    case AST_INDEX: t = t->u.index.x; continue;
    case AST_NAME: return t->u.name.name;
    default: return NULL;
    }
  }
  return NULL;
}

bool write_declared_function(Buf *out, FindingMaker *m, const AstDecl *decl) {
  const Ast *fn = decl && decl->kind == DECL_FUNC && decl->specs.len ? decl->specs.items[0] : NULL;
  if (!fn || fn->kind != AST_FUNC_DECL || !fn->u.func_decl.name) return false;
  const AstFile *file = range_file(m, decl);
  const Package *pkg = m->unit->pkg;
  bool other = file && pkg->file_count && pkg->files[0]->package_name != file->package_name;
  if (other) buf_printf(out, "%s.", file->package_name->text);
  bool pointer = false;
  const Ast *recv = fn->u.func_decl.recv;
  Sym type = recv && recv->kind == AST_FIELD ? type_name(recv->u.field.type, &pointer) : NULL;
  if (type) buf_printf(out, pointer ? "(*%s)." : "%s.", type->text);
  buf_str(out, sym_str(fn->u.func_decl.name->u.name.name));
  return true;
}

// ---- Expressions

// The source of an expression, where that is on one line; empty: not to be had.
static Str source_of(const FindingMaker *m, const IrNode *n) {
  const Ast *at = n->pos.decl ? range_node((FindingMaker *)m, (Pos){n->pos.decl, n->pos.offset}, WANT_EXPR) : NULL;
  Str text = at ? range_text(n->pos.decl, at) : STR_NONE;
  return str_index_byte(text, '\n') >= 0 ? STR_NONE : text;
}

// As gc prints it; as it is written where gc prints names of its own making.
void write_expr(Buf *out, const FindingMaker *m, const IrNode *n) {
  enum { SHOWN = 60, ENOUGH = 1000 }; // what is not shown may yet tell that the compiler made it
  Buf printed = {.enough = ENOUGH}, text = {0};
  if (n) ir_write_node(&printed, m->unit, n);
  write_without_made(&text, buf_view(&printed));
  bool made = n && finding_has_made_name(buf_view(&printed));
  Str source = made && (!n->pos.inl || str_index(buf_view(&text), STR("…")) >= 0) ? source_of(m, n) : STR_NONE;
  if (source.n) {
    text.len = 0;
    buf_str(&text, source);
  }
  buf_byte(out, '`');
  if (text.len > SHOWN) {
    size_t cut = SHOWN;
    while (cut && ((unsigned char)text.text[cut] & 0xC0) == 0x80) cut--;
    buf_str(out, (Str){text.text, cut});
    buf_puts(out, "…");
  } else {
    buf_str(out, buf_view(&text));
  }
  buf_byte(out, '`');
  buf_release(&printed);
  buf_release(&text);
}

bool reason_is_inlined(const FindingMaker *m, IrPos pos) {
  return pos.inl && pos.inl < m->unit->inline_tree.len && ir_outermost_pos(m->unit, pos).decl != pos.decl;
}

void write_whose(Buf *out, const FindingMaker *m, IrPos pos) {
  if (!reason_is_inlined(m, pos)) return;
  buf_puts(out, " of `");
  if (!write_declared_function(out, (FindingMaker *)m, pos.decl))
    write_function_name(out, m, m->unit->inline_tree.items[pos.inl].callee);
  buf_puts(out, "`, which is inlined here");
}
