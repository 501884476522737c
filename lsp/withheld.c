// withheld.c: functions that the analysis has no verdict on, and why.
//
// What is said of a function hangs on a finding about the function itself (FINDING_FUNCTION), of this version or of its
// last good one. A function with a body and without such a finding was not compiled: it does not parse, it does not
// type-check (most often because an import could not be loaded, or because it uses cgo's names), or it is generic and
// nothing in the package uses it, so that the compiler leaves it to the packages that do.
#include "server.h"

#include <stdlib.h>

typedef VEC(uint32_t) Offsets;

static void note_function(void *context, const PlacedFinding *p) {
  if (p->finding->kind == FINDING_FUNCTION) VEC_APPEND((Offsets *)context, p->start);
}

static int by_value(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static bool is_generic(const Ast *function) {
  if (function->u.func_decl.tparams.len) return true;
  const Ast *recv = function->u.func_decl.recv;
  const Ast *type = recv ? ast_unparen(recv->u.field.type) : NULL;
  if (type && type->kind == AST_STAR) type = ast_unparen(type->u.star.x);
  return type && type->kind == AST_INDEX;
}

// The first fault of the declaration that the reader found; NULL: none.
static const SyntaxError *syntax_error_of(const AstFile *file, const AstDecl *decl) {
  uint32_t start = file->slot_starts[decl->slot], end = start + (uint32_t)decl->text.n;
  for (uint32_t i = file->outside_errors; i < file->errors.len; i++) {
    const SyntaxError *e = &file->errors.items[i];
    if (e->offset >= start && e->offset <= end) return e;
  }
  return NULL;
}

typedef struct ImportUse {
  Str path, name; // of the import: as written without quotes; its own name in the file, or empty
  bool found;
} ImportUse;

// Whether the function says `x.…` with an x that the import may be called by: what the package is called is not known.
static bool look_for_use(void *context, const Ast *node) {
  ImportUse *use = context;
  const Ast *x = node->kind == AST_SELECTOR ? node->u.selector.x : NULL;
  if (x && x->kind == AST_NAME) {
    Str name = sym_str(x->u.name.name);
    use->found |= use->name.n ? str_equal(use->name, name) : str_index(use->path, name) >= 0;
  }
  return !use->found;
}

static bool uses_import(const AstFile *file, const LoadError *e, const Ast *function) {
  for (uint32_t i = 0; i < file->decl_count; i++) {
    const AstDecl *decl = file->decls[i];
    uint32_t start = file->slot_starts[decl->slot];
    for (uint32_t k = 0; decl->kind == DECL_IMPORT && start != UINT32_MAX && k < decl->specs.len; k++) {
      const Ast *spec = decl->specs.items[k];
      if (spec->kind != AST_IMPORT_DECL || e->offset < start + spec->start || e->offset > start + spec->end) continue;
      const Ast *name = spec->u.import.name;
      Str path = spec->u.import.path_text;
      ImportUse use = {.path = path.n > 2 ? str_slice(path, 1, path.n - 1) : path};
      if (name && name->kind == AST_NAME) use.name = sym_str(name->u.name.name);
      ast_walk(function, look_for_use, &use);
      return use.found;
    }
  }
  return false;
}

// An import of the file that could not be loaded: one that the function uses, if there is one. NULL: none.
static const LoadError *missing_import(const Analysis *a, const Ast *function, bool *used) {
  const LoadError *any = NULL;
  *used = false;
  for (uint32_t i = 0; i < a->result->load_error_count && !*used; i++) {
    const LoadError *e = &a->result->load_errors[i];
    if (!str_equal(e->file, a->file->source->path)) continue;
    any = e;
    *used = uses_import(a->file, e, function);
  }
  return any;
}

// The package is not one of the build: the file was read alone.
static bool is_alone(const Analysis *a) { return str_equal(a->result->import_path, STR("command-line-arguments")); }

// Of the i-th declaration.
static void explain(const Analysis *a, uint32_t i, const Ast *function, Pool *pool, Withheld *out) {
  const AstDecl *decl = a->file->decls[i];
  const SyntaxError *syntax = syntax_error_of(a->file, decl);
  bool used;
  const LoadError *import = missing_import(a, function, &used);
  if (syntax || decl->has_error) {
    out->why = "it does not parse";
    if (syntax) out->why = pool_printf(pool, "it does not parse (%.*s)", STR_ARG(syntax->message));
    out->label = "does not parse";
  } else if (decl_broken(a, i) && a->file->imports_c) {
    out->label = "cgo";
    out->why = "it does not type-check without the names that cgo would make";
  } else if (decl_broken(a, i) && used) {
    out->label = "an import is missing";
    out->of_import = true;
    out->why = pool_printf(pool, "it uses an import that could not be loaded (%.*s)", STR_ARG(import->message));
  } else if (decl_broken(a, i)) {
    out->label = "does not type-check";
    out->why = "it does not type-check";
    if (import || a->result->missing_imports)
      out->why = "it does not type-check, which may be for want of an import that could not be loaded";
    else if (is_alone(a))
      out->why = "it does not type-check (its file is in no package of this build, and is read alone)";
  } else if (is_generic(function)) {
    out->label = "generic, not used in this package";
    out->why = "it is generic and not used in this package: the compiler decides where it is used";
  } else {
    out->label = "not compiled";
    out->why = "its package could not be compiled";
  }
}

void document_withheld(const Document *d, Pool *pool, void (*visit)(void *context, const Withheld *), void *context) {
  const AstFile *file = d->live.file;
  if (!d->live.result || !file) return;
  Offsets known = {0};
  document_findings(d, note_function, &known);
  if (known.len) qsort(known.items, known.len, sizeof *known.items, by_value);
  for (uint32_t i = 0; i < file->decl_count; i++) {
    const AstDecl *decl = file->decls[i];
    uint32_t at = file->slot_starts[decl->slot];
    if (decl->kind != DECL_FUNC || at == UINT32_MAX || !decl->specs.len) continue;
    const Ast *function = decl->specs.items[0];
    const Ast *name = function->kind == AST_FUNC_DECL ? function->u.func_decl.name : NULL;
    if (!name || name->kind != AST_NAME || !function->u.func_decl.body || sym_is_blank(name->u.name.name)) continue;
    Withheld w = {0};
    if (!document_map(d, &d->live, at + name->start, &w.start) || !document_map(d, &d->live, at + name->end, &w.end))
      continue;
    if (known.len && bsearch(&w.start, known.items, known.len, sizeof *known.items, by_value)) continue;
    w.name = pool_text(pool, name->u.name.name->text, name->u.name.name->len);
    explain(&d->live, i, function, pool, &w);
    visit(context, &w);
  }
  free(known.items);
}
