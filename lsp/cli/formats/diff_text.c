// diff_text.c: `heapls diff` for people: a line for each site that is another one now, then functions, then the sum.
#include "cli/diff.h"

static const char *const marks[DIFF_KINDS] = {"+", "-", "^", "v", ">"};

static void write_place(Report *r, const Row *row) {
  buf_printf(&r->out, "%.*s:%u:%u", STR_ARG(row->path), row->line, row->column);
}

static void write_change(Report *r, const DiffChange *c) {
  const Row *row = c->after ? c->after : c->before;
  write_place(r, row);
  buf_printf(&r->out, "  %s %s  ", marks[c->kind], diff_kind_name(c->kind));
  if (c->before && c->after && !str_equal(c->before->hint, c->after->hint))
    buf_printf(&r->out, "%.*s → ", STR_ARG(c->before->hint));
  buf_printf(&r->out, "%.*s  %.*s in %.*s", STR_ARG(row->hint), STR_ARG(row->expression), STR_ARG(row->function));
  if (c->before && c->after && !str_equal(c->before->subject, c->after->subject))
    buf_printf(&r->out, ", was %.*s", STR_ARG(c->before->subject));
  if (c->before && c->after && !str_equal(c->before->function, c->after->function))
    buf_printf(&r->out, ", was in %.*s", STR_ARG(c->before->function));
  if (c->before && c->after && !str_equal(c->before->file, c->after->file))
    buf_printf(&r->out, ", was in %.*s", STR_ARG(c->before->path));
  buf_byte(&r->out, '\n');
}

static void write_function(Report *r, const DiffFunction *f) {
  const DiffCount *a = &f->before, *b = &f->after;
  buf_printf(&r->out, "  %.*s.%.*s: ", STR_ARG(f->package), STR_ARG(f->function));
  format_step(&r->out, a->sites, b->sites);
  buf_printf(&r->out, " site%s", b->sites == 1 ? "" : "s");
  if (a->in_loops || b->in_loops) {
    buf_puts(&r->out, ", ");
    format_step(&r->out, a->in_loops, b->in_loops);
    buf_puts(&r->out, " in loops");
  }
  if (a->bytes != b->bytes) {
    buf_puts(&r->out, ", ");
    format_bytes(&r->out, a->bytes);
    buf_puts(&r->out, " → ");
    format_bytes(&r->out, b->bytes);
  }
  buf_byte(&r->out, '\n');
}

void diff_write_text(Report *r, const Diff *d) {
  for (uint32_t i = 0; i < d->changes.len; i++) write_change(r, &d->changes.items[i]);
  if (d->functions.len) buf_puts(&r->out, "\n");
  for (uint32_t i = 0; i < d->functions.len; i++) write_function(r, &d->functions.items[i]);
  if (d->functions.len) buf_puts(&r->out, "\n");
  const DiffCount *a = &d->before.count, *b = &d->after.count;
  buf_printf(&r->out, "%.*s → %.*s: ", STR_ARG(d->before.name), STR_ARG(d->after.name));
  format_diff_kinds(&r->out, d);
  buf_printf(&r->out, ". %u file%s differ%s; in %u package%s that they may change: ", d->files,
             d->files == 1 ? "" : "s", d->files == 1 ? "s" : "", d->packages, d->packages == 1 ? "" : "s");
  format_step(&r->out, a->sites, b->sites);
  buf_printf(&r->out, " allocation site%s, ", b->sites == 1 ? "" : "s");
  format_step(&r->out, a->in_loops, b->in_loops);
  buf_printf(&r->out, " in loops. %.2f s\n", r->seconds);
  if (d->undecided)
    buf_printf(&r->out, "Not compared: %u function%s that %s not decided in both.\n", d->undecided,
               d->undecided == 1 ? "" : "s", d->undecided == 1 ? "is" : "are");
}
