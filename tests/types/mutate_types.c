// mutate_types: whatever the text, the type checker ends and crashes nothing.
//
// usage: mutate_types [-v] [-n COUNT] [-s SEED] [-C DIR] PATTERN… : loads and checks the packages with all they import,
// then COUNT times breaks one file of a matched package (cuts, doubles, swaps or replaces tokens, exchanges a stretch
// with one of the same file) and checks that package again. A round that hangs ends the run by an alarm. -v names each
// round's seed.
#include "checked.h"

#include <inttypes.h>
#include <stdlib.h>

static bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= 'a' && c <= 'z');
}

// A token's extent around a random place.
static Str token_at(Str s, size_t at) {
  size_t from = at, to = at + 1;
  if (is_word(s.p[at])) {
    while (from > 0 && is_word(s.p[from - 1])) from--;
    while (to < s.n && is_word(s.p[to])) to++;
  }
  return str_slice(s, from, to);
}

static void mutate(Checked *checked, Buf *out, Str s) {
  static const char *const WORDS[] = {
    "nil",
    "iota",
    "_",
    "int",
    "string",
    "any",
    "len",
    "append",
    "make",
    "new",
    "unsafe.Sizeof",
    "func()",
    "[]",
    "*",
    "&",
    "...",
    "interface{}",
    "struct{}",
    "1<<s",
    "1e400",
    "'x'",
    "T[T]",
    "[...]int{}",
    "map[string]int{}",
    "chan int",
    "<-",
    "==",
    "()",
    "{",
    "}",
    "(",
    ")",
    "0",
    "-1",
    "1<<63",
    "~int|string",
    "min",
    "complex",
    "real",
    "range",
    "go",
    "defer",
    "type",
    "x.y",
    "comparable",
    "panic",
    "[P any]",
    "const",
    "return",
    "goto",
    "error",
    "1.5",
    "\"s\"",
    "9223372036854775808",
  };
  static const size_t WORD_COUNT = sizeof WORDS / sizeof *WORDS;
  Str a = token_at(s, checked_pick(checked, (uint32_t)s.n)), b = token_at(s, checked_pick(checked, (uint32_t)s.n));
  if (b.p < a.p) {
    Str t = a;
    a = b;
    b = t;
  }
  size_t a0 = (size_t)(a.p - s.p), b0 = (size_t)(b.p - s.p);
  buf_str(out, str_slice(s, 0, a0));
  switch (checked_pick(checked, 7)) {
  case 0: buf_str(out, str_slice(s, a0 + a.n, s.n)); break;                                // delete
  case 1: buf_str(out, a), buf_byte(out, ' '), buf_str(out, str_slice(s, a0, s.n)); break; // double
  case 2:                                                                                  // exchange
    if (b0 < a0 + a.n) break;
    buf_str(out, b), buf_str(out, str_slice(s, a0 + a.n, b0)), buf_str(out, a),
      buf_str(out, str_slice(s, b0 + b.n, s.n));
    break;
  case 3:
  case 4:
    buf_puts(out, WORDS[checked_pick(checked, (uint32_t)WORD_COUNT)]), buf_str(out, str_slice(s, a0 + a.n, s.n));
    break;
  case 5: buf_str(out, b), buf_str(out, str_slice(s, a0 + a.n, s.n)); break; // replace by another of the file's
  case 6: buf_str(out, str_slice(s, b0 < a0 + 400 ? b0 : a0 + checked_pick(checked, 400), s.n)); break; // cut a stretch
  }
}

// Returns the number of errors that were found.
static uint32_t round_of(Checked *checked, LoadPackage *lp) {
  AstFile **files = mem_new(sizeof *files * (lp->file_count + 1));
  uint32_t count = checked_parse(checked, lp, files), errors = 0;
  if (count) {
    uint32_t which = checked_pick(checked, count);
    Buf text = {0};
    buf_str(&text, files[which]->text);
    for (uint32_t times = 1 + checked_pick(checked, 4); times-- > 0 && text.len > 10;) {
      Buf next = {0};
      mutate(checked, &next, buf_view(&text));
      buf_release(&text);
      text = next;
    }
    AstFile *broken = parse_file(checked->parser, files[which]->source, buf_view(&text), NULL);
    buf_release(&text);
    ast_file_free(files[which]);
    files[which] = broken;
    Package *p = checked_package(checked, lp, files, count);
    errors = p->errors.len;
    package_free(p);
  }
  for (uint32_t i = 0; i < count; i++) ast_file_free(files[i]);
  free(files);
  return errors;
}

int main(int argc, char **argv) {
  BreakOptions options = {.rounds = 100, .seed = 1};
  break_options_read(&options, argc, argv);
  Checked checked;
  checked_init(&checked, &options);
  if (!checked.roots.len) {
    puts("SKIP: nothing matched; without Go's sources there is nothing to break");
    options.rounds = 0;
  }
  uint64_t errors = 0;
  for (uint32_t i = 0; i < options.rounds; i++) {
    checked_round(&checked, &options, i);
    LoadPackage *lp = checked.roots.items[checked_pick(&checked, checked.roots.len)];
    if (options.verbose) fprintf(stderr, "seed %" PRIu64 " %.*s\n", options.seed + i, STR_ARG(lp->path));
    errors += round_of(&checked, lp);
  }
  printf("%u packages broken and checked, %" PRIu64 " errors found in them\n", options.rounds, errors);
  checked_release(&checked);
  break_options_release(&options);
  return 0;
}
