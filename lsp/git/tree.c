// tree.c: the texts of a revision, as far as they differ from the disk.
//
// ls-tree lists the revision's files with their object names, ls-files those of the index and those that are untracked
// and not ignored. hash-object --no-filters gives the names of what is on the disk: where they are equal, so are the
// bytes. The other texts come from cat-file --batch as they were committed. A file that a filter changes on its way in
// or out is read in both forms; Go reads line ends of either kind alike.
//
// A submodule is a repository of its own, of which the revision names the commit.
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/intern.h"
#include "git/run.h"

enum { MOST_NESTED = 8 };

typedef struct Listed {
  Str path;       // below the top
  Str committed;  // object name in the revision; empty: not there
  Str on_disk;    // object name; empty: not there
  bool submodule; // committed is a commit
  bool in_index;
  bool sparse; // left out of the work tree on purpose
} Listed;

typedef struct Reading {
  Arena *arena;
  const GitQuery *query;
  GitTree *out;
  Str top;
  uint32_t depth;
  StrMap by_path; // to Listed
} Reading;

static bool read_repository(Reading *, Str commit, Str *why);

static int run(const Reading *r, const char *const *arguments, int input, Str *out) {
  return git_run(r->arena, &(GitRun){r->top, arguments, input, !r->query->fetches, r->depth > 0}, out);
}

static bool matters(Str path) {
  static const char *const names[] = {".go",    ".s",     ".S",      ".sx",         ".pgo",
                                      "go.mod", "go.sum", "go.work", "go.work.sum", "vendor/modules.txt"};
  bool found = false;
  for (size_t i = 0; i < sizeof names / sizeof *names && !found; i++) found = str_has_suffix(path, str_of(names[i]));
  return found && str_index_byte(path, '\n') < 0; // the go command refuses such a name
}

static Listed *listed(Reading *r, Str path) {
  Listed *l = strmap_get(&r->by_path, path);
  if (l) return l;
  l = ARENA_NEW(r->arena, Listed);
  *l = (Listed){.path = path};
  strmap_set(&r->by_path, path, l);
  return l;
}

// ---- Lists

static void list_commit(Reading *r, Str text) { // "100644 blob HASH\tPATH\0"
  while (text.n) {
    Str path = git_cut(&text, '\0'), mode = git_cut(&path, ' '), type = git_cut(&path, ' '),
        hash = git_cut(&path, '\t');
    bool submodule = str_equal(type, STR("commit"));
    if (!submodule && (!str_has_prefix(mode, STR("100")) || !matters(path))) continue;
    Listed *l = listed(r, path);
    l->committed = hash;
    l->submodule = submodule;
  }
}

static void list_index(Reading *r, Str text) { // "H 100644 HASH STAGE\tPATH\0"
  while (text.n) {
    Str path = git_cut(&text, '\0'), tag = git_cut(&path, ' '), mode = git_cut(&path, ' ');
    git_cut(&path, '\t');
    bool submodule = str_equal(mode, STR("160000"));
    if (!submodule && (!str_has_prefix(mode, STR("100")) || !matters(path))) continue;
    Listed *l = listed(r, path);
    l->in_index = true;
    l->submodule |= submodule;
    l->sparse |= str_equal(tag, STR("S"));
  }
}

static void list_untracked(Reading *r, Str text) {
  while (text.n) {
    Str path = git_cut(&text, '\0');
    if (matters(path)) listed(r, path);
  }
}

static Str full_path(const Reading *r, Str path) {
  return arena_printf(r->arena, "%.*s/%.*s", STR_ARG(r->top), STR_ARG(path));
}

// ---- Objects

// A file for git to read from, with one of these on each line; NULL: there is no room for it.
static FILE *lines_of(const Str *items, uint32_t count) {
  FILE *f = tmpfile();
  for (uint32_t i = 0; f && i < count; i++) fprintf(f, "%.*s\n", STR_ARG(items[i]));
  if (f && fflush(f) == 0 && lseek(fileno(f), 0, SEEK_SET) == 0) return f;
  if (f) fclose(f);
  return NULL;
}

static bool hash_files(Reading *r, Str *why) {
  VEC(Str) names = {0};
  VEC(Listed *) files = {0};
  for (uint32_t i = 0; i < r->by_path.len; i++) {
    Listed *l = r->by_path.entries[i].value;
    struct stat st;
    if (l->submodule || lstat(full_path(r, l->path).p, &st) != 0 || !S_ISREG(st.st_mode)) continue;
    VEC_PUSH(r->arena, &names, l->path);
    VEC_PUSH(r->arena, &files, l);
  }
  if (!files.len) return true;
  FILE *input = lines_of(names.items, names.len);
  Str hashes = STR_NONE;
  int code =
    input ? run(r, (const char *const[]){"hash-object", "--no-filters", "--stdin-paths", NULL}, fileno(input), &hashes)
          : -1;
  if (input) fclose(input);
  for (uint32_t i = 0; i < files.len && code == 0; i++) {
    files.items[i]->on_disk = git_cut(&hashes, '\n');
    if (!files.items[i]->on_disk.n) code = -1;
  }
  if (code != 0) *why = STR("git could not read all files of the work tree");
  return code == 0;
}

static bool size_of(Str digits, size_t *out) {
  char z[24];
  if (!digits.n || digits.n >= sizeof z) return false;
  memcpy(z, digits.p, digits.n);
  z[digits.n] = 0;
  char *end;
  *out = strtoull(z, &end, 10);
  return !*end;
}

// files: what lacks its text. "HASH blob SIZE\n…\n" of each, in order.
static bool read_texts(Reading *r, Listed *const *files, uint32_t count, Str *why) {
  VEC(Str) names = {0};
  for (uint32_t i = 0; i < count; i++) VEC_PUSH(r->arena, &names, files[i]->committed);
  if (!count) return true;
  FILE *input = lines_of(names.items, names.len);
  Str answer = STR_NONE;
  int code = input ? run(r, (const char *const[]){"cat-file", "--batch", NULL}, fileno(input), &answer) : -1;
  if (input) fclose(input);
  for (uint32_t i = 0; i < count; i++) {
    Str head = git_cut(&answer, '\n'), hash = git_cut(&head, ' '), type = git_cut(&head, ' ');
    size_t size;
    bool good =
      str_equal(hash, files[i]->committed) && str_equal(type, STR("blob")) && size_of(head, &size) && size < answer.n;
    if (!good) {
      *why = arena_printf(r->arena, "git has no text of %.*s%s", STR_ARG(files[i]->path),
                          r->query->fetches || code < 0 ? "" : " (a partial clone may have to fetch it first)");
      return false;
    }
    GitFile file = {full_path(r, files[i]->path), str_slice(answer, 0, size), true};
    VEC_PUSH(r->arena, &r->out->files, file);
    answer = str_slice(answer, size + 1, answer.n);
  }
  return true;
}

// ---- One repository

static void read_submodule(Reading *r, const Listed *l) {
  Str top = full_path(r, l->path), why;
  if (access(arena_printf(r->arena, "%.*s/.git", STR_ARG(top)).p, F_OK) != 0) {
    if (l->committed.n && !l->in_index) VEC_PUSH(r->arena, &r->out->left_out, l->path);
    return;
  }
  Reading inner = {.arena = r->arena, .query = r->query, .out = r->out, .top = top, .depth = r->depth + 1};
  if (inner.depth > MOST_NESTED || !read_repository(&inner, l->committed, &why))
    VEC_PUSH(r->arena, &r->out->left_out, l->path);
  strmap_release(&inner.by_path);
}

static bool list_all(Reading *r, Str commit, Str *why) {
  Str text;
  int code = 0;
  const char *name = arena_str(r->arena, commit).p;
  if (commit.n) code = run(r, (const char *const[]){"ls-tree", "-r", "-z", "--full-tree", name, NULL}, -1, &text);
  if (code != 0) {
    *why = STR("git could not list the files of the revision");
    return false;
  }
  if (commit.n) list_commit(r, text);
  code = run(r, (const char *const[]){"ls-files", "-s", "-t", "-z", NULL}, -1, &text);
  if (code == 0) list_index(r, text);
  if (code == 0) code = run(r, (const char *const[]){"ls-files", "-o", "--exclude-standard", "-z", NULL}, -1, &text);
  if (code == 0) list_untracked(r, text);
  if (code != 0) *why = STR("git could not list the files of the work tree");
  return code == 0;
}

// commit empty: one without files.
static bool read_repository(Reading *r, Str commit, Str *why) {
  if (!list_all(r, commit, why) || !hash_files(r, why)) return false;
  VEC(Listed *) wanted = {0};
  VEC(Listed *) submodules = {0};
  uint32_t before = r->out->files.len;
  for (uint32_t i = 0; i < r->by_path.len; i++) {
    Listed *l = r->by_path.entries[i].value;
    if (l->submodule) {
      VEC_PUSH(r->arena, &submodules, l);
    } else if (!l->committed.n && l->on_disk.n) {
      GitFile file = {.path = full_path(r, l->path)};
      VEC_PUSH(r->arena, &r->out->files, file);
    } else if (l->committed.n && !str_equal(l->committed, l->on_disk) && !(l->sparse && !l->on_disk.n)) {
      VEC_PUSH(r->arena, &wanted, l);
    }
  }
  if (!read_texts(r, wanted.items, wanted.len, why)) {
    r->out->files.len = before;
    return false;
  }
  for (uint32_t i = 0; i < submodules.len; i++) read_submodule(r, submodules.items[i]);
  return true;
}

// ---- Revisions

static int ask(Arena *a, const GitQuery *q, const char *const *arguments, Str *out) {
  int code = git_run(a, &(GitRun){q->dir, arguments, -1, !q->fetches, false}, out);
  *out = str_trim(*out);
  return code;
}

static bool find_top(Arena *a, const GitQuery *q, Str *top, Str *why) {
  int code = ask(a, q, (const char *const[]){"rev-parse", "--show-toplevel", NULL}, top);
  if (code == 127 || code < 0)
    *why = STR("git could not be run");
  else if (code != 0 || !top->n)
    *why = STR("this is not in a git work tree");
  return code == 0 && top->n;
}

bool git_commit(Arena *a, const GitQuery *q, Str revision, Str *commit, Str *why) {
  Str shallow, top;
  if (!find_top(a, q, &top, why)) return false;
  bool plain = revision.n && revision.p[0] != '-' && str_index_byte(revision, '\n') < 0;
  const char *name = arena_printf(a, "%.*s^{commit}", STR_ARG(revision)).p;
  if (plain && ask(a, q, (const char *const[]){"rev-parse", "--verify", "--quiet", name, NULL}, commit) == 0 &&
      commit->n)
    return true;
  ask(a, q, (const char *const[]){"rev-parse", "--is-shallow-repository", NULL}, &shallow);
  *why = arena_printf(a, "there is no revision %.*s%s", STR_ARG(revision),
                      str_equal(shallow, STR("true")) ? " in this shallow clone (git fetch --deepen=N gets more)" : "");
  return false;
}

bool git_merge_base(Arena *a, const GitQuery *q, Str x, Str y, Str *commit, Str *why) {
  const char *one = arena_str(a, x).p, *other = arena_str(a, y).p;
  if (ask(a, q, (const char *const[]){"merge-base", one, other, NULL}, commit) == 0 && commit->n) return true;
  *why = STR("the two revisions have no common ancestor here");
  return false;
}

bool git_tree_read(Arena *a, const GitQuery *q, Str commit, GitTree *out, Str *why) {
  *out = (GitTree){.commit = commit};
  if (!find_top(a, q, &out->top, why)) return false;
  Reading r = {.arena = a, .query = q, .out = out, .top = out->top};
  bool good = read_repository(&r, commit, why);
  strmap_release(&r.by_path);
  return good;
}
