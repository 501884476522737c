// vet.h: what go vet -fix gets: texts without allocations, in an archive.
#ifndef HEAPLS_VET_H
#define HEAPLS_VET_H

#include "program/program.h"

typedef struct VetFix {
  Program *program;
  const PackageResult *result; // the newest of it
  Str cwd;                     // diffs name files relative to it
  const char *archive;         // file to be written; empty: none
  const char *id;              // of the unit: the archive's comment
  Buf *diff;                   // NULL: the archive is wanted
} VetFix;
// All that is proved of the package's files, but for what a person has to look at. False with errno: it can't be
// written.
bool vet_fix(const VetFix *);

#endif
