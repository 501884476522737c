// alloc_agreement.c: the lines on which gc's machine code calls the allocator against those on which heapls says so.
//
// The oracle is what `go build -gcflags=-S` prints: per instruction the innermost source line, and for CALL the symbol.
// Compared are the sets of (package, file:line); the same is done for the lines of -m that say "escapes to heap" or
// "moved to heap", which is what tools without this pass can tell. A line on one side only is put into a class: beside
// a line of the other side with the same call, in a file of another package, or neither.
#include "agreement/alloc_report.h"

#include <stdlib.h>

#include "build/build.h"

enum { MAX_FUNCTIONS = 64, NEAR = 3 };

typedef struct Entry {
  Str package, path; // path: as printed
  uint32_t line;
  uint64_t gc, heapls; // sets of functions, by index
  bool escapes;        // -m says so
} Entry;

typedef struct AllocLines {
  StrMap by_key; // "package\npath:line" -> Entry
  StrMap dirs;   // package -> its directory (Str)
  Str functions[MAX_FUNCTIONS];
  uint32_t function_count;
} AllocLines;

bool alloc_is_allocator(Str f) {
  static const char *const PREFIXES[] = {"mallocgc",          "makeslice", "growslice",     "convT",
                                         "makemap",           "concat",    "stringtoslice", "slicebytetostring",
                                         "slicerunetostring", "makechan",  "moveSlice"};
  for (unsigned i = 0; i < sizeof PREFIXES / sizeof *PREFIXES; i++) {
    if (str_has_prefix(f, str_of(PREFIXES[i]))) return true;
  }
  return str_equal(f, STR("newobject")) || str_equal(f, STR("intstring")) || str_equal(f, STR("newarray"));
}

const char *alloc_miss_name(AllocMiss why) {
  switch (why) {
  case ALLOC_MISS_NONE: return "agree";
  case ALLOC_MISS_SHIFTED: return "on a neighbouring line";
  case ALLOC_MISS_INSTANCE: return "in another package's file";
  case ALLOC_MISS_OURS: return "only heapls";
  case ALLOC_MISS_THEIRS: return "only gc";
  case ALLOC_MISS_COUNT: break;
  }
  return "";
}

double alloc_precision(AllocTally t) { return t.heapls ? (double)t.both / t.heapls : 1; }
double alloc_recall(AllocTally t) { return t.gc ? (double)t.both / t.gc : 1; }

AllocAgreement *alloc_agreement_new(void) {
  AllocAgreement *a = mem_new(sizeof *a);
  arena_init(&a->arena);
  a->lines = ARENA_NEW(&a->arena, AllocLines);
  return a;
}

void alloc_agreement_free(AllocAgreement *a) {
  if (!a) return;
  strmap_release(&a->lines->by_key);
  strmap_release(&a->lines->dirs);
  arena_release(&a->arena);
  free(a);
}

static Entry *entry_of(AllocAgreement *a, Str package, Str path, uint32_t line) {
  Buf key = {0};
  buf_printf(&key, "%.*s\n%.*s:%u", STR_ARG(package), STR_ARG(path), line);
  Entry *e = strmap_get(&a->lines->by_key, buf_view(&key));
  if (!e) {
    e = ARENA_NEW(&a->arena, Entry);
    e->package = arena_str(&a->arena, package);
    e->path = arena_str(&a->arena, path);
    e->line = line;
    strmap_set(&a->lines->by_key, arena_str(&a->arena, buf_view(&key)), e);
  }
  buf_release(&key);
  return e;
}

static uint64_t function_bit(AllocAgreement *a, Str name) {
  AllocLines *l = a->lines;
  for (uint32_t i = 0; i < l->function_count; i++) {
    if (str_equal(l->functions[i], name)) return (uint64_t)1 << i;
  }
  if (l->function_count == MAX_FUNCTIONS) return (uint64_t)1 << (MAX_FUNCTIONS - 1);
  l->functions[l->function_count] = arena_str(&a->arena, name);
  return (uint64_t)1 << l->function_count++;
}

// ---- Reading

// Where the instruction that calls a function of the runtime begins, and the function's name; -1: is none. Each
// assembler has its own word for it.
static ptrdiff_t find_call(Str line, size_t *name) {
  static const char *const calls[] = {"\tCALL\truntime.", "\tCall\truntime.", "\tJAL\tX1, runtime."};
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    ptrdiff_t at = str_index(line, str_of(calls[i]));
    if (at >= 0) {
      *name = (size_t)at + strlen(calls[i]);
      return at;
    }
  }
  return -1;
}

bool alloc_listing_calls(Str line) {
  size_t name;
  return find_call(line, &name) >= 0;
}

// "\t0x0020 00032 (path:13)\tCALL\truntime.newobject(SB)"; "path:13[file:20]" where a //line directive says path:13
static void read_instruction(AllocAgreement *a, Str line) {
  size_t start;
  ptrdiff_t at = find_call(line, &start);
  ptrdiff_t open = str_index_byte(line, '(');
  if (at < 0 || open < 0 || open > at) return;
  Str name = str_slice(line, start, line.n);
  ptrdiff_t end = str_index(name, STR("(SB)"));
  if (end < 0) return;
  name = str_slice(name, 0, (size_t)end);
  if (!alloc_is_allocator(name)) return;
  Str position = str_slice(line, (size_t)open + 1, (size_t)at - 1);
  ptrdiff_t original = str_last_byte(position, '['); // where a //line directive leads away from
  if (original >= 0 && position.p[position.n - 1] == ']') position = str_slice(position, 0, (size_t)original);
  ptrdiff_t colon = str_last_byte(position, ':');
  if (colon < 0) return;
  uint32_t number = 0;
  for (size_t i = (size_t)colon + 1; i < position.n && position.p[i] >= '0' && position.p[i] <= '9'; i++)
    number = number * 10 + (uint32_t)(position.p[i] - '0');
  Str path = str_slice(position, 0, (size_t)colon);
  if (!number || str_equal(path, STR("<autogenerated>"))) return;
  entry_of(a, a->package, path, number)->gc |= function_bit(a, name);
}

void alloc_agreement_add_listing(AllocAgreement *a, Str text) {
  while (text.n) {
    ptrdiff_t end = str_index_byte(text, '\n');
    Str line = str_slice(text, 0, end < 0 ? text.n : (size_t)end);
    text = str_slice(text, end < 0 ? text.n : (size_t)end + 1, text.n);
    if (str_has_prefix(line, STR("# ")))
      a->package = arena_str(&a->arena, str_slice(line, 2, line.n));
    else
      read_instruction(a, line);
  }
}

static const AstFile *file_of(void *context, const AstDecl *decl) { return image_file_of(context, decl); }

static Entry *entry_at(AllocAgreement *a, PackageImage *image, IrPos pos) {
  IrPrintedPos at = ir_printed_pos(image->unit, pos, file_of, image);
  if (!at.line || at.autogenerated) return NULL;
  return entry_of(a, image->result.import_path, at.path, at.line);
}

void alloc_agreement_add_result(AllocAgreement *a, const PackageResult *result) {
  PackageImage *image = result->owner;
  if (!image->unit) return;
  Str *dir = ARENA_NEW(&a->arena, Str);
  *dir = arena_str(&a->arena, result->dir);
  strmap_set(&a->lines->dirs, arena_str(&a->arena, result->import_path), dir);
  AllocSet *set = alloc_set_new(image->unit);
  for (uint32_t i = 0; i < set->sites.len; i++) {
    const AllocSite *s = &set->sites.items[i];
    if (!alloc_site_calls(s)) continue;
    IrPos innermost = s->pos;
    innermost.inl = 0;
    Entry *e = entry_at(a, image, innermost);
    if (e) e->heapls |= function_bit(a, str_of(alloc_func_name(s->call)));
  }
  alloc_set_free(set);
  for (uint32_t i = 0; i < image->unit->messages.len; i++) {
    const IrMessage *m = &image->unit->messages.items[i];
    if (m->kind != MESSAGE_ESCAPES && m->kind != MESSAGE_MOVED_TO_HEAP) continue;
    Entry *e = entry_at(a, image, m->pos);
    if (e) e->escapes = true;
  }
}

// ---- Counting

static void count(AllocTally *t, bool gc, bool heapls, bool same) {
  t->gc += gc;
  t->heapls += heapls;
  t->both += gc && heapls;
  t->same_name += gc && heapls && same;
}

// Does the other side have the function near by, on a line that it has to itself?
static bool has_near(const AllocAgreement *a, const Entry *e, uint64_t bit, bool gc_side) {
  Buf key = {0};
  bool found = false;
  for (int delta = -NEAR; delta <= NEAR && !found; delta++) {
    if (!delta || (int64_t)e->line + delta < 1) continue;
    buf_clear(&key);
    buf_printf(&key, "%.*s\n%.*s:%u", STR_ARG(e->package), STR_ARG(e->path), (uint32_t)((int64_t)e->line + delta));
    const Entry *other = strmap_get(&a->lines->by_key, buf_view(&key));
    if (other) found = ((gc_side ? other->gc & ~other->heapls : other->heapls & ~other->gc) & bit) != 0;
  }
  buf_release(&key);
  return found;
}

static bool is_foreign(const AllocAgreement *a, const Entry *e) {
  const Str *dir = strmap_get(&a->lines->dirs, e->package);
  ptrdiff_t slash = str_last_byte(e->path, '/');
  return dir && slash > 0 && !str_equal(str_slice(e->path, 0, (size_t)slash), *dir);
}

static void classify(AllocAgreement *a, const Entry *e, uint32_t function) {
  uint64_t bit = (uint64_t)1 << function;
  bool gc = (e->gc & bit) != 0;
  AllocMiss why = has_near(a, e, bit, !gc) ? ALLOC_MISS_SHIFTED
                  : is_foreign(a, e)       ? ALLOC_MISS_INSTANCE
                  : gc                     ? ALLOC_MISS_THEIRS
                                           : ALLOC_MISS_OURS;
  AllocClass *class = NULL;
  for (uint32_t i = 0; i < a->classes.len && !class; i++) {
    AllocClass *c = &a->classes.items[i];
    if (c->why == why && c->only_gc == gc && str_equal(c->function, a->lines->functions[function])) class = c;
  }
  if (!class) {
    VEC_PUSH(&a->arena, &a->classes,
             (AllocClass){.why = why, .function = a->lines->functions[function], .only_gc = gc});
    class = &a->classes.items[a->classes.len - 1];
  }
  class->lines++;
  if (class->sample_count < 5)
    class->samples[class->sample_count++] =
      arena_printf(&a->arena, "%.*s: %.*s:%u", STR_ARG(e->package), STR_ARG(e->path), e->line);
}

static int by_lines(const void *x, const void *y) {
  const AllocClass *a = x, *b = y;
  if (a->lines != b->lines) return a->lines > b->lines ? -1 : 1;
  int order = str_compare(a->function, b->function);
  return order ? order : (int)a->why - (int)b->why;
}
static int by_path(const void *x, const void *y) {
  return str_compare(((const AllocPackageTally *)x)->path, ((const AllocPackageTally *)y)->path);
}
static int by_count(const void *x, const void *y) {
  const AllocFuncTally *a = x, *b = y;
  if (a->tally.gc != b->tally.gc) return a->tally.gc > b->tally.gc ? -1 : 1;
  return str_compare(a->function, b->function);
}

static AllocTally *package_tally(AllocAgreement *a, Str path) {
  for (uint32_t i = a->packages.len; i-- > 0;) {
    if (str_equal(a->packages.items[i].path, path)) return &a->packages.items[i].tally;
  }
  VEC_PUSH(&a->arena, &a->packages, (AllocPackageTally){.path = path});
  return &a->packages.items[a->packages.len - 1].tally;
}

void alloc_agreement_compute(AllocAgreement *a) {
  const AllocLines *l = a->lines;
  for (uint32_t f = 0; f < l->function_count; f++)
    VEC_PUSH(&a->arena, &a->functions, (AllocFuncTally){.function = l->functions[f]});
  // Packages that only one side has were not asked for.
  StrMap sides = {0};
  for (uint32_t i = 0; i < l->by_key.len; i++) {
    const Entry *e = l->by_key.entries[i].value;
    uintptr_t seen = (uintptr_t)strmap_get(&sides, e->package);
    strmap_set(&sides, e->package, (void *)(seen | (e->gc ? 1U : 0U) | (e->heapls || e->escapes ? 2U : 0U)));
  }
  for (uint32_t i = 0; i < l->by_key.len; i++) {
    const Entry *e = l->by_key.entries[i].value;
    if ((uintptr_t)strmap_get(&sides, e->package) != 3) continue;
    count(&a->all, e->gc != 0, e->heapls != 0, e->gc == e->heapls);
    count(&a->minus_m, e->gc != 0, e->escapes, false);
    count(package_tally(a, e->package), e->gc != 0, e->heapls != 0, e->gc == e->heapls);
    for (uint32_t f = 0; f < l->function_count; f++) {
      uint64_t bit = (uint64_t)1 << f;
      count(&a->functions.items[f].tally, (e->gc & bit) != 0, (e->heapls & bit) != 0, true);
      if ((e->gc ^ e->heapls) & bit) classify(a, e, f);
    }
  }
  strmap_release(&sides);
  if (a->classes.len) qsort(a->classes.items, a->classes.len, sizeof *a->classes.items, by_lines);
  if (a->packages.len) qsort(a->packages.items, a->packages.len, sizeof *a->packages.items, by_path);
  if (a->functions.len) qsort(a->functions.items, a->functions.len, sizeof *a->functions.items, by_count);
}

// ---- Printing

static void write_row(Buf *out, Str name, AllocTally t, bool names) {
  buf_printf(out, "| %.*s | %u | %u | %u | %.3f | %.3f |", STR_ARG(name), t.gc, t.heapls, t.both, alloc_precision(t),
             alloc_recall(t));
  if (names) buf_printf(out, " %.3f |", t.both ? (double)t.same_name / t.both : 1);
  buf_byte(out, '\n');
}

void alloc_agreement_write(Buf *out, const AllocAgreement *a) {
  buf_puts(out, "Lines on which the machine code calls the allocator:\n\n");
  buf_puts(out, "| | gc's code | said | both | precision | recall | function right |\n|---|---|---|---|---|---|---|\n");
  write_row(out, STR("heapls"), a->all, true);
  write_row(out, STR("-m: escapes or moved to heap"), a->minus_m, false);
  for (uint32_t i = 0; i < a->packages.len; i++)
    write_row(out, a->packages.items[i].path, a->packages.items[i].tally, true);
  buf_puts(out, "\n| runtime function | gc's code | said | both | precision | recall |\n|---|---|---|---|---|---|\n");
  for (uint32_t i = 0; i < a->functions.len; i++)
    write_row(out, a->functions.items[i].function, a->functions.items[i].tally, false);
  if (a->classes.len) buf_puts(out, "\n| only | function | lines | where | examples |\n|---|---|---|---|---|\n");
  for (uint32_t i = 0; i < a->classes.len; i++) {
    const AllocClass *c = &a->classes.items[i];
    buf_printf(out, "| %s | %.*s | %u | %s | ", c->only_gc ? "gc" : "heapls", STR_ARG(c->function), c->lines,
               alloc_miss_name(c->why));
    for (uint32_t j = 0; j < c->sample_count; j++) buf_printf(out, "%s`%.*s`", j ? ", " : "", STR_ARG(c->samples[j]));
    buf_puts(out, " |\n");
  }
}
