// constant_internal.h: how constants are kept. Private to constant*.c.
//
// A number has the first of these representations that holds it: a machine integer, a big integer, a ratio, and, when a
// ratio's parts would pass RATIO_MAX_BITS, a binary float of FLOAT_PRECISION bits. Integral ratios that fit a machine
// integer are kept as one: which kind of number a constant is follows from its type, not from its representation.
// Limbs of big numbers are copied into the pool's arena, so that nothing ever needs clearing.
#ifndef HEAPLS_CONSTANT_INTERNAL_H
#define HEAPLS_CONSTANT_INTERNAL_H

#include <gmp.h>

#include "types/constant.h"

enum {
  FLOAT_PRECISION = 512,    // bits of a float's mantissa, gc's
  RATIO_MAX_BITS = 4 << 10, // parts of ratios, and exponents of floats that may become one, stay below
  LITERAL_MAX_BYTES = 20000,
};

typedef enum ConstRep {
  REP_UNKNOWN,
  REP_BOOL,
  REP_STRING,
  REP_INT64,
  REP_BIGINT,
  REP_RATIO,
  REP_FLOAT,
  REP_COMPLEX, // numbers in order of reach
} ConstRep;

// Room behind a string for what is appended to it: a chain of n concatenations copies O(n) bytes, not O(n²).
typedef struct StringRoom {
  size_t used, cap;
} StringRoom;

struct Const {
  uint8_t rep; // ConstRep
  union {
    bool boolean;
    struct {
      Str text;
      StringRoom *room;
    } string; // room NULL: nothing behind it
    int64_t i;
    __mpz_struct z;
    struct {
      __mpz_struct num, den;
    } ratio; // lowest terms, den > 0
    struct {
      __mpz_struct mant;
      int64_t exp;
    } f;
    struct {
      const Const *re, *im;
    } complex;
  } u;
};

// A float under computation: mant · 2^exp. The mantissa is odd or zero after float_round. Infinities only pass through.
typedef struct BigFloat {
  mpz_t mant;
  int64_t exp;
  bool infinite;
} BigFloat;
typedef enum FloatRounding { ROUND_NEAREST, ROUND_TO_ZERO, ROUND_FROM_ZERO } FloatRounding;

void float_init(BigFloat *);
void float_clear(BigFloat *);
void float_round(BigFloat *, unsigned precision, FloatRounding);
void float_set_int(BigFloat *, mpz_srcptr, unsigned precision);
void float_set_ratio(BigFloat *, mpz_srcptr num, mpz_srcptr den, unsigned precision);
void float_add(BigFloat *z, const BigFloat *x, const BigFloat *y, bool subtract, unsigned precision);
void float_mul(BigFloat *z, const BigFloat *x, const BigFloat *y, unsigned precision);
void float_quo(BigFloat *z, const BigFloat *x, const BigFloat *y, unsigned precision); // y not zero
int float_compare(const BigFloat *, const BigFloat *);
int64_t float_exponent(const BigFloat *);           // e of m · 2^e with 0.5 <= |m| < 1; 0 for zero
bool float_to_integer(const BigFloat *, mpz_t out); // exact only
// The nearest IEEE number to num/den · 2^exp, ties to even. den NULL: 1. bits 53 or 24.
double number_to_ieee(mpz_srcptr num, mpz_srcptr den, int64_t exp, int bits, bool *exact);

const Const *const_from_integer(ConstPool *, mpz_srcptr);
const Const *const_from_ratio(ConstPool *, mpq_srcptr); // canonical
const Const *const_from_float(ConstPool *, const BigFloat *);
// Temporary copies of a number in a wider representation; out is initialised by these and cleared by the caller.
void const_get_integer(const Const *, mpz_t out);
void const_get_ratio(const Const *, mpq_t out);
void const_get_float(const Const *, BigFloat *out);
// Mantissa and exponent of a floating-point literal (any base, no separators needed); NULL when malformed.
const Const *const_parse_float(ConstPool *, Str s);

#endif
