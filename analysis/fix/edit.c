// edit.c: fixes as edits of a file's text: theirs, and those of the import declarations that follow from them.
//
// Imports are counted, not searched for again: what a file names how often is known from its types before anything is
// changed, so any choice of fixes tells which imports come and which go.
#include "fix/fix_internal.h"

#include "syntax/syntax.h"

#include <stdlib.h>

// ---- What a file imports

typedef struct UseCount {
  const DeclTypes *types;
  FixImports *imports;
  Object **names;
} UseCount;

static bool count_use(void *context, const Ast *n) {
  UseCount *c = context;
  const NodeInfo *info = node_info(c->types, n);
  if (n->kind != AST_NAME || info->is_selection || !info->ref.object) return true;
  for (uint32_t i = 0; info->ref.object->kind == OBJ_PKGNAME && i < c->imports->len; i++)
    c->imports->items[i].uses += c->names[i] == info->ref.object;
  return true;
}

const FixImports *fix_imports(Arena *a, const PackageResult *r, const AstFile *file) {
  FixImports *out = ARENA_NEW(a, FixImports);
  out->text = arena_str(a, file->text);
  out->clause_at = file->package_pos;
  VEC(FixImport) items = {0};
  VEC(Object *) names = {0};
  for (uint32_t i = 0; i < file->decl_count; i++) {
    const AstDecl *d = file->decls[i];
    const DeclTypes *types = d->kind == DECL_IMPORT ? package_decl_types(r->package, d) : NULL;
    uint32_t base = file->slot_starts[d->slot];
    for (uint32_t k = 0; types && k < d->specs.len; k++) {
      const Ast *spec = d->specs.items[k];
      Object *o = spec->kind == AST_IMPORT_DECL ? node_info(types, spec)->ref.object : NULL;
      if (!o || o->kind != OBJ_PKGNAME || spec->u.import.path_text.n < 2) continue;
      FixImport import = {.path = str_slice(spec->u.import.path_text, 1, spec->u.import.path_text.n - 1),
                          .name = arena_str(a, sym_str(o->name)),
                          .start = base + spec->start,
                          .end = base + spec->end,
                          .grouped = (spec->flags & AST_FLAG_GROUPED) != 0};
      import.path = arena_str(a, import.path);
      VEC_PUSH(a, &items, import);
      VEC_PUSH(a, &names, o);
    }
  }
  out->items = items.items;
  out->len = items.len;
  for (uint32_t i = 0; i < file->decl_count; i++) {
    if (file->decls[i]->kind == DECL_IMPORT) continue;
    UseCount count = {package_decl_types(r->package, file->decls[i]), out, names.items};
    for (uint32_t k = 0; count.types && k < file->decls[i]->specs.len; k++)
      ast_walk(file->decls[i]->specs.items[k], count_use, &count);
  }
  return out;
}

static bool declares_name(const Shape *s, Str name) {
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (n->kind == AST_NAME && node_info(s->types, n)->is_def && str_equal(sym_str(n->u.name.name), name)) return true;
  }
  return false;
}

Str import_name(const Shape *s, const char *path) {
  for (uint32_t i = 0; i < s->imports->len; i++) {
    const FixImport *import = &s->imports->items[i];
    if (!str_equal(import->path, str_of(path)) || str_equal(import->name, STR("_")) ||
        str_equal(import->name, STR(".")))
      continue;
    return declares_name(s, import->name) ? STR_NONE : import->name;
  }
  return shape_redeclares(s, path) ? STR_NONE : str_of(path);
}

// ---- Edits of imports

static uint32_t line_start(Str text, uint32_t at) {
  while (at && text.p[at - 1] != '\n') at--;
  return at;
}

static uint32_t line_end(Str text, uint32_t at) { // behind its newline
  while (at < text.n && text.p[at] != '\n') at++;
  return at < text.n ? at + 1 : at;
}

static bool is_blank(Str text, uint32_t from, uint32_t to) { return str_trim(str_slice(text, from, to)).n == 0; }

typedef struct Editing {
  Arena *arena;
  const FixImports *imports;
  VEC(FixEdit) edits;
  VEC(Str) gains;
} Editing;

// The line of an import; a blank line behind it goes too where one is left in front.
static void drop(Editing *e, const FixImport *import) {
  Str text = e->imports->text;
  uint32_t from = line_start(text, import->start), to = line_end(text, import->end);
  uint32_t keyword = import->grouped ? import->start : from;
  bool alone = is_blank(text, from, keyword) && is_blank(text, import->end, to);
  if (!alone) return; // a comment stands there: the trial will say that the import is unused
  uint32_t before = from ? line_start(text, from - 1) : 0, behind = line_end(text, to);
  Str above = str_trim(str_slice(text, before, from));
  bool opens = !above.n || str_has_suffix(above, STR("("));
  if (opens && !e->gains.len && behind > to && is_blank(text, to, behind)) to = behind;
  VEC_PUSH(e->arena, &e->edits, (FixEdit){from, to, STR_NONE});
}

// Sorted into the first block of the first group; without a group, in a line of its own behind the first import.
static void gain(Editing *e, Str path) {
  const FixImports *all = e->imports;
  const FixImport *place = NULL;
  bool before = false;
  for (uint32_t i = 0; i < all->len && !before; i++) {
    const FixImport *import = &all->items[i];
    if (!import->grouped) continue;
    if (place && line_start(all->text, import->start) != line_end(all->text, place->end)) break; // another block
    place = import;
    before = str_compare(import->path, path) > 0;
  }
  bool group = place != NULL;
  if (!group && all->len) place = &all->items[0];
  if (!place) return;
  uint32_t at = before ? line_start(all->text, place->start) : line_end(all->text, place->end);
  Str line = group ? arena_printf(e->arena, "\t\"%.*s\"\n", STR_ARG(path))
                   : arena_printf(e->arena, "import \"%.*s\"\n", STR_ARG(path));
  for (uint32_t i = 0; i < e->edits.len; i++) {
    FixEdit *other = &e->edits.items[i];
    if (other->start != at) continue;
    other->text = arena_printf(e->arena, "%.*s%.*s", STR_ARG(other->text), STR_ARG(line));
    return;
  }
  VEC_PUSH(e->arena, &e->edits, (FixEdit){at, at, line});
}

// The only import, which has no parentheses: what takes its place has them, if it is several.
static void regroup(Editing *e, bool dropped) {
  const FixImport *import = &e->imports->items[0];
  Str text = e->imports->text, own = str_slice(text, import->start, import->end);
  uint32_t keyword = line_start(text, import->start), n = e->gains.len + !dropped;
  Buf out = {0};
  if (n > 1) buf_puts(&out, "import (\n");
  for (uint32_t i = 0; i <= e->gains.len; i++) {
    const Str *gains = e->gains.items;
    bool own_place = !dropped && (i == e->gains.len || str_compare(gains[i], import->path) > 0);
    if (own_place) buf_printf(&out, "\t%.*s\n", STR_ARG(own));
    dropped |= own_place;
    if (i < e->gains.len) buf_printf(&out, n > 1 ? "\t\"%.*s\"\n" : "import \"%.*s\"", STR_ARG(gains[i]));
  }
  if (n > 1) buf_puts(&out, ")");
  VEC_PUSH(e->arena, &e->edits, (FixEdit){keyword, import->end, arena_str(e->arena, buf_view(&out))});
  buf_release(&out);
}

// The first imports of a file, behind its package clause.
static void begin(Editing *e) {
  uint32_t at = line_end(e->imports->text, e->imports->clause_at);
  Buf out = {0};
  bool several = e->gains.len > 1;
  buf_puts(&out, several ? "\nimport (\n" : "\nimport ");
  for (uint32_t i = 0; i < e->gains.len; i++)
    buf_printf(&out, several ? "\t\"%.*s\"\n" : "\"%.*s\"\n", STR_ARG(e->gains.items[i]));
  if (several) buf_puts(&out, ")\n");
  VEC_PUSH(e->arena, &e->edits, (FixEdit){at, at, arena_str(e->arena, buf_view(&out))});
  buf_release(&out);
}

static const FixImport *imported(const FixImports *all, Str path) {
  for (uint32_t i = 0; i < all->len; i++) {
    bool named = !str_equal(all->items[i].name, STR("_")) && !str_equal(all->items[i].name, STR("."));
    if (named && str_equal(all->items[i].path, path)) return &all->items[i];
  }
  return NULL;
}

static void want(Editing *e, Str path) {
  if (!path.n || imported(e->imports, path)) return;
  for (uint32_t i = 0; i < e->gains.len; i++)
    if (str_equal(e->gains.items[i], path)) return;
  VEC_PUSH(e->arena, &e->gains, path);
  for (uint32_t i = e->gains.len - 1; i && str_compare(e->gains.items[i - 1], path) > 0; i--) {
    e->gains.items[i] = e->gains.items[i - 1];
    e->gains.items[i - 1] = path;
  }
}

// Those that are put in at the same place stay in the order of their fixes.
static void sort(FixEdit *edits, uint32_t count) {
  for (uint32_t i = 1; i < count; i++) {
    FixEdit e = edits[i];
    uint32_t k = i;
    for (; k && (edits[k - 1].start > e.start || (edits[k - 1].start == e.start && edits[k - 1].end > e.end)); k--)
      edits[k] = edits[k - 1];
    edits[k] = e;
  }
}

FixEdits fix_edits(Arena *a, const AstSource *source, const Fix *const *fixes, uint32_t count) {
  Editing e = {.arena = a};
  for (uint32_t i = 0; i < count; i++) {
    if (fixes[i]->source != source) continue;
    e.imports = fixes[i]->imports;
    want(&e, fixes[i]->gains[0]);
    want(&e, fixes[i]->gains[1]);
    for (uint32_t k = 0; k < fixes[i]->edit_count; k++) VEC_PUSH(a, &e.edits, fixes[i]->edits[k]);
  }
  bool only = e.imports && e.imports->len == 1 && !e.imports->items[0].grouped && e.gains.len;
  for (uint32_t i = 0; e.imports && i < e.imports->len; i++) {
    uint32_t losses = 0;
    for (uint32_t k = 0; k < count; k++)
      if (fixes[k]->source == source && str_equal(fixes[k]->loses, e.imports->items[i].path))
        losses += fixes[k]->losses;
    bool unused = losses && losses == e.imports->items[i].uses;
    if (only)
      regroup(&e, unused);
    else if (unused)
      drop(&e, &e.imports->items[i]);
  }
  if (e.gains.len && !e.imports->len) begin(&e);
  for (uint32_t i = 0; i < e.gains.len && !only; i++) gain(&e, e.gains.items[i]);
  sort(e.edits.items, e.edits.len);
  return (FixEdits){e.edits.items, e.edits.len};
}

Str fix_apply(Arena *a, Str text, FixEdits edits) {
  Buf out = {0};
  uint32_t at = 0;
  for (uint32_t i = 0; i < edits.len; i++) {
    const FixEdit *e = &edits.items[i];
    BUG_ON(e->start < at || e->end < e->start || e->end > text.n);
    buf_str(&out, str_slice(text, at, e->start));
    buf_str(&out, e->text);
    at = e->end;
  }
  buf_str(&out, str_slice(text, at, text.n));
  Str applied = arena_str(a, buf_view(&out));
  buf_release(&out);
  return applied;
}

bool fix_is_about(const Fix *f, uint32_t start, uint32_t end) {
  if (f->start == start && f->end == end) return true;
  for (uint32_t i = 0; i < f->edit_count; i++)
    if (f->edits[i].end > f->edits[i].start && f->edits[i].start <= start && end <= f->edits[i].end) return true;
  return false;
}

bool fix_overlap(const Fix *a, const Fix *b) {
  if (a->source != b->source) return false;
  for (uint32_t i = 0; i < a->edit_count; i++)
    for (uint32_t k = 0; k < b->edit_count; k++) {
      const FixEdit *x = &a->edits[i], *y = &b->edits[k];
      bool both_put_in = x->start == x->end && y->start == y->end;
      if ((x->start == y->start && !both_put_in) || (x->start < y->end && y->start < x->end)) return true;
    }
  return false;
}
