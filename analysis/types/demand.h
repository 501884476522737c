// demand.h: packages that are declared on demand: an imported package of which only what somebody asks for is read and
// typed.
//
// A DemandSource knows the names that a package declares and where, from an earlier checking of the same text, and
// gives out syntax trees one declaration at a time. The Package made from it looks like any other to those who import
// it: scope_lookup makes the object, object_complete types it (and all that its type consists of), package_check_body
// checks the body of a function. Methods of a type are objects as soon as the type is declared; their signatures wait.
//
// Threads: everything that adds to such a package happens under TypeContext.expand_lock; an object is marked ready when
// all that can be reached from its type is there, and what is ready never changes. A package on demand imports only
// packages that are complete or on demand themselves, so that nothing asks in a circle.
//
// No errors are reported for it: a package is put on demand when it has been checked as a whole before.
#ifndef HEAPLS_DEMAND_H
#define HEAPLS_DEMAND_H

#include "types/types.h"

// Where a package-level name or a method is declared.
typedef struct DemandName {
  uint32_t file, decl; // number of the file; slot of the declaration in it
  uint32_t offset;     // of the name in the declaration
  uint32_t pragma;     // of functions
  uint8_t kind;        // ObjectKind
  bool pointer;        // of methods: the receiver is a pointer
} DemandName;

typedef struct DemandSource {
  void *context;
  Str path;
  Sym name;
  uint32_t go_minor; // language version of the package
  bool has_assembly;
  uint32_t file_count;
  bool (*find)(void *context, Sym name, DemandName *out);
  // The i-th declared method of a type, in gc's order. NULL: there are no more.
  Sym (*method)(void *context, Sym type, uint32_t i, DemandName *out);
  Sym (*exported)(void *context, uint32_t i);     // the i-th exported name, NULL: there are no more
  AstFile *(*file)(void *context, uint32_t file); // with its declarations, no trees; NULL: can't be read. Borrowed
  void (*read)(void *context, AstFile *, AstDecl *, bool with_body); // makes or completes the declaration's tree
  uint32_t (*local_type)(void *context, const AstFile *, Pos);       // number of a type declared in a function, from 1
  Package *(*import)(void *context, Str path);                       // as in PackageInput
} DemandSource;

// Returns owned (package_free). The source's context must outlive it.
Package *package_on_demand(TypeContext *, const DemandSource *);

// An object of a package on demand gets its type, with all that this consists of, unless that package is at work on it
// right now. Others have theirs.
void object_complete(Object *);

#endif
