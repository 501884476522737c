// constant_print.c: constants as text: exactly (as go/constant writes them, for comparison with it), as gc prints
// literals in its messages, and Go's quoting of strings and its inverse (the Go spec, "String literals"; strconv).
#include "types/constant_internal.h"

#include <math.h>
#include <stdlib.h>

#include "base/unicode.h"

static void write_integer(Buf *b, mpz_srcptr z) {
  char *text = mpz_get_str(NULL, 10, z);
  buf_puts(b, text);
  free(text);
}

// 0x.MANTISSAp±EXP with the mantissa in [0.5, 1) and no trailing zeros.
static void write_float_exact(Buf *b, const Const *c) {
  BigFloat f;
  const_get_float(c, &f);
  if (mpz_sgn(f.mant) == 0) {
    buf_byte(b, '0');
    float_clear(&f);
    return;
  }
  int64_t e = float_exponent(&f);
  if (mpz_sgn(f.mant) < 0) buf_byte(b, '-');
  mpz_abs(f.mant, f.mant);
  size_t bits = mpz_sizeinbase(f.mant, 2), aligned = (bits + 3) / 4 * 4;
  mpz_mul_2exp(f.mant, f.mant, aligned - bits);
  char *text = mpz_get_str(NULL, 16, f.mant);
  size_t n = strlen(text);
  while (n > 0 && text[n - 1] == '0') n--;
  buf_puts(b, "0x.");
  buf_str(b, (Str){text, n});
  buf_printf(b, "p%+lld", (long long)e);
  free(text);
  float_clear(&f);
}

void const_write_exact(Buf *b, const Const *c) {
  switch (c ? (ConstRep)c->rep : REP_UNKNOWN) {
  case REP_UNKNOWN: buf_puts(b, "unknown"); return;
  case REP_BOOL: buf_puts(b, c->u.boolean ? "true" : "false"); return;
  case REP_STRING: str_write_quoted(b, c->u.string.text); return;
  case REP_INT64: buf_printf(b, "%lld", (long long)c->u.i); return;
  case REP_BIGINT: write_integer(b, &c->u.z); return;
  case REP_RATIO:
    write_integer(b, &c->u.ratio.num);
    if (mpz_cmp_ui(&c->u.ratio.den, 1) == 0) return;
    buf_byte(b, '/');
    write_integer(b, &c->u.ratio.den);
    return;
  case REP_FLOAT: write_float_exact(b, c); return;
  case REP_COMPLEX:
    buf_byte(b, '(');
    const_write_exact(b, c->u.complex.re);
    buf_puts(b, " + ");
    const_write_exact(b, c->u.complex.im);
    buf_puts(b, "i)");
    return;
  }
}

// The shortest decimal that reads back as d, in the form of Go's %g: exponents below 1e-04 and from 1e+06 on.
static void write_shortest(Buf *b, double d) {
  char text[64];
  int digits = 1;
  for (; digits < 17; digits++) {
    snprintf(text, sizeof text, "%.*e", digits - 1, d);
    if (strtod(text, NULL) == d) break;
  }
  snprintf(text, sizeof text, "%.*e", digits - 1, d);
  int exp = atoi(strchr(text, 'e') + 1);
  if (exp >= -4 && exp < 6) snprintf(text, sizeof text, "%.*f", digits - 1 > exp ? digits - 1 - exp : 0, d);
  buf_puts(b, text);
}

// Beyond float64: an approximation through logarithms, as the compiler makes it.
static void write_huge_float(Buf *b, const BigFloat *f) {
  int64_t exp = float_exponent(f);
  double m = number_to_ieee(f->mant, NULL, f->exp - exp, 53, NULL);
  double d = (double)exp * (M_LN2 / M_LN10);
  int64_t e = (int64_t)d;
  m *= pow(10, d - (double)e);
  double size = fabs(m);
  if (size < 1 - 0.5e-6) {
    m *= 10;
    e--;
  } else if (size >= 10) {
    m /= 10;
    e++;
  }
  buf_printf(b, "%.6ge%+lld", m, (long long)e);
}

static void write_float_short(Buf *b, const Const *c) {
  BigFloat f;
  const_get_float(c, &f);
  double d = number_to_ieee(f.mant, NULL, f.exp, 53, NULL);
  if ((mpz_sgn(f.mant) == 0) == (d == 0) && isfinite(d)) {
    char text[64];
    snprintf(text, sizeof text, "%.6g", d);
    if (f.exp < 0 && !strchr(text, '.'))
      write_shortest(b, d); // not an integer, and should not look like one
    else
      buf_puts(b, text);
  } else {
    write_huge_float(b, &f);
  }
  float_clear(&f);
}

static void write_rune_escaped(Buf *b, uint32_t rune, char quote) {
  if (rune == (unsigned char)quote || rune == '\\') {
    buf_byte(b, '\\');
    buf_byte(b, (char)rune);
    return;
  }
  if (unicode_is_print(rune)) {
    char utf8[4];
    buf_str(b, (Str){utf8, (size_t)rune_encode(rune, utf8)});
    return;
  }
  static const char NAMED[] = "\aa\bb\ff\nn\rr\tt\vv";
  for (size_t i = 0; i + 1 < sizeof NAMED; i += 2)
    if (rune == (unsigned char)NAMED[i]) {
      buf_printf(b, "\\%c", NAMED[i + 1]);
      return;
    }
  if (rune < ' ' || rune == 0x7f)
    buf_printf(b, "\\x%02x", rune);
  else if (rune > 0x10FFFF || (rune >= 0xD800 && rune < 0xE000))
    buf_puts(b, "\\ufffd");
  else if (rune < 0x10000)
    buf_printf(b, "\\u%04x", rune);
  else
    buf_printf(b, "\\U%08x", rune);
}

void str_write_quoted(Buf *b, Str s) {
  buf_byte(b, '"');
  for (size_t i = 0; i < s.n;) {
    int width;
    uint32_t rune = utf8_decode(str_slice(s, i, s.n), &width);
    if (rune == RUNE_ERROR && width == 1)
      buf_printf(b, "\\x%02x", (unsigned char)s.p[i]);
    else
      write_rune_escaped(b, rune, '"');
    i += (size_t)width;
  }
  buf_byte(b, '"');
}

static void write_string_cut(Buf *b, Str s) {
  enum { LONGEST = 72, KEPT = LONGEST - 3 };
  Buf quoted = {0};
  // more than LONGEST source bytes of 4-byte runes are never needed
  str_write_quoted(&quoted, s.n > 8 * LONGEST ? str_slice(s, 0, 8 * LONGEST) : s);
  Str q = buf_view(&quoted);
  size_t runes = 0, kept_end = q.n;
  for (size_t i = 0; i < q.n; runes++) {
    if (runes == KEPT) kept_end = i;
    int width;
    utf8_decode(str_slice(q, i, q.n), &width);
    i += (size_t)width;
  }
  if (runes > LONGEST) {
    buf_str(b, str_slice(q, 0, kept_end));
    buf_puts(b, "...");
  } else {
    buf_str(b, q);
  }
  buf_release(&quoted);
}

void const_write_gc(Buf *b, const Const *c, char shape) {
  ConstKind kind = const_kind(c);
  bool number = kind == CONST_INT || kind == CONST_FLOAT;
  if (shape == 'r' && kind == CONST_INT) {
    uint64_t rune;
    if (const_uint64_value(c, &rune) && rune <= 0x10FFFF) {
      buf_byte(b, '\'');
      write_rune_escaped(b, (uint32_t)rune, '\'');
      buf_byte(b, '\'');
      return;
    }
  }
  if (kind == CONST_STRING) {
    write_string_cut(b, c->u.string.text);
  } else if (kind == CONST_COMPLEX || (shape == 'c' && number)) {
    bool pair = kind == CONST_COMPLEX;
    buf_byte(b, '(');
    const_write_gc(b, pair ? c->u.complex.re : c, 'f');
    buf_puts(b, " + ");
    if (pair)
      const_write_gc(b, c->u.complex.im, 'f');
    else
      buf_byte(b, '0');
    buf_puts(b, "i)");
  } else if (number && (shape == 'f' || kind == CONST_FLOAT)) {
    write_float_short(b, c);
  } else {
    const_write_exact(b, c);
  }
}

// -- unquoting --

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

static bool unquote_hex(Str s, size_t digits, uint32_t *value) {
  if (s.n < digits) return false;
  uint32_t v = 0;
  for (size_t i = 0; i < digits; i++) {
    int d = hex_digit(s.p[i]);
    if (d < 0) return false;
    v = v << 4 | (uint32_t)d;
  }
  *value = v;
  return true;
}

static bool unquote_octal(Str s, uint32_t *value) {
  if (s.n < 3) return false;
  uint32_t v = 0;
  for (size_t i = 0; i < 3; i++) {
    if (s.p[i] < '0' || s.p[i] > '7') return false;
    v = v << 3 | (uint32_t)(s.p[i] - '0');
  }
  *value = v;
  return v <= 255;
}

bool str_unquote_char(Str s, char quote, uint32_t *rune, size_t *used, bool *is_byte) {
  *is_byte = false;
  if (s.n == 0) return false;
  if (s.p[0] != '\\') {
    if (s.p[0] == quote || s.p[0] == '\n') return false;
    int width;
    *rune = utf8_decode(s, &width);
    *used = (size_t)width;
    return true;
  }
  if (s.n < 2) return false;
  static const char NAMED[] = "a\ab\bf\fn\nr\rt\tv\v\\\\";
  char c = s.p[1];
  *used = 2;
  for (size_t i = 0; i + 1 < sizeof NAMED; i += 2)
    if (c == NAMED[i]) {
      *rune = (unsigned char)NAMED[i + 1];
      return true;
    }
  if (c == quote && (c == '"' || c == '\'')) {
    *rune = (unsigned char)c;
    return true;
  }
  Str rest = str_slice(s, 2, s.n);
  if (c == 'x') {
    *used = 4;
    *is_byte = true;
    return unquote_hex(rest, 2, rune);
  }
  if (c == 'u' || c == 'U') {
    size_t digits = c == 'u' ? 4 : 8;
    *used = 2 + digits;
    return unquote_hex(rest, digits, rune) && *rune <= 0x10FFFF && !(*rune >= 0xD800 && *rune < 0xE000);
  }
  *used = 4;
  *is_byte = true;
  return unquote_octal(str_slice(s, 1, s.n), rune);
}

bool str_unquote(Buf *b, Str s) {
  if (s.n < 2 || s.p[0] != s.p[s.n - 1]) return false;
  char quote = s.p[0];
  Str inner = str_slice(s, 1, s.n - 1);
  if (quote == '`') {
    for (size_t i = 0; i < inner.n; i++) {
      if (inner.p[i] == '`') return false;
      if (inner.p[i] != '\r') buf_byte(b, inner.p[i]);
    }
    return true;
  }
  if (quote != '"') return false;
  while (inner.n) {
    uint32_t rune;
    size_t used;
    bool is_byte;
    if (!str_unquote_char(inner, '"', &rune, &used, &is_byte)) return false;
    if (is_byte) {
      buf_byte(b, (char)rune);
    } else {
      char utf8[4];
      buf_str(b, (Str){utf8, (size_t)rune_encode(rune, utf8)});
    }
    inner = str_slice(inner, used, inner.n);
  }
  return true;
}
