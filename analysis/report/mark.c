// mark.c: which token of an expression or statement decides, and how the expression is named on one line.
//
// Ranges of findings are whole expressions, by which they are looked up. What is underlined is the token that makes it
// an allocation: of a call its callee (`append`, `make`, `fmt.Errorf`), of a literal its type with the `&` before it,
// of a function literal `func`, of operators the operator, of a statement its keyword or operator; what is only taken
// along (an argument that is put in an interface) is marked by its name. A mark never goes on in another line.
#include "report/finding_internal.h"
#include "syntax/syntax.h"

enum { WHOLE = 24 }; // bytes of an operand that is marked as a whole

typedef struct Mark {
  uint32_t from, to;
} Mark;

static bool is_word_byte(char c) {
  unsigned char u = (unsigned char)c;
  return (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || (u >= '0' && u <= '9') || u == '_' || u >= 0x80;
}

static uint32_t word_end(Str text, uint32_t at) {
  uint32_t end = at;
  while (end < text.n && is_word_byte(text.p[end])) end++;
  return end > at ? end : at + 1;
}

static bool on_one_line(Str text, const Ast *n) { return str_index_byte(str_slice(text, n->start, n->end), '\n') < 0; }

static Mark whole(const Ast *n) { return (Mark){n->start, n->end}; }

// The type of a literal: up to the fields of a struct.
static Mark type_mark(Str text, const Ast *n) {
  ptrdiff_t brace = str_index_byte(str_slice(text, n->start, n->end), '{');
  return (Mark){n->start, brace > 0 ? n->start + (uint32_t)brace : n->end};
}

static Mark selector_mark(Str text, const Ast *n) {
  const Ast *x = n->u.selector.x, *sel = n->u.selector.sel;
  if (x && x->kind == AST_NAME && on_one_line(text, n)) return whole(n);
  return sel ? whole(sel) : whole(n);
}

static Mark callee_mark(Str text, const Ast *call) {
  const Ast *fun = call->u.call.fun ? ast_unparen(call->u.call.fun) : NULL;
  if (fun && fun->kind == AST_INDEX) fun = ast_unparen(fun->u.index.x); // instantiated
  if (!fun) return (Mark){call->pos, call->pos + 1};
  if (fun->kind == AST_SELECTOR) return selector_mark(text, fun);
  if (fun->kind == AST_FUNC_LIT) return (Mark){fun->start, word_end(text, fun->start)};
  return type_mark(text, fun);
}

static uint32_t operator_length(const Ast *n) {
  if (n->kind == AST_BINARY) return (uint32_t)strlen(token_text((Token)n->op));
  if (n->kind == AST_SEND_STMT) return 2;
  switch (n->u.assign.form) {
  case ASSIGN_DEFINE:
  case ASSIGN_INCDEC: return 2;
  case ASSIGN_OP: return (uint32_t)strlen(token_text((Token)n->op)) + 1;
  default: return 1;
  }
}

static Mark literal_mark(Str text, const Ast *n) {
  const Ast *type = n->u.composite.type;
  return type ? type_mark(text, type) : (Mark){n->pos, n->pos + 1};
}

// What an operand is taken from, if it is too long to be marked as a whole; NULL: it is not.
static const Ast *inner(const Ast *n) {
  switch (n->kind) {
  case AST_PAREN: return n->u.paren.x;
  case AST_INDEX: return n->u.index.x;
  case AST_SLICE: return n->u.slice.x;
  case AST_STAR: return n->u.star.x;
  case AST_TYPE_ASSERT: return n->u.assert_.x;
  case AST_EXPR_STMT: return n->u.expr_stmt.x;
  default: return NULL;
  }
}

static Mark mark_of(Str text, const Ast *n) {
  for (const Ast *x; (x = inner(n));) {
    bool is_short = n->end - n->start <= WHOLE && on_one_line(text, n);
    if (is_short && n->kind != AST_EXPR_STMT && n->kind != AST_PAREN) return whole(n);
    n = x;
  }
  switch (n->kind) {
  case AST_CALL: return callee_mark(text, n);
  case AST_COMPOSITE_LIT: return literal_mark(text, n);
  case AST_FUNC_LIT: return (Mark){n->start, word_end(text, n->start)};
  case AST_SELECTOR: return selector_mark(text, n);
  case AST_BINARY:
  case AST_SEND_STMT:
  case AST_ASSIGN_STMT: return (Mark){n->pos, n->pos + operator_length(n)};
  case AST_UNARY: {
    const Ast *x = n->u.unary.x ? ast_unparen(n->u.unary.x) : NULL;
    if (x && x->kind == AST_COMPOSITE_LIT) return (Mark){n->start, literal_mark(text, x).to};
    return n->end - n->start <= WHOLE ? whole(n) : (Mark){n->pos, n->pos + 1};
  }
  default: break;
  }
  return ast_kind_is_stmt((AstKind)n->kind) ? (Mark){n->pos, word_end(text, n->pos)} : whole(n);
}

void finding_mark(Finding *f, const Ast *n, uint32_t base) {
  Str text = f->decl->text;
  Mark m = mark_of(text, n);
  if (m.to > text.n) m.to = (uint32_t)text.n;
  ptrdiff_t end = str_index_byte(str_slice(text, m.from, m.to), '\n');
  if (end > 0) m.to = m.from + (uint32_t)end;
  while (m.to > m.from + 1 && (text.p[m.to - 1] == ' ' || text.p[m.to - 1] == '\t' || text.p[m.to - 1] == '\r')) m.to--;
  if (base + m.from < f->start || base + m.to > f->end || m.to <= m.from) return;
  f->mark_at = base + m.from - f->start;
  f->mark_length = m.to - m.from;
}

// ---- Names

enum { EXPRESSION_SHOWN = 32, ARGUMENT_SHOWN = 14 };

static void write_cut(Buf *out, Arena *arena, Str text, size_t most) {
  text = finding_c_words(arena, text);
  ptrdiff_t line = str_index_byte(text, '\n');
  size_t end = line >= 0 ? (size_t)line : text.n;
  ptrdiff_t comment = str_index(str_slice(text, 0, end), STR(" //"));
  if (comment > 0 && line >= 0) end = (size_t)comment;
  if (end > most) {
    end = most;
    while (end && ((unsigned char)text.p[end] & 0xC0) == 0x80) end--;
  }
  Str shown = str_trim(str_slice(text, 0, end));
  buf_printf(out, "%.*s%s", STR_ARG(shown), end == text.n ? "" : line >= 0 && end < most ? " …" : "…");
}

static void write_call(Buf *out, Arena *arena, Str text, const Ast *n) {
  Mark callee = callee_mark(text, n);
  write_cut(out, arena, str_slice(text, callee.from, callee.to), EXPRESSION_SHOWN - 4);
  const Ast *first = n->u.call.args.len ? n->u.call.args.items[0] : NULL;
  bool is_short = first && first->end - first->start <= ARGUMENT_SHOWN && on_one_line(text, first);
  buf_byte(out, '(');
  if (is_short) buf_str(out, str_slice(text, first->start, first->end));
  if (!is_short && first) write_cut(out, arena, str_slice(text, first->start, first->end), ARGUMENT_SHOWN);
  if (n->u.call.args.len > 1) buf_puts(out, ", …");
  buf_byte(out, ')');
}

Str finding_expression(FindingMaker *m, const Finding *f, const Ast *n) {
  bool is_elsewhere = f->inlined_from.n && !(n && n->kind == AST_CALL); // of what is inlined the call is named
  if (f->kind != FINDING_SITE || !n || is_elsewhere || str_has_prefix(f->subject, STR("the loop's"))) return f->subject;
  while (n->kind == AST_PAREN && n->u.paren.x) n = n->u.paren.x;
  Str text = f->decl->text, source = finding_c_words(m->arena, str_slice(text, n->start, n->end));
  const Ast *literal = n->kind == AST_UNARY && n->u.unary.x ? ast_unparen(n->u.unary.x) : n;
  Buf out = {0};
  if (n->kind == AST_FUNC_LIT) {
    buf_puts(&out, "func literal");
  } else if (source.n <= EXPRESSION_SHOWN && str_index_byte(source, '\n') < 0) {
    buf_str(&out, source);
  } else if (n->kind == AST_CALL) {
    write_call(&out, m->arena, text, n);
  } else if (literal->kind == AST_COMPOSITE_LIT) {
    Mark type = literal_mark(text, literal);
    if (literal != n) buf_byte(&out, '&');
    if (literal->u.composite.type) write_cut(&out, m->arena, str_slice(text, type.from, type.to), EXPRESSION_SHOWN - 5);
    buf_puts(&out, "{…}");
  } else {
    write_cut(&out, m->arena, source, EXPRESSION_SHOWN - 1);
  }
  Str shown = str_equal(buf_view(&out), f->subject) ? f->subject : arena_str(m->arena, buf_view(&out));
  buf_release(&out);
  return shown;
}
