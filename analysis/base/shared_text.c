// shared_text.c: counted texts, each in one piece of memory.
#include "base/shared_text.h"

#include <stdlib.h>

SharedText *shared_text_new(Str text) {
  SharedText *self = malloc(sizeof *self + text.n + 1); // not zeroed: it may be megabytes
  BUG_ON(!self);
  char *bytes = (char *)(self + 1);
  if (text.n) memcpy(bytes, text.p, text.n);
  bytes[text.n] = 0;
  self->references = 1;
  self->text = (Str){bytes, text.n};
  return self;
}

SharedText *shared_text_retain(SharedText *self) {
  if (self) __atomic_add_fetch(&self->references, 1, __ATOMIC_RELAXED);
  return self;
}

void shared_text_release(SharedText *self) {
  if (self && !__atomic_sub_fetch(&self->references, 1, __ATOMIC_ACQ_REL)) free(self);
}
