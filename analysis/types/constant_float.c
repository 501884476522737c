// constant_float.c: binary floats of fixed precision, and the decimal and hexadecimal literals they come from.
//
// A float is an mpz mantissa times a power of two; every operation computes exactly (or with one sticky bit standing
// for the rest) and rounds once, to nearest even, as the Go compiler's big floats do. Exponents live in the range of
// int32; beyond it values become infinite or zero. Literals: digits times 10^e is digits · 5^e · 2^e with 5^e taken in
// 64 bits more than the result, the way math/big does it, so that the last bits agree too.
#include "types/constant_internal.h"

#include <math.h>

void float_init(BigFloat *x) {
  mpz_init(x->mant);
  x->exp = 0;
  x->infinite = false;
}

void float_clear(BigFloat *x) { mpz_clear(x->mant); }

int64_t float_exponent(const BigFloat *x) {
  if (mpz_sgn(x->mant) == 0) return 0;
  return (int64_t)mpz_sizeinbase(x->mant, 2) + x->exp;
}

static void float_check_range(BigFloat *x) {
  if (mpz_sgn(x->mant) == 0) {
    x->exp = 0;
    return;
  }
  int64_t e = float_exponent(x);
  if (e > INT32_MAX) x->infinite = true;
  if (e < INT32_MIN) {
    mpz_set_ui(x->mant, 0);
    x->exp = 0;
  }
}

void float_round(BigFloat *x, unsigned precision, FloatRounding mode) {
  if (mpz_sgn(x->mant) == 0) {
    x->exp = 0;
    return;
  }
  size_t bits = mpz_sizeinbase(x->mant, 2);
  if (bits > precision) {
    mp_bitcnt_t drop = bits - precision;
    bool negative = mpz_sgn(x->mant) < 0;
    mpz_abs(x->mant, x->mant);
    mp_bitcnt_t lowest = mpz_scan1(x->mant, 0);
    bool inexact = lowest < drop;
    bool half = mpz_tstbit(x->mant, drop - 1), beyond_half = half && lowest < drop - 1;
    mpz_tdiv_q_2exp(x->mant, x->mant, drop);
    bool up = false;
    if (mode == ROUND_NEAREST) up = beyond_half || (half && mpz_odd_p(x->mant));
    if (mode == ROUND_FROM_ZERO) up = inexact;
    if (up) mpz_add_ui(x->mant, x->mant, 1);
    if (negative) mpz_neg(x->mant, x->mant);
    x->exp += (int64_t)drop;
  }
  mp_bitcnt_t zeros = mpz_scan1(x->mant, 0);
  if (zeros) {
    mpz_tdiv_q_2exp(x->mant, x->mant, zeros);
    x->exp += (int64_t)zeros;
  }
  float_check_range(x);
}

void float_set_int(BigFloat *z, mpz_srcptr n, unsigned precision) {
  mpz_set(z->mant, n);
  z->exp = 0;
  z->infinite = false;
  float_round(z, precision, ROUND_NEAREST);
}

// Quotient of two integers times 2^exp, rounded.
static void quotient(BigFloat *z, mpz_srcptr num, mpz_srcptr den, int64_t exp, unsigned precision) {
  z->infinite = false;
  if (mpz_sgn(num) == 0) {
    mpz_set_ui(z->mant, 0);
    z->exp = 0;
    return;
  }
  int64_t shift = (int64_t)precision + 2 + (int64_t)mpz_sizeinbase(den, 2) - (int64_t)mpz_sizeinbase(num, 2);
  if (shift < 0) shift = 0;
  mpz_t scaled, rest;
  mpz_inits(scaled, rest, NULL);
  mpz_mul_2exp(scaled, num, (mp_bitcnt_t)shift);
  mpz_tdiv_qr(scaled, rest, scaled, den);
  if (mpz_sgn(rest) != 0) { // a bit below all others that says "and something more"
    bool negative = mpz_sgn(scaled) < 0;
    mpz_mul_2exp(scaled, scaled, 1);
    if (negative)
      mpz_sub_ui(scaled, scaled, 1);
    else
      mpz_add_ui(scaled, scaled, 1);
    shift++;
  }
  mpz_swap(z->mant, scaled);
  z->exp = exp - shift;
  mpz_clears(scaled, rest, NULL);
  float_round(z, precision, ROUND_NEAREST);
}

void float_set_ratio(BigFloat *z, mpz_srcptr num, mpz_srcptr den, unsigned precision) {
  quotient(z, num, den, 0, precision);
}

void float_quo(BigFloat *z, const BigFloat *x, const BigFloat *y, unsigned precision) {
  if (x->infinite || y->infinite) {
    bool zero = !x->infinite;
    z->infinite = !zero;
    if (zero) mpz_set_ui(z->mant, 0), z->exp = 0;
    return;
  }
  quotient(z, x->mant, y->mant, x->exp - y->exp, precision);
}

void float_mul(BigFloat *z, const BigFloat *x, const BigFloat *y, unsigned precision) {
  bool infinite = x->infinite || y->infinite;
  int64_t exp = x->exp + y->exp;
  mpz_mul(z->mant, x->mant, y->mant);
  z->exp = exp;
  z->infinite = infinite;
  if (!infinite) float_round(z, precision, ROUND_NEAREST);
}

// A stand-in for a number too small to matter beside one with the top bit at `top`, except as "a little more or less".
static void float_set_speck(BigFloat *z, int sign, int64_t top, unsigned precision) {
  mpz_set_si(z->mant, sign);
  z->exp = top - 2 * (int64_t)precision - 8;
}

void float_add(BigFloat *z, const BigFloat *x, const BigFloat *y, bool subtract, unsigned precision) {
  if (x->infinite || y->infinite) {
    z->infinite = true;
    return;
  }
  BigFloat a, b;
  float_init(&a), float_init(&b);
  mpz_set(a.mant, x->mant), a.exp = x->exp;
  mpz_set(b.mant, y->mant), b.exp = y->exp;
  if (subtract) mpz_neg(b.mant, b.mant);
  int sa = mpz_sgn(a.mant), sb = mpz_sgn(b.mant);
  if (sa && sb) {
    int64_t ta = float_exponent(&a), tb = float_exponent(&b), far = 2 * (int64_t)precision + 16;
    if (ta - tb > far) float_set_speck(&b, sb, ta, precision);
    if (tb - ta > far) float_set_speck(&a, sa, tb, precision);
  }
  if (sa == 0) a.exp = b.exp;
  if (sb == 0) b.exp = a.exp;
  int64_t low = a.exp < b.exp ? a.exp : b.exp;
  mpz_mul_2exp(a.mant, a.mant, (mp_bitcnt_t)(a.exp - low));
  mpz_mul_2exp(b.mant, b.mant, (mp_bitcnt_t)(b.exp - low));
  mpz_add(z->mant, a.mant, b.mant);
  z->exp = low;
  z->infinite = false;
  float_clear(&a), float_clear(&b);
  float_round(z, precision, ROUND_NEAREST);
}

int float_compare(const BigFloat *x, const BigFloat *y) {
  int sx = mpz_sgn(x->mant), sy = mpz_sgn(y->mant);
  if (sx != sy) return sx < sy ? -1 : 1;
  if (sx == 0) return 0;
  int64_t ex = float_exponent(x), ey = float_exponent(y);
  if (ex != ey) return (ex < ey) == (sx > 0) ? -1 : 1;
  BigFloat difference;
  float_init(&difference);
  float_add(&difference, x, y, true, 2 * FLOAT_PRECISION);
  int sign = mpz_sgn(difference.mant);
  float_clear(&difference);
  return sign;
}

bool float_to_integer(const BigFloat *x, mpz_t out) {
  if (x->infinite) return false;
  if (x->exp >= 0) {
    if (x->exp > 4 * RATIO_MAX_BITS) return false;
    mpz_mul_2exp(out, x->mant, (mp_bitcnt_t)x->exp);
    return true;
  }
  if (mpz_sgn(x->mant) == 0) {
    mpz_set_ui(out, 0);
    return true;
  }
  if (mpz_scan1(x->mant, 0) < (mp_bitcnt_t)-x->exp) return false;
  mpz_tdiv_q_2exp(out, x->mant, (mp_bitcnt_t)-x->exp);
  return true;
}

double number_to_ieee(mpz_srcptr num, mpz_srcptr den, int64_t exp, int bits, bool *exact) {
  bool negative = mpz_sgn(num) < 0;
  int64_t smallest = bits == 53 ? -1074 : -149, top = bits == 53 ? 1024 : 128;
  if (exact) *exact = true;
  if (mpz_sgn(num) == 0) return 0;
  int64_t magnitude = (int64_t)mpz_sizeinbase(num, 2) - (den ? (int64_t)mpz_sizeinbase(den, 2) : 1) + exp;
  if (exact) *exact = false;
  if (magnitude > top + 2) return negative ? -HUGE_VAL : HUGE_VAL;
  if (magnitude < smallest - 4) return negative ? -0.0 : 0.0;
  // floor(|num|/den · 2^(exp - low)) fits 64 bits and keeps at least two bits below the result's last one
  int64_t low = magnitude - bits - 3;
  if (low < smallest - 2) low = smallest - 2;
  mpz_t q, rest;
  mpz_inits(q, rest, NULL);
  mpz_abs(q, num);
  int64_t shift = exp - low;
  bool sticky = false;
  if (shift >= 0) {
    mpz_mul_2exp(q, q, (mp_bitcnt_t)shift);
    if (den) mpz_tdiv_qr(q, rest, q, den);
    sticky = den && mpz_sgn(rest) != 0;
  } else if (den) {
    mpz_mul_2exp(rest, den, (mp_bitcnt_t)-shift);
    mpz_tdiv_qr(q, rest, q, rest);
    sticky = mpz_sgn(rest) != 0;
  } else {
    sticky = mpz_scan1(q, 0) < (mp_bitcnt_t)-shift;
    mpz_tdiv_q_2exp(q, q, (mp_bitcnt_t)-shift);
  }
  uint64_t m = mpz_get_ui(q);
  int64_t length = m ? 64 - __builtin_clzll(m) : 0;
  mpz_clears(q, rest, NULL);
  int64_t last = length + low - bits;
  if (last < smallest) last = smallest;
  unsigned drop = (unsigned)(last - low);
  uint64_t tail = m & ((UINT64_C(1) << drop) - 1), half = UINT64_C(1) << (drop - 1);
  m >>= drop;
  if (tail > half || (tail == half && (sticky || (m & 1)))) m++;
  double result = ldexp((double)m, (int)last);
  if (exact) *exact = tail == 0 && !sticky;
  if (bits == 24 && result >= 0x1p128) result = HUGE_VAL;
  if (exact && isinf(result)) *exact = false;
  return negative ? -result : result;
}

// 5^n in the given precision, multiplied in the order that math/big uses.
static void float_pow5(BigFloat *z, uint64_t n, unsigned precision) {
  enum { TABLE_LAST = 27 }; // 5^27 is the last power in 64 bits
  mpz_ui_pow_ui(z->mant, 5, n <= TABLE_LAST ? (unsigned long)n : TABLE_LAST);
  z->exp = 0;
  z->infinite = false;
  float_round(z, precision, ROUND_NEAREST);
  if (n <= TABLE_LAST) return;
  n -= TABLE_LAST;
  BigFloat f;
  float_init(&f);
  mpz_set_ui(f.mant, 5);
  for (; n > 0; n >>= 1) {
    if (n & 1) float_mul(z, z, &f, precision);
    if (!f.infinite) float_mul(&f, &f, &f, precision + 64);
  }
  float_clear(&f);
}

typedef struct FloatText {
  int base;
  char digits[LITERAL_MAX_BYTES]; // of the mantissa, without point and separators
  size_t len;
  int64_t fraction; // digits behind the point
  int64_t exp;      // written exponent
  bool exp_is_binary;
} FloatText;

static int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

static bool float_text_split(FloatText *t, Str s) {
  size_t i = 0;
  t->base = 10;
  t->len = 0;
  t->fraction = t->exp = 0;
  t->exp_is_binary = false;
  if (s.n >= 2 && s.p[0] == '0') {
    char c = (char)(s.p[1] | 0x20);
    t->base = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 10;
    if (t->base != 10) i = 2;
  }
  bool point = false;
  for (; i < s.n; i++) {
    char c = s.p[i];
    if (c == '_') continue;
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (digit_value(c) >= t->base) break;
    if (t->len + 1 >= sizeof t->digits) return false;
    t->digits[t->len++] = c;
    t->fraction += point;
  }
  t->digits[t->len] = 0;
  if (t->len == 0) return false;
  if (i == s.n) return true;
  char mark = (char)(s.p[i] | 0x20);
  if (mark != (t->base == 10 ? 'e' : 'p')) return false;
  t->exp_is_binary = mark == 'p';
  i++;
  bool negative = false;
  if (i < s.n && (s.p[i] == '+' || s.p[i] == '-')) negative = s.p[i++] == '-';
  if (i == s.n) return false;
  for (; i < s.n; i++) {
    if (s.p[i] == '_') continue;
    int d = digit_value(s.p[i]);
    if (d > 9) return false;
    if (t->exp < INT64_C(100000000000)) t->exp = t->exp * 10 + d;
  }
  if (negative) t->exp = -t->exp;
  return true;
}

static int base_log2(int base) { return base == 16 ? 4 : base == 8 ? 3 : 1; }

// The value as a float, the way the compiler decides whether a ratio will do.
static void float_text_value(const FloatText *t, mpz_srcptr mantissa, BigFloat *z) {
  int64_t exp2 = 0, exp5 = 0;
  if (t->base == 10)
    exp5 = exp2 = (t->exp_is_binary ? 0 : t->exp) - t->fraction;
  else
    exp2 = -t->fraction * base_log2(t->base);
  if (t->exp_is_binary) exp2 += t->exp;
  mpz_set(z->mant, mantissa);
  z->exp = exp2;
  z->infinite = false;
  if (mpz_sgn(mantissa) == 0) {
    z->exp = 0;
    return;
  }
  float_round(z, FLOAT_PRECISION, ROUND_NEAREST);
  if (exp5 == 0 || z->infinite || mpz_sgn(z->mant) == 0) return;
  BigFloat power;
  float_init(&power);
  float_pow5(&power, (uint64_t)(exp5 < 0 ? -exp5 : exp5), FLOAT_PRECISION + 64);
  if (exp5 < 0)
    float_quo(z, z, &power, FLOAT_PRECISION);
  else
    float_mul(z, z, &power, FLOAT_PRECISION);
  float_clear(&power);
}

static const Const *float_text_ratio(ConstPool *pool, const FloatText *t, mpz_srcptr mantissa) {
  mpq_t q;
  mpq_init(q);
  mpz_set(mpq_numref(q), mantissa);
  int64_t exp2 = 0;
  if (t->base == 10) {
    int64_t exp10 = t->exp - t->fraction;
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, (unsigned long)(exp10 < 0 ? -exp10 : exp10));
    if (exp10 < 0)
      mpz_set(mpq_denref(q), power);
    else
      mpz_mul(mpq_numref(q), mpq_numref(q), power);
    mpz_clear(power);
  } else {
    exp2 = t->exp - t->fraction * base_log2(t->base);
  }
  mpq_canonicalize(q);
  if (exp2 > 0) mpq_mul_2exp(q, q, (mp_bitcnt_t)exp2);
  if (exp2 < 0) mpq_div_2exp(q, q, (mp_bitcnt_t)-exp2);
  const Const *c = const_from_ratio(pool, q);
  mpq_clear(q);
  return c;
}

const Const *const_parse_float(ConstPool *pool, Str s) {
  FloatText t;
  if (s.n >= LITERAL_MAX_BYTES || !float_text_split(&t, s)) return NULL;
  mpz_t mantissa;
  if (mpz_init_set_str(mantissa, t.digits, t.base) != 0) {
    mpz_clear(mantissa);
    return NULL;
  }
  const Const *c = NULL;
  BigFloat f;
  float_init(&f);
  float_text_value(&t, mantissa, &f);
  int64_t e = float_exponent(&f);
  if (f.infinite)
    c = const_unknown();
  else if (mpz_sgn(f.mant) == 0)
    c = const_int64(pool, 0);
  else if (-RATIO_MAX_BITS < e && e < RATIO_MAX_BITS)
    c = float_text_ratio(pool, &t, mantissa);
  else
    c = const_from_float(pool, &f);
  float_clear(&f);
  mpz_clear(mantissa);
  return c;
}
