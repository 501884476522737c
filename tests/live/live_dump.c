// live_dump.c: what tests compare: all messages and findings of a package, positioned within their declarations, so
// that two builds of texts that differ elsewhere can be compared line by line.
#include "live_dump.h"

#include "build/compile.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Dump {
  const PackageResult *result;
  const LiveState *live;
  const StrMap *left_out; // texts of declarations
  const StrMap *comments; // of types that differ in comments only: their places do too
  bool knows_callees;     // no declaration is swallowed by another's text
  bool counts_users;      // copies, and how cold their callers are: outdated functions go on counting
  StrMap functions;       // symbol -> what is said of the function
  StrMap unplaced;        // paths of other packages' files: some of their declarations are not in the text now
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

// ---- Places

// The file as the analysis sees it: positions in it are those of the newest text.
static const AstFile *seen_file(const LiveState *live, const AstSource *source) {
  for (uint32_t i = 0; i < live->base->file_count; i++) {
    const LiveFile *file = &live->files[i];
    if (file->actual->ast->source == source) return file->effective ? file->effective : file->actual->ast;
  }
  return NULL;
}

static const AstFile *actual_file(const LiveState *live, const AstSource *source) {
  for (uint32_t i = 0; i < live->base->file_count; i++)
    if (live->files[i].actual->ast->source == source) return live->files[i].actual->ast;
  return NULL;
}

static uint32_t length_at(const AstFile *f, uint32_t start) {
  const AstDecl *decl = f ? ast_file_decl_starting_at(f, start) : NULL;
  return decl ? (uint32_t)decl->text.n : 0;
}

// The last one that begins before the place: one that stands for another text may reach into the next, or that text
// is longer.
static const AstDecl *decl_at(const Dump *d, const AstFile *f, uint32_t at, uint32_t *start) {
  const AstFile *actual = actual_file(d->live, f->source);
  const AstDecl *found = NULL;
  for (uint32_t i = 0; i < f->decl_count; i++) {
    const AstDecl *decl = f->decls[i];
    uint32_t begin = decl->slot < f->slot_count ? f->slot_starts[decl->slot] : UINT32_MAX;
    if (begin == UINT32_MAX || at < begin || (found && begin < *start)) continue;
    if (at > begin + decl->text.n && at > begin + length_at(actual, begin)) continue;
    *start = begin;
    found = decl;
  }
  return found;
}

// A place of any file, relative to the declaration it is in. Of one that is shown as stale no more than that: its text
// is another one now.
static void add_place(Dump *d, Buf *b, const AstSource *source, uint32_t line, uint32_t column) {
  if (!source) {
    buf_printf(b, " -");
    return;
  }
  const AstFile *f = seen_file(d->live, source);
  if (!f) {
    buf_printf(b, " %.*s:%u:%u", STR_ARG(source->path), line, column);
    return;
  }
  uint32_t at = ast_file_offset_at(f, (LineCol){line, column}), start = 0;
  const AstDecl *decl = decl_at(d, f, at, &start);
  if (!decl) {
    buf_printf(b, " %.*s nowhere", STR_ARG(source->path));
    return;
  }
  if (!strmap_has(d->comments, decl->text)) buf_printf(b, " (%.*s)", STR_ARG(first_line(decl)));
  if (!strmap_has(d->left_out, decl->text) && !strmap_has(d->comments, decl->text)) buf_printf(b, "+%u", at - start);
}

// ---- Findings: everything that somebody can see of one

static const AstDecl *decl_of_step(const Dump *d, const FindingStep *step) {
  const FindingSet *set = d->result->findings;
  const FindingGroup *g = NULL;
  for (uint32_t i = 0; step && step->decl && !g && i < set->file_count; i++)
    if (!step->source || step->source == set->files[i].source) g = finding_group_of_step(set->files[i].findings, step);
  return g ? g->decl : NULL;
}

// May the text not have the place, because its file is broken?
static bool is_unplaced(const Dump *d, const AstSource *source) {
  return source ? strmap_has(&d->unplaced, source->path) : d->unplaced.len > 0;
}

static void add_step(Dump *d, Buf *b, const FindingStep *step, FindingStep now) {
  const AstDecl *decl = decl_of_step(d, step);
  buf_printf(b, "\\n      %.*s|%.*s", STR_ARG(now.text), STR_ARG(now.gc_text));
  if (is_unplaced(d, now.source)) return;
  if (now.source && now.decl && !seen_file(d->live, now.source)) // in another package, relative to the declaration
    buf_printf(b, " %.*s (%.*s)+%u", STR_ARG(now.source->path), STR_ARG(first_line(now.decl)), now.at - now.base);
  else if (decl && strmap_has(d->left_out, decl->text))
    buf_printf(b, " in stale %.*s", STR_ARG(first_line(decl)));
  else
    buf_printf(b, " +%u at", now.source ? now.end - now.start : 0), add_place(d, b, now.source, now.line, now.column);
}

// Where somebody who asks for the callee is led to (package_result_callee).
static FindingStep callee_of(const Dump *d, const Finding *call) {
  const Finding *f = call->symbol.n ? strmap_get(&d->functions, call->symbol) : NULL;
  if (f) {
    FindingPlace at = package_result_place(d->result, f);
    return (FindingStep){.source = f->source, .start = at.start, .end = at.end, .line = at.line, .column = at.column};
  }
  return call->step_count ? package_result_step(d->result, &call->steps[0]) : (FindingStep){0};
}

// Is the callee shown as stale?
static bool callee_is_left_out(const Dump *d, const Finding *call) {
  const Finding *f = call->symbol.n ? strmap_get(&d->functions, call->symbol) : NULL;
  return f && strmap_has(d->left_out, f->decl->text);
}

static void add_steps(Dump *d, Buf *b, const Finding *f) {
  if (f->kind == FINDING_CALL && d->knows_callees && !callee_is_left_out(d, f)) {
    FindingStep now = callee_of(d, f); // the text may not have it at the moment
    const AstDecl *callee = f->step_count ? decl_of_step(d, &f->steps[0]) : NULL;
    if (now.source && !is_unplaced(d, now.source) && !(callee && strmap_has(d->left_out, callee->text)))
      add_step(d, b, &now, now);
  }
  for (uint32_t i = 0; i < f->step_count && f->kind != FINDING_CALL; i++)
    add_step(d, b, &f->steps[i], package_result_step(d->result, &f->steps[i]));
}

static void add_call(Buf *b, const CallFacts *c) {
  if (!c) return;
  buf_printf(b, "\\n      callee %d%s%s%s %.*s", c->callee, c->inlined ? " inlined" : "",
             c->devirtualised ? " devirtualised" : "", c->is_method ? " method" : "", STR_ARG(c->concrete));
  for (uint32_t i = 0; i < c->arg_count; i++) {
    const CallArg *a = &c->args[i];
    buf_printf(b, " [%d,%d) %.*s:%.*s%s%s%s", a->start, a->end, STR_ARG(a->param), STR_ARG(a->text),
               a->is_recv ? " recv" : "", a->is_variadic ? " variadic" : "", a->is_boxed ? " boxed" : "");
    for (uint32_t k = 0; k < TAG_LEN; k++) buf_printf(b, ".%u", a->leaks[k]);
  }
}

static void add_layout(Buf *b, const StructFacts *s) {
  if (!s) return;
  buf_printf(b, "\\n      struct %lld %lld %lld %lld best %lld %lld %lld %u %.*s|%.*s", (long long)s->size,
             (long long)s->padding, (long long)s->size_class, (long long)s->pointer_bytes, (long long)s->best_size,
             (long long)s->best_pointer_bytes, (long long)s->best_class, s->field_count, STR_ARG(s->order_text),
             STR_ARG(s->fixed));
  for (uint32_t i = 0; s->order && i < s->field_count; i++) buf_printf(b, " %u", s->order[i]);
}

static void add_type_finding(Dump *d, const FindingGroup *in, const Finding *f) {
  Buf b = {0};
  buf_printf(&b, "%.*s: type %.*s%s %d %d %lld %lld", STR_ARG(file_name(f->decl)), STR_ARG(f->subject),
             in->stale ? " stale" : "", f->kind, f->verdict, (long long)f->bytes, (long long)f->size_class);
  add_line(d, &b);
  buf_release(&b);
}

static void add_finding(Dump *d, const FindingGroup *in, const Finding *f) {
  FindingPlace at = finding_where(in, f);
  const AstFile *file = seen_file(d->live, f->source);
  Buf b = {0};
  uint32_t start = file && f->decl->slot < file->slot_count ? file->slot_starts[f->decl->slot] : UINT32_MAX;
  if (start == UINT32_MAX) {
    buf_printf(&b, "%.*s: nowhere: %.*s", STR_ARG(f->source->path), STR_ARG(f->gc_words));
  } else {
    LineCol lc = ast_file_line_col(file, start);
    buf_printf(&b, "%.*s: %.*s: [%u,%u) hint %u line %u:%u", STR_ARG(file_name(f->decl)), STR_ARG(first_line(f->decl)),
               at.start - start, at.end - start, at.hint_at - start, at.line - lc.line,
               at.line == lc.line ? at.column - lc.column + 1 : at.column);
    buf_printf(&b, " %d %d %d %lld %lld %lld x%u%s%s", f->kind, f->verdict, f->cause, (long long)f->bytes,
               (long long)f->size_class, (long long)f->elem_bytes, f->loop_depth, f->is_param ? " param" : "",
               in->stale ? " stale" : "");
    if (d->counts_users)
      buf_printf(&b, " into %u/%u/%u cold %u|%.*s|%.*s|%.*s", f->inlined_into, f->copies_heap, f->copies_loop, f->cold,
                 STR_ARG(f->when), STR_ARG(f->hint), STR_ARG(f->title));
    const Str texts[] = {f->subject,   f->function,     f->count_text,
                         f->condition, f->inlined_from, f->gc_words,
                         f->why,       f->symbol,       d->counts_users ? f->advice : STR_NONE};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) buf_printf(&b, "|%.*s", STR_ARG(texts[i]));
    add_call(&b, f->call);
    add_layout(&b, f->layout);
    add_steps(d, &b, f);
  }
  add_line(d, &b);
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
  PtrMap seen = {0};
  VEC_APPEND(&todo, l);
  while (todo.len) {
    const LiveDecl *of = todo.items[--todo.len];
    for (uint32_t i = 0; i < of->callers.len; i++) {
      const LiveDecl *user = of->callers.items[i];
      Str key = user->decl ? user->decl->text : STR("initialiser");
      if (ptrmap_has(&seen, user)) continue;
      ptrmap_set(&seen, user, out);
      strmap_set(out, key, out);
      VEC_APPEND(&todo, user);
    }
  }
  ptrmap_release(&seen);
  free(todo.items);
}

// The texts of the functions that `like` shows as stale. Returns whether some are outdated.
static bool stale_texts(StrMap *out, StrMap *comments, const PackageResult *like) {
  const LiveState *live = state_of(like);
  bool outdated = false;
  for (uint32_t i = 0; live && i < live->decls.len; i++) {
    const LiveDecl *l = live->decls.items[i];
    if (live_is_stale(l)) strmap_set(out, l->decl->text, out);
    if (l->outdated) leave_out_users(out, l);
    outdated |= l->outdated;
  }
  for (uint32_t i = 0; live && i < live->base->file_count; i++) {
    const PtrMap *frozen = &live->files[i].frozen;
    for (uint32_t k = 0; k < frozen->len; k++) {
      const AstDecl *shown = frozen->entries[k].key, *kept = shown ? frozen->entries[k].value : NULL;
      const LiveDecl *l = kept ? ptrmap_get(&live->by_decl, kept) : NULL;
      StrMap *to = l && !live_is_stale(l) && kept->kind == DECL_TYPE ? comments : out;
      if (!kept) continue;
      strmap_set(to, kept->text, out);
      if (to == comments) strmap_set(to, shown->text, out);
    }
  }
  return outdated;
}

// Are there declarations that the text of the file does not have now?
static bool file_swallows(const LiveFile *file) {
  const AstFile *f = file->effective ? file->effective : file->actual->ast;
  for (uint32_t k = 0; k < f->decl_count; k++)
    if (f->decls[k]->slot >= f->slot_count || f->slot_starts[f->decls[k]->slot] == UINT32_MAX) return true;
  return false;
}

static bool swallows(const LiveState *live) {
  bool any = false;
  for (uint32_t i = 0; live && i < live->base->file_count; i++) any |= file_swallows(&live->files[i]);
  return any;
}

static void find_unplaced(StrMap *out, PtrMap *seen, PackageImage *image) {
  for (uint32_t i = 0; i < image->dep_count; i++) {
    PackageImage *dep = image->deps[i], *base = dep->origin ? dep->origin : dep;
    if (ptrmap_has(seen, base)) continue;
    ptrmap_set(seen, base, base);
    for (uint32_t k = 0; base->live && k < base->file_count; k++)
      if (file_swallows(&base->live->files[k])) strmap_set(out, base->asts[k]->source->path, out);
    find_unplaced(out, seen, base);
  }
}

void live_dump(Buf *out, const PackageResult *result, const PackageResult *like) {
  LiveState *live = state_of(result);
  if (!live) return;
  StrMap left_out = {0}, comments = {0};
  Dump d = {.result = result, .live = live, .left_out = &left_out, .comments = &comments};
  d.counts_users = !stale_texts(&left_out, &comments, like);
  d.knows_callees = !swallows(state_of(like));
  PtrMap seen = {0};
  if (state_of(like)) find_unplaced(&d.unplaced, &seen, state_of(like)->base);
  ptrmap_release(&seen);
  arena_init(&d.arena);
  bool no_init = strmap_has(&left_out, STR("initialiser"));
  for (uint32_t i = 0; i < live->base->file_count; i++) {
    const LiveFile *file = &live->files[i];
    const AstFile *f = file->effective ? file->effective : file->actual->ast;
    for (uint32_t k = 0; k < f->decl_count; k++) {
      const LiveDecl *l = ptrmap_get(&live->by_decl, f->decls[k]);
      if (!l || strmap_has(&left_out, l->decl->text) || (l->decl->kind == DECL_VAR && no_init)) continue;
      add_messages(&d, l);
    }
  }
  const Finding *f;
  for (FindingCursor c = {.set = result->findings}; (f = finding_next(&c));)
    if (f->kind == FINDING_FUNCTION && !strmap_has(&d.functions, f->symbol))
      strmap_set(&d.functions, f->symbol, (void *)(uintptr_t)f);
  for (FindingCursor c = {.set = result->findings}; (f = finding_next(&c));) {
    if (strmap_has(&left_out, f->decl->text) || (f->decl->kind == DECL_VAR && no_init)) continue;
    if (strmap_has(&comments, f->decl->text))
      add_type_finding(&d, c.of, f);
    else
      add_finding(&d, c.of, f);
  }
  if (!no_init) add_messages(&d, &live->init);
  if (!left_out.len) add_messages(&d, &live->rest); // else they may be of instances that what is left out needs
  if (d.lines.len) qsort(d.lines.items, d.lines.len, sizeof *d.lines.items, by_text);
  for (uint32_t i = 0; i < d.lines.len; i++) {
    buf_str(out, d.lines.items[i]);
    buf_byte(out, '\n');
  }
  strmap_release(&left_out);
  strmap_release(&comments);
  strmap_release(&d.functions);
  strmap_release(&d.unplaced);
  free(d.lines.items);
  arena_release(&d.arena);
}

// The declarations that the analysis goes by, after the package clause. What else stands between them in the file is
// left out but for linknames: it may have swallowed declarations that are there all the same.
void live_effective_text(Buf *out, const PackageResult *result, uint32_t index) {
  LiveState *live = state_of(result);
  if (!live) return;
  const LiveFile *file = &live->files[index];
  const AstFile *now = file->actual->ast, *seen = file->effective ? file->effective : now;
  uint32_t first = (uint32_t)now->text.n;
  for (uint32_t i = 0; i < now->decl_count; i++)
    if (now->slot_starts[now->decls[i]->slot] < first) first = now->slot_starts[now->decls[i]->slot];
  const PackageImage *image = result->owner;
  Sym name = seen->package_name == now->package_name && now->package_name ? image->names[index] : seen->package_name;
  if (name == now->package_name)
    buf_str(out, str_slice(now->text, 0, first));
  else // the clause is broken: the package keeps its name
    buf_printf(out, "package %s\n", name->text);
  for (uint32_t i = 0; i < seen->decl_count; i++) {
    buf_byte(out, '\n');
    buf_str(out, seen->decls[i]->text);
    buf_byte(out, '\n');
  }
  for (uint32_t i = 0; i < now->linknames.len; i++)
    buf_printf(out, "\n//go:linkname %s %.*s\n", now->linknames.items[i].local->text,
               STR_ARG(now->linknames.items[i].remote));
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
    __atomic_add_fetch(&file->references, 1, __ATOMIC_RELAXED); // other threads release results that share it
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

uint32_t live_dump_differences(Str a, Str b, bool show) {
  uint32_t count = 0;
  size_t i = 0, k = 0;
  while (i < a.n || k < b.n) {
    ptrdiff_t x = str_index_byte(str_slice(a, i, a.n), '\n'), y = str_index_byte(str_slice(b, k, b.n), '\n');
    Str l = str_slice(a, i, x >= 0 ? i + (size_t)x : a.n), r = str_slice(b, k, y >= 0 ? k + (size_t)y : b.n);
    int order = i >= a.n ? 1 : k >= b.n ? -1 : str_compare(l, r);
    if (order && show && count < 20) printf("    %s %.*s\n", order < 0 ? "live " : "fresh", STR_ARG(order < 0 ? l : r));
    count += order != 0;
    if (order <= 0) i += l.n + 1;
    if (order >= 0) k += r.n + 1;
  }
  return count;
}
