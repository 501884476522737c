// places_internal.h: positions in a package's results as the go command prints them.
//
//   Places places;
//   places_init(&places, image, cwd); … places_at(&places, pos) …; places_release(&places);
#ifndef HEAPLS_PLACES_INTERNAL_H
#define HEAPLS_PLACES_INTERNAL_H

#include "build/build.h"

typedef struct Places {
  const PackageImage *image; // borrowed
  Str cwd;                   // paths are shortened relative to it, as shell.go of the go command does; borrowed
  Arena arena;
  PtrMap files;   // AstSource -> AstFile
  StrMap display; // path as the compiler prints it -> as the go command does
} Places;
void places_init(Places *, const PackageImage *, Str cwd);
void places_release(Places *);
// Line 0: none. The path lives until places_release.
IrPrintedPos places_at(Places *, IrPos);
void places_write(Buf *, IrPrintedPos); // "path:line", and ":column" when there is one

#endif
