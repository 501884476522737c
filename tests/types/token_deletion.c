// token_deletion: what one missing token costs the functions around it.
//
// usage: token_deletion [-n COUNT] [-s SEED] [-v] [-C DIR] [PATTERN…] (std): loads and checks the packages with all
// they import. Then, COUNT times, deletes one token of one file of a matched package (each file equally likely, each
// token of it too), reads the file as an edit of the whole one, checks the package again and compares every function:
// its signature, and of every node in it the mode, the type and the constant value.
//
// A function is untouched by a deletion unless the deletion is in its declaration, or the declaration that lost the
// token (or, in a function, lost it before the body) is one that it depends on: mentions, or mentions what mentions it.
// Untouched functions must be there and be the same. Prints the share of rounds in which all are; exit status 1 below
// 99 %. Also prints, as no target, the share of rounds in which all functions without the token are the same, dependent
// ones too. -v: names each failure. A round that hangs ends the run by an alarm.
#include "checked.h"

#include <inttypes.h>
#include <stdlib.h>

// A function of a package: what it is called, and the sum of all that was found of it.
typedef struct Function {
  Str key; // receiver.name#n
  const AstDecl *decl;
  uint64_t hash;
} Function;

typedef VEC(Function) Functions;

typedef struct Whole {
  LoadPackage *load;
  Package *package;
  Functions functions; // filled at first need
  Arena arena;
  PtrMap users; // AstDecl -> DeclList of the declarations that mention it
} Whole;

typedef struct DeclList {
  VEC(const AstDecl *) decls;
} DeclList;

typedef struct Run {
  Checked checked;
  VEC(Whole *) roots;
  uint32_t root_files;
  bool verbose;
  uint32_t rounds, good, all_same;
  uint64_t compared, changed;
} Run;

// -- what was found of a function --

typedef struct Sum {
  const DeclTypes *types;
  PtrMap *type_hashes; // Type -> hash
  Buf text;
  uint64_t hash;
} Sum;

static uint64_t hash_of(Sum *s, const Type *t) {
  if (!t) return 0;
  void *known = ptrmap_get(s->type_hashes, t);
  if (known) return (uint64_t)(uintptr_t)known;
  buf_clear(&s->text);
  type_write(&s->text, t, STYLE_GOTYPES, NULL);
  uint64_t h = str_hash(buf_view(&s->text)) | 1;
  ptrmap_set(s->type_hashes, t, (void *)(uintptr_t)h);
  return h;
}

static bool add_node(void *context, const Ast *n) {
  Sum *s = context;
  if (n->id == 0 || n->id > s->types->decl->node_count) return true;
  const NodeInfo *info = node_info(s->types, n);
  s->hash = hash_mix(s->hash, (uint64_t)n->kind << 8 | info->mode);
  s->hash = hash_mix(s->hash, hash_of(s, info->type));
  if (info->mode == MODE_CONSTANT && info->value) {
    buf_clear(&s->text);
    const_write_exact(&s->text, info->value);
    s->hash = hash_mix(s->hash, str_hash(buf_view(&s->text)));
  }
  return true;
}

static const Ast *receiver_name(const Ast *decl) {
  const Ast *t = decl->u.func_decl.recv ? decl->u.func_decl.recv->u.field.type : NULL;
  while (t && t->kind != AST_NAME) switch (t->kind) {
    case AST_STAR: t = t->u.star.x; break;
    case AST_PAREN: t = t->u.paren.x; break;
    case AST_INDEX: t = t->u.index.x; break;
    default: return NULL;
    }
  return t;
}

static void sum_functions(const Package *p, Arena *arena, Functions *out) {
  PtrMap type_hashes = {0};
  StrMap seen = {0};
  for (uint32_t i = 0; i < p->funcs.len; i++) {
    const Object *f = p->funcs.items[i];
    const Ast *decl = f->u.func.decl;
    const DeclTypes *types = package_decl_types(p, f->pos.decl);
    if (!decl || decl->kind != AST_FUNC_DECL || !types) continue;
    const Ast *recv = receiver_name(decl);
    Str name =
      arena_printf(arena, "%.*s.%.*s", STR_ARG(sym_str(recv ? recv->u.name.name : NULL)), STR_ARG(sym_str(f->name)));
    uintptr_t number = (uintptr_t)strmap_get(&seen, name) + 1;
    strmap_set(&seen, name, (void *)number);
    Sum s = {.types = types, .type_hashes = &type_hashes};
    s.hash = hash_of(&s, f->type);
    ast_walk(decl, add_node, &s);
    buf_release(&s.text);
    Str key = arena_printf(arena, "%.*s#%u", STR_ARG(name), (unsigned)number);
    VEC_PUSH(arena, out, (Function){key, f->pos.decl, s.hash});
  }
  strmap_release(&seen);
  ptrmap_release(&type_hashes);
}

// -- dependence --

static void mention(Whole *w, const AstDecl *user, const Object *used) {
  if (!used || used->pkg != w->package || !used->pos.decl || used->pos.decl == user) return;
  DeclList *list = ptrmap_get(&w->users, used->pos.decl);
  if (!list) {
    list = ARENA_NEW(&w->arena, DeclList);
    ptrmap_set(&w->users, used->pos.decl, list);
  }
  if (list->decls.len && list->decls.items[list->decls.len - 1] == user) return;
  VEC_PUSH(&w->arena, &list->decls, user);
}

static void prepare(Whole *w) {
  if (w->functions.len) return;
  sum_functions(w->package, &w->arena, &w->functions);
  for (uint32_t i = 0; i < w->package->decls.len; i++) {
    const DeclTypes *d = w->package->decls.items[i];
    for (uint32_t k = 1; k <= d->decl->node_count; k++) {
      const NodeInfo *info = &d->nodes[k];
      mention(w, d->decl,
              !info->is_selection   ? info->ref.object
              : info->ref.selection ? info->ref.selection->obj
                                    : NULL);
    }
  }
}

static void add_dependents(const Whole *w, const AstDecl *from, PtrMap *touched) {
  VEC(const AstDecl *) todo = {0};
  VEC_APPEND(&todo, from);
  while (todo.len) {
    const AstDecl *d = todo.items[--todo.len];
    const DeclList *list = ptrmap_get(&w->users, d);
    for (uint32_t i = 0; list && i < list->decls.len; i++) {
      const AstDecl *user = list->decls.items[i];
      if (ptrmap_has(touched, user)) continue;
      ptrmap_set(touched, user, (void *)(uintptr_t)user);
      VEC_APPEND(&todo, user);
    }
  }
  free(todo.items);
}

// -- tokens --

static bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= 'a' && c <= 'z') || c < 0;
}

// Just past the token, comment or white space at `at`; *real: a token.
static size_t next_token(Str s, size_t at, bool *real) {
  static const char *const OPERATORS[] = {"<<=", ">>=", "&^=", "...", "&&", "||", "<-", "++", "--",
                                          "==",  "!=",  "<=",  ">=",  ":=", "+=", "-=", "*=", "/=",
                                          "%=",  "&=",  "|=",  "^=",  "<<", ">>", "&^"};
  char c = s.p[at];
  Str rest = str_slice(s, at, s.n);
  *real = false;
  if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return at + 1;
  if (str_has_prefix(rest, STR("//")) || str_has_prefix(rest, STR("/*"))) {
    bool line = rest.p[1] == '/';
    ptrdiff_t end = str_index(str_slice(rest, 2, rest.n), line ? STR("\n") : STR("*/"));
    return end < 0 ? s.n : at + 2 + (size_t)end + (line ? 1 : 2);
  }
  *real = true;
  size_t to = at + 1;
  if (c == '"' || c == '\'' || c == '`') {
    while (to < s.n && s.p[to] != c && (c == '`' || s.p[to] != '\n')) to += s.p[to] == '\\' && c != '`' ? 2 : 1;
    return to < s.n ? to + 1 : s.n;
  }
  while (is_word(c) && to < s.n && (is_word(s.p[to]) || (c >= '0' && c <= '9' && s.p[to] == '.'))) to++;
  for (size_t i = 0; !is_word(c) && i < sizeof OPERATORS / sizeof *OPERATORS; i++)
    if (str_has_prefix(rest, str_of(OPERATORS[i]))) return at + strlen(OPERATORS[i]);
  return to;
}

static Str random_token(Checked *checked, Str s) {
  uint32_t count = 0, seen = 0;
  bool real;
  for (size_t at = 0; at < s.n; count += real) at = next_token(s, at, &real);
  uint32_t which = checked_pick(checked, count);
  for (size_t at = 0, to; at < s.n; at = to) {
    to = next_token(s, at, &real);
    if (real && seen++ == which) return str_slice(s, at, to);
  }
  return STR_NONE;
}

// -- rounds --

// The declarations that the deletion touches: the one that holds it and, unless it was in a body, those that depend on
// it.
static void find_touched(const Whole *w, const AstFile *f, uint32_t offset, PtrMap *touched) {
  for (uint32_t i = 0; i < f->decl_count; i++) {
    const AstDecl *d = f->decls[i];
    uint32_t start = f->slot_starts[d->slot];
    if (offset < start || offset >= start + d->text.n) continue;
    ptrmap_set(touched, d, (void *)(uintptr_t)d);
    const Ast *body = d->kind == DECL_FUNC && d->specs.len ? d->specs.items[0]->u.func_decl.body : NULL;
    if (!body || offset - start < body->start) add_dependents(w, d, touched);
  }
}

static void compare(Run *run, const Whole *w, const Functions *after, const PtrMap *touched, Str token,
                    const AstFile *file) {
  StrMap now = {0};
  bool good = true, same = true;
  for (uint32_t i = 0; i < after->len; i++) strmap_set(&now, after->items[i].key, &after->items[i]);
  for (uint32_t i = 0; i < w->functions.len; i++) {
    const Function *before = &w->functions.items[i], *f = strmap_get(&now, before->key);
    bool equal = f && f->hash == before->hash;
    run->compared++;
    run->changed += !equal;
    if (equal) continue;
    bool holds = before->decl == (touched->len ? touched->entries[0].key : NULL);
    same &= holds;
    if (ptrmap_has(touched, before->decl)) continue;
    if (good && run->verbose) {
      LineCol at = ast_file_line_col(file, (uint32_t)(token.p - file->text.p));
      printf("%.*s:%u:%u: without \"%.*s\": %.*s %s\n", STR_ARG(file->source->path), at.line, at.column, STR_ARG(token),
             STR_ARG(before->key), f ? "differs" : "is gone");
    }
    good = false;
  }
  run->good += good;
  run->all_same += same;
  strmap_release(&now);
}

static void round_of(Run *run) {
  uint32_t n = checked_pick(&run->checked, run->root_files), r = 0;
  while (n >= run->roots.items[r]->package->file_count) n -= run->roots.items[r++]->package->file_count;
  Whole *w = run->roots.items[r];
  prepare(w);
  Package *before = w->package;
  AstFile *whole = before->files[n];
  Str token = random_token(&run->checked, whole->text);
  if (!token.n) return;
  uint32_t offset = (uint32_t)(token.p - whole->text.p);
  PtrMap touched = {0};
  find_touched(w, whole, offset, &touched);
  Buf text = {0};
  buf_str(&text, str_slice(whole->text, 0, offset));
  buf_str(&text, str_slice(whole->text, offset + token.n, whole->text.n));
  AstFile **files = mem_new(sizeof *files * before->file_count);
  memcpy(files, before->files, before->file_count * sizeof *files);
  AstFile *broken = files[n] = parse_file(run->checked.parser, whole->source, buf_view(&text), whole);
  Package *after = checked_package(&run->checked, w->load, files, before->file_count);
  Arena arena = {0};
  Functions functions = {0};
  sum_functions(after, &arena, &functions);
  run->rounds++;
  compare(run, w, &functions, &touched, token, whole);
  arena_release(&arena);
  package_free(after);
  ast_file_free(broken);
  free(files);
  buf_release(&text);
  ptrmap_release(&touched);
}

static void init(Run *run, const BreakOptions *options) {
  *run = (Run){.verbose = options->verbose};
  checked_init(&run->checked, options);
  for (uint32_t i = 0; i < run->checked.roots.len; i++) {
    Whole *w = mem_new(sizeof *w);
    w->load = run->checked.roots.items[i];
    w->package = run->checked.packages[w->load->index];
    VEC_APPEND(&run->roots, w);
    run->root_files += w->package->file_count;
  }
}

static void release(Run *run) {
  for (uint32_t i = 0; i < run->roots.len; i++) {
    ptrmap_release(&run->roots.items[i]->users);
    arena_release(&run->roots.items[i]->arena);
    free(run->roots.items[i]);
  }
  free(run->roots.items);
  checked_release(&run->checked);
}

int main(int argc, char **argv) {
  BreakOptions options = {.rounds = 10000, .seed = 1};
  break_options_read(&options, argc, argv);
  if (!options.pattern_count) options.patterns[options.pattern_count++] = STR("std");
  Run run;
  init(&run, &options);
  if (!run.roots.len) puts("SKIP: nothing matched; without Go's sources there is nothing to break");
  for (uint32_t i = 0; i < options.rounds && run.roots.len; i++) {
    checked_round(&run.checked, &options, i);
    round_of(&run);
  }
  double share = run.rounds ? 100.0 * run.good / run.rounds : 100.0;
  printf("one token deleted, %u times: all untouched functions unchanged in %.2f %% of rounds; all other functions, "
         "dependent ones too, in %.2f %%; of %" PRIu64 " functions compared %" PRIu64 " changed\n",
         run.rounds, share, run.rounds ? 100.0 * run.all_same / run.rounds : 100.0, run.compared, run.changed);
  release(&run);
  break_options_release(&options);
  return share < 99.0;
}
