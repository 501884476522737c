// often.c: how often an allocation matters, in words: from the flags of the allocation pass (alloc/alloc.h,
// ALLOC_COLD_…). The strongest statement is made; where several hold the others follow from what a reader sees.
#include "report/finding_internal.h"

Str often_text(uint8_t cold) {
  if (cold & ALLOC_COLD_INIT) return STR("at program start");
  if (cold & ALLOC_COLD_PANIC) return STR("only on the way to a panic or exit");
  if (cold & ALLOC_COLD_ERROR) return STR("only on the error path");
  if (cold & ALLOC_COLD_ONCE) return STR("once");
  return STR_NONE;
}
