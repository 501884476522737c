// parse.c: a file from its text: cut into declarations, each read or taken over from the version before.
//
// A declaration is taken over when its text, pragma included, is that of one in the version before that was not taken
// yet; several of the same text are taken in order. It keeps its slot, so positions kept by later layers stay valid.
// The errors found inside it are copied from the version before, moved to where it now is.
//
// After an edit only the declarations are cut anew that it can have changed, and their neighbours (split_edit): the
// others are taken over without looking at their text, and a version costs what was edited, and a few numbers for each
// declaration and line. What comes out is the same.
//
// Two readers. The exact one (read_internal.h) follows gc and alone says what is valid. A declaration that it refuses
// is also given to tree-sitter, whose repair of broken text often keeps more of it; the tree with more expressions and
// statements is taken (on edits of the standard library's sources that keeps 84 % of the nodes of the unbroken
// declaration, against 77 % and 70 % for either alone). The messages are the exact reader's.
#include "syntax/parse.h"

#include "base/unicode.h"
#include "syntax/build_internal.h"
#include "syntax/cst_internal.h"
#include "syntax/directives.h"
#include "syntax/split_internal.h"
#include "syntax/stretch.h"

#include <stdlib.h>

enum { FILE_SIZE_LIMIT = 64 << 20, REPAIR_SIZE_LIMIT = 256 << 10 };

struct Parser {
  NameCache names;
  Build build;
  Build repair;       // the second reading of a broken declaration
  Lowering *lowering; // made when first needed
};

Parser *parser_new(Interner *interner) {
  Parser *p = mem_new(sizeof *p);
  p->names.interner = interner;
  return p;
}

void parser_free(Parser *p) {
  if (!p) return;
  build_release(&p->build);
  build_release(&p->repair);
  lowering_free(p->lowering);
  free(p);
}

static void file_error(AstFile *f, uint32_t offset, Str message) {
  VEC_PUSH(&f->arena, &f->errors, (SyntaxError){offset, arena_str(&f->arena, message)});
}

// What no Go file may hold, wherever it stands: NUL, bytes that are not UTF-8, a byte order mark past the beginning.
// The first at or after *at, of those that begin before the end; *at is then behind it. NULL: there is none.
static const char *next_encoding_fault(Str text, size_t *at, size_t end, size_t *fault_at) {
  for (size_t i = *at; i < end; *at = i) {
    uint64_t word = 1, rest;
    if (i + sizeof word <= text.n) {
      memcpy(&word, text.p + i, sizeof word);
      rest = (word - 0x0101010101010101u) | word; // a high bit is set where a byte is 0 or not ASCII
      if (!(rest & 0x8080808080808080u)) {
        i += sizeof word;
        continue;
      }
    }
    int width = 1;
    unsigned char c = (unsigned char)text.p[i];
    uint32_t rune = c < 0x80 ? c : utf8_decode(str_slice(text, i, text.n), &width);
    const char *fault = c == 0                         ? "invalid NUL character"
                        : rune == 0xFFFD && width == 1 ? "invalid UTF-8 encoding"
                        : rune == 0xFEFF && i > 0      ? "invalid BOM in the middle of the file"
                                                       : NULL;
    *fault_at = i;
    i += (size_t)width;
    if (!fault) continue;
    *at = i;
    return fault;
  }
  return NULL;
}

static void check_encoding(AstFile *f) {
  enum { REPORTED = 10 };
  const char *fault;
  size_t at = 0, fault_at;
  for (uint32_t i = 0; i < REPORTED && (fault = next_encoding_fault(f->text, &at, f->text.n, &fault_at)); i++)
    file_error(f, (uint32_t)fault_at, str_of(fault));
}

static const uint32_t *index_lines(Arena *arena, Str text, uint32_t first, uint32_t *count) {
  uint32_t n = first;
  const char *end = text.p + text.n;
  for (const char *p = text.p; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++) n++;
  uint32_t *lines = ARENA_ARRAY(arena, uint32_t, n ? n : 1);
  uint32_t i = first;
  for (const char *p = text.p; p < end && (p = memchr(p, '\n', (size_t)(end - p)));)
    lines[i++] = (uint32_t)(++p - text.p);
  *count = n;
  return lines;
}

static bool count_understood(void *context, const Ast *node) {
  uint32_t *count = context;
  *count += node->kind != AST_BAD && (ast_kind_is_expr((AstKind)node->kind) || ast_kind_is_stmt((AstKind)node->kind));
  return true;
}

static uint32_t understood(AstList specs) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < specs.len; i++) ast_walk(specs.items[i], count_understood, &count);
  return count;
}

// The exact reader refused d: asks tree-sitter, and settles d's tree.
static void repair_decl(Parser *p, AstDecl *d, ReadResult exact) {
  Build *chosen = &p->build;
  if (!p->lowering) p->lowering = lowering_new();
  if (p->lowering && d->text.n <= REPAIR_SIZE_LIMIT) {
    Build *b = &p->repair;
    build_begin(b, &d->pool->arena, &p->names, d->text);
    Loss loss;
    ReadResult repaired = cst_declaration(p->lowering, b, &loss);
    if (repaired.kind != DECL_BAD && understood(repaired.specs) > understood(exact.specs)) {
      d->kind = repaired.kind;
      d->specs = repaired.specs;
      d->node_count = b->node_count;
      chosen = b;
    }
  }
  build_mark_errors(chosen, d->specs);
}

// Reads a declaration whose text lies in the file's text. In the first version of a file that is in the pool, and the
// declaration shares it: the byte behind it is zero while it is read, as the readers want it. Later versions' texts go
// with their files, and the declaration gets a copy.
static AstDecl *read_decl(Parser *p, AstFile *f, Str text, bool share, uint64_t hash, uint32_t offset,
                          uint32_t pragma) {
  Arena *arena = &f->pool->arena;
  AstDecl *d = ARENA_NEW(arena, AstDecl);
  d->pool = f->pool;
  __atomic_fetch_add(&f->pool->references, 1, __ATOMIC_RELAXED);
  d->source = f->source;
  d->text = share ? text : arena_str(arena, text);
  char *end = (char *)(uintptr_t)d->text.p + d->text.n, behind = *end;
  *end = 0;
  d->hash = hash;
  d->pragma = pragma;
  d->references = 1;
  Build *b = &p->build;
  build_begin(b, arena, &p->names, d->text);
  ReadResult result = read_declaration(b);
  d->kind = result.kind;
  d->specs = result.specs;
  d->node_count = b->node_count;
  d->has_error = b->errors.len > 0;
  if (d->has_error) repair_decl(p, d, result);
  for (uint32_t i = 0; i < b->errors.len; i++)
    file_error(f, offset + b->errors.items[i].offset, str_of(b->errors.items[i].message));
  *end = behind;
  d->lines = index_lines(arena, d->text, 0, &d->line_count);
  return d;
}

// The declarations of the version before, found by hash.
typedef struct Reuse {
  const AstFile *previous;
  uint32_t first;  // what follows is about those from here on
  uint32_t *heads; // index plus 1 of the first declaration of a bucket
  uint32_t *next;
  bool *taken;
  uint32_t bucket_count;
} Reuse;

// from … to: which of them.
static void reuse_init(Reuse *u, const AstFile *previous, uint32_t from, uint32_t to) {
  *u = (Reuse){.previous = previous, .first = from};
  if (from == to) return;
  for (u->bucket_count = 16; u->bucket_count < to - from;) u->bucket_count *= 2;
  u->heads = mem_new(u->bucket_count * sizeof(uint32_t));
  u->next = mem_new((to - from) * sizeof(uint32_t));
  u->taken = mem_new((to - from) * sizeof(bool));
  for (uint32_t i = to - from; i-- > 0;) {
    uint32_t *head = &u->heads[previous->decls[from + i]->hash & (u->bucket_count - 1)];
    u->next[i] = *head;
    *head = i + 1;
  }
}

static void reuse_release(Reuse *u) {
  free(u->heads);
  free(u->next);
  free(u->taken);
}

static AstDecl *reuse_find(Reuse *u, AstFile *f, Str text, uint64_t hash, uint32_t offset, uint32_t pragma) {
  if (!u->heads) return NULL;
  for (uint32_t i = u->heads[hash & (u->bucket_count - 1)]; i; i = u->next[i - 1]) {
    AstDecl *d = u->previous->decls[u->first + i - 1];
    if (u->taken[i - 1] || d->hash != hash || d->pragma != pragma || !str_equal(d->text, text)) continue;
    u->taken[i - 1] = true;
    ast_decl_retain(d);
    uint32_t before = u->previous->slot_starts[d->slot];
    for (uint32_t e = u->previous->outside_errors; d->has_error && e < u->previous->errors.len; e++) {
      SyntaxError error = u->previous->errors.items[e];
      if (error.offset >= before && error.offset <= before + text.n)
        file_error(f, error.offset - before + offset, error.message);
    }
    return d;
  }
  return NULL;
}

static void find_linknames(Parser *p, AstFile *f, const Split *split) {
  for (uint32_t i = 0; i < split->directives.len; i++) {
    Str text = split->directives.items[i].text;
    if (!str_has_prefix(text, STR("go:linkname "))) continue;
    Str fields[4];
    uint32_t count = 0;
    for (size_t at = 0; at < text.n && count < 4;) {
      while (at < text.n && (text.p[at] == ' ' || text.p[at] == '\t')) at++;
      size_t start = at;
      while (at < text.n && text.p[at] != ' ' && text.p[at] != '\t') at++;
      if (at > start) fields[count++] = str_slice(text, start, at);
    }
    if (count < 2 || count > 3) {
      file_error(f, split->directives.items[i].offset, STR("usage: //go:linkname localname [linkname]"));
      continue;
    }
    Linkname name = {.local = name_cache_get(&p->names, fields[1])};
    if (count == 3) name.remote = arena_str(&f->arena, fields[2]);
    VEC_PUSH(&f->arena, &f->linknames, name);
  }
}

// The name of the function that a chunk declares, when it is no method.
static Str function_name(Str text) {
  Str head = STR("func");
  if (!str_has_prefix(text, head)) return STR_NONE;
  size_t at = head.n;
  while (at < text.n && (text.p[at] == ' ' || text.p[at] == '\t')) at++;
  size_t start = at;
  while (at < text.n && !memchr(" \t\r\n([{", text.p[at], 7)) at++;
  return str_slice(text, start, at);
}

static bool begins_import(const AstFile *f, Chunk c) {
  return str_has_prefix(str_slice(f->text, c.keyword, c.end), STR("import"));
}

static bool is_linknamed(const AstFile *f, Str function) {
  for (uint32_t i = 0; function.n && i < f->linknames.len; i++)
    if (str_equal(sym_str(f->linknames.items[i].local), function)) return true;
  return false;
}

static bool imports_c(const AstDecl *d) {
  for (uint32_t i = 0; d->kind == DECL_IMPORT && i < d->specs.len; i++) {
    Str path = d->specs.items[i]->u.import.path_text;
    if (str_equal(path, STR("\"C\"")) || str_equal(path, STR("`C`"))) return true;
  }
  return false;
}

static void check_import_order(AstFile *f, const Split *split) {
  bool imports_over = false;
  for (uint32_t i = 0; i < split->chunks.len; i++) {
    bool import = begins_import(f, split->chunks.items[i]);
    if (import && imports_over)
      file_error(f, split->chunks.items[i].keyword, STR("syntax error: imports must appear before other declarations"));
    imports_over |= !import;
  }
}

// Those that were cut off, from here on.
static void add_chunks(Parser *p, AstFile *f, const Split *split, Reuse *reuse) {
  for (uint32_t i = 0; i < split->chunks.len; i++) {
    Chunk c = split->chunks.items[i];
    Str text = str_slice(f->text, c.start, c.end);
    uint32_t pragma = c.pragma;
    if (is_linknamed(f, function_name(str_slice(f->text, c.keyword, c.end)))) pragma |= PRAGMA_LINKNAME;
    uint64_t hash = str_hash(text);
    AstDecl *d = reuse_find(reuse, f, text, hash, c.start, pragma);
    if (!d) {
      d = read_decl(p, f, text, !reuse->previous, hash, c.start, pragma);
      d->slot = f->slot_count++;
    }
    f->slot_starts[d->slot] = c.start;
    f->decls[f->decl_count++] = d;
    f->imports_c |= imports_c(d);
  }
}

static void add_decls(Parser *p, AstFile *f, const Split *split, const AstFile *previous) {
  Reuse reuse;
  reuse_init(&reuse, previous, 0, previous ? previous->decl_count : 0);
  uint32_t old_slots = previous ? previous->slot_count : 0;
  f->decls = ARENA_ARRAY(&f->arena, AstDecl *, split->chunks.len);
  f->slot_starts = ARENA_ARRAY(&f->arena, uint32_t, old_slots + split->chunks.len);
  f->slot_count = old_slots;
  for (uint32_t i = 0; i < old_slots; i++) f->slot_starts[i] = UINT32_MAX;
  add_chunks(p, f, split, &reuse);
  reuse_release(&reuse);
}

// ---- After an edit

static void copy_errors(AstFile *f, const AstFile *from, uint32_t begin, uint32_t end, uint32_t moved) {
  for (uint32_t i = 0; i < from->errors.len; i++) {
    SyntaxError e = from->errors.items[i];
    if (e.offset >= begin && e.offset < end) file_error(f, e.offset + moved, e.message);
  }
}

// previous' lines but for those that begin in what was replaced.
static void edit_lines(AstFile *f, const AstFile *previous, uint32_t prefix, uint32_t suffix) {
  uint32_t moved = (uint32_t)(f->text.n - previous->text.n), old_tail = (uint32_t)previous->text.n - suffix;
  uint32_t head = ast_file_line_col(previous, prefix).line;              // lines that begin at or before it
  uint32_t tail = ast_file_line_col(previous, old_tail).line, fresh = 0; // likewise
  const char *from = f->text.p + prefix, *end = f->text.p + f->text.n - suffix;
  for (const char *p = from; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++) fresh++;
  uint32_t rest = previous->line_count - tail;
  f->line_count = head + fresh + rest;
  f->lines = ARENA_ARRAY(&f->arena, uint32_t, f->line_count);
  memcpy(f->lines, previous->lines, head * sizeof *f->lines);
  uint32_t *to = f->lines + head;
  for (const char *p = from; p < end && (p = memchr(p, '\n', (size_t)(end - p)));) *to++ = (uint32_t)(++p - f->text.p);
  for (uint32_t i = 0; i < rest; i++) to[i] = previous->lines[tail + i] + moved;
}

// In what was replaced, and around it where a character may have been cut.
static bool has_encoding_fault(const AstFile *f, uint32_t prefix, uint32_t suffix) {
  enum { AROUND = 4 };
  size_t from = prefix > AROUND ? prefix - AROUND : 0, to = f->text.n - suffix + AROUND;
  if (to > f->text.n) to = f->text.n;
  while (from < to && ((unsigned char)f->text.p[from] & 0xC0) == 0x80) from++; // inside a character
  size_t fault_at;
  return next_encoding_fault(f->text, &from, to, &fault_at) != NULL;
}

// Imports stand first, and make the file be read as a whole when they come, change or go.
static bool touches_imports(const AstFile *f, const Split *split, const AstFile *previous, const SplitEdit *edit) {
  for (uint32_t i = 0; i < split->chunks.len; i++)
    if (begins_import(f, split->chunks.items[i])) return true;
  for (uint32_t i = edit->first; i < edit->rest; i++)
    if (previous->decls[i]->kind == DECL_IMPORT) return true;
  return edit->rest < previous->decl_count && previous->decls[edit->rest]->kind == DECL_IMPORT;
}

static void take_over(AstFile *f, const AstFile *previous, uint32_t from, uint32_t to) {
  ast_decls_retain(previous->decls + from, to - from);
  memcpy(f->decls + f->decl_count, previous->decls + from, (to - from) * sizeof *f->decls);
  f->decl_count += to - from;
}

// Where the earlier text had none, one can only be where the two differ, or reach into it.
static bool mentions_directives(Str text, const AstFile *previous, const Stretch *same) {
  if (previous->mentions_directives) return directives_mentioned(text);
  size_t from = same->prefix > DIRECTIVE_MARK_MAX ? same->prefix - DIRECTIVE_MARK_MAX : 0;
  size_t rest = same->suffix > DIRECTIVE_MARK_MAX ? same->suffix - DIRECTIVE_MARK_MAX : 0;
  return directives_mentioned(str_slice(text, from, text.n - rest));
}

// Fills in a file whose text is there. False: nothing was done, it has to be read as a whole.
static bool parse_edit(Parser *p, AstFile *f, const AstFile *previous) {
  Stretch same;
  stretch_compare(&same, previous->text, f->text);
  Split split;
  SplitEdit edit;
  bool ok = split_edit(&split, f->text, previous, same.prefix, same.suffix, &edit) &&
            !touches_imports(f, &split, previous, &edit) && !has_encoding_fault(f, same.prefix, same.suffix);
  if (!ok) {
    split_release(&split);
    return false;
  }
  uint32_t fresh = split.chunks.len, kept = previous->decl_count - (edit.rest - edit.first);
  edit_lines(f, previous, same.prefix, same.suffix);
  f->package_name = previous->package_name;
  f->package_pos = previous->package_pos;
  if (previous->build_constraint.n)
    f->build_constraint =
      (Str){f->text.p + (previous->build_constraint.p - previous->text.p), previous->build_constraint.n};
  f->go_minor = previous->go_minor;
  f->is_generated = previous->is_generated;
  f->imports_c = previous->imports_c;
  f->mentions_directives = mentions_directives(f->text, previous, &same);
  f->is_plain = true;
  f->decls = ARENA_ARRAY(&f->arena, AstDecl *, kept + fresh + 1);
  f->slot_starts = ARENA_ARRAY(&f->arena, uint32_t, previous->slot_count + fresh + 1);
  f->slot_count = previous->slot_count;
  // Where those begin that the split has cut off anew, and those behind.
  uint32_t begin =
    edit.first < previous->decl_count ? previous->slot_starts[previous->decls[edit.first]->slot] : UINT32_MAX;
  uint32_t end =
    edit.rest < previous->decl_count ? previous->slot_starts[previous->decls[edit.rest]->slot] : UINT32_MAX;
  for (uint32_t i = 0; i < previous->slot_count; i++) {
    uint32_t start = previous->slot_starts[i];
    f->slot_starts[i] = start < begin ? start : start < end || start == UINT32_MAX ? UINT32_MAX : start + edit.moved;
  }
  copy_errors(f, previous, 0, begin, 0);
  take_over(f, previous, 0, edit.first);
  Reuse reuse;
  reuse_init(&reuse, previous, edit.first, edit.rest);
  add_chunks(p, f, &split, &reuse);
  reuse_release(&reuse);
  copy_errors(f, previous, end, UINT32_MAX, edit.moved);
  take_over(f, previous, edit.rest, previous->decl_count);
  split_release(&split);
  return true;
}

static AstFile *parse(Parser *p, const AstSource *source, Str text, SharedText *shared, const AstFile *previous) {
  AstFile *f = mem_new(sizeof *f);
  f->source = source;
  bool too_large = text.n > FILE_SIZE_LIMIT;
  if (too_large) text = STR_NONE;
  enum { BYTES_PER_BYTE = 5, LEAST = 512 }; // of tree and text, for a byte of text, in most files
  f->pool = ast_pool_new(previous ? LEAST : text.n * BYTES_PER_BYTE + LEAST);
  if (previous && !too_large) f->shared = shared_text_retain(shared);
  arena_init_sized(&f->arena, (previous && !f->shared ? text.n : 0) + text.n / 8 + LEAST);
  f->text = f->shared ? text : arena_str(previous ? &f->arena : &f->pool->arena, text);
  if (previous && !too_large && parse_edit(p, f, previous)) return f;
  f->lines = (uint32_t *)(uintptr_t)index_lines(&f->arena, f->text, 1, &f->line_count);
  if (too_large) file_error(f, 0, STR("file too large"));
  Split split;
  split_file(&split, f->text);
  f->is_plain = split.is_plain;
  f->package_name = split.package_name.n ? name_cache_get(&p->names, split.package_name) : NULL;
  f->package_pos = split.package_pos;
  f->build_constraint = split.build_constraint;
  f->go_minor = constraint_go_minor(split.build_constraint);
  f->is_generated = split.is_generated;
  f->mentions_directives = directives_mentioned(f->text);
  for (uint32_t i = 0; i < split.line_directives.len; i++)
    VEC_PUSH(&f->arena, &f->line_directives, split.line_directives.items[i]);
  for (uint32_t i = 0; i < split.errors.len; i++)
    file_error(f, split.errors.items[i].offset, split.errors.items[i].message);
  check_encoding(f);
  find_linknames(p, f, &split);
  check_import_order(f, &split);
  f->outside_errors = f->errors.len;
  add_decls(p, f, &split, previous);
  split_release(&split);
  return f;
}

AstFile *parse_file(Parser *p, const AstSource *source, Str text, const AstFile *previous) {
  return parse(p, source, text, NULL, previous);
}

AstFile *parse_shared(Parser *p, const AstSource *source, SharedText *text, const AstFile *previous) {
  return parse(p, source, text->text, text, previous);
}

// ---- on demand

AstFile *ast_file_open(const AstSource *source, Str text, const DeclPlace *places, uint32_t count) {
  AstFile *f = mem_new(sizeof *f);
  enum { PER_DECL = sizeof(AstDecl) + 16 };
  f->source = source;
  f->pool = ast_pool_new(text.n + count * PER_DECL + 64);
  arena_init_sized(&f->arena, text.n / 8 + count * 16 + 64);
  f->text = arena_str(&f->pool->arena, text);
  f->mentions_directives = directives_mentioned(f->text);
  f->lines = (uint32_t *)(uintptr_t)index_lines(&f->arena, f->text, 1, &f->line_count);
  f->decls = ARENA_ARRAY(&f->arena, AstDecl *, count + 1);
  f->slot_starts = ARENA_ARRAY(&f->arena, uint32_t, count + 1);
  for (uint32_t i = 0; i < count; i++) {
    const DeclPlace *at = &places[i];
    bool inside = at->start <= at->end && at->end <= text.n;
    AstDecl *d = ARENA_NEW(&f->pool->arena, AstDecl);
    d->pool = f->pool;
    __atomic_fetch_add(&f->pool->references, 1, __ATOMIC_RELAXED);
    d->source = source;
    d->slot = i;
    d->text = inside ? str_slice(f->text, at->start, at->end) : str_slice(f->text, 0, 0);
    d->kind = (AstDeclKind)at->kind;
    d->pragma = at->pragma;
    d->references = 1;
    f->slot_starts[i] = inside ? at->start : 0;
    f->decls[i] = d;
  }
  f->decl_count = f->slot_count = count;
  return f;
}

void ast_file_read(Parser *p, AstFile *f, AstDecl *d, bool with_body, uint32_t body) {
  Str text = with_body || !body || body > d->text.n ? d->text : str_slice(d->text, 0, body);
  char *end = (char *)(uintptr_t)text.p + text.n, behind = *end;
  *end = 0;
  Build *b = &p->build;
  build_begin(b, &f->pool->arena, &p->names, text);
  ReadResult result = read_declaration(b);
  d->specs = result.specs;
  d->node_count = b->node_count;
  d->has_error = b->errors.len > 0;
  if (d->has_error) build_mark_errors(b, d->specs);
  *end = behind;
}

void ast_file_set_original(Parser *p, AstFile *f, Str text) {
  f->original = parse_file(p, f->source, text, NULL);
  f->original->translation = f;
}

void ast_file_free(AstFile *f) {
  if (!f) return;
  if (f->original) ast_file_free(f->original);
  ast_decls_release(f->decls, f->decl_count);
  ast_pool_release(f->pool);
  shared_text_release(f->shared);
  arena_release(&f->arena);
  free(f);
}
