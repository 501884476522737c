// diff_markdown.c: `heapls diff` as a comment under a pull request, in GitHub's Markdown, which GitLab and Gitea read
// too: a heading, a table, and functions folded away. The big consumer takes 65,536 characters: rows end before that.
#include "cli/diff.h"

enum { MOST_BYTES = 60000 };

static const char *const signs[DIFF_KINDS] = {"➕ came", "➖ went", "🔺 grew", "🔻 shrank", "↪ moved"};

// What would end a cell, or be read as markup. Within a cell a line end is a blank.
static void write_plain(Buf *out, Str s) {
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '\n' || s.p[i] == '\r') {
      buf_byte(out, ' ');
      continue;
    }
    if (strchr("\\`*_{}[]<>()#+-!|~&@", s.p[i]) && s.p[i]) buf_byte(out, '\\');
    buf_byte(out, s.p[i]);
  }
}

// Code in a cell: a fence longer than any run of backticks in it; a bar must be escaped even there.
static void write_code(Buf *out, Str s) {
  size_t longest = 0, run = 0;
  for (size_t i = 0; i < s.n; i++) {
    run = s.p[i] == '`' ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  for (size_t i = 0; i <= longest; i++) buf_byte(out, '`');
  if (longest) buf_byte(out, ' ');
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '|') buf_byte(out, '\\');
    buf_byte(out, s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i]);
  }
  if (longest) buf_byte(out, ' ');
  for (size_t i = 0; i <= longest; i++) buf_byte(out, '`');
}

static void write_change(Report *r, const DiffChange *c) {
  const Row *row = c->after ? c->after : c->before;
  Str path;
  format_path(r, row->file, &path);
  buf_printf(&r->out, "| %s | ", signs[c->kind]);
  write_code(&r->out, arena_printf(r->scratch, "%.*s:%u", STR_ARG(path), row->line));
  buf_puts(&r->out, " | ");
  write_code(&r->out, row->function);
  buf_puts(&r->out, " | ");
  write_code(&r->out, row->expression);
  buf_puts(&r->out, " | ");
  if (c->before && c->after && !str_equal(c->before->hint, c->after->hint)) {
    write_plain(&r->out, c->before->hint);
    buf_puts(&r->out, " → ");
  }
  write_plain(&r->out, row->hint);
  if (c->before && c->after && !str_equal(c->before->function, c->after->function)) {
    buf_puts(&r->out, "; was in ");
    write_code(&r->out, c->before->function);
  }
  buf_puts(&r->out, " |\n");
}

static void write_functions(Report *r, const Diff *d) {
  buf_puts(&r->out, "\n<details><summary>Functions</summary>\n\n| function | sites | in loops |\n|---|---|---|\n");
  for (uint32_t i = 0; i < d->functions.len && r->out.len < MOST_BYTES; i++) {
    const DiffFunction *f = &d->functions.items[i];
    buf_puts(&r->out, "| ");
    write_code(&r->out, arena_printf(r->scratch, "%.*s.%.*s", STR_ARG(f->package), STR_ARG(f->function)));
    buf_puts(&r->out, " | ");
    format_step(&r->out, f->before.sites, f->after.sites);
    buf_puts(&r->out, " | ");
    format_step(&r->out, f->before.in_loops, f->after.in_loops);
    buf_puts(&r->out, " |\n");
  }
  buf_puts(&r->out, "\n</details>\n");
}

void diff_write_markdown(Report *r, const Diff *d) {
  const DiffCount *a = &d->before.count, *b = &d->after.count;
  buf_puts(&r->out, "### heapls: ");
  format_diff_kinds(&r->out, d);
  buf_puts(&r->out, "\n\nFrom ");
  write_plain(&r->out, d->before.name);
  buf_puts(&r->out, " to ");
  write_plain(&r->out, d->after.name);
  buf_printf(&r->out, ", in %u package%s that the change reaches: ", d->packages, d->packages == 1 ? "" : "s");
  format_step(&r->out, a->sites, b->sites);
  buf_printf(&r->out, " allocation site%s, ", b->sites == 1 ? "" : "s");
  format_step(&r->out, a->in_loops, b->in_loops);
  buf_puts(&r->out, " in loops.\n");
  if (d->undecided)
    buf_printf(&r->out, "Not compared: %u function%s, not decided in both.\n", d->undecided,
               d->undecided == 1 ? "" : "s");
  if (!d->changes.len) return;
  buf_puts(&r->out, "\n| | place | function | site | cost |\n|---|---|---|---|---|\n");
  uint32_t shown = 0;
  while (shown < d->changes.len && r->out.len < MOST_BYTES * 3 / 4) write_change(r, &d->changes.items[shown++]);
  if (shown < d->changes.len) buf_printf(&r->out, "\n… and %u more.\n", d->changes.len - shown);
  write_functions(r, d);
}
