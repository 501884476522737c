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
#include <stdlib.h>
#include <unistd.h>

#include "load/load.h"
#include "syntax/parse.h"
#include "types/check.h"

extern char **environ;

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
  LoadGraph *graph;
  Loader *loader;
  Parser *parser;
  TypeContext *context;
  Package **packages;
  VEC(AstFile *) files;
  VEC(Whole *) roots;
  uint32_t root_files;
  bool verbose;
  uint32_t rounds, good, all_same;
  uint64_t compared, changed;
} Run;

typedef struct ImportContext {
  Run *run;
  LoadPackage *from;
} ImportContext;

static uint64_t random_state;
static uint32_t pick(uint32_t n) {
  random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return n ? (uint32_t)(random_state >> 33) % n : 0;
}

static Package *import(void *context, Str path) {
  ImportContext *c = context;
  LoadPackage *p = load_package_import(c->from, path);
  if (!p) return NULL;
  return p->is_fake_unsafe ? c->run->context->unsafe_package : c->run->packages[p->index];
}

static Package *check(Run *run, LoadPackage *lp, AstFile **files, uint32_t count) {
  ImportContext context = {run, lp};
  PackageInput in = {.path = lp->path,
                     .files = files,
                     .file_count = count,
                     .go_minor = lp->go_minor,
                     .has_assembly = lp->has_asm,
                     .import = import,
                     .import_context = &context};
  Package *p = package_declare(run->context, &in);
  package_check_bodies(p);
  return p;
}

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

static Str random_token(Str s) {
  uint32_t count = 0, seen = 0;
  bool real;
  for (size_t at = 0; at < s.n; count += real) at = next_token(s, at, &real);
  uint32_t which = pick(count);
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
  uint32_t n = pick(run->root_files), r = 0;
  while (n >= run->roots.items[r]->package->file_count) n -= run->roots.items[r++]->package->file_count;
  Whole *w = run->roots.items[r];
  prepare(w);
  Package *before = w->package;
  AstFile *whole = before->files[n];
  Str token = random_token(whole->text);
  if (!token.n) return;
  uint32_t offset = (uint32_t)(token.p - whole->text.p);
  PtrMap touched = {0};
  find_touched(w, whole, offset, &touched);
  Buf text = {0};
  buf_str(&text, str_slice(whole->text, 0, offset));
  buf_str(&text, str_slice(whole->text, offset + token.n, whole->text.n));
  AstFile **files = calloc(before->file_count, sizeof *files);
  memcpy(files, before->files, before->file_count * sizeof *files);
  AstFile *broken = files[n] = parse_file(run->parser, whole->source, buf_view(&text), whole);
  Package *after = check(run, w->load, files, before->file_count);
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

static void load(Run *run) {
  for (uint32_t i = 0; i < run->graph->count; i++) {
    LoadPackage *lp = run->graph->packages[i];
    if (lp->is_fake_unsafe || lp->missing) continue;
    AstFile **files = calloc(lp->file_count + 1, sizeof *files);
    uint32_t count = 0;
    for (uint32_t k = 0; k < lp->file_count; k++) {
      LoadFile *f = lp->files[k];
      Str text;
      if (f->kind == LOAD_FILE_ASM || !loader_read_file(run->loader, f->source.path, &text)) continue;
      files[count] = parse_file(run->parser, &f->source, text, NULL);
      VEC_APPEND(&run->files, files[count]);
      count++;
      free((char *)text.p);
    }
    Package *p = run->packages[lp->index] = check(run, lp, files, count);
    free(files);
    if (!lp->is_root || !count) continue;
    Whole *w = mem_new(sizeof *w);
    w->load = lp;
    w->package = p;
    VEC_APPEND(&run->roots, w);
    run->root_files += count;
  }
}

static void release(Run *run) {
  for (uint32_t i = 0; i < run->roots.len; i++) {
    ptrmap_release(&run->roots.items[i]->users);
    arena_release(&run->roots.items[i]->arena);
    free(run->roots.items[i]);
  }
  for (uint32_t i = run->graph->count; i-- > 0;) package_free(run->packages[i]);
  for (uint32_t i = 0; i < run->files.len; i++) ast_file_free(run->files.items[i]);
  free(run->roots.items);
  free(run->files.items);
  free(run->packages);
}

int main(int argc, char **argv) {
  char cwd[4096];
  if (!getcwd(cwd, sizeof cwd)) return 2;
  BuildOptions options = {.environ = environ};
  LoadRequest request = {0};
  Str *patterns = calloc((size_t)argc + 1, sizeof *patterns), dir = str_of(cwd);
  uint32_t rounds = 10000;
  uint64_t seed = 1;
  Run run = {0};
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-C") == 0 && i + 1 < argc)
      dir = str_of(argv[++i]);
    else if (strcmp(argv[i], "-n") == 0 && i + 1 < argc)
      rounds = (uint32_t)atoi(argv[++i]);
    else if (strcmp(argv[i], "-s") == 0 && i + 1 < argc)
      seed = strtoull(argv[++i], NULL, 10);
    else if (strcmp(argv[i], "-v") == 0)
      run.verbose = true;
    else
      patterns[request.pattern_count++] = str_of(argv[i]);
  }
  if (!request.pattern_count) patterns[request.pattern_count++] = STR("std");
  request.patterns = patterns;
  options.cwd = dir;
  BuildContext *build = build_context_new(&options);
  run.loader = loader_new(build, dir);
  run.graph = loader_load(run.loader, &request);
  Interner *interner = interner_new();
  run.parser = parser_new(interner);
  run.context = typecontext_new(interner, build->goarch, build->go_minor);
  run.packages = calloc(run.graph->count + 1, sizeof *run.packages);
  load(&run);
  if (!run.roots.len) printf("SKIP: nothing matched; without Go's sources there is nothing to break\n");
  for (uint32_t i = 0; i < rounds && run.roots.len; i++) {
    random_state = (seed + i) * UINT64_C(0x9E3779B97F4A7C15) + 1;
    alarm(60);
    round_of(&run);
    alarm(0);
  }
  double share = run.rounds ? 100.0 * run.good / run.rounds : 100.0;
  printf("one token deleted, %u times: all untouched functions unchanged in %.2f %% of rounds; all other functions, "
         "dependent ones "
         "too, in %.2f %%; of %llu functions compared %llu changed\n",
         run.rounds, share, run.rounds ? 100.0 * run.all_same / run.rounds : 100.0, (unsigned long long)run.compared,
         (unsigned long long)run.changed);
  release(&run);
  typecontext_free(run.context);
  parser_free(run.parser);
  interner_free(interner);
  load_graph_free(run.graph);
  loader_free(run.loader);
  build_context_free(build);
  free(patterns);
  return share < 99.0;
}
