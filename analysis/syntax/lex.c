// lex.c: Go's lexical grammar (spec, "Lexical elements"), one token at a time.
//
// A newline ends a statement when the last token of its line is a name, a literal, one of break continue fallthrough
// return ++ -- ) ] }: then a semicolon token is made of it. A general comment that spans lines acts like a newline.
#include "syntax/lex_internal.h"

#include "base/unicode.h"

static const char *const token_names[LEX_TOKEN_COUNT] = {
  "end of file",
  "name",
  "literal",
  "operator",
  "*",
  "<-",
  "assignment operator",
  "++ or --",
  "=",
  ":=",
  "(",
  "[",
  "{",
  ")",
  "]",
  "}",
  "comma",
  "semicolon or newline",
  ":",
  ".",
  "...",
  "character",
  "keyword break",
  "keyword case",
  "keyword chan",
  "keyword const",
  "keyword continue",
  "keyword default",
  "keyword defer",
  "keyword else",
  "keyword fallthrough",
  "keyword for",
  "keyword func",
  "keyword go",
  "keyword goto",
  "keyword if",
  "keyword import",
  "keyword interface",
  "keyword map",
  "keyword package",
  "keyword range",
  "keyword return",
  "keyword select",
  "keyword struct",
  "keyword switch",
  "keyword type",
  "keyword var",
};

const char *lex_token_text(LexToken token) { return token < LEX_TOKEN_COUNT ? token_names[token] : "?"; }

static LexToken keyword_of(Str name) {
  for (int t = LEX_BREAK; t < LEX_TOKEN_COUNT; t++)
    if (str_equal(name, str_of(token_names[t] + sizeof "keyword " - 1))) return (LexToken)t;
  return LEX_NAME;
}

static uint32_t name_hash(Str name) {
  uint32_t h = 0;
  for (size_t i = 0; i < name.n; i++) h = h * 31 + (unsigned char)name.p[i];
  return h;
}

static Sym cache_lookup(NameCache *c, Str name, uint32_t hash, LexToken *token) {
  uint32_t at = (hash ^ hash >> 12) & (NAME_CACHE_SIZE - 1);
  Sym sym = c->entries[at].sym;
  if (!sym || sym->len != name.n || memcmp(sym->text, name.p, name.n) != 0) {
    c->entries[at].sym = sym = intern(c->interner, name);
    c->entries[at].token = (uint8_t)(name.n >= 2 && name.n <= 11 ? keyword_of(name) : LEX_NAME);
  }
  *token = (LexToken)c->entries[at].token;
  return sym;
}

Sym name_cache_get(NameCache *c, Str name) {
  LexToken token;
  return cache_lookup(c, name, name_hash(name), &token);
}

void lexer_init(Lexer *lx, NameCache *names, Str text, LexError report, void *context) {
  *lx = (Lexer){.text = text.p,
                .end = text.p + text.n,
                .next = text.p,
                .names = names,
                .report = report,
                .report_context = context};
}

static uint32_t offset_of(const Lexer *lx, const char *p) { return (uint32_t)(p - lx->text); }

static void fault(Lexer *lx, const char *at, const char *message) {
  lx->report(lx->report_context, offset_of(lx, at), message);
}

static bool is_letter(unsigned char c) { return ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_'; }
static bool is_decimal(unsigned char c) { return c >= '0' && c <= '9'; }
static bool is_hex(unsigned char c) { return is_decimal(c) || ((c | 32) >= 'a' && (c | 32) <= 'f'); }

// A name that has a byte above ASCII: letters and digits as Unicode classes them.
static const char *scan_wide_name(Lexer *lx, const char *p) {
  while (p < lx->end) {
    unsigned char c = (unsigned char)*p;
    if (is_letter(c) || is_decimal(c)) {
      p++;
      continue;
    }
    if (c < 0x80) break;
    int width;
    uint32_t rune = utf8_decode((Str){p, (size_t)(lx->end - p)}, &width);
    if (!unicode_is_letter(rune) && !unicode_is_digit(rune)) {
      if (rune == RUNE_ERROR && width <= 1) break;
      fault(lx, p, "invalid character in identifier");
    }
    p += width;
  }
  return p;
}

static void scan_name(Lexer *lx, const char *p) {
  uint32_t hash = 0;
  const char *start = p;
  for (; is_letter((unsigned char)*p) || is_decimal((unsigned char)*p); p++) hash = hash * 31 + (unsigned char)*p;
  if ((unsigned char)*p >= 0x80) {
    p = scan_wide_name(lx, p);
    hash = name_hash((Str){start, (size_t)(p - start)});
  }
  lx->next = p;
  lx->sym = cache_lookup(lx->names, (Str){start, (size_t)(p - start)}, hash, &lx->token);
  switch (lx->token) {
  case LEX_NAME:
  case LEX_BREAK:
  case LEX_CONTINUE:
  case LEX_FALLTHROUGH:
  case LEX_RETURN: lx->line_end_before_semicolon = true; break;
  case LEX_EOF:
  case LEX_LITERAL:
  case LEX_OPERATOR:
  case LEX_STAR:
  case LEX_ARROW:
  case LEX_ASSIGN_OP:
  case LEX_INC_DEC:
  case LEX_ASSIGN:
  case LEX_DEFINE:
  case LEX_LPAREN:
  case LEX_LBRACK:
  case LEX_LBRACE:
  case LEX_RPAREN:
  case LEX_RBRACK:
  case LEX_RBRACE:
  case LEX_COMMA:
  case LEX_SEMICOLON:
  case LEX_COLON:
  case LEX_DOT:
  case LEX_ELLIPSIS:
  case LEX_BAD:
  case LEX_CASE:
  case LEX_CHAN:
  case LEX_CONST:
  case LEX_DEFAULT:
  case LEX_DEFER:
  case LEX_ELSE:
  case LEX_FOR:
  case LEX_FUNC:
  case LEX_GO:
  case LEX_GOTO:
  case LEX_IF:
  case LEX_IMPORT:
  case LEX_INTERFACE:
  case LEX_MAP:
  case LEX_PACKAGE:
  case LEX_RANGE:
  case LEX_SELECT:
  case LEX_STRUCT:
  case LEX_SWITCH:
  case LEX_TYPE:
  case LEX_VAR:
  case LEX_TOKEN_COUNT: break;
  }
}

// Digits of any base and '_'; *invalid is the first digit not below `base`. A '_' may come first after a prefix.
static const char *scan_digits(const char *p, int base, bool after_digit, bool *any, bool *separator_fault,
                               const char **invalid) {
  for (;; p++) {
    unsigned char c = (unsigned char)*p;
    if (c == '_') {
      if (!after_digit) *separator_fault = true;
      after_digit = false;
    } else if (is_decimal(c) || (base == 16 && is_hex(c))) {
      if (base <= 10 && c - '0' >= base && !*invalid) *invalid = p;
      after_digit = *any = true;
    } else {
      if (p[-1] == '_') *separator_fault = true;
      return p;
    }
  }
}

static void scan_number(Lexer *lx, const char *p) {
  const char *start = p, *invalid = NULL;
  bool any = false, separator_fault = false;
  int base = 10;
  char prefix = 0;
  lx->lit_kind = TOKEN_INT;
  if (*p == '0') {
    char c = (char)(p[1] | 32);
    if (c == 'x' || c == 'o' || c == 'b') {
      base = c == 'x' ? 16 : c == 'o' ? 8 : 2;
      prefix = c;
      p += 2;
    } else {
      base = 8;
      prefix = '0';
      p++;
      any = true;
    }
    p = scan_digits(p, base, true, &any, &separator_fault, &invalid);
  } else if (*p != '.') {
    p = scan_digits(p, base, false, &any, &separator_fault, &invalid);
  }
  if (*p == '.') {
    lx->lit_kind = TOKEN_FLOAT;
    if (prefix == 'o' || prefix == 'b') fault(lx, p, "invalid radix point in literal");
    p++;
    bool fraction = false;
    p = scan_digits(p, base == 8 ? 10 : base, false, &fraction, &separator_fault, &invalid);
    any |= fraction;
    if (prefix == '0') invalid = NULL;
  }
  if (!any) fault(lx, start, "literal has no digits");
  char e = (char)(*p | 32);
  if ((e == 'e' && base != 16) || e == 'p') {
    if (e == 'e' && prefix && prefix != '0') fault(lx, p, "'e' exponent requires decimal mantissa");
    if (e == 'p' && prefix != 'x') fault(lx, p, "'p' exponent requires hexadecimal mantissa");
    p++;
    lx->lit_kind = TOKEN_FLOAT;
    if (*p == '+' || *p == '-') p++;
    bool exponent = false;
    p = scan_digits(p, 10, false, &exponent, &separator_fault, &(const char *){NULL});
    if (!exponent) fault(lx, start, "exponent has no digits");
    if (prefix == '0') invalid = NULL;
  } else if (prefix == 'x' && lx->lit_kind == TOKEN_FLOAT) {
    fault(lx, start, "hexadecimal mantissa requires a 'p' exponent");
  }
  if (*p == 'i') {
    lx->lit_kind = TOKEN_IMAG;
    if (prefix == '0') invalid = NULL;
    p++;
  }
  if (invalid) fault(lx, invalid, "invalid digit in literal");
  if (separator_fault) fault(lx, start, "'_' must separate successive digits");
  lx->token = LEX_LITERAL;
  lx->next = p;
}

// After a backslash. quote is the delimiter that may be escaped too.
static const char *scan_escape(Lexer *lx, const char *p, char quote) {
  const char *start = p - 1;
  int digits = 0, base = 0;
  uint32_t limit = 0x10FFFF;
  switch (*p) {
  case 'a':
  case 'b':
  case 'f':
  case 'n':
  case 'r':
  case 't':
  case 'v':
  case '\\': return p + 1;
  case '0':
  case '1':
  case '2':
  case '3':
  case '4':
  case '5':
  case '6':
  case '7':
    digits = 3;
    base = 8;
    limit = 255;
    break;
  case 'x':
    p++;
    digits = 2;
    base = 16;
    limit = 255;
    break;
  case 'u':
    p++;
    digits = 4;
    base = 16;
    break;
  case 'U':
    p++;
    digits = 8;
    base = 16;
    break;
  default:
    if (*p == quote) return p + 1;
    if (p < lx->end && *p != '\n') fault(lx, start, "unknown escape");
    return p;
  }
  uint32_t value = 0;
  for (int i = 0; i < digits; i++, p++) {
    unsigned char c = (unsigned char)*p;
    uint32_t d = is_decimal(c) ? (uint32_t)(c - '0') : is_hex(c) ? (uint32_t)((c | 32) - 'a' + 10) : 99;
    if (d >= (uint32_t)base) {
      fault(lx, p < lx->end ? p : start, "invalid character in escape");
      return p;
    }
    value = value * (uint32_t)base + d;
  }
  if (value > limit)
    fault(lx, start, limit == 255 ? "octal escape value > 255" : "escape is invalid Unicode code point");
  else if (limit != 255 && value >= 0xD800 && value < 0xE000)
    fault(lx, start, "escape is invalid Unicode code point");
  return p;
}

static void scan_string(Lexer *lx, const char *p) {
  const char *start = p++;
  for (;;) {
    if (*p == '"') {
      p++;
      break;
    }
    if (*p == '\\') {
      p = scan_escape(lx, p + 1, '"');
    } else if (*p == '\n' || p >= lx->end) {
      fault(lx, *p == '\n' ? p : start, *p == '\n' ? "newline in string" : "string not terminated");
      break;
    } else {
      p++;
    }
  }
  lx->token = LEX_LITERAL;
  lx->lit_kind = TOKEN_STRING;
  lx->next = p;
}

static void scan_raw_string(Lexer *lx, const char *p) {
  const char *stop = memchr(p + 1, '`', (size_t)(lx->end - p - 1));
  if (!stop) fault(lx, p, "string not terminated");
  lx->token = LEX_LITERAL;
  lx->lit_kind = TOKEN_STRING;
  lx->next = stop ? stop + 1 : lx->end;
}

static void scan_char(Lexer *lx, const char *p) {
  const char *start = p++;
  int runes = 0;
  for (;; runes++) {
    if (*p == '\'') {
      if (runes != 1)
        fault(lx, start, runes ? "more than one character in rune literal" : "empty rune literal or unescaped '");
      p++;
      break;
    }
    if (*p == '\\') {
      p = scan_escape(lx, p + 1, '\'');
    } else if (*p == '\n' || p >= lx->end) {
      fault(lx, start, *p == '\n' ? "newline in rune literal" : "rune literal not terminated");
      break;
    } else {
      int width = 1;
      if ((unsigned char)*p >= 0x80) utf8_decode((Str){p, (size_t)(lx->end - p)}, &width);
      p += width;
    }
  }
  lx->token = LEX_LITERAL;
  lx->lit_kind = TOKEN_CHAR;
  lx->next = p;
}

// White space and comments. Stops at a newline when it makes a semicolon. Returns whether a semicolon is due.
static bool skip_blanks(Lexer *lx, bool semicolon_at_newline) {
  const char *p = lx->next;
  for (;;) {
    switch (*p) {
    case ' ':
    case '\t':
    case '\r': p++; continue;
    case '\n':
      lx->crossed_newline = true;
      if (semicolon_at_newline) {
        lx->next = p;
        return true;
      }
      p++;
      continue;
    case '/':
      if (p[1] == '/') {
        const char *stop = memchr(p, '\n', (size_t)(lx->end - p));
        if (!stop) stop = lx->end;
        if (p[2] == 'g' && p[3] == 'o' && p[4] == ':') {
          if (!lx->directive_stop) lx->directive_start = offset_of(lx, p);
          lx->directive_stop = offset_of(lx, stop);
        }
        p = stop;
        continue;
      }
      if (p[1] == '*') {
        const char *start = p;
        bool lines = false;
        for (p += 2; p < lx->end && !(p[0] == '*' && p[1] == '/'); p++) lines |= *p == '\n';
        if (p >= lx->end)
          fault(lx, start, "comment not terminated");
        else
          p += 2;
        lx->crossed_newline |= lines;
        if (lines && semicolon_at_newline) {
          lx->next = p;
          return true;
        }
        continue;
      }
      break;
    default: break;
    }
    lx->next = p;
    return semicolon_at_newline && p >= lx->end;
  }
}

static void operator_is(Lexer *lx, const char *p, Token op, int precedence, bool assignable) {
  lx->op = op;
  lx->precedence = (uint8_t)precedence;
  lx->token = op == TOKEN_MUL ? LEX_STAR : LEX_OPERATOR;
  if (assignable && *p == '=') {
    lx->token = LEX_ASSIGN_OP;
    p++;
  }
  lx->next = p;
}

static void punctuation(Lexer *lx, LexToken token, const char *p) {
  lx->token = token;
  lx->next = p;
}

static void closing(Lexer *lx, LexToken token, const char *p) {
  punctuation(lx, token, p);
  lx->line_end_before_semicolon = true;
}

static void inc_dec(Lexer *lx, Token op, const char *p) {
  closing(lx, LEX_INC_DEC, p);
  lx->op = op;
}

static void scan_operator(Lexer *lx, const char *p) {
  switch (*p) {
  case '(': punctuation(lx, LEX_LPAREN, p + 1); return;
  case '[': punctuation(lx, LEX_LBRACK, p + 1); return;
  case '{': punctuation(lx, LEX_LBRACE, p + 1); return;
  case ')': closing(lx, LEX_RPAREN, p + 1); return;
  case ']': closing(lx, LEX_RBRACK, p + 1); return;
  case '}': closing(lx, LEX_RBRACE, p + 1); return;
  case ',': punctuation(lx, LEX_COMMA, p + 1); return;
  case ';': punctuation(lx, LEX_SEMICOLON, p + 1); return;
  case ':': p[1] == '=' ? punctuation(lx, LEX_DEFINE, p + 2) : punctuation(lx, LEX_COLON, p + 1); return;
  case '.': p[1] == '.' && p[2] == '.' ? punctuation(lx, LEX_ELLIPSIS, p + 3) : punctuation(lx, LEX_DOT, p + 1); return;
  case '+': p[1] == '+' ? inc_dec(lx, TOKEN_ADD, p + 2) : operator_is(lx, p + 1, TOKEN_ADD, 4, true); return;
  case '-': p[1] == '-' ? inc_dec(lx, TOKEN_SUB, p + 2) : operator_is(lx, p + 1, TOKEN_SUB, 4, true); return;
  case '*': operator_is(lx, p + 1, TOKEN_MUL, 5, true); return;
  case '/': operator_is(lx, p + 1, TOKEN_QUO, 5, true); return;
  case '%': operator_is(lx, p + 1, TOKEN_REM, 5, true); return;
  case '^': operator_is(lx, p + 1, TOKEN_XOR, 4, true); return;
  case '~': operator_is(lx, p + 1, TOKEN_TILDE, 0, false); return;
  case '&':
    if (p[1] == '&')
      operator_is(lx, p + 2, TOKEN_LAND, 2, false);
    else if (p[1] == '^')
      operator_is(lx, p + 2, TOKEN_AND_NOT, 5, true);
    else
      operator_is(lx, p + 1, TOKEN_AND, 5, true);
    return;
  case '|':
    p[1] == '|' ? operator_is(lx, p + 2, TOKEN_LOR, 1, false) : operator_is(lx, p + 1, TOKEN_OR, 4, true);
    return;
  case '<':
    if (p[1] == '<')
      operator_is(lx, p + 2, TOKEN_SHL, 5, true);
    else if (p[1] == '=')
      operator_is(lx, p + 2, TOKEN_LEQ, 3, false);
    else if (p[1] == '-')
      punctuation(lx, LEX_ARROW, p + 2);
    else
      operator_is(lx, p + 1, TOKEN_LSS, 3, false);
    return;
  case '>':
    if (p[1] == '>')
      operator_is(lx, p + 2, TOKEN_SHR, 5, true);
    else if (p[1] == '=')
      operator_is(lx, p + 2, TOKEN_GEQ, 3, false);
    else
      operator_is(lx, p + 1, TOKEN_GTR, 3, false);
    return;
  case '=': p[1] == '=' ? operator_is(lx, p + 2, TOKEN_EQL, 3, false) : punctuation(lx, LEX_ASSIGN, p + 1); return;
  case '!':
    p[1] == '=' ? operator_is(lx, p + 2, TOKEN_NEQ, 3, false) : operator_is(lx, p + 1, TOKEN_NOT, 0, false);
    return;
  default: {
    int width = 1;
    if ((unsigned char)*p >= 0x80) utf8_decode((Str){p, (size_t)(lx->end - p)}, &width);
    fault(lx, p, "invalid character");
    punctuation(lx, LEX_BAD, p + (width > 0 ? width : 1));
    return;
  }
  }
}

void lexer_next(Lexer *lx) {
  if (!(lx->token == LEX_SEMICOLON && lx->by_newline)) lx->previous_stop = lx->stop;
  bool semicolon_due = lx->line_end_before_semicolon;
  lx->line_end_before_semicolon = false;
  lx->by_newline = false;
  lx->crossed_newline = false;
  bool ended = skip_blanks(lx, semicolon_due);
  const char *p = lx->next;
  lx->start = offset_of(lx, p);
  lx->precedence = 0;
  if (ended) {
    lx->token = LEX_SEMICOLON;
    lx->by_newline = true;
    lx->stop = lx->start;
    return;
  }
  if (p >= lx->end) {
    lx->token = LEX_EOF;
    lx->stop = lx->start;
    return;
  }
  unsigned char c = (unsigned char)*p;
  if (is_letter(c)) {
    scan_name(lx, p);
  } else if (is_decimal(c) || (c == '.' && is_decimal((unsigned char)p[1]))) {
    scan_number(lx, p);
    lx->line_end_before_semicolon = true;
  } else if (c == '"' || c == '`' || c == '\'') {
    (c == '"' ? scan_string : c == '`' ? scan_raw_string : scan_char)(lx, p);
    lx->line_end_before_semicolon = true;
  } else if (c >= 0x80 && unicode_is_letter(utf8_first_rune((Str){p, (size_t)(lx->end - p)}))) {
    scan_name(lx, p);
  } else {
    scan_operator(lx, p);
  }
  lx->stop = offset_of(lx, lx->next);
}

static void ignore_error(void *context, uint32_t offset, const char *message) {
  (void)context;
  (void)offset;
  (void)message;
}

bool lexer_at_end(const Lexer *lx) {
  Lexer ahead = *lx;
  ahead.report = ignore_error;
  lexer_next(&ahead);
  return ahead.token == LEX_EOF;
}
