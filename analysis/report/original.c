// original.c: findings of a file that is compiled as the cgo tool translates it, at the places where they are written.
//
// Everything before was made from the translation, whose texts and trees agree with each other. What came of it is
// moved at the end, by the line directives of the translation; what the tool made up lies where it stands for
// something.
#include "report/finding_internal.h"

static uint32_t moved_end(const AstFile *file, uint32_t start, uint32_t end, uint32_t new_start) {
  if (end <= start) return new_start;
  uint32_t last = ast_file_original_offset(file, end);
  uint32_t limit = (uint32_t)file->original->text.n;
  uint32_t least = new_start < limit ? new_start + 1 : new_start;
  return last > least ? last : least;
}

static void move_step(FindingMaker *m, FindingStep *s) {
  const AstFile *file = s->source ? range_file(m, s->decl) : NULL;
  if (!file || !file->original) return;
  uint32_t start = ast_file_original_offset(file, s->start);
  s->end = moved_end(file, s->start, s->end, start);
  s->start = start;
  s->at = ast_file_original_offset(file, s->at);
  s->base = ast_file_original_offset(file, s->base);
  LineCol lc = ast_file_line_col(file->original, s->at);
  s->line = lc.line;
  s->column = lc.column;
}

static void say_c_names(FindingMaker *m, Finding *f) {
  Str *said[] = {&f->subject, &f->expression, &f->called, &f->title, &f->why, &f->advice, &f->hint, &f->count_text};
  for (size_t i = 0; i < sizeof said / sizeof *said; i++) *said[i] = finding_c_words(m->arena, *said[i]);
  for (uint32_t i = 0; i < f->step_count; i++) f->steps[i].text = finding_c_words(m->arena, f->steps[i].text);
}

void finding_move_to_original(FindingMaker *m, Finding *f) {
  for (uint32_t i = 0; i < f->step_count; i++) move_step(m, &f->steps[i]);
  say_c_names(m, f);
  const AstFile *file = range_file(m, f->decl);
  if (!file || !file->original) return;
  LineCol lc = {f->line, f->column};
  lc = ast_file_line_col(file->original, ast_file_original_offset(file, ast_file_offset_at(file, lc)));
  f->line = lc.line;
  f->column = lc.column;
  uint32_t start = ast_file_original_offset(file, f->start),
           mark = ast_file_original_offset(file, f->start + f->mark_at);
  uint32_t mark_end = ast_file_original_offset(file, f->start + f->mark_at + f->mark_length);
  bool marked = f->mark_length && mark >= start && mark_end > mark;
  f->hint_at = ast_file_original_offset(file, f->hint_at);
  f->end = moved_end(file, f->start, f->end, start);
  f->start = start;
  f->mark_at = marked ? mark - start : 0;
  f->mark_length = marked ? mark_end - mark : 0;
  if (f->hint_at < f->start) f->hint_at = f->end;
}
