// agreement.c: set comparison of compiler messages by hashing whole lines; what is left over is put into classes by
// looking for near matches (same place, same line, same file).
#include "agreement/agreement.h"

#include <stdlib.h>

typedef struct Line {
  Str package, file, place; // place: "file:line:col"; file: up to the line number
  Str file_line;            // "file:line"
  Str message;
  LineKind kind;
  uint8_t sides; // 1 << Side
} Line;

typedef struct AgreementLines {
  StrMap by_text; // "package\0place: message" -> Line
  VEC(Line *) all;
  Str package[2]; // current header of each side
} AgreementLines;

static const struct {
  const char *name;
  Family family;
} KINDS[LINE_KIND_COUNT] = {
  [LINE_ESCAPES] = {"E escapes to heap", FAMILY_ESCAPE},
  [LINE_STAYS] = {"E does not escape", FAMILY_ESCAPE},
  [LINE_MOVED] = {"moved to heap: V", FAMILY_ESCAPE},
  [LINE_LEAKING] = {"leaking param: P", FAMILY_ESCAPE},
  [LINE_LEAKING_CONTENT] = {"leaking param content: P", FAMILY_ESCAPE},
  [LINE_LEAKING_RESULT] = {"leaking param: P to result R", FAMILY_ESCAPE},
  [LINE_SELF_ASSIGNMENT] = {"ignoring self-assignment", FAMILY_ESCAPE},
  [LINE_ASSUMING] = {"assuming P is unsafe uintptr", FAMILY_ESCAPE},
  [LINE_CAN_INLINE] = {"can inline F", FAMILY_INLINE},
  [LINE_INLINING_CALL] = {"inlining call to F", FAMILY_INLINE},
  [LINE_DEVIRTUALIZING] = {"devirtualizing C", FAMILY_OTHER},
  [LINE_ZERO_COPY] = {"zero-copy conversion", FAMILY_OTHER},
  [LINE_BOUNDS] = {"index bounds check elided", FAMILY_OTHER},
  [LINE_OTHER] = {"other", FAMILY_OTHER},
};

const char *line_kind_name(LineKind kind) { return KINDS[kind].name; }
Family line_kind_family(LineKind kind) { return KINDS[kind].family; }

const char *family_name(Family family) {
  static const char *const names[] = {"escape family", "inline family", "other"};
  return names[family];
}

const char *disagreement_name(Disagreement why) {
  static const char *const names[] = {"opposite verdict", "other wording at the same place", "other column",
                                      "other position", "nothing there"};
  return names[why];
}

double tally_f1(Tally t) { return t.gc + t.heapls ? 2.0 * t.both / (t.gc + t.heapls) : 1.0; }

static LineKind kind_of(Str m) {
  if (str_has_prefix(m, STR("can inline "))) return LINE_CAN_INLINE;
  if (str_has_prefix(m, STR("inlining call to "))) return LINE_INLINING_CALL;
  if (str_has_prefix(m, STR("moved to heap: "))) return LINE_MOVED;
  if (str_has_prefix(m, STR("leaking param content: "))) return LINE_LEAKING_CONTENT;
  if (str_has_prefix(m, STR("leaking param: ")))
    return str_index(m, STR(" to result ")) >= 0 ? LINE_LEAKING_RESULT : LINE_LEAKING;
  if (str_has_suffix(m, STR(" escapes to heap"))) return LINE_ESCAPES;
  if (str_has_suffix(m, STR(" does not escape"))) return LINE_STAYS;
  if (str_index(m, STR(" ignoring self-assignment in ")) >= 0) return LINE_SELF_ASSIGNMENT;
  if (str_has_prefix(m, STR("assuming "))) return LINE_ASSUMING;
  if (str_has_prefix(m, STR("PGO devirtualizing "))) return LINE_DEVIRTUALIZING;
  if (str_has_prefix(m, STR("devirtualizing ")) || str_has_prefix(m, STR("partially devirtualizing ")))
    return LINE_DEVIRTUALIZING;
  if (str_has_prefix(m, STR("zero-copy "))) return LINE_ZERO_COPY;
  if (str_has_prefix(m, STR("index bounds check elided"))) return LINE_BOUNDS;
  return LINE_OTHER;
}

Agreement *agreement_new(void) {
  Agreement *a = mem_new(sizeof *a);
  a->lines = mem_new(sizeof *a->lines);
  return a;
}

void agreement_free(Agreement *a) {
  if (!a) return;
  strmap_release(&a->lines->by_text);
  free(a->lines->all.items);
  free(a->lines);
  arena_release(&a->arena);
  free(a);
}

// Splits "file:12:3: message"; columns may be absent. False when the text has no position.
static bool split_position(Str text, Line *line) {
  size_t end = 0;
  for (size_t i = 0; i + 1 < text.n; i++)
    if (text.p[i] == ':' && text.p[i + 1] == ' ') {
      end = i;
      break;
    }
  if (end == 0) return false;
  line->place = str_slice(text, 0, end);
  line->message = str_slice(text, end + 2, text.n);
  size_t colons[2] = {0};
  int found = 0;
  for (size_t i = end; i > 0 && found < 2; i--) {
    char c = text.p[i - 1];
    if (c == ':')
      colons[found++] = i - 1;
    else if (c < '0' || c > '9')
      break;
  }
  if (found == 0) return false;
  size_t line_colon = found == 2 ? colons[1] : colons[0];
  line->file = str_slice(text, 0, line_colon);
  line->file_line = found == 2 ? str_slice(text, 0, colons[0]) : line->place;
  return line->file.n > 0;
}

void agreement_write_rest(Buf *out, Str text) {
  Str header = {0};
  bool is_message = false; // of -m, and so are indented lines below it
  while (text.n) {
    ptrdiff_t end = str_index_byte(text, '\n');
    Str line = str_slice(text, 0, end >= 0 ? (size_t)end : text.n);
    text = str_slice(text, end >= 0 ? line.n + 1 : line.n, text.n);
    if (str_has_prefix(line, STR("# "))) {
      header = line;
      is_message = false;
      continue;
    }
    Line split = {0};
    if (!line.n || (line.p[0] != '\t' && line.p[0] != ' '))
      is_message = split_position(line, &split) && kind_of(split.message) != LINE_OTHER;
    if (is_message) continue;
    if (header.n) {
      buf_str(out, header);
      buf_byte(out, '\n');
    }
    header.n = 0;
    buf_str(out, line);
    buf_byte(out, '\n');
  }
}

static void add_line(Agreement *a, Side side, Str text) {
  AgreementLines *lines = a->lines;
  if (str_has_prefix(text, STR("# "))) {
    Str path = str_slice(text, 2, text.n);
    ptrdiff_t space = str_index_byte(path, ' ');
    lines->package[side] = arena_str(&a->arena, space >= 0 ? str_slice(path, 0, (size_t)space) : path);
    return;
  }
  if (text.n == 0 || text.p[0] == '\t' || text.p[0] == ' ' || str_has_prefix(text, STR("<autogenerated>"))) return;
  Str key = arena_printf(&a->arena, "%.*s\n%.*s", STR_ARG(lines->package[side]), STR_ARG(text));
  Line *known = strmap_get(&lines->by_text, key);
  if (known) {
    known->sides |= (uint8_t)(1u << side);
    return;
  }
  Line *line = ARENA_NEW(&a->arena, Line);
  line->package = str_slice(key, 0, lines->package[side].n);
  if (!split_position(str_slice(key, lines->package[side].n + 1, key.n), line)) return;
  line->kind = kind_of(line->message);
  line->sides = (uint8_t)(1u << side);
  strmap_set(&lines->by_text, key, line);
  VEC_APPEND(&lines->all, line);
}

void agreement_add(Agreement *a, Side side, Str text) {
  while (text.n) {
    ptrdiff_t end = str_index_byte(text, '\n');
    size_t n = end >= 0 ? (size_t)end : text.n;
    add_line(a, side, str_slice(text, 0, n));
    text = str_slice(text, n + (end >= 0), text.n);
  }
}

static void count(Tally *t, uint8_t sides) {
  t->gc += (sides & 1u << SIDE_GC) != 0;
  t->heapls += (sides & 1u << SIDE_HEAPLS) != 0;
  t->both += sides == 3;
}

static bool is_verdict(LineKind kind) { return kind == LINE_ESCAPES || kind == LINE_STAYS || kind == LINE_MOVED; }

// What a line speaks of, without its verdict.
static Str subject_of(const Line *line) {
  static const char escapes[] = " escapes to heap", moved[] = "moved to heap: ";
  if (line->kind == LINE_ESCAPES || line->kind == LINE_STAYS)
    return str_slice(line->message, 0, line->message.n - sizeof escapes + 1);
  if (line->kind == LINE_MOVED) return str_slice(line->message, sizeof moved - 1, line->message.n);
  return line->message;
}

// Near matches are found in maps from a description to the sides that have it.
typedef struct Index {
  StrMap map;
  Arena *arena;
} Index;

static void index_add(Index *index, uint8_t sides, Str package, Str where, LineKind kind, Str what) {
  Str key =
    arena_printf(index->arena, "%.*s\n%.*s\n%d\n%.*s", STR_ARG(package), STR_ARG(where), (int)kind, STR_ARG(what));
  uintptr_t old = (uintptr_t)strmap_get(&index->map, key);
  strmap_set(&index->map, key, (void *)(old | sides));
}

static bool index_has(const Index *index, Buf *scratch, Side side, Str package, Str where, LineKind kind, Str what) {
  buf_clear(scratch);
  buf_printf(scratch, "%.*s\n%.*s\n%d\n%.*s", STR_ARG(package), STR_ARG(where), (int)kind, STR_ARG(what));
  return ((uintptr_t)strmap_get(&index->map, buf_view(scratch)) >> side) & 1;
}

static Disagreement classify(const Index *index, Buf *scratch, const Line *line) {
  Side other = line->sides == 1u << SIDE_GC ? SIDE_HEAPLS : SIDE_GC;
  Str none = STR_NONE;
  if (line->kind == LINE_ESCAPES || line->kind == LINE_STAYS) {
    LineKind opposite = line->kind == LINE_ESCAPES ? LINE_STAYS : LINE_ESCAPES;
    if (index_has(index, scratch, other, line->package, line->place, opposite, subject_of(line)))
      return DISAGREE_VERDICT;
  }
  if (index_has(index, scratch, other, line->package, line->place, line->kind, none)) return DISAGREE_WORDING;
  if (index_has(index, scratch, other, line->package, line->file_line, line->kind, line->message))
    return DISAGREE_COLUMN;
  if (index_has(index, scratch, other, line->package, line->file, line->kind, line->message)) return DISAGREE_POSITION;
  return DISAGREE_ABSENT;
}

static int by_lines(const void *x, const void *y) {
  const DisagreementClass *a = x, *b = y;
  if (a->lines != b->lines) return a->lines < b->lines ? 1 : -1;
  if (a->kind != b->kind) return (int)a->kind - (int)b->kind;
  return (int)a->why - (int)b->why;
}

static int by_path(const void *x, const void *y) {
  return str_compare(((const PackageTally *)x)->path, ((const PackageTally *)y)->path);
}

static void compute_classes(Agreement *a) {
  AgreementLines *lines = a->lines;
  Index index = {.arena = &a->arena};
  for (uint32_t i = 0; i < lines->all.len; i++) {
    const Line *l = lines->all.items[i];
    index_add(&index, l->sides, l->package, l->place, l->kind, STR_NONE);
    index_add(&index, l->sides, l->package, l->place, l->kind, subject_of(l));
    if (l->sides == 3) continue; // matched: no candidate for another line's match elsewhere
    index_add(&index, l->sides, l->package, l->file_line, l->kind, l->message);
    index_add(&index, l->sides, l->package, l->file, l->kind, l->message);
  }
  DisagreementClass classes[LINE_KIND_COUNT][DISAGREE_COUNT][2] = {0};
  Buf scratch = {0};
  for (uint32_t i = 0; i < lines->all.len; i++) {
    const Line *l = lines->all.items[i];
    if (l->sides == 3) continue;
    Side only = l->sides == 1u << SIDE_GC ? SIDE_GC : SIDE_HEAPLS;
    Disagreement why = classify(&index, &scratch, l);
    DisagreementClass *c = &classes[l->kind][why][only];
    *c = (DisagreementClass){.kind = l->kind,
                             .why = why,
                             .only = only,
                             .lines = c->lines + 1,
                             .sample_count = c->sample_count,
                             .samples = {c->samples[0], c->samples[1], c->samples[2]}};
    if (c->sample_count < 3)
      c->samples[c->sample_count++] =
        arena_printf(&a->arena, "%.*s: %.*s: %.*s", STR_ARG(l->package), STR_ARG(l->place), STR_ARG(l->message));
  }
  for (int k = 0; k < LINE_KIND_COUNT; k++)
    for (int w = 0; w < DISAGREE_COUNT; w++)
      for (int s = 0; s < 2; s++)
        if (classes[k][w][s].lines) VEC_PUSH(&a->arena, &a->classes, classes[k][w][s]);
  if (a->classes.len) qsort(a->classes.items, a->classes.len, sizeof *a->classes.items, by_lines);
  buf_release(&scratch);
  strmap_release(&index.map);
}

// Verdicts by position: a position is heap when any line there says so.
static void compute_verdicts(Agreement *a) {
  AgreementLines *lines = a->lines;
  StrMap places = {0}; // bit 0, 1: gc speaks, says heap; 2, 3: heapls
  for (uint32_t i = 0; i < lines->all.len; i++) {
    const Line *l = lines->all.items[i];
    if (!is_verdict(l->kind)) continue;
    Str key = arena_printf(&a->arena, "%.*s\n%.*s", STR_ARG(l->package), STR_ARG(l->place));
    uintptr_t bits = (uintptr_t)strmap_get(&places, key);
    for (int side = 0; side < 2; side++)
      if (l->sides & 1u << side) bits |= (uintptr_t)(l->kind == LINE_STAYS ? 1 : 3) << 2 * side;
    strmap_set(&places, key, (void *)bits);
  }
  for (uint32_t i = 0; i < places.len; i++) {
    uintptr_t bits = (uintptr_t)places.entries[i].value;
    if (!(bits & 1) || !(bits & 4)) continue;
    a->positions++;
    a->same_verdict += (bits >> 1 & 1) == (bits >> 3 & 1);
  }
  strmap_release(&places);
}

void agreement_compute(Agreement *a) {
  AgreementLines *lines = a->lines;
  StrMap packages = {0};
  for (uint32_t i = 0; i < lines->all.len; i++) {
    const Line *l = lines->all.items[i];
    Family family = line_kind_family(l->kind);
    count(&a->kinds[l->kind], l->sides);
    count(&a->families[family], l->sides);
    count(&a->all, l->sides);
    uintptr_t at = (uintptr_t)strmap_get(&packages, l->package);
    if (!at) {
      VEC_PUSH(&a->arena, &a->packages, (PackageTally){.path = l->package});
      at = a->packages.len;
      strmap_set(&packages, l->package, (void *)at);
    }
    count(&a->packages.items[at - 1].families[family], l->sides);
  }
  strmap_release(&packages);
  if (a->packages.len) qsort(a->packages.items, a->packages.len, sizeof *a->packages.items, by_path);
  compute_verdicts(a);
  compute_classes(a);
}

static void write_row(Buf *out, const char *name, Tally t, const char *mark) {
  buf_printf(out, "| %s%s%s | %u | %u | %u | %u | %u | %.4f |\n", mark, name, mark, t.gc, t.heapls, t.both,
             t.gc - t.both, t.heapls - t.both, tally_f1(t));
}

void agreement_write_table(Buf *out, const Agreement *a) {
  buf_puts(out, "| message | gc | heapls | both | only gc | only heapls | F1 |\n|---|---:|---:|---:|---:|---:|---:|\n");
  for (int family = 0; family < FAMILY_COUNT; family++) {
    for (int kind = 0; kind < LINE_KIND_COUNT; kind++)
      if (line_kind_family((LineKind)kind) == (Family)family && a->kinds[kind].gc + a->kinds[kind].heapls)
        write_row(out, line_kind_name((LineKind)kind), a->kinds[kind], "");
    if (family != FAMILY_OTHER) write_row(out, family_name((Family)family), a->families[family], "**");
  }
  write_row(out, "all lines", a->all, "**");
  if (a->positions)
    buf_printf(out, "\nSame verdict heap/stack at %u of %u positions where both speak (%.3f %%).\n", a->same_verdict,
               a->positions, 100.0 * a->same_verdict / a->positions);
}
