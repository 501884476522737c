// render.c: findings as text. Plain words first, the proof after.
#include "render.h"

#include "alloc/alloc.h"

static const char *const preset_names[] = {"quiet", "default", "all"};

bool preset_of(const char *name, Preset *out) {
  for (int i = 0; i < 3; i++) {
    if (strcmp(name, preset_names[i]) != 0) continue;
    *out = (Preset)i;
    return true;
  }
  return false;
}

const char *preset_name(Preset p) { return preset_names[p]; }

bool preset_shows(Preset preset, const Finding *f) {
  enum { LARGE = 4096 };
  if (f->kind != FINDING_SITE && f->kind != FINDING_VARIABLE) return false;
  bool heap = (f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL) && !finding_is_copy(f);
  switch (preset) {
  case PRESET_QUIET:
    return heap && !f->cold && f->cause != CAUSE_APPEND_CALLER &&
           (f->loop_depth > 1 || f->bytes >= LARGE || f->cause == CAUSE_TOO_LARGE);
  case PRESET_DEFAULT: return heap;
  case PRESET_ALL: return true;
  }
  return false;
}

void render_path(Buf *out, Str cwd, Str path) {
  if (cwd.n && str_has_prefix(path, cwd) && path.n > cwd.n && (path.p[cwd.n] == '/' || cwd.n == 1)) {
    buf_str(out, str_slice(path, cwd.n + (cwd.n > 1), path.n));
    return;
  }
  ptrdiff_t up = str_last_byte(cwd, '/');
  if (up > 0 && str_has_prefix(path, str_slice(cwd, 0, (size_t)up + 1))) {
    buf_puts(out, "../");
    buf_str(out, str_slice(path, (size_t)up + 1, path.n));
    return;
  }
  buf_str(out, path);
}

// Markdown's `code` and *emphasis* are left out of plain text.
void render_words(Buf *out, Str text, bool markdown) {
  bool code = false;
  for (size_t i = 0; i < text.n; i++) {
    char c = text.p[i];
    if (c == '`') code = !code;
    bool emphasis = c == '*' && !code &&
                    ((i + 1 < text.n && text.p[i + 1] >= 'a' && text.p[i + 1] <= 'z') ||
                     (i && text.p[i - 1] >= 'a' && text.p[i - 1] <= 'z'));
    if (!markdown && emphasis) continue;
    buf_byte(out, c);
  }
}

void render_copies(Buf *out, const Finding *f) {
  buf_printf(out, "inlined into %u caller%s", f->inlined_into, f->inlined_into == 1 ? "" : "s");
  if (f->verdict != VERDICT_HEAP && f->verdict != VERDICT_CONDITIONAL) return;
  if (!f->copies_heap)
    buf_puts(out, ", on the stack there");
  else if (f->copies_heap < f->inlined_into)
    buf_printf(out, ", on the heap in %u of them", f->copies_heap);
  if (f->copies_loop) buf_printf(out, ", in a loop in %u", f->copies_loop);
}

FunctionTally function_tally(const FindingSet *set, const AstDecl *decl) {
  FunctionTally t = {0};
  const FindingGroup *group = finding_group_of(set, decl);
  for (uint32_t i = 0; group && i < group->len; i++) {
    const Finding *f = &group->items[i];
    if (f->kind != FINDING_SITE && f->kind != FINDING_VARIABLE) continue;
    bool heap = f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL;
    if (!heap)
      t.stack++;
    else if (finding_is_copy(f))
      t.inlined++;
    else if (f->verdict == VERDICT_HEAP)
      t.heap++;
    else
      t.conditional++;
    if (!heap || finding_is_copy(f)) continue;
    t.cold += f->cold != 0;
    t.in_loop += f->loop_depth > 1 && !f->cold;
    t.on_error += (f->cold & ALLOC_COLD_ERROR) != 0;
    t.on_panic += (f->cold & ALLOC_COLD_PANIC) && !(f->cold & ALLOC_COLD_ERROR);
  }
  return t;
}

// The title in a sentence that has named the function: it is left out, or "it".
static void write_title_after_name(Buf *out, Str title, Str function) {
  Buf name = {0};
  buf_printf(&name, "`%.*s`", STR_ARG(function));
  const Str names[] = {buf_view(&name), STR("this function literal")};
  const Str of = STR(" of ");
  ptrdiff_t at = -1;
  Str found = STR_NONE;
  for (size_t i = 0; i < 2 && at < 0; i++) {
    at = str_index(title, names[i]);
    found = names[i];
  }
  Str before = at < 0 ? title : str_slice(title, 0, (size_t)at);
  Str after = at < 0 ? STR_NONE : str_slice(title, (size_t)at + found.n, title.n);
  if (before.n && before.p[0] >= 'A' && before.p[0] <= 'Z') {
    buf_byte(out, (char)(before.p[0] - 'A' + 'a'));
    before = str_slice(before, 1, before.n);
  }
  bool is_of = at >= 0 && str_has_suffix(before, of);
  render_words(out, is_of ? str_slice(before, 0, before.n - of.n) : before, false);
  if (at >= 0 && !is_of) buf_puts(out, "it");
  render_words(out, after, false);
  buf_release(&name);
}

void render_message(Buf *out, const Finding *f) {
  buf_printf(out, "`%.*s`", STR_ARG(f->expression.n ? f->expression : f->subject));
  if (f->function.n && !str_equal(f->function, STR("init"))) buf_printf(out, " in `%.*s`", STR_ARG(f->function));
  buf_puts(out, ": ");
  write_title_after_name(out, f->title, f->function);
  if (f->why.n) {
    buf_byte(out, ' ');
    render_words(out, f->why, false);
  }
}

void render_line(Buf *out, const Finding *f) {
  buf_str(out, f->title);
  if (f->why.n) {
    buf_byte(out, ' ');
    render_words(out, f->why, false);
  }
}
