// package.c: from a directory to the files of its package, as go/build's Context.Import sorts them.
//
// Files whose names begin with '_' or '.' do not exist. Names and constraints select; then a file that imports "C" is a
// cgo file (or ignored without cgo), _test.go files belong to the package or, by their package clause, to x_test. The
// first file's package clause names the package. Only the start of a file is read, unless its imports go on beyond.
// While these do not read well in a file under edit, what they said last goes on.
#include "load/state_internal.h"

#include "syntax/syntax.h"

#include <errno.h>
#include <stdlib.h>

enum { HEAD_BYTES = 64 << 10 };

static Str extension(Str name) {
  ptrdiff_t dot = str_last_byte(name, '.');
  return dot < 0 ? STR_NONE : str_slice(name, (size_t)dot, name.n);
}

static bool is_foreign_source(Str ext) {
  static const char *const known[] = {".c",   ".cc", ".cpp", ".cxx", ".m",    ".f",    ".F",      ".for",
                                      ".f90", ".s",  ".S",   ".sx",  ".syso", ".swig", ".swigcxx"};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (str_equal(ext, str_of(known[i]))) return true;
  return false;
}

// The header of a long file is complete when a declaration that ends the imports was seen.
static bool header_is_complete(Str head, const FileHeader *h) {
  if (!h->ok) return false;
  size_t from = h->import_offsets.len ? h->import_offsets.items[h->import_offsets.len - 1] : 0;
  static const char *const starts[] = {"\nfunc ", "\ntype ", "\nvar ", "\nconst "};
  for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
    if (str_index(str_slice(head, from, head.n), str_of(starts[i])) >= 0) return true;
  return false;
}

static bool header_imports(const FileHeader *h, Str path) {
  for (uint32_t i = 0; i < h->imports.len; i++)
    if (str_equal(h->imports.items[i], path)) return true;
  return false;
}

// A header that does not read well keeps what the last one that did said.
static void use_kept_header(const Load *l, Str path, FileHeader *h) {
  const char *text = h->broken ? strmap_get(&l->loader->headers, path) : NULL;
  if (!text) return;
  FileHeader kept;
  file_header_scan(&kept, str_of(text));
  h->package_name = kept.package_name;
  h->build_constraint = kept.build_constraint;
  h->imports_c |= kept.imports_c;
  for (uint32_t i = 0; i < kept.imports.len; i++) {
    if (header_imports(h, kept.imports.items[i])) continue;
    VEC_APPEND(&h->imports, kept.imports.items[i]);
    VEC_APPEND(&h->import_offsets, 0);
  }
  file_header_release(&kept);
}

static bool selected_by_text(const BuildContext *c, Str constraint, Str text) {
  return constraint.n ? build_context_matches(c, constraint, NULL) : build_context_matches_plus_lines(c, text);
}

static void copy_imports(Load *l, LoadFile *f, const FileHeader *h) {
  f->imports = ARENA_ARRAY(l->arena, LoadImport, h->imports.len + 1);
  for (uint32_t i = 0; i < h->imports.len; i++) {
    if (str_equal(h->imports.items[i], STR("C"))) continue;
    f->imports[f->import_count++] = (LoadImport){load_string(l, h->imports.items[i]), h->import_offsets.items[i]};
  }
}

// Why the go command leaves the file out of its directory's package; empty: it does not.
static Str reason_to_leave_out(Load *l, Str name, const FileHeader *h, Str text) {
  const BuildContext *c = l->context;
  Str platform = arena_printf(l->arena, "%.*s/%.*s", STR_ARG(c->goos), STR_ARG(c->goarch));
  if (name.p[0] == '_' || name.p[0] == '.') return STR("its name begins with `_` or `.`");
  if (!build_context_matches_file_name(c, name))
    return arena_printf(l->arena, "its name is for another platform than %.*s", STR_ARG(platform));
  if (!selected_by_text(c, h->build_constraint, text))
    return arena_printf(l->arena, "its build constraint%s%.*s%s does not hold for %.*s",
                        h->build_constraint.n ? " `" : "", STR_ARG(h->build_constraint),
                        h->build_constraint.n ? "`" : "", STR_ARG(platform));
  return STR_NONE;
}

// NULL when the constraints leave the file out. `all`: they do not apply.
static LoadFile *read_file(Load *l, Node *n, Str name, bool is_go, bool all) {
  LoadFile probe = {.name = name};
  Str path = path_join(l->arena, n->shown.dir, name), text;
  if (!fs_read(l->fs, path, HEAD_BYTES, &text, &probe.size, &probe.mtime)) {
    node_error(l, n, path, 0, arena_printf(l->arena, "cannot read: %s", strerror(errno)));
    return NULL;
  }
  FileHeader h;
  file_header_scan(&h, text);
  if (is_go && probe.size > text.n && !header_is_complete(text, &h)) {
    file_header_release(&h);
    free((char *)text.p);
    if (!fs_read(l->fs, path, SIZE_MAX, &text, &probe.size, &probe.mtime)) return NULL;
    file_header_scan(&h, text);
  }
  if (is_go) use_kept_header(l, path, &h);
  LoadFile *f = NULL;
  if (all || selected_by_text(l->context, h.build_constraint, text)) {
    f = ARENA_NEW(l->arena, LoadFile);
    *f = probe;
    f->source = (AstSource){path, path};
    if (is_go) {
      f->package_name = load_string(l, h.package_name);
      f->imports_c = h.imports_c;
      const FsTranslation *t = fs_translation(l->fs, path);
      f->is_translated = t && str_has_prefix(t->text->text, text);
      copy_imports(l, f, &h);
      if (!h.ok) node_error(l, n, path, 0, STR("expected package clause"));
      if (all) f->left_out = reason_to_leave_out(l, name, &h, text);
    }
    if (h.build_constraint.n) {
      f->build_constraint = load_string(l, h.build_constraint);
      f->go_minor = build_constraint_go_minor(h.build_constraint);
    }
  }
  file_header_release(&h);
  free((char *)text.p);
  return f;
}

typedef struct Sorted {
  VEC(LoadFile *) kinds[LOAD_FILE_ASM + 1];
  bool foreign;   // compiled together with something that is not Go
  bool has_upper; // .S or .sx files: assembled with cgo only
} Sorted;

// Which list a Go file belongs to; false to leave it out.
static bool classify(Load *l, Node *n, LoadFile *f, LoadFileKind *kind) {
  bool is_test = str_has_suffix(f->name, STR("_test.go"));
  Str package = f->package_name;
  if (str_equal(package, STR("documentation"))) return false;
  *kind = is_test ? LOAD_FILE_TEST : LOAD_FILE_GO;
  if (is_test && str_has_suffix(package, STR("_test")) && !str_equal(package, n->shown.name)) {
    *kind = LOAD_FILE_XTEST;
    package = load_string(l, str_slice(package, 0, package.n - 5));
  }
  if (!n->shown.name.n)
    n->shown.name = package;
  else if (package.n && !str_equal(package, n->shown.name)) {
    node_error(l, n, f->source.path, 0,
               arena_printf(l->arena, "found packages %.*s and %.*s in %.*s", STR_ARG(n->shown.name), STR_ARG(package),
                            STR_ARG(n->shown.dir)));
    return false;
  }
  if (f->imports_c && is_test) {
    node_error(l, n, f->source.path, 0, STR("use of cgo in test not supported"));
    f->imports_c = false;
  }
  if (f->imports_c) {
    if (!l->context->cgo_enabled) {
      if (n->is_command_line)
        node_error(l, n, f->source.path, 0, STR("it uses C, and cgo is off: it is left out of the build"));
      return false;
    }
    *kind = LOAD_FILE_CGO;
  }
  if (f->is_translated) *kind = LOAD_FILE_CGO;
  return true;
}

static void add_go_file(Load *l, Node *n, Sorted *s, Str name, bool all) {
  LoadFile *f = all || build_context_matches_file_name(l->context, name) ? read_file(l, n, name, true, all) : NULL;
  LoadFileKind kind;
  if (f && classify(l, n, f, &kind)) {
    f->kind = kind;
    VEC_PUSH(l->arena, &s->kinds[kind], f);
  } else
    n->ignored++;
}

static void add_foreign_file(Load *l, Node *n, Sorted *s, Str name) {
  Str ext = extension(name);
  if (!build_context_matches_file_name(l->context, name)) return;
  if (str_equal(ext, STR(".syso"))) {
    s->foreign = true;
    return;
  }
  LoadFile *f = read_file(l, n, name, false, false);
  if (!f) return;
  if (str_equal(ext, STR(".S")) || str_equal(ext, STR(".sx"))) s->has_upper = true;
  s->foreign |= !s->has_upper;
  if (!str_equal(ext, STR(".s")) && !str_equal(ext, STR(".S")) && !str_equal(ext, STR(".sx"))) return;
  f->kind = LOAD_FILE_ASM;
  VEC_PUSH(l->arena, &s->kinds[LOAD_FILE_ASM], f);
}

// Packages of std that declare functions which the runtime supplies without any assembly file (a list in the go
// command).
static bool has_runtime_bodies(const LoadPackage *p) {
  static const char *const paths[] = {"bytes",         "internal/poll", "net",  "os",      "runtime/metrics",
                                      "runtime/pprof", "runtime/trace", "sync", "syscall", "time"};
  if (!p->is_std) return false;
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
    if (str_equal(p->path, str_of(paths[i]))) return true;
  return false;
}

// The declarations that the translated files refer to.
static void add_cgo_types(Load *l, Node *n, Sorted *s) {
  bool any = false;
  for (uint32_t i = 0; i < s->kinds[LOAD_FILE_CGO].len; i++) any |= s->kinds[LOAD_FILE_CGO].items[i]->is_translated;
  Str name = STR("_cgo_gotypes.go");
  if (!any || !fs_translation(l->fs, path_join(l->arena, n->shown.dir, name))) return;
  LoadFile *f = read_file(l, n, name, true, true);
  if (!f) return;
  f->kind = LOAD_FILE_CGO;
  f->left_out = STR_NONE;
  f->source.display_path = f->name = load_string(l, name); // the go command cuts off its temporary directory
  VEC_PUSH(l->arena, &s->kinds[LOAD_FILE_CGO], f);
}

static void finish(Load *l, Node *n, Sorted *s) {
  add_cgo_types(l, n, s);
  LoadPackage *p = &n->shown;
  bool cgo = s->kinds[LOAD_FILE_CGO].len > 0;
  if (s->has_upper && !cgo) { // without cgo nobody assembles them
    uint32_t kept = 0;
    LoadFile **items = s->kinds[LOAD_FILE_ASM].items;
    for (uint32_t i = 0; i < s->kinds[LOAD_FILE_ASM].len; i++)
      if (str_equal(extension(items[i]->name), STR(".s"))) items[kept++] = items[i];
    s->kinds[LOAD_FILE_ASM].len = kept;
  }
  uint32_t total = 0, at = 0;
  for (int k = 0; k <= LOAD_FILE_ASM; k++) total += s->kinds[k].len;
  p->all_files = ARENA_ARRAY(l->arena, LoadFile *, total + 1);
  for (int k = 0; k <= LOAD_FILE_ASM; k++)
    for (uint32_t i = 0; i < s->kinds[k].len; i++) p->all_files[at++] = s->kinds[k].items[i];
  p->all_file_count = total;
  p->file_count = s->kinds[LOAD_FILE_GO].len + s->kinds[LOAD_FILE_CGO].len;
  p->files = p->all_files; // Go and cgo files come first
  p->has_asm = s->foreign || cgo || s->kinds[LOAD_FILE_ASM].len || has_runtime_bodies(p);
  if (p->is_fake_unsafe) p->file_count = 0;
}

bool node_is_unread(const Node *n) {
  for (uint32_t i = 0; i < n->errors.len; i++)
    if (n->errors.items[i].file.n) return true;
  return false;
}

bool node_has_files(const Node *n) {
  for (uint32_t i = 0; i < n->shown.all_file_count; i++)
    if (n->shown.all_files[i]->kind != LOAD_FILE_ASM) return true;
  return n->shown.is_fake_unsafe;
}

void node_read_files(Load *l, Node *n, const Str *names, uint32_t count) {
  Sorted s = {0};
  for (uint32_t i = 0; i < count; i++) add_go_file(l, n, &s, names[i], true);
  finish(l, n, &s);
}

static bool is_candidate(Load *l, const Node *n, const FsEntry *e) {
  if (e->is_dir || e->name.p[0] == '_' || e->name.p[0] == '.') return false;
  return !e->is_symlink || fs_is_file(l->fs, path_join(l->arena, n->shown.dir, e->name));
}

void node_read_directory(Load *l, Node *n) {
  Arena scratch;
  arena_init(&scratch);
  FsEntries entries;
  Sorted s = {0};
  if (!fs_list(l->fs, &scratch, n->shown.dir, &entries)) {
    node_error(l, n, n->shown.dir, 0, arena_printf(l->arena, "cannot read directory: %s", strerror(errno)));
    arena_release(&scratch);
    return;
  }
  bool any = false; // a Go file that is no test
  for (int pass = 0; pass < 2;
       pass++) { // tests are read in the first pass if wanted, in the second if nothing else is there
    for (uint32_t i = 0; i < entries.len; i++) {
      Str name = entries.items[i].name, ext = extension(name);
      bool is_go = str_equal(ext, STR(".go")), is_test = is_go && str_has_suffix(name, STR("_test.go"));
      bool now = is_test ? (l->tests ? pass == 0 : pass == 1 && !any) : pass == 0;
      if (pass == 0 && str_equal(name, STR("default.pgo"))) n->shown.has_profile = true;
      if (!now || (!is_go && !is_foreign_source(ext)) || !is_candidate(l, n, &entries.items[i])) continue;
      name = arena_str(l->arena, name);
      if (is_go)
        add_go_file(l, n, &s, name, false);
      else
        add_foreign_file(l, n, &s, name);
    }
    any = s.kinds[LOAD_FILE_GO].len + s.kinds[LOAD_FILE_CGO].len > 0;
  }
  n->read_tests = l->tests || !any;
  n->shown.files_left_out = n->ignored;
  finish(l, n, &s);
  arena_release(&scratch);
}
