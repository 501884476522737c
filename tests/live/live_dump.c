// live_dump.c: what tests compare: all messages and findings of a package, positioned within their declarations, so
// that two builds of texts that differ elsewhere can be compared line by line.
#include "live_dump.h"

#include <stdlib.h>

typedef struct Dump {
  VEC(Str) lines;
  Arena arena;
} Dump;

static Str first_line(const AstDecl *d) {
  ptrdiff_t end = str_index_byte(d->text, '\n');
  return end >= 0 ? str_slice(d->text, 0, (size_t)end) : d->text;
}

static Str file_name(const AstDecl *d) {
  Str path = d->source->path;
  return str_slice(path, (size_t)(str_last_byte(path, '/') + 1), path.n);
}

static void add_line(Dump *d, const Buf *text) { VEC_APPEND(&d->lines, arena_str(&d->arena, buf_view(text))); }

static void add_messages(Dump *d, const LiveDecl *l) {
  Buf b = {0};
  for (uint32_t i = 0; i < l->message_count; i++) {
    const LiveMessage *m = &l->messages[i];
    if (!m->decl) continue;
    buf_clear(&b);
    buf_printf(&b, "%.*s: %.*s: +%u: %.*s", STR_ARG(file_name(m->decl)), STR_ARG(first_line(m->decl)), m->offset,
               STR_ARG(m->text));
    add_line(d, &b);
  }
  buf_release(&b);
}

// Not compared: of several ways to the heap within functions that call each other, the one that is told depends on the
// order in which they are analysed. How seldom a function is reached (Finding.cold and the words made of it) is judged
// when the package is built as a whole.
static void add_findings(Dump *d, const LiveState *live, const LiveDecl *l, uint32_t start) {
  const AstFile *text = live->files[l->file].actual->ast;
  Buf b = {0};
  uint32_t len;
  const Finding *items = live_items(live, l, &len);
  for (uint32_t i = 0; i < len; i++) {
    const Finding *f = &items[i];
    buf_clear(&b);
    buf_printf(&b,
               "%.*s: %.*s: [%u,%u) at %u hint %u %d %d %d into %u/%u/%u %lld %lld %lld x%u %.*s|%.*s|%.*s|%.*s|%.*s",
               STR_ARG(file_name(l->decl)), STR_ARG(first_line(l->decl)), f->start - start, f->end - start,
               ast_file_offset_at(text, (LineCol){f->line, f->column}) - start, f->hint_at - start, f->kind, f->verdict,
               f->cause, f->inlined_into, f->copies_heap, f->copies_loop, (long long)f->bytes, (long long)f->size_class,
               (long long)f->elem_bytes, f->loop_depth, STR_ARG(f->subject), STR_ARG(f->function),
               STR_ARG(f->condition), STR_ARG(f->inlined_from), STR_ARG(f->gc_words));
    add_line(d, &b);
  }
  buf_release(&b);
}

static int by_text(const void *a, const void *b) { return str_compare(*(const Str *)a, *(const Str *)b); }

static LiveState *state_of(const PackageResult *result) {
  PackageImage *image = result->owner;
  return live_of(image->origin ? image->origin : image);
}

// Outdated functions are seen as they were when they were good, which no text can express: what uses them is left out.
static void leave_out_users(StrMap *out, const LiveDecl *l) {
  VEC(const LiveDecl *) todo = {0};
  VEC_APPEND(&todo, l);
  while (todo.len) {
    const LiveDecl *of = todo.items[--todo.len];
    for (uint32_t i = 0; i < of->callers.len; i++) {
      const LiveDecl *user = of->callers.items[i];
      Str key = user->decl ? user->decl->text : STR("initialiser");
      if (strmap_has(out, key)) continue;
      strmap_set(out, key, out);
      VEC_APPEND(&todo, user);
    }
  }
  free(todo.items);
}

// The texts of the functions that `like` shows as stale.
static void stale_texts(StrMap *out, const PackageResult *like) {
  const LiveState *live = state_of(like);
  for (uint32_t i = 0; live && i < live->decls.len; i++) {
    const LiveDecl *l = live->decls.items[i];
    if (live_is_stale(l)) strmap_set(out, l->decl->text, out);
    if (l->outdated) leave_out_users(out, l);
  }
  for (uint32_t i = 0; live && i < live->base->file_count; i++) { // types of which only comments changed
    const PtrMap *frozen = &live->files[i].frozen;
    for (uint32_t k = 0; k < frozen->len; k++) {
      const AstDecl *kept = frozen->entries[k].key ? frozen->entries[k].value : NULL;
      if (kept) strmap_set(out, kept->text, out);
    }
  }
}

void live_dump(Buf *out, const PackageResult *result, const PackageResult *like) {
  LiveState *live = state_of(result);
  if (!live) return;
  Dump d = {0};
  StrMap left_out = {0};
  stale_texts(&left_out, like);
  arena_init(&d.arena);
  bool no_init = strmap_has(&left_out, STR("initialiser"));
  for (uint32_t i = 0; i < live->base->file_count; i++) {
    const LiveFile *file = &live->files[i];
    const AstFile *f = file->effective ? file->effective : file->actual->ast;
    for (uint32_t k = 0; k < f->decl_count; k++) {
      const LiveDecl *l = ptrmap_get(&live->by_decl, f->decls[k]);
      if (!l || strmap_has(&left_out, l->decl->text) || (l->decl->kind == DECL_VAR && no_init)) continue;
      add_messages(&d, l);
      add_findings(&d, live, l, f->slot_starts[l->decl->slot]);
    }
  }
  if (!no_init) add_messages(&d, &live->init);
  add_messages(&d, &live->rest);
  if (d.lines.len) qsort(d.lines.items, d.lines.len, sizeof *d.lines.items, by_text);
  for (uint32_t i = 0; i < d.lines.len; i++) {
    buf_str(out, d.lines.items[i]);
    buf_byte(out, '\n');
  }
  strmap_release(&left_out);
  free(d.lines.items);
  arena_release(&d.arena);
}

// The declarations that the analysis goes by, after the package clause. What else stands between them in the file is
// left out but for linknames: it may have swallowed declarations that are there all the same.
void live_effective_text(Buf *out, const PackageResult *result, uint32_t index) {
  LiveState *live = state_of(result);
  if (!live) return;
  const LiveFile *file = &live->files[index];
  const AstFile *now = file->actual->ast;
  PtrMap used = {0};
  for (uint32_t i = 0; i < now->decl_count; i++) {
    const AstDecl *d = now->decls[i];
    uint32_t start = now->slot_starts[d->slot];
    if (!i) buf_str(out, str_slice(now->text, 0, start));
    buf_byte(out, '\n');
    const AstDecl *kept = file->effective ? ptrmap_get(&file->frozen, d) : NULL;
    if (!kept) kept = d;
    bool there = !file->effective;
    for (uint32_t k = 0; !there && k < file->effective->decl_count; k++) there = file->effective->decls[k] == kept;
    if (there) buf_str(out, kept->text);
    ptrmap_set(&used, kept, (void *)(uintptr_t)kept);
  }
  if (!now->decl_count) buf_str(out, now->text);
  for (uint32_t k = 0; file->effective && k < file->effective->decl_count; k++) {
    if (ptrmap_has(&used, file->effective->decls[k])) continue;
    buf_byte(out, '\n');
    buf_str(out, file->effective->decls[k]->text);
    buf_byte(out, '\n');
  }
  for (uint32_t i = 0; i < now->linknames.len; i++)
    buf_printf(out, "\n//go:linkname %s %.*s\n", now->linknames.items[i].local->text,
               STR_ARG(now->linknames.items[i].remote));
  ptrmap_release(&used);
}

static Package *import_package(void *context, Str path) {
  const Package *like = context;
  if (str_equal(path, STR("unsafe"))) return like->context->unsafe_package;
  Package *vendored = NULL;
  for (uint32_t i = 0; i < like->imports.len; i++) {
    Package *p = like->imports.items[i];
    if (str_equal(p->path, path)) return p;
    if (str_has_suffix(p->path, path) && p->path.n > path.n && p->path.p[p->path.n - path.n - 1] == '/') vendored = p;
  }
  return vendored;
}

const PackageResult *live_fresh(const PackageResult *result, uint32_t index, Str text) {
  const PackageImage *like = result->owner, *base = like->origin ? like->origin : like;
  PackageImage *image = mem_new(sizeof *image);
  image->references = 1;
  arena_init(&image->arena);
  image->options = base->options;
  image->keeps_bodies = true;
  image->files = ARENA_ARRAY(&image->arena, ParsedFile *, like->file_count + 1);
  image->asts = ARENA_ARRAY(&image->arena, AstFile *, like->file_count + 1);
  image->file_count = like->file_count;
  for (uint32_t i = 0; i < like->file_count; i++) {
    ParsedFile *file = like->files[i];
    if (i == index) {
      file = mem_new(sizeof *file);
      Parser *parser = parser_new(base->package->context->interner);
      file->ast = parse_file(parser, like->asts[i]->source, text, NULL);
      parser_free(parser);
    }
    file->references++;
    image->files[i] = file;
    image->asts[i] = file->ast;
  }
  PackageInput input = {.path = base->package->path,
                        .files = image->asts,
                        .file_count = image->file_count,
                        .go_minor = base->package->go_minor,
                        .has_assembly = base->package->has_assembly,
                        .import = import_package,
                        .import_context = base->package};
  image->package = package_declare(base->package->context, &input);
  package_check_bodies(image->package);
  image->unit = compile_package(image->package, &image->options);
  if (image->options.explain) image->findings = finding_set_new(image->unit);
  image->result.package = image->package;
  image->result.unit = image->unit;
  image->result.findings = image->findings;
  image->result.files = image->asts;
  image->result.file_count = image->file_count;
  image->result.owner = image;
  return &image->result;
}
