// constant.h: exact constant values (the Go spec, "Constants"): booleans, strings, integers, rationals, floats that are
// too large or too small to be kept as rationals, complex numbers.
//
// Values are immutable. Their numbers (GMP) are released with constpool_release; everything else lives in its arena.
// Kinds shrink to the smallest that holds the value exactly, as go/constant's do: 3.0 compares equal to 3.
#ifndef HEAPLS_CONSTANT_H
#define HEAPLS_CONSTANT_H

#include "base/arena.h"
#include "syntax/syntax.h"

typedef enum ConstKind { CONST_UNKNOWN, CONST_BOOL, CONST_STRING, CONST_INT, CONST_FLOAT, CONST_COMPLEX } ConstKind;
typedef struct Const Const;

// Owns the GMP numbers of the constants made with it. One thread at a time.
typedef struct ConstPool {
  Arena *arena;         // borrows; holds the Const structs and strings
  VEC(Const *) numbers; // those with GMP memory to clear
} ConstPool;
void constpool_init(ConstPool *, Arena *);
void constpool_release(ConstPool *);

ConstKind const_kind(const Const *); // NULL is CONST_UNKNOWN
const Const *const_unknown(void);
const Const *const_bool(ConstPool *, bool);
const Const *const_string(ConstPool *, Str); // copies
const Const *const_int64(ConstPool *, int64_t);
const Const *const_uint64(ConstPool *, uint64_t);
const Const *const_float64(ConstPool *, double); // exact; unknown for NaN and infinities
// From a literal's source text (TOKEN_INT, TOKEN_FLOAT, TOKEN_IMAG, TOKEN_CHAR, TOKEN_STRING): all Go forms, digit
// separators included. CONST_UNKNOWN if malformed or absurdly large (exponents beyond what gc accepts).
const Const *const_from_literal(ConstPool *, Str text, Token kind);

bool const_bool_value(const Const *);
Str const_string_value(const Const *);
bool const_int64_value(const Const *, int64_t *); // false when not an integer that fits
bool const_uint64_value(const Const *, uint64_t *);
double const_float64_value(const Const *, bool *exact); // nearest, ties to even; ±Inf on overflow
float const_float32_value(const Const *, bool *exact);
int const_sign(const Const *);         // -1, 0, 1; for complex: 0 iff zero
uint32_t const_bit_len(const Const *); // of an integer's absolute value
const Const *const_real(ConstPool *, const Const *);
const Const *const_imag(ConstPool *, const Const *);
const Const *const_make_complex(ConstPool *, const Const *re, const Const *im);
// Conversions of representation; CONST_UNKNOWN when the value is not exactly such a number.
const Const *const_to_int(ConstPool *, const Const *);
const Const *const_to_float(ConstPool *, const Const *);
const Const *const_to_complex(ConstPool *, const Const *);
// Rounded to the precision of the type, as conversion to float32/float64 does; unknown on overflow.
const Const *const_round_float32(ConstPool *, const Const *);
const Const *const_round_float64(ConstPool *, const Const *);

// op: ADD SUB XOR NOT (unary). For XOR of an unsigned type, limit to `bits` (0: signed or untyped).
const Const *const_unary(ConstPool *, Token op, const Const *, unsigned bits);
// op: arithmetic, bitwise, LAND, LOR; integer_division: truncated `/` on integers. Division by zero gives unknown.
const Const *const_binary(ConstPool *, const Const *, Token op, const Const *, bool integer_division);
const Const *const_shift(ConstPool *, const Const *, Token op, uint64_t count);
bool const_compare(ConstPool *, const Const *, Token op, const Const *);
bool const_equal(const Const *, const Const *); // same kind and value

// go/constant's ExactString: for the oracle's dump.
void const_write_exact(Buf *, const Const *);
// As gc prints a literal inside expressions (reference, section 2.5), for the given basic shape: 'i' integer, 'f' float
// (%.6g form), 'c' complex, 'r' quoted rune, 's' quoted string (cut as gc cuts), 'b' bool.
void const_write_gc(Buf *, const Const *, char shape);
// strconv.Quote.
void str_write_quoted(Buf *, Str);
// Unquotes a Go string literal's text ("…" or `…`, carriage returns dropped from raw strings); false when malformed.
bool str_unquote(Buf *, Str literal);
// The first character of the inside of a literal quoted with `quote`; is_byte: written \x or octal, stands for a byte.
bool str_unquote_char(Str, char quote, uint32_t *rune, size_t *used, bool *is_byte);

#endif
