// directives.c: reads the comments that are promises.
#include "syntax/directives.h"

#include <stdlib.h>

#include "syntax/comments_internal.h"

static const char *const marks[] = {"//heapls:", "//gcassert:"};
enum { HEAPLS, GCASSERT };

bool directives_mentioned(Str text) {
  return str_index(text, str_of(marks[HEAPLS])) >= 0 || str_index(text, str_of(marks[GCASSERT])) >= 0;
}

static size_t skip_blanks(Str text, size_t at) {
  while (at < text.n && (text.p[at] == ' ' || text.p[at] == '\t')) at++;
  return at;
}

static void add(DirectiveList *out, Str text, Comment c, int mark) {
  Str words = str_trim(str_slice(text, c.start + strlen(marks[mark]), c.end));
  if (mark == HEAPLS && str_has_prefix(words, STR("ignore"))) return;
  uint32_t line = comment_line_start(text, c.start);
  bool alone = !str_trim(str_slice(text, line, c.start)).n;
  size_t subject = skip_blanks(text, alone ? comment_below(text, c.end) : line);
  VEC_APPEND(&out->items, (Directive){mark == GCASSERT, words, c.start, c.end, (uint32_t)subject});
}

void directives_read(DirectiveList *out, Str text) {
  out->items.len = 0;
  if (!directives_mentioned(text)) return;
  for (Comment c = {0}; comment_next(text, &c);)
    for (int mark = HEAPLS; mark <= GCASSERT; mark++)
      if (str_has_prefix(str_slice(text, c.start, c.end), str_of(marks[mark]))) add(out, text, c, mark);
}

void directives_release(DirectiveList *list) {
  free(list->items.items);
  *list = (DirectiveList){0};
}
