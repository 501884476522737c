// recheck.h: one function's body checked again in place, without the rest of its package.
//
// A BodyVersion is a body as it was checked at some time. Exactly one version of a function is installed: what
// package_decl_types, the function's object and its parameters say is that version's. Versions must be freed before the
// package, and only when another one is installed. One thread at a time.
#ifndef HEAPLS_RECHECK_H
#define HEAPLS_RECHECK_H

#include "types/check.h"

typedef struct BodyVersion {
  Object *func;
  AstDecl *decl; // holds a reference
  DeclTypes *types;
  Scope *scope;
  VEC(Type *) local_types; // declared in it, in source order
  TypeError *errors;       // of the body; none are kept for the version that the package was declared with
  uint32_t error_count;
  bool has_error;    // some type is invalid
  bool renumbers;    // declares more or fewer types than the version before: numbers of later ones are wrong
  bool borrowed;     // made with the package: types and scope are the package's
  bool header_only;  // redeclare.h: types are on the C heap
  bool header_error; // the header is wrong
  Arena arena;
} BodyVersion;

// Is it a function that is not generic and has a body, so that a version can be made of it?
bool package_can_recheck(const Package *, const Object *func);
// The installed body, for a function that can be rechecked. Returns owned.
BodyVersion *package_body(Package *, Object *func);
// Checks decl, whose text up to the body equals that of `before`, which must be installed, and installs the result.
// NULL (and nothing is changed): the trees of the headers differ. Returns owned.
BodyVersion *package_check_version(Package *, const BodyVersion *before, AstDecl *decl);
void package_install_body(Package *, BodyVersion *);
void body_version_free(BodyVersion *);
// Exchanges the package's arena with this one: what is made meanwhile lives there. The same call again takes it back.
void package_lend_arena(Package *, Arena *);
// Instances of generic types made since the package's type_serial was that are not found any more: their type arguments
// may be about to be freed. Equal ones are made again when asked for; types are compared by structure, so nobody can
// tell.
void package_forget_instances(Package *, uint32_t serial);

#endif
