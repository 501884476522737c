// astdump.c: prints what parse_file makes of files, for tests and for eyes.
//
//   astdump tree FILE…      every node: indented by nesting, kind, bytes, characteristic position
//   astdump sum FILE…       a line per file: "ok" or the number of errors, nodes compared, order-free hash of them
//                           (kind, start, end and what go/ast knows of pos), and the same of all kinds and pos that gc
//                           knows
//   astdump nodes FILE…     the nodes that `sum` hashes: kind start end pos
//   astdump positions FILE… those that it hashes for gc: kind pos
//   astdump errors FILE…    syntax errors as file:line:column: message
//   astdump bench FILE…     lines per second of parse_file
//   astdump agree FILE…     how often tree-sitter's tree of a declaration, lowered, is the exact reader's; and its
//   speed
// FILE `-` reads names from standard input, one a line.
#include "syntax/cst_internal.h"
#include "syntax/parse.h"

#include <stdlib.h>
#include <time.h>

typedef struct Dump {
  const AstFile *file;
  const AstDecl *decl;
  uint64_t hash, count, bad;
  uint64_t gc_hash, gc_count;
  bool print, print_gc;
} Dump;

static Str read_whole(const char *path) {
  FILE *in = fopen(path, "rb");
  if (!in) return STR_NONE;
  Buf b = {0};
  char part[65536];
  for (size_t n; (n = fread(part, 1, sizeof part, in)) > 0;) buf_str(&b, (Str){part, n});
  fclose(in);
  buf_str(&b, STR(""));
  return buf_view(&b);
}

// Kinds that go/ast has no node of the same extent for.
static bool compared(const Ast *n) {
  return n->kind != AST_FIELD && n->kind != AST_EMPTY_STMT && n->kind != AST_IMPORT_DECL && n->kind != AST_CONST_DECL &&
         n->kind != AST_TYPE_DECL && n->kind != AST_VAR_DECL;
}

// Positions that go/ast knows too.
static bool has_pos(const Ast *n) {
  return n->kind == AST_BINARY || n->kind == AST_CALL || n->kind == AST_INDEX || n->kind == AST_SLICE ||
         n->kind == AST_COMPOSITE_LIT || n->kind == AST_KEY_VALUE || n->kind == AST_ASSIGN_STMT ||
         n->kind == AST_SEND_STMT;
}

// Kinds whose characteristic position gc has as well.
static bool gc_has(const Ast *n) {
  return n->kind != AST_FIELD && n->kind != AST_PAREN && n->kind != AST_CHAN_TYPE && n->kind != AST_FUNC_TYPE &&
         n->kind != AST_LABELED_STMT && !(n->kind == AST_TYPE_ASSERT && !n->u.assert_.type) &&
         !(n->kind == AST_ELLIPSIS && !n->u.ellipsis.elem);
}

static uint64_t hash_text(const char *text) {
  uint64_t h = 0xcbf29ce484222325u;
  for (const char *p = text; *p; p++) h = (h ^ (unsigned char)*p) * 0x100000001b3u;
  return h;
}

static bool visit_sum(void *context, const Ast *n) {
  Dump *d = context;
  if (n->kind == AST_BAD) d->bad++;
  uint32_t base = d->file->slot_starts[d->decl->slot];
  if (gc_has(n)) {
    if (d->print_gc) printf("%s %u\n", ast_kind_name((AstKind)n->kind), n->pos + base);
    d->gc_hash += (hash_text(ast_kind_name((AstKind)n->kind)) ^ (uint64_t)(n->pos + base)) * 0x100000001b3u;
    d->gc_count++;
  }
  if (!compared(n)) return true;
  uint64_t start = n->start + base, end = n->end + base, pos = has_pos(n) ? n->pos + base : 0;
  const char *kind = ast_kind_name((AstKind)n->kind);
  if (d->print) printf("%s %u %u %u\n", kind, (unsigned)start, (unsigned)end, (unsigned)pos);
  uint64_t h = hash_text(kind);
  h = (h ^ start) * 0x100000001b3u;
  h = (h ^ end) * 0x100000001b3u;
  h = (h ^ pos) * 0x100000001b3u;
  d->hash += h;
  d->count++;
  return true;
}

static bool visit_tree(void *context, const Ast *n) {
  Dump *d = context;
  Str text = {d->decl->text.p + n->start, n->end - n->start};
  if (text.n > 60) text.n = 60;
  ptrdiff_t eol = str_index_byte(text, '\n');
  if (eol >= 0) text.n = (size_t)eol;
  printf("%-16s #%-4u %5u..%-5u @%-5u %s%s %.*s\n", ast_kind_name((AstKind)n->kind), n->id, n->start, n->end, n->pos,
         token_text((Token)n->op), n->flags & AST_FLAG_ERROR ? " !" : "", STR_ARG(text));
  return true;
}

static void dump_file(Parser *parser, const char *mode, const char *path) {
  Str text = read_whole(path);
  AstSource source = {str_of(path), str_of(path)};
  AstFile *f = parse_file(parser, &source, text, NULL);
  Dump d = {.file = f, .print = strcmp(mode, "nodes") == 0, .print_gc = strcmp(mode, "positions") == 0};
  for (uint32_t i = 0; i < f->decl_count; i++) {
    d.decl = f->decls[i];
    for (uint32_t s = 0; s < d.decl->specs.len; s++)
      ast_walk(d.decl->specs.items[s], strcmp(mode, "tree") == 0 ? visit_tree : visit_sum, &d);
  }
  if (strcmp(mode, "sum") == 0)
    printf("%s %u %lu %016lx %lu %016lx\n", path, f->errors.len + (unsigned)d.bad, (unsigned long)d.count,
           (unsigned long)d.hash, (unsigned long)d.gc_count, (unsigned long)d.gc_hash);
  for (uint32_t i = 0; strcmp(mode, "errors") == 0 && i < f->errors.len; i++) {
    LineCol at = ast_file_line_col(f, f->errors.items[i].offset);
    printf("%s:%u:%u: %.*s\n", path, at.line, at.column, STR_ARG(f->errors.items[i].message));
  }
  ast_file_free(f);
  free((void *)(uintptr_t)text.p);
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void bench(Parser *parser, char **paths, uint32_t count) {
  double spent = 0;
  uint64_t lines = 0, bytes = 0, memory = 0;
  for (uint32_t i = 0; i < count; i++) {
    Str text = read_whole(paths[i]);
    AstSource source = {str_of(paths[i]), str_of(paths[i])};
    double start = seconds();
    AstFile *f = parse_file(parser, &source, text, NULL);
    spent += seconds() - start;
    lines += f->line_count;
    bytes += text.n;
    memory += ast_file_memory(f);
    ast_file_free(f);
    free((void *)(uintptr_t)text.p);
  }
  printf("%u files, %.0f lines, %.1f MB in %.2f s: %.0f lines/s, %.1f MB/s, %.1f bytes of tree per byte\n", count,
         (double)lines, (double)bytes / 1e6, spent, (double)lines / spent, (double)bytes / 1e6 / spent,
         (double)memory / (double)bytes);
}

static uint64_t tree_hash(const AstFile *f, const AstDecl *d, AstList specs) {
  Dump dump = {.file = f, .decl = d};
  for (uint32_t s = 0; s < specs.len; s++) ast_walk(specs.items[s], visit_sum, &dump);
  return dump.hash + dump.gc_hash;
}

static void agree(Parser *parser, Interner *interner, char **paths, uint32_t count) {
  Lowering *lowering = lowering_new();
  NameCache *names = mem_new(sizeof *names);
  names->interner = interner;
  Build build = {0};
  double spent = 0;
  uint64_t decls = 0, same = 0, refused = 0, lossy = 0, lines = 0;
  for (uint32_t i = 0; i < count && lowering; i++) {
    Str text = read_whole(paths[i]);
    AstSource source = {str_of(paths[i]), str_of(paths[i])};
    AstFile *f = parse_file(parser, &source, text, NULL);
    for (uint32_t k = 0; k < f->decl_count; k++) {
      const AstDecl *d = f->decls[k];
      if (d->has_error) continue;
      Arena arena;
      arena_init(&arena);
      build_begin(&build, &arena, names, d->text);
      Loss loss;
      double start = seconds();
      ReadResult result = cst_declaration(lowering, &build, &loss);
      spent += seconds() - start;
      decls++;
      lines += d->line_count + 1;
      if (result.kind == DECL_BAD)
        refused++;
      else if (loss.places)
        lossy++;
      else if (tree_hash(f, d, result.specs) == tree_hash(f, d, d->specs))
        same++;
      else {
        LineCol at = ast_file_line_col(f, f->slot_starts[d->slot]);
        printf("differs: %s:%u\n", paths[i], at.line);
      }
      arena_release(&arena);
    }
    ast_file_free(f);
    free((void *)(uintptr_t)text.p);
  }
  printf("%lu declarations: %lu the same, %lu refused, %lu with errors, %lu differ; %.0f lines/s\n",
         (unsigned long)decls, (unsigned long)same, (unsigned long)refused, (unsigned long)lossy,
         (unsigned long)(decls - same - refused - lossy), (double)lines / spent);
  build_release(&build);
  free(names);
  lowering_free(lowering);
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fputs("usage: astdump tree|sum|nodes|positions|errors|bench|agree FILE… (or -)\n", stderr);
    return 2;
  }
  Interner *interner = interner_new();
  Parser *parser = parser_new(interner);
  VEC(char *) paths = {0};
  for (int i = 2; i < argc; i++) {
    if (strcmp(argv[i], "-") != 0) {
      VEC_APPEND(&paths, strdup(argv[i]));
      continue;
    }
    char line[8192];
    while (fgets(line, sizeof line, stdin)) {
      line[strcspn(line, "\n")] = 0;
      VEC_APPEND(&paths, strdup(line));
    }
  }
  if (strcmp(argv[1], "bench") == 0)
    bench(parser, paths.items, paths.len);
  else if (strcmp(argv[1], "agree") == 0)
    agree(parser, interner, paths.items, paths.len);
  else
    for (uint32_t i = 0; i < paths.len; i++) dump_file(parser, argv[1], paths.items[i]);
  for (uint32_t i = 0; i < paths.len; i++) free(paths.items[i]);
  free(paths.items);
  parser_free(parser);
  interner_free(interner);
  return 0;
}
