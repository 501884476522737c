// robust_test.c: what must hold of parse_file whatever the text: it ends, it crashes nothing, ids are dense and unique,
// every node lies within its parent, and a version parsed after another is the version parsed alone.
//
// usage: robust_test FILE… : mutates each (cuts it off, deletes and doubles tokens, swaps bytes) as often as
// HEAPLS_MUTATIONS says (default 20), from a fixed seed.
#include "syntax/parse.h"

#include <stdlib.h>

typedef struct Check {
  const AstDecl *decl;
  uint8_t *seen; // by id
  uint64_t hash;
  const char *fault;
} Check;

static bool visit(void *context, const Ast *n) {
  Check *c = context;
  if (n->id == 0 || n->id > c->decl->node_count)
    c->fault = "id out of range";
  else if (c->seen[n->id]++)
    c->fault = "id met twice";
  if (n->start > n->end || n->end > c->decl->text.n) c->fault = "extent";
  if (n->pos < n->start || n->pos > c->decl->text.n) c->fault = "position before its node";
  if (n->kind == AST_NONE || n->kind >= AST_KIND_COUNT) c->fault = "kind";
  if (n->kind == AST_NAME && !n->u.name.name) c->fault = "name without symbol";
  if (n->kind == AST_BAD && !(n->flags & AST_FLAG_ERROR)) c->fault = "bad node without its flag";
  c->hash = hash_mix(c->hash, n->kind * 31u + n->op);
  c->hash = hash_mix(c->hash, (uint64_t)n->start << 32 | n->end);
  c->hash = hash_mix(c->hash, (uint64_t)n->pos << 32 | n->flags);
  return true;
}

// Children within parents: the direct children are those of the first level below.
typedef struct Inside {
  const Ast *parent;
  const char *fault;
} Inside;
static bool visit_child(void *context, const Ast *n) {
  Inside *in = context;
  if (n == in->parent) return true;
  if (n->start < in->parent->start || n->end > in->parent->end) in->fault = "child outside its parent";
  return false;
}
static bool visit_parent(void *context, const Ast *n) {
  Inside in = {n, NULL};
  ast_walk(n, visit_child, &in);
  if (in.fault) {
    Check *c = context;
    c->fault = in.fault;
    fprintf(stderr, "%s: %u..%u\n", ast_kind_name((AstKind)n->kind), n->start, n->end);
  }
  return true;
}

static uint64_t check_file(const AstFile *f, const char **fault) {
  uint64_t hash = f->decl_count;
  for (uint32_t i = 0; i < f->decl_count; i++) {
    const AstDecl *d = f->decls[i];
    Check c = {.decl = d, .seen = mem_new(d->node_count + 1), .hash = hash_mix(hash, d->kind)};
    for (uint32_t s = 0; s < d->specs.len; s++) {
      ast_walk(d->specs.items[s], visit, &c);
      ast_walk(d->specs.items[s], visit_parent, &c);
    }
    hash = hash_mix(c.hash, f->slot_starts[d->slot]);
    hash = hash_mix(hash, d->pragma);
    if (!d->has_error && c.fault == NULL) {
      uint32_t end = f->slot_starts[d->slot] + (uint32_t)d->text.n;
      if (end > f->text.n || memcmp(f->text.p + f->slot_starts[d->slot], d->text.p, d->text.n) != 0)
        c.fault = "text is not where its slot says";
    }
    if (c.fault) *fault = c.fault;
    free(c.seen);
  }
  hash = hash_mix(hash, f->line_count);
  for (uint32_t i = 0; i < f->line_count; i++) hash = hash_mix(hash, f->lines[i]);
  hash = hash_mix(hash, f->package_name ? str_hash(sym_str(f->package_name)) + f->package_pos : 0);
  hash = hash_mix(hash, str_hash(f->build_constraint) + f->go_minor);
  hash = hash_mix(hash, f->is_generated + 2u * f->imports_c + 4u * f->is_plain + 8u * f->mentions_directives);
  for (uint32_t i = 0; i < f->linknames.len; i++) hash = hash_mix(hash, str_hash(f->linknames.items[i].remote));
  for (uint32_t i = 0; i < f->line_directives.len; i++) hash = hash_mix(hash, f->line_directives.items[i].offset);
  hash = hash_mix(hash, f->outside_errors);
  for (uint32_t i = 0; i < f->errors.len; i++) {
    hash = hash_mix(hash, f->errors.items[i].offset);
    hash = hash_mix(hash, str_hash(f->errors.items[i].message));
    if (f->errors.items[i].offset > f->text.n) *fault = "error outside the file";
  }
  return hash;
}

static uint64_t random_next(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

// A piece of text the size of a token at a random place.
static void pick_token(Str text, uint64_t *state, size_t *from, size_t *to) {
  size_t at = text.n ? random_next(state) % text.n : 0, end = at;
  bool word = at < text.n && ((text.p[at] | 32) >= 'a' && (text.p[at] | 32) <= 'z');
  do end++;
  while (end < text.n && word && (text.p[end] | 32) >= 'a' && (text.p[end] | 32) <= 'z');
  *from = at;
  *to = end < text.n ? end : text.n;
}

static void mutate(Buf *out, Str text, uint64_t *state) {
  static const char *const pieces[] = {"{",
                                       "}",
                                       "(",
                                       ")",
                                       "[",
                                       "]",
                                       "`",
                                       "\"",
                                       "'",
                                       "/*",
                                       "*/",
                                       "//",
                                       "\n",
                                       ";",
                                       ",",
                                       ".",
                                       ":=",
                                       "func ",
                                       "\nfunc f() {",
                                       "type ",
                                       "case ",
                                       "<-",
                                       "chan ",
                                       "...",
                                       "\xff",
                                       "if ",
                                       "\\",
                                       "for ",
                                       "import \"C\"\n",
                                       "\n//go:noinline\nfunc g() {}\n",
                                       "\nvar v, w = 1, `\n`\n",
                                       "//go:linkname a b.c\n",
                                       "\n//line a.go:3\n",
                                       "\n/* b */ type t int; type u struct{}\n",
                                       "\xe2\x82\xac",
                                       "\n}\n",
                                       "// Code generated by hand. DO NOT EDIT.\n"};
  buf_clear(out);
  size_t from, to;
  pick_token(text, state, &from, &to);
  switch (random_next(state) % 5) {
  case 0: buf_str(out, str_slice(text, 0, from)); break;
  case 1:
    buf_str(out, str_slice(text, 0, from));
    buf_str(out, str_slice(text, to, text.n));
    break;
  case 2:
    buf_str(out, str_slice(text, 0, to));
    buf_str(out, str_slice(text, from, text.n));
    break;
  case 3:
    buf_str(out, str_slice(text, 0, from));
    buf_byte(out, (char)(random_next(state) & 0xff));
    buf_str(out, str_slice(text, from + 1, text.n));
    break;
  default:
    buf_str(out, str_slice(text, 0, from));
    buf_puts(out, pieces[random_next(state) % (sizeof pieces / sizeof *pieces)]);
    buf_str(out, str_slice(text, from, text.n));
    break;
  }
}

static Str read_whole(const char *path, Buf *b) {
  buf_clear(b);
  FILE *in = fopen(path, "rb");
  if (!in) return STR_NONE;
  char part[65536];
  for (size_t n; (n = fread(part, 1, sizeof part, in)) > 0;) buf_str(b, (Str){part, n});
  fclose(in);
  return buf_view(b);
}

int main(int argc, char **argv) {
  const char *wish = getenv("HEAPLS_MUTATIONS");
  int rounds = wish ? atoi(wish) : 20, parses = 0, faults = 0;
  uint64_t state = 0x9e3779b97f4a7c15u;
  Interner *interner = interner_new();
  Parser *parser = parser_new(interner);
  Buf whole = {0}, mutated = {0};
  for (int i = 1; i < argc; i++) {
    Str text = read_whole(argv[i], &whole);
    AstSource source = {str_of(argv[i]), str_of(argv[i])};
    AstFile *previous = parse_file(parser, &source, text, NULL);
    for (int round = 0; round < rounds; round++) {
      // Every third edit is of the version before, so that broken text gathers.
      Str from = round % 3 == 0 ? text : previous->text;
      mutate(&mutated, from, &state);
      AstFile *alone = parse_file(parser, &source, buf_view(&mutated), NULL);
      AstFile *after = parse_file(parser, &source, buf_view(&mutated), previous);
      const char *fault = NULL;
      uint64_t a = check_file(alone, &fault), b = check_file(after, &fault);
      if (a != b) fault = "differs after another version";
      parses += 2;
      if (fault) {
        faults++;
        printf("FAULT %s round %d: %s\n", argv[i], round, fault);
        char name[64];
        snprintf(name, sizeof name, "fault-%d.go", faults);
        FILE *out = fopen(name, "wb");
        if (out) {
          fwrite(mutated.text, 1, mutated.len, out);
          fclose(out);
        }
      }
      ast_file_free(alone);
      ast_file_free(previous);
      previous = after;
    }
    ast_file_free(previous);
  }
  printf("%d files, %d parses of mutated text, %d faults\n", argc - 1, parses, faults);
  buf_release(&whole);
  buf_release(&mutated);
  parser_free(parser);
  interner_free(interner);
  return faults ? 1 : 0;
}
