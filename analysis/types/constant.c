// constant.c: exact constant arithmetic (the Go spec, "Constants", "Constant expressions"; go/constant gives the
// limits: when a ratio becomes a float, and with how many bits).
//
// Operations on two numbers bring both to the wider of the two representations, compute, and keep the result in the
// narrowest one that may hold it. Two machine integers take a path of their own that touches no big number.
#include "types/constant_internal.h"

#include <math.h>
#include <stdlib.h>

_Static_assert(sizeof(long) == sizeof(int64_t), "GMP's long arguments carry 64-bit integers");
_Static_assert(GMP_LIMB_BITS == 64, "limbs are machine words");

static const Const UNKNOWN = {.rep = REP_UNKNOWN};
static const Const BOOL_FALSE = {.rep = REP_BOOL, .u.boolean = false};
static const Const BOOL_TRUE = {.rep = REP_BOOL, .u.boolean = true};
#define SMALL(n)                                                                                                       \
  { .rep = REP_INT64, .u.i = (n) }
#define SMALL8(n)                                                                                                      \
  SMALL(n), SMALL(n + 1), SMALL(n + 2), SMALL(n + 3), SMALL(n + 4), SMALL(n + 5), SMALL(n + 6), SMALL(n + 7)
static const Const SMALL_INTEGERS[] = {SMALL8(0),  SMALL8(8),   SMALL8(16),  SMALL8(24), SMALL8(32), SMALL8(40),
                                       SMALL8(48), SMALL8(56),  SMALL8(64),  SMALL8(72), SMALL8(80), SMALL8(88),
                                       SMALL8(96), SMALL8(104), SMALL8(112), SMALL8(120)};
enum { SMALL_COUNT = sizeof SMALL_INTEGERS / sizeof *SMALL_INTEGERS };

void constpool_init(ConstPool *pool, Arena *arena) { *pool = (ConstPool){.arena = arena}; }

void constpool_release(ConstPool *pool) { *pool = (ConstPool){0}; } // everything is in the arena

static Const *const_new(ConstPool *pool, ConstRep rep, size_t member_size) {
  Const *c = arena_alloc(pool->arena, offsetof(Const, u) + member_size);
  c->rep = (uint8_t)rep;
  return c;
}
#define CONST_NEW(pool, rep, member) const_new(pool, rep, sizeof(((Const *)0)->u.member))

ConstKind const_kind(const Const *c) {
  if (!c) return CONST_UNKNOWN;
  switch ((ConstRep)c->rep) {
  case REP_UNKNOWN: return CONST_UNKNOWN;
  case REP_BOOL: return CONST_BOOL;
  case REP_STRING: return CONST_STRING;
  case REP_INT64:
  case REP_BIGINT: return CONST_INT;
  case REP_RATIO:
  case REP_FLOAT: return CONST_FLOAT;
  case REP_COMPLEX: return CONST_COMPLEX;
  }
  return CONST_UNKNOWN;
}

static ConstRep rep_of(const Const *c) { return c ? (ConstRep)c->rep : REP_UNKNOWN; }
static bool is_number(const Const *c) { return rep_of(c) >= REP_INT64; }

const Const *const_unknown(void) { return &UNKNOWN; }

const Const *const_bool(ConstPool *pool, bool b) {
  (void)pool;
  return b ? &BOOL_TRUE : &BOOL_FALSE;
}

const Const *const_string(ConstPool *pool, Str s) {
  Const *c = CONST_NEW(pool, REP_STRING, string);
  c->u.string.text = arena_str(pool->arena, s);
  c->u.string.room = NULL;
  return c;
}

const Const *const_int64(ConstPool *pool, int64_t i) {
  if (i >= 0 && i < SMALL_COUNT) return &SMALL_INTEGERS[i];
  Const *c = CONST_NEW(pool, REP_INT64, i);
  c->u.i = i;
  return c;
}

const Const *const_uint64(ConstPool *pool, uint64_t i) {
  if (i <= INT64_MAX) return const_int64(pool, (int64_t)i);
  mpz_t z;
  mpz_init_set_ui(z, i);
  const Const *c = const_from_integer(pool, z);
  mpz_clear(z);
  return c;
}

const Const *const_float64(ConstPool *pool, double d) {
  if (!isfinite(d)) return &UNKNOWN;
  if (d == 0) return const_int64(pool, 0);
  mpq_t q;
  mpq_init(q);
  mpq_set_d(q, d);
  const Const *c = const_from_ratio(pool, q);
  mpq_clear(q);
  return c;
}

// A read-only number whose limbs live in the pool's arena.
static void keep(ConstPool *pool, __mpz_struct *out, mpz_srcptr z) {
  size_t n = mpz_size(z);
  mp_limb_t *limbs = ARENA_ARRAY(pool->arena, mp_limb_t, n ? n : 1);
  if (n) memcpy(limbs, mpz_limbs_read(z), n * sizeof *limbs);
  *out = *(__mpz_struct *)mpz_roinit_n(out, limbs, mpz_sgn(z) < 0 ? -(mp_size_t)n : (mp_size_t)n);
}

const Const *const_from_integer(ConstPool *pool, mpz_srcptr z) {
  if (mpz_fits_slong_p(z)) return const_int64(pool, mpz_get_si(z));
  Const *c = CONST_NEW(pool, REP_BIGINT, z);
  keep(pool, &c->u.z, z);
  return c;
}

static size_t bit_length(mpz_srcptr z) { return mpz_sgn(z) ? mpz_sizeinbase(z, 2) : 0; }

const Const *const_from_ratio(ConstPool *pool, mpq_srcptr q) {
  mpz_srcptr num = mpq_numref(q), den = mpq_denref(q);
  if (mpz_cmp_ui(den, 1) == 0 && mpz_fits_slong_p(num)) return const_int64(pool, mpz_get_si(num));
  if (bit_length(num) < RATIO_MAX_BITS && bit_length(den) < RATIO_MAX_BITS) {
    Const *c = CONST_NEW(pool, REP_RATIO, ratio);
    keep(pool, &c->u.ratio.num, num);
    keep(pool, &c->u.ratio.den, den);
    return c;
  }
  BigFloat f;
  float_init(&f);
  float_set_ratio(&f, num, den, FLOAT_PRECISION);
  const Const *c = const_from_float(pool, &f);
  float_clear(&f);
  return c;
}

const Const *const_from_float(ConstPool *pool, const BigFloat *f) {
  if (f->infinite) return &UNKNOWN;
  Const *c = CONST_NEW(pool, REP_FLOAT, f);
  keep(pool, &c->u.f.mant, f->mant);
  c->u.f.exp = f->exp;
  return c;
}

void const_get_integer(const Const *c, mpz_t out) {
  mpz_init(out);
  if (rep_of(c) == REP_INT64) mpz_set_si(out, c->u.i);
  if (rep_of(c) == REP_BIGINT) mpz_set(out, &c->u.z);
}

void const_get_ratio(const Const *c, mpq_t out) {
  mpq_init(out);
  if (rep_of(c) == REP_INT64) mpz_set_si(mpq_numref(out), c->u.i);
  if (rep_of(c) == REP_BIGINT) mpz_set(mpq_numref(out), &c->u.z);
  if (rep_of(c) == REP_RATIO) {
    mpz_set(mpq_numref(out), &c->u.ratio.num);
    mpz_set(mpq_denref(out), &c->u.ratio.den);
  }
}

void const_get_float(const Const *c, BigFloat *out) {
  float_init(out);
  if (rep_of(c) == REP_INT64) {
    mpz_set_si(out->mant, c->u.i);
    float_round(out, FLOAT_PRECISION, ROUND_NEAREST);
  }
  if (rep_of(c) == REP_BIGINT) float_set_int(out, &c->u.z, FLOAT_PRECISION);
  if (rep_of(c) == REP_RATIO) float_set_ratio(out, &c->u.ratio.num, &c->u.ratio.den, FLOAT_PRECISION);
  if (rep_of(c) == REP_FLOAT) {
    mpz_set(out->mant, &c->u.f.mant);
    out->exp = c->u.f.exp;
  }
}

// -- literals --

static const Const *parse_integer(ConstPool *pool, Str s) {
  if (s.n && s.n <= 18 && s.p[0] != '0') { // the common case: plain decimal digits
    int64_t v = 0;
    size_t i = 0;
    for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) v = v * 10 + (s.p[i] - '0');
    if (i == s.n) return const_int64(pool, v);
  }
  if (s.n == 0 || s.n >= LITERAL_MAX_BYTES) return &UNKNOWN;
  char *digits = mem_new(s.n + 1);
  size_t n = 0, from = 0;
  int base = 10;
  if (s.n >= 2 && s.p[0] == '0') {
    char c = (char)(s.p[1] | 0x20);
    base = c == 'x' ? 16 : c == 'b' ? 2 : 8;
    from = c == 'x' || c == 'b' || c == 'o' ? 2 : 1;
  }
  bool fine = true;
  for (size_t i = from; i < s.n; i++) {
    if (s.p[i] == '_') continue;
    if (s.p[i] == ' ' || s.p[i] == '-' || s.p[i] == '+') fine = false;
    digits[n++] = s.p[i];
  }
  mpz_t z;
  mpz_init(z);
  fine = fine && n && mpz_set_str(z, digits, base) == 0;
  const Const *c = fine ? const_from_integer(pool, z) : &UNKNOWN;
  mpz_clear(z);
  free(digits);
  return c;
}

static const Const *parse_char(ConstPool *pool, Str s) {
  if (s.n < 3 || s.p[0] != '\'') return &UNKNOWN;
  uint32_t rune;
  size_t used;
  bool is_byte;
  Str inner = str_slice(s, 1, s.n - 1);
  if (!str_unquote_char(inner, '\'', &rune, &used, &is_byte)) return &UNKNOWN;
  return const_int64(pool, (int64_t)rune);
}

static const Const *parse_string(ConstPool *pool, Str s) {
  if (s.n >= 2 && s.p[0] == '"' && !memchr(s.p, '\\', s.n)) { // nothing to unquote in most
    bool plain = s.p[s.n - 1] == '"';
    for (size_t i = 1; plain && i + 1 < s.n; i++) plain = (signed char)s.p[i] >= ' ' && s.p[i] != '"';
    if (plain) return const_string(pool, str_slice(s, 1, s.n - 1));
  }
  Buf text = {0};
  const Const *c = str_unquote(&text, s) ? const_string(pool, buf_view(&text)) : &UNKNOWN;
  buf_release(&text);
  return c;
}

const Const *const_from_literal(ConstPool *pool, Str text, Token kind) {
  const Const *c = NULL;
  if (kind == TOKEN_INT) return parse_integer(pool, text);
  if (kind == TOKEN_CHAR) return parse_char(pool, text);
  if (kind == TOKEN_STRING) return parse_string(pool, text);
  if (kind == TOKEN_FLOAT) c = const_parse_float(pool, text);
  if (kind == TOKEN_IMAG && text.n && text.p[text.n - 1] == 'i') {
    c = const_parse_float(pool, str_slice(text, 0, text.n - 1));
    if (is_number(c)) c = const_make_complex(pool, const_int64(pool, 0), c);
  }
  return c ? c : &UNKNOWN;
}

// -- reading --

bool const_bool_value(const Const *c) { return rep_of(c) == REP_BOOL && c->u.boolean; }

Str const_string_value(const Const *c) { return rep_of(c) == REP_STRING ? c->u.string.text : STR_NONE; }

bool const_int64_value(const Const *c, int64_t *out) {
  if (rep_of(c) != REP_INT64) return false;
  *out = c->u.i;
  return true;
}

bool const_uint64_value(const Const *c, uint64_t *out) {
  if (rep_of(c) == REP_INT64 && c->u.i >= 0)
    *out = (uint64_t)c->u.i;
  else if (rep_of(c) == REP_BIGINT && mpz_fits_ulong_p(&c->u.z))
    *out = mpz_get_ui(&c->u.z);
  else
    return false;
  return true;
}

static double ieee_value(const Const *c, int bits, bool *exact) {
  bool ignored;
  if (!exact) exact = &ignored;
  *exact = false;
  switch (rep_of(c)) {
  case REP_INT64: {
    mpz_t z;
    if (c->u.i > -(INT64_C(1) << 24) && c->u.i < INT64_C(1) << 24) {
      *exact = true;
      return (double)c->u.i;
    }
    mpz_init_set_si(z, c->u.i);
    double d = number_to_ieee(z, NULL, 0, bits, exact);
    mpz_clear(z);
    return d;
  }
  case REP_BIGINT: return number_to_ieee(&c->u.z, NULL, 0, bits, exact);
  case REP_RATIO: return number_to_ieee(&c->u.ratio.num, &c->u.ratio.den, 0, bits, exact);
  case REP_FLOAT: return number_to_ieee(&c->u.f.mant, NULL, c->u.f.exp, bits, exact);
  case REP_COMPLEX: return ieee_value(c->u.complex.re, bits, exact);
  case REP_UNKNOWN:
  case REP_BOOL:
  case REP_STRING: return 0;
  }
  return 0;
}

double const_float64_value(const Const *c, bool *exact) { return ieee_value(c, 53, exact); }
float const_float32_value(const Const *c, bool *exact) { return (float)ieee_value(c, 24, exact); }

int const_sign(const Const *c) {
  switch (rep_of(c)) {
  case REP_INT64: return c->u.i < 0 ? -1 : c->u.i > 0;
  case REP_BIGINT: return mpz_sgn(&c->u.z);
  case REP_RATIO: return mpz_sgn(&c->u.ratio.num);
  case REP_FLOAT: return mpz_sgn(&c->u.f.mant);
  case REP_COMPLEX: return const_sign(c->u.complex.re) | const_sign(c->u.complex.im);
  case REP_UNKNOWN:
  case REP_BOOL:
  case REP_STRING: return 1; // so that nothing follows about division by zero
  }
  return 1;
}

uint32_t const_bit_len(const Const *c) {
  if (rep_of(c) == REP_INT64) {
    uint64_t u = c->u.i < 0 ? -(uint64_t)c->u.i : (uint64_t)c->u.i;
    return u ? 64 - (uint32_t)__builtin_clzll(u) : 0;
  }
  return rep_of(c) == REP_BIGINT ? (uint32_t)bit_length(&c->u.z) : 0;
}

// -- conversions of representation --

const Const *const_real(ConstPool *pool, const Const *c) {
  (void)pool;
  if (rep_of(c) == REP_COMPLEX) return c->u.complex.re;
  return is_number(c) ? c : &UNKNOWN;
}

const Const *const_imag(ConstPool *pool, const Const *c) {
  if (rep_of(c) == REP_COMPLEX) return c->u.complex.im;
  return is_number(c) ? const_int64(pool, 0) : &UNKNOWN;
}

const Const *const_make_complex(ConstPool *pool, const Const *re, const Const *im) {
  if (!is_number(re) || !is_number(im) || rep_of(re) == REP_COMPLEX || rep_of(im) == REP_COMPLEX) return &UNKNOWN;
  Const *c = CONST_NEW(pool, REP_COMPLEX, complex);
  c->u.complex.re = re;
  c->u.complex.im = im;
  return c;
}

// A float that earlier roundings may have moved off an integer counts as that integer when a few bits less of precision
// give it.
static const Const *float_as_integer(ConstPool *pool, const Const *c) {
  BigFloat f, t;
  const_get_float(c, &f);
  float_init(&t);
  mpz_t z;
  mpz_init(z);
  const Const *result = &UNKNOWN;
  int64_t e = float_exponent(&f);
  static const FloatRounding TRIES[] = {ROUND_NEAREST, ROUND_TO_ZERO, ROUND_FROM_ZERO};
  for (size_t i = 0; i < 3 && -RATIO_MAX_BITS < e && e < RATIO_MAX_BITS; i++) {
    mpz_set(t.mant, f.mant);
    t.exp = f.exp;
    float_round(&t, i == 0 ? FLOAT_PRECISION : FLOAT_PRECISION - 4, TRIES[i]);
    if (!float_to_integer(&t, z)) continue;
    result = const_from_integer(pool, z);
    break;
  }
  mpz_clear(z);
  float_clear(&f), float_clear(&t);
  return result;
}

const Const *const_to_int(ConstPool *pool, const Const *c) {
  switch (rep_of(c)) {
  case REP_INT64:
  case REP_BIGINT: return c;
  case REP_RATIO: return mpz_cmp_ui(&c->u.ratio.den, 1) == 0 ? const_from_integer(pool, &c->u.ratio.num) : &UNKNOWN;
  case REP_FLOAT: return float_as_integer(pool, c);
  case REP_COMPLEX: return const_sign(c->u.complex.im) == 0 ? const_to_int(pool, c->u.complex.re) : &UNKNOWN;
  case REP_UNKNOWN:
  case REP_BOOL:
  case REP_STRING: return &UNKNOWN;
  }
  return &UNKNOWN;
}

const Const *const_to_float(ConstPool *pool, const Const *c) {
  switch (rep_of(c)) {
  case REP_INT64:
  case REP_RATIO:
  case REP_FLOAT: return c;
  case REP_BIGINT: {
    mpq_t q;
    const_get_ratio(c, q);
    const Const *f = const_from_ratio(pool, q);
    mpq_clear(q);
    return f;
  }
  case REP_COMPLEX: return const_sign(c->u.complex.im) == 0 ? const_to_float(pool, c->u.complex.re) : &UNKNOWN;
  case REP_UNKNOWN:
  case REP_BOOL:
  case REP_STRING: return &UNKNOWN;
  }
  return &UNKNOWN;
}

const Const *const_to_complex(ConstPool *pool, const Const *c) {
  if (rep_of(c) == REP_COMPLEX) return c;
  return is_number(c) ? const_make_complex(pool, c, const_int64(pool, 0)) : &UNKNOWN;
}

static bool is_small(const Const *c, int bits) {
  return rep_of(c) == REP_INT64 && c->u.i > -(INT64_C(1) << bits) && c->u.i < INT64_C(1) << bits;
}

const Const *const_round_float32(ConstPool *pool, const Const *c) {
  if (is_small(c, 24)) return c;
  return is_number(c) ? const_float64(pool, (double)const_float32_value(c, NULL)) : &UNKNOWN;
}

const Const *const_round_float64(ConstPool *pool, const Const *c) {
  if (is_small(c, 53)) return c;
  return is_number(c) ? const_float64(pool, const_float64_value(c, NULL)) : &UNKNOWN;
}

// -- operations --

static const Const *negate(ConstPool *pool, const Const *c) {
  if (rep_of(c) == REP_INT64 && c->u.i != INT64_MIN) return const_int64(pool, -c->u.i);
  if (rep_of(c) == REP_COMPLEX)
    return const_make_complex(pool, negate(pool, c->u.complex.re), negate(pool, c->u.complex.im));
  return const_binary(pool, const_int64(pool, 0), TOKEN_SUB, c, false);
}

static const Const *complement(ConstPool *pool, const Const *c, unsigned bits) {
  if (rep_of(c) == REP_INT64 && bits == 0) return const_int64(pool, ~c->u.i);
  if (rep_of(c) != REP_INT64 && rep_of(c) != REP_BIGINT) return &UNKNOWN;
  mpz_t z;
  const_get_integer(c, z);
  mpz_com(z, z);
  if (bits) mpz_fdiv_r_2exp(z, z, bits); // the low bits only
  const Const *result = const_from_integer(pool, z);
  mpz_clear(z);
  return result;
}

const Const *const_unary(ConstPool *pool, Token op, const Const *c, unsigned bits) {
  if (op == TOKEN_ADD && is_number(c)) return c;
  if (op == TOKEN_SUB && is_number(c)) return negate(pool, c);
  if (op == TOKEN_XOR) return complement(pool, c, bits);
  if (op == TOKEN_NOT && rep_of(c) == REP_BOOL) return const_bool(pool, !c->u.boolean);
  return &UNKNOWN;
}

static const Const *concat(ConstPool *pool, const Const *x, const Const *y) {
  Str a = x->u.string.text, b = y->u.string.text;
  if (b.n == 0) return x;
  if (a.n == 0) return y;
  Const *c = CONST_NEW(pool, REP_STRING, string);
  StringRoom *room = x->u.string.room;
  char *p;
  if (room && room->used == a.n && room->cap - room->used >= b.n) {
    p = (char *)a.p; // the room behind x is x's last user's: no other constant sees these bytes
  } else {
    room = ARENA_NEW(pool->arena, StringRoom);
    room->cap = a.n + b.n < 64 ? a.n + b.n : 2 * (a.n + b.n);
    p = arena_alloc(pool->arena, room->cap);
    memcpy(p, a.p, a.n);
  }
  memcpy(p + a.n, b.p, b.n);
  room->used = a.n + b.n;
  c->u.string.text = (Str){p, a.n + b.n};
  c->u.string.room = room;
  return c;
}

// NULL: overflow, or an operation that needs big numbers.
static const Const *binary_int64(ConstPool *pool, int64_t a, Token op, int64_t b, bool integer_division) {
  int64_t r = 0;
  switch ((int)op) {
  case TOKEN_ADD: return __builtin_add_overflow(a, b, &r) ? NULL : const_int64(pool, r);
  case TOKEN_SUB: return __builtin_sub_overflow(a, b, &r) ? NULL : const_int64(pool, r);
  case TOKEN_MUL: return __builtin_mul_overflow(a, b, &r) ? NULL : const_int64(pool, r);
  case TOKEN_QUO:
    if (b == 0) return &UNKNOWN;
    if (b == -1) return integer_division && a == INT64_MIN ? const_int64(pool, a) : negate(pool, const_int64(pool, a));
    return integer_division || a % b == 0 ? const_int64(pool, a / b) : NULL;
  case TOKEN_REM:
    if (b == 0) return &UNKNOWN;
    return const_int64(pool, b == -1 ? 0 : a % b);
  case TOKEN_AND: return const_int64(pool, a & b);
  case TOKEN_OR: return const_int64(pool, a | b);
  case TOKEN_XOR: return const_int64(pool, a ^ b);
  case TOKEN_AND_NOT: return const_int64(pool, a & ~b);
  default: return &UNKNOWN;
  }
}

static const Const *binary_ratio(ConstPool *pool, const Const *x, Token op, const Const *y) {
  mpq_t a, b;
  const_get_ratio(x, a);
  const_get_ratio(y, b);
  bool fine = true;
  switch ((int)op) {
  case TOKEN_ADD: mpq_add(a, a, b); break;
  case TOKEN_SUB: mpq_sub(a, a, b); break;
  case TOKEN_MUL: mpq_mul(a, a, b); break;
  case TOKEN_QUO:
    fine = mpq_sgn(b) != 0;
    if (fine) mpq_div(a, a, b);
    break;
  default: fine = false;
  }
  const Const *c = fine ? const_from_ratio(pool, a) : &UNKNOWN;
  mpq_clear(a), mpq_clear(b);
  return c;
}

static const Const *binary_integer(ConstPool *pool, const Const *x, Token op, const Const *y, bool integer_division) {
  if (op == TOKEN_QUO && !integer_division) return binary_ratio(pool, x, op, y);
  mpz_t a, b;
  const_get_integer(x, a);
  const_get_integer(y, b);
  bool fine = true;
  switch ((int)op) {
  case TOKEN_ADD: mpz_add(a, a, b); break;
  case TOKEN_SUB: mpz_sub(a, a, b); break;
  case TOKEN_MUL: mpz_mul(a, a, b); break;
  case TOKEN_QUO:
    fine = mpz_sgn(b) != 0;
    if (fine) mpz_tdiv_q(a, a, b);
    break;
  case TOKEN_REM:
    fine = mpz_sgn(b) != 0;
    if (fine) mpz_tdiv_r(a, a, b);
    break;
  case TOKEN_AND: mpz_and(a, a, b); break;
  case TOKEN_OR: mpz_ior(a, a, b); break;
  case TOKEN_XOR: mpz_xor(a, a, b); break;
  case TOKEN_AND_NOT:
    mpz_com(b, b);
    mpz_and(a, a, b);
    break;
  default: fine = false;
  }
  const Const *c = fine ? const_from_integer(pool, a) : &UNKNOWN;
  mpz_clear(a), mpz_clear(b);
  return c;
}

static const Const *binary_float(ConstPool *pool, const Const *x, Token op, const Const *y) {
  BigFloat a, b;
  const_get_float(x, &a);
  const_get_float(y, &b);
  bool fine = true;
  switch ((int)op) {
  case TOKEN_ADD: float_add(&a, &a, &b, false, FLOAT_PRECISION); break;
  case TOKEN_SUB: float_add(&a, &a, &b, true, FLOAT_PRECISION); break;
  case TOKEN_MUL: float_mul(&a, &a, &b, FLOAT_PRECISION); break;
  case TOKEN_QUO:
    fine = mpz_sgn(b.mant) != 0;
    if (fine) float_quo(&a, &a, &b, FLOAT_PRECISION);
    break;
  default: fine = false;
  }
  const Const *c = fine ? const_from_float(pool, &a) : &UNKNOWN;
  float_clear(&a), float_clear(&b);
  return c;
}

static const Const *binary_complex(ConstPool *pool, const Const *x, Token op, const Const *y) {
#define OP(p, o, q) const_binary(pool, p, o, q, false)
  x = const_to_complex(pool, x);
  y = const_to_complex(pool, y);
  const Const *a = x->u.complex.re, *b = x->u.complex.im, *c = y->u.complex.re, *d = y->u.complex.im;
  switch ((int)op) {
  case TOKEN_ADD:
  case TOKEN_SUB: return const_make_complex(pool, OP(a, op, c), OP(b, op, d));
  case TOKEN_MUL: // (a+bi)(c+di)
    return const_make_complex(pool, OP(OP(a, op, c), TOKEN_SUB, OP(b, op, d)),
                              OP(OP(b, op, c), TOKEN_ADD, OP(a, op, d)));
  case TOKEN_QUO: { // times the conjugate, over the square of the absolute value
    const Const *s = OP(OP(c, TOKEN_MUL, c), TOKEN_ADD, OP(d, TOKEN_MUL, d));
    const Const *re = OP(OP(a, TOKEN_MUL, c), TOKEN_ADD, OP(b, TOKEN_MUL, d));
    const Const *im = OP(OP(b, TOKEN_MUL, c), TOKEN_SUB, OP(a, TOKEN_MUL, d));
    return const_make_complex(pool, OP(re, TOKEN_QUO, s), OP(im, TOKEN_QUO, s));
  }
  default: return &UNKNOWN;
  }
#undef OP
}

const Const *const_binary(ConstPool *pool, const Const *x, Token op, const Const *y, bool integer_division) {
  ConstRep a = rep_of(x), b = rep_of(y), wide = a > b ? a : b;
  if (a == REP_BOOL && b == REP_BOOL) {
    if (op == TOKEN_LAND) return const_bool(pool, x->u.boolean && y->u.boolean);
    if (op == TOKEN_LOR) return const_bool(pool, x->u.boolean || y->u.boolean);
    return &UNKNOWN;
  }
  if (a == REP_STRING && b == REP_STRING) return op == TOKEN_ADD ? concat(pool, x, y) : &UNKNOWN;
  if (!is_number(x) || !is_number(y)) return &UNKNOWN;
  switch (wide) {
  case REP_INT64: {
    const Const *c = binary_int64(pool, x->u.i, op, y->u.i, integer_division);
    return c ? c : binary_integer(pool, x, op, y, integer_division);
  }
  case REP_BIGINT: return binary_integer(pool, x, op, y, integer_division);
  case REP_RATIO: return binary_ratio(pool, x, op, y);
  case REP_FLOAT: return binary_float(pool, x, op, y);
  case REP_COMPLEX: return binary_complex(pool, x, op, y);
  case REP_UNKNOWN:
  case REP_BOOL:
  case REP_STRING: break;
  }
  return &UNKNOWN;
}

const Const *const_shift(ConstPool *pool, const Const *c, Token op, uint64_t count) {
  enum { COUNT_LIMIT = 1 << 16 }; // far beyond what the checker lets pass
  if (rep_of(c) != REP_INT64 && rep_of(c) != REP_BIGINT) return &UNKNOWN;
  if (count == 0) return c;
  if (rep_of(c) == REP_INT64) {
    if (op == TOKEN_SHR) return const_int64(pool, count > 63 ? (c->u.i < 0 ? -1 : 0) : c->u.i >> count);
    if (count < 63 && const_bit_len(c) + count < 63) return const_int64(pool, (int64_t)((uint64_t)c->u.i << count));
  }
  if (count > COUNT_LIMIT) return &UNKNOWN;
  mpz_t z;
  const_get_integer(c, z);
  if (op == TOKEN_SHL)
    mpz_mul_2exp(z, z, count);
  else
    mpz_fdiv_q_2exp(z, z, count);
  const Const *result = const_from_integer(pool, z);
  mpz_clear(z);
  return result;
}

// -1, 0, 1 for two ordered values of like kind; 2 when they can't be compared.
static int compare(const Const *x, const Const *y) {
  ConstRep a = rep_of(x), b = rep_of(y), wide = a > b ? a : b;
  if (a == REP_STRING && b == REP_STRING) {
    int order = str_compare(x->u.string.text, y->u.string.text);
    return order < 0 ? -1 : order > 0;
  }
  if (!is_number(x) || !is_number(y)) return 2;
  int order = 0;
  if (wide == REP_INT64) return x->u.i < y->u.i ? -1 : x->u.i > y->u.i;
  if (wide == REP_BIGINT) {
    mpz_t p, q;
    const_get_integer(x, p), const_get_integer(y, q);
    order = mpz_cmp(p, q);
    mpz_clear(p), mpz_clear(q);
  } else if (wide == REP_RATIO) {
    mpq_t p, q;
    const_get_ratio(x, p), const_get_ratio(y, q);
    order = mpq_cmp(p, q);
    mpq_clear(p), mpq_clear(q);
  } else if (wide == REP_FLOAT) {
    BigFloat p, q;
    const_get_float(x, &p), const_get_float(y, &q);
    order = float_compare(&p, &q);
    float_clear(&p), float_clear(&q);
  } else {
    return 2;
  }
  return order < 0 ? -1 : order > 0;
}

bool const_compare(ConstPool *pool, const Const *x, Token op, const Const *y) {
  ConstRep a = rep_of(x), b = rep_of(y);
  if (a == REP_UNKNOWN || b == REP_UNKNOWN) return false;
  int order;
  if (a == REP_BOOL && b == REP_BOOL) {
    order = x->u.boolean != y->u.boolean;
  } else if ((a == REP_COMPLEX && is_number(y)) || (b == REP_COMPLEX && is_number(x))) {
    x = const_to_complex(pool, x);
    y = const_to_complex(pool, y);
    order = compare(x->u.complex.re, y->u.complex.re) != 0 || compare(x->u.complex.im, y->u.complex.im) != 0;
  } else {
    order = compare(x, y);
    if (order == 2) return false;
  }
  switch ((int)op) {
  case TOKEN_EQL: return order == 0;
  case TOKEN_NEQ: return order != 0;
  case TOKEN_LSS: return order < 0;
  case TOKEN_LEQ: return order <= 0;
  case TOKEN_GTR: return order > 0;
  case TOKEN_GEQ: return order >= 0;
  default: return false;
  }
}

bool const_equal(const Const *x, const Const *y) {
  ConstRep a = rep_of(x), b = rep_of(y);
  if (a == REP_UNKNOWN || b == REP_UNKNOWN) return a == b;
  if (a == REP_BOOL && b == REP_BOOL) return x->u.boolean == y->u.boolean;
  if (a == REP_COMPLEX && b == REP_COMPLEX)
    return const_equal(x->u.complex.re, y->u.complex.re) && const_equal(x->u.complex.im, y->u.complex.im);
  return compare(x, y) == 0;
}
