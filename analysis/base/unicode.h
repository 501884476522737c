// unicode.h: UTF-8 and the three character classes of Go's lexical grammar.
#ifndef HEAPLS_UNICODE_H
#define HEAPLS_UNICODE_H

#include "base/base.h"

enum { RUNE_ERROR = 0xFFFD };

// Decodes the rune at the start of s as Go does: an invalid byte is RUNE_ERROR of width 1; an empty string is
// RUNE_ERROR of width 0.
uint32_t utf8_decode(Str s, int *width);
uint32_t utf8_first_rune(Str s);
int rune_encode(uint32_t rune, char out[4]); // bytes written; an invalid rune is written as RUNE_ERROR

bool unicode_is_letter(uint32_t rune); // class L, and '_'
bool unicode_is_digit(uint32_t rune);  // class Nd
bool unicode_is_upper(uint32_t rune);  // class Lu
bool unicode_is_print(uint32_t rune);  // what Go's strconv.IsPrint accepts

#endif
