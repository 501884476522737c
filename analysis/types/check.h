// check.h: type-checks packages.
//
// Two steps, so that work can be lazy and incremental: package_declare resolves everything at package level (imports,
// constants, types, signatures, variable types, initialisation order of what has been seen); function bodies are
// checked separately, each into its own DeclTypes, and can be checked again alone after an edit of that body.
//
// Never fails: errors in the Go code are recorded in Package.errors and yield invalid types.
#ifndef HEAPLS_CHECK_H
#define HEAPLS_CHECK_H

#include "types/types.h"

typedef struct PackageInput {
  Str path;         // import path
  AstFile **files;  // parsed files in the order of the go command (sorted names); borrows
  const Sym *names; // of the package, for each file, which is not what a clause that is being typed says; NULL: what
                    // the files say
  uint32_t file_count;
  uint32_t go_minor; // language version 1.N from go.mod; 0: the toolchain's
  bool has_assembly;
  bool stays; // for long, while others come and go: its large pieces of memory are no part of the C heap
  // Finds an imported package by the path written in the source (vendoring and import maps are the caller's business).
  // Returns NULL when it can't be loaded: the checker makes a fake package.
  Package *(*import)(void *context, Str path);
  void *import_context;
  const uint32_t *cancelled; // atomic; may be NULL. Not zero: checking and compiling stop soon, and what they leave is
                             // only good for package_free and ir_unit_free
} PackageInput;

// Declares the package. Returns owned (package_free). `import` is called for each distinct import path; the packages it
// returns must outlive this one.
Package *package_declare(TypeContext *, const PackageInput *);
// Checks the bodies of all functions and methods (and nothing twice), then computes the initialisation order.
void package_check_bodies(Package *);
// Checks one body (FUNC object with a declaration); does nothing when already done.
void package_check_body(Package *, Object *func);
void package_free(Package *);
// The defined types that functions declare, in gc's order; of a package whose bodies have been checked. The caller
// frees.
Type **package_local_types(const Package *, uint32_t *count);

const DeclTypes *package_decl_types(const Package *, const AstDecl *);
static inline bool package_cancelled(const Package *p) {
  return p->cancelled && __atomic_load_n(p->cancelled, __ATOMIC_RELAXED);
}
static inline const NodeInfo *node_info(const DeclTypes *d, const Ast *n) { return &d->nodes[n->id]; }
static inline const Instance *node_instance(const DeclTypes *d, const Ast *name) {
  return ptrmap_get(&d->instances, name);
}
// What a name or selection stands for; NULL: it is something else, or unknown.
static inline Object *node_named(const NodeInfo *info, const Ast *n) {
  if (info->is_selection) return info->ref.selection ? info->ref.selection->obj : NULL;
  return n->kind == AST_NAME ? info->ref.object : NULL;
}
// The file of the package that a declaration is in, or NULL.
const AstFile *package_file_of(const Package *, const AstDecl *);

#endif
