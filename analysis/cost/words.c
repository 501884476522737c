// words.c: bounds in words.
#include "cost/cost_internal.h"

const char *cost_why_text(CostWhy why) {
  switch (why) {
  case COST_WHY_NONE: return "a function that it is given";
  case COST_WHY_INTERFACE: return "a method that is called through an interface";
  case COST_WHY_VALUE: return "a function value";
  case COST_WHY_NO_BODY: return "not written in Go";
  case COST_WHY_INDIRECT: return "assembly that calls what is in a register";
  case COST_WHY_NOT_READ: return "its package was not read";
  case COST_WHY_BROKEN: return "it does not compile";
  case COST_WHY_DEEP: return "code that is nested too deeply";
  case COST_WHY_COUNT: break;
  }
  return "";
}

static void write_bytes(Buf *out, int64_t bytes) {
  enum { KIB = 1024, DIGITS = 10 };
  if (bytes < 10 * KIB)
    buf_printf(out, "%lld B", (long long)bytes);
  else if (bytes < KIB * KIB)
    buf_printf(out, "%lld.%lld KiB", (long long)(bytes / KIB), (long long)(bytes % KIB * DIGITS / KIB));
  else
    buf_printf(out, "%lld.%lld MiB", (long long)(bytes / KIB / KIB), (long long)(bytes / KIB % KIB * DIGITS / KIB));
}

static void write_amount(Buf *out, uint32_t count, int64_t bytes) {
  buf_printf(out, "%u allocation%s", count, count == 1 ? "" : "s");
  if (bytes < 0) return;
  buf_puts(out, ", ");
  write_bytes(out, bytes);
}

void cost_write_sum(Buf *out, const CostSum *s, const CostEvent *last) {
  if (s->unknown) {
    buf_puts(out, "unknown");
    if (last && last->text.n) buf_printf(out, ": calls %.*s", STR_ARG(last->text));
    return;
  }
  if (!s->once && !s->turn) {
    buf_puts(out, s->params ? "allocates nothing but in what it is given to call"
                            : "allocates nothing, nor does anything it calls");
  } else if (s->once >= COST_MANY || s->turn >= COST_MANY) {
    buf_puts(out, "allocates, without a bound that is known");
  } else {
    buf_puts(out, "at most ");
    if (s->once || !s->turn) write_amount(out, s->once, s->once_bytes);
    if (s->once && s->turn) buf_puts(out, ", and ");
    if (s->turn) write_amount(out, s->turn, s->turn_bytes);
    if (s->turn) buf_puts(out, " for each turn of a loop");
  }
  if (s->params && (s->once || s->turn)) buf_puts(out, ", and what it is given to call");
}

void cost_write_event(Buf *out, const CostEvent *e) {
  switch ((CostEventKind)e->kind) {
  case COST_SITE:
    buf_printf(out, "allocates %.*s", STR_ARG(e->text));
    if (e->objects == 1 && e->bytes >= 0) {
      buf_puts(out, ", ");
      write_bytes(out, e->bytes);
    }
    break;
  case COST_CALL:
  case COST_PARAM:
  case COST_UNKNOWN: buf_printf(out, "%s %.*s", e->later ? "starts" : "calls", STR_ARG(e->text)); break;
  }
  if (e->kind == COST_UNKNOWN) buf_printf(out, ": %s", cost_why_text((CostWhy)e->why));
  if (e->loops) buf_puts(out, ", in a loop");
  if (e->cold) buf_puts(out, ", only on a cold path");
}
