// shared_text.h: a text that several hold: an editor's buffer, and the versions of a file that were read from it.
#ifndef HEAPLS_SHARED_TEXT_H
#define HEAPLS_SHARED_TEXT_H

#include "base/arena.h"

typedef struct SharedText {
  uint32_t references; // atomic
  Str text;            // immutable; a zero byte follows
} SharedText;
SharedText *shared_text_new(Str);             // copies; returns owned
SharedText *shared_text_retain(SharedText *); // NULL gives NULL
void shared_text_release(SharedText *);       // NULL is fine

#endif
