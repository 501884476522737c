// decision.c: why there is no verdict on a function.
//
// What is said of a function hangs on a finding about the function itself (FINDING_FUNCTION). One with a body and
// without such a finding was not compiled: it does not parse, it has a type that is not known, or it is generic and
// nothing in the package uses it, so that the compiler leaves it to the packages that do.
//
// A type that is not known has a first cause: a name of an import that could not be loaded, a name of C, an error of
// the code. It is looked for in the declaration itself, then in those that it refers to and that have errors too, in
// the order of reference: the nearest is told. C and imports go before errors of the code, which may follow from them.
#include "report/decision.h"

#include <stdlib.h>

#include "types/check.h"

static const struct {
  const char *word, *label, *sentence, *before;
} decisions[] = {
#define DECISION(name, word, label, sentence, before) {word, label, sentence, before},
#include "report/decision.def"
#undef DECISION
};

const char *decision_word(Decision d) { return decisions[d].word; }
const char *decision_label(Decision d) { return decisions[d].label; }
const char *decision_sentence(Decision d) { return decisions[d].sentence; }
const char *decision_before(Decision d) { return decisions[d].before; }

// ---- First causes

typedef struct Visit {
  const Package *package;
  const DeclTypes *types;
} Visit;

typedef struct Search {
  VEC(Visit) visits; // breadth first
  PtrMap seen;       // DeclTypes
} Search;

static void visit_later(Search *s, const Package *p, const DeclTypes *types) {
  enum { LIMIT = 4000 };
  if (!types || !types->has_error || s->visits.len >= LIMIT || ptrmap_has(&s->seen, types)) return;
  ptrmap_set(&s->seen, types, s);
  VEC_APPEND(&s->visits, ((Visit){p, types}));
}

// DECISION_MADE: it refers to nothing that could not be loaded. What it refers to that has errors is visited later.
static Decision look_at_names(Search *s, Visit v) {
  Decision found = DECISION_MADE;
  for (uint32_t i = 1; i <= v.types->decl->node_count; i++) {
    const NodeInfo *info = &v.types->nodes[i];
    const Object *o = info->is_selection ? NULL : info->ref.object;
    if (info->is_selection && info->ref.selection) o = info->ref.selection->obj;
    if (!o) continue;
    if (o->kind == OBJ_PKGNAME) {
      const Package *imported = o->u.pkgname.imported;
      if (!imported || !imported->fake) continue;
      if (str_equal(imported->path, STR("C"))) return DECISION_CGO;
      found = DECISION_IMPORT;
    } else if (o->pkg && o->pos.decl && o->pos.decl != v.types->decl) {
      visit_later(s, o->pkg, package_decl_types(o->pkg, o->pos.decl));
    }
  }
  return found;
}

Decision decision_of_types(const Package *p, const DeclTypes *types) {
  if (!types || !types->has_error) return DECISION_MADE;
  if (types->decl->has_error) return DECISION_SYNTAX;
  Search s = {0};
  Decision found = DECISION_MADE;
  visit_later(&s, p, types);
  for (uint32_t i = 0; i < s.visits.len && found == DECISION_MADE; i++) {
    Visit v = s.visits.items[i];
    found = look_at_names(&s, v);
    if (found == DECISION_MADE && v.types->too_deep) found = DECISION_DEEP;
  }
  free(s.visits.items);
  ptrmap_release(&s.seen);
  return found == DECISION_MADE ? DECISION_TYPES : found;
}

void finding_group_judge(FindingGroup *g, const Package *p, const DeclTypes *types) {
  g->broken = (types && types->has_error) || g->decl->has_error || g->decl->kind == DECL_BAD;
  g->decision = (uint8_t)decision_of_types(p, types);
}

// ---- One declaration

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
  uint32_t low = file->outside_errors, high = file->errors.len; // they are in the order of declarations
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (file->errors.items[middle].offset < start)
      low = middle + 1;
    else
      high = middle;
  }
  const SyntaxError *e = low < file->errors.len ? &file->errors.items[low] : NULL;
  return e && e->offset <= end ? e : NULL;
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

static bool uses_import(const AstFile *file, const LoadError *e, const Ast *tree) {
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
      ast_walk(tree, look_for_use, &use);
      return use.found;
    }
  }
  return false;
}

// An import of the package that could not be loaded: one that the declaration uses, if there is one, else one of the
// file, else any. NULL: none.
static const LoadError *missing_import(const PackageResult *r, const AstFile *file, const AstDecl *decl) {
  const LoadError *of_file = NULL, *any = NULL;
  for (uint32_t i = 0; i < r->load_error_count + r->far_error_count; i++) {
    const LoadError *e = i < r->load_error_count ? &r->load_errors[i] : &r->far_errors[i - r->load_error_count];
    if (e->fault == LOAD_FAULT_SUM) continue; // it is there
    if (!any) any = e;
    if (!str_equal(e->file, file->source->path)) continue;
    if (!of_file) of_file = e;
    for (uint32_t k = 0; k < decl->specs.len; k++)
      if (uses_import(file, e, decl->specs.items[k])) return e;
  }
  return of_file ? of_file : any;
}

// Does the tree say `C.…`?
static bool uses_c(const AstDecl *decl) {
  ImportUse use = {.name = STR("C")};
  for (uint32_t k = 0; k < decl->specs.len; k++) ast_walk(decl->specs.items[k], look_for_use, &use);
  return use.found;
}

// Why the declaration does not type-check; DECISION_MADE: it does. Of a version that could not be taken up, for which
// an older one stands, only its syntax is known.
static Decision decision_of_decl(const PackageResult *r, const AstFile *file, uint32_t i) {
  const AstDecl *decl = file->decls[i];
  if (!package_result_broken(r, file, i)) return DECISION_MADE;
  const FindingGroup *g = package_result_group(r, file, i);
  if (g) return g->decision < DECISION_COUNT ? (Decision)g->decision : DECISION_TYPES;
  if (file->imports_c && uses_c(decl)) return DECISION_CGO;
  for (uint32_t k = 0; k < r->load_error_count; k++) {
    const LoadError *e = &r->load_errors[k];
    bool here = e->fault != LOAD_FAULT_SUM && str_equal(e->file, file->source->path);
    for (uint32_t j = 0; here && j < decl->specs.len; j++)
      if (uses_import(file, e, decl->specs.items[j])) return DECISION_IMPORT;
  }
  return DECISION_TYPES;
}

static Str with_detail(Arena *a, const char *sentence, Str detail) {
  if (!detail.n) return str_of(sentence);
  return arena_printf(a, "%s (%.*s)", sentence, STR_ARG(detail));
}

// Of a declaration without verdicts of its own. function: NULL of variables.
static void explain(const PackageResult *r, const AstFile *file, uint32_t i, const Ast *function, Arena *a,
                    Undecided *out) {
  const AstDecl *decl = file->decls[i];
  const SyntaxError *syntax = syntax_error_of(file, decl);
  Decision of_types = decision_of_decl(r, file, i);
  Str detail = STR_NONE;
  if (syntax || decl->has_error || decl->kind == DECL_BAD) {
    bool deep = syntax && str_equal(syntax->message, STR("nested too deeply"));
    out->decision = deep ? DECISION_DEEP : DECISION_SYNTAX;
    if (syntax && !deep) detail = syntax->message;
  } else if (of_types != DECISION_MADE) {
    out->decision = of_types;
    const LoadError *e = of_types == DECISION_IMPORT ? missing_import(r, file, decl) : NULL;
    if (e) detail = e->message;
    if (of_types == DECISION_TYPES && str_equal(r->import_path, STR("command-line-arguments")))
      detail = STR("its file is in no package of this build, and is read alone");
  } else if (r->first_look) {
    out->decision = DECISION_NOT_YET;
  } else if (function && is_generic(function)) {
    out->decision = DECISION_GENERIC;
  } else {
    out->decision = DECISION_FAULT;
  }
  out->why = with_detail(a, decision_sentence(out->decision), detail);
}

// The function of the i-th declaration, if it has a body and a name; NULL: it is none.
static const Ast *function_at(const AstFile *file, uint32_t i) {
  const AstDecl *decl = file->decls[i];
  if (decl->kind != DECL_FUNC || file->slot_starts[decl->slot] == UINT32_MAX || !decl->specs.len) return NULL;
  const Ast *function = decl->specs.items[0];
  const Ast *name = function->kind == AST_FUNC_DECL ? function->u.func_decl.name : NULL;
  bool has_body = name && name->kind == AST_NAME && function->u.func_decl.body;
  return has_body && !sym_is_blank(name->u.name.name) ? function : NULL;
}

typedef struct Known {
  bool known, stale;
} Known;

static bool tells(const FindingGroup *g, uint32_t start) {
  for (uint32_t i = 0; i < g->len; i++)
    if (g->items[i].kind == FINDING_FUNCTION && finding_where(g, &g->items[i]).start == start) return true;
  return false;
}

// Of the function of the i-th declaration: what its own group says of it, or that of a version which stands for it.
static Known known_of(const PackageResult *r, const AstFile *file, uint32_t i, const Ast *function) {
  uint32_t start = file->slot_starts[file->decls[i]->slot] + function->u.func_decl.name->start;
  const FindingGroup *own = package_result_group(r, file, i);
  if (own && tells(own, start)) return (Known){.known = true, .stale = own->stale};
  const FindingFile *said = finding_file_of(r->findings, file->source);
  for (uint32_t k = said ? finding_file_first_at(said, start) : 0; said && k < said->group_count; k++) {
    const FindingGroup *g = &said->groups[k];
    if (g->start != UINT32_MAX && g->start > start) break;
    if (tells(g, start)) return (Known){.known = true, .stale = g->stale};
  }
  return (Known){0};
}

// Does nothing of this version say something of the function of the i-th declaration?
static bool is_undecided(const PackageResult *r, const AstFile *file, uint32_t i, Arena *a, Undecided *out) {
  const Ast *function = function_at(file, i);
  Known known = function ? known_of(r, file, i, function) : (Known){0};
  if (!function || (known.known && !known.stale)) return false;
  const Ast *name = function->u.func_decl.name;
  uint32_t at = file->slot_starts[file->decls[i]->slot];
  *out = (Undecided){.decl = file->decls[i],
                     .start = at + name->start,
                     .end = at + name->end,
                     .name = sym_str(name->u.name.name),
                     .stale = known.stale};
  explain(r, file, i, function, a, out);
  return true;
}

void undecided_functions(const PackageResult *r, const AstFile *file, Arena *a,
                         void (*visit)(void *context, const Undecided *), void *context) {
  Undecided u;
  for (uint32_t i = 0; i < file->decl_count; i++)
    if (is_undecided(r, file, i, a, &u)) visit(context, &u);
}

void undecided_function_at(const PackageResult *r, const AstFile *file, uint32_t offset, Arena *a,
                           void (*visit)(void *context, const Undecided *), void *context) {
  Undecided u;
  uint32_t i = ast_file_decl_before(file, offset);
  if (i != UINT32_MAX && is_undecided(r, file, i, a, &u)) visit(context, &u);
}

bool undecided_at(const PackageResult *r, const AstFile *file, uint32_t offset, Arena *a, Undecided *out) {
  uint32_t i = ast_file_decl_before(file, offset);
  if (i == UINT32_MAX) return false;
  const AstDecl *decl = file->decls[i];
  uint32_t start = file->slot_starts[decl->slot];
  if (offset > start + decl->text.n) return false;
  if (decl->kind == DECL_TYPE || decl->kind == DECL_CONST || decl->kind == DECL_IMPORT)
    return false; // they run nothing
  const Ast *function = function_at(file, i);
  Known known = function ? known_of(r, file, i, function) : (Known){0};
  bool broken = package_result_broken(r, file, i);
  if (function ? known.known && !known.stale : !broken) return false;
  *out = (Undecided){.decl = decl, .start = start, .end = start + (uint32_t)decl->text.n, .stale = known.stale};
  if (function) out->name = sym_str(function->u.func_decl.name->u.name.name);
  explain(r, file, i, function, a, out);
  return true;
}
