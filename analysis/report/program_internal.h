// program_internal.h: what the files of the program facade share. Private to analysis/report.
//
//   program.c   options, overlays, queries          sources.c  file texts and their syntax trees
//   image.c     one package: parsed, checked, compiled   run.c  building what a load graph lists, on threads
#ifndef HEAPLS_PROGRAM_INTERNAL_H
#define HEAPLS_PROGRAM_INTERNAL_H

#include <pthread.h>

#include "report/program.h"
#include "syntax/parse.h"

// One parsed version of a file. Reference-counted.
typedef struct ParsedFile {
  AstFile *ast;
  uint64_t hash;       // of the text
  uint32_t references; // atomic
} ParsedFile;
void parsed_file_release(ParsedFile *);

// A file by absolute path. Lives as long as the program, because syntax trees point to its AstSource.
typedef struct SourceEntry {
  AstSource source;
  ParsedFile *current; // NULL: not read yet
  bool stale;          // the text may have changed since
  uint64_t size;       // of the file on disk when it was read
  int64_t mtime;
} SourceEntry;

typedef struct Sources {
  pthread_mutex_t lock;
  StrMap by_path; // absolute path -> SourceEntry
  Arena arena;
} Sources;
void sources_init(Sources *);
void sources_release(Sources *);
void sources_mark_stale(Sources *, Str path); // empty path: all
// The file as it is now, parsed. Returns a reference, NULL when it can't be read.
ParsedFile *sources_parse(Sources *, Loader *, Parser *, const LoadFile *);

// One built package: the result that users hold, and what keeps it alive. Immutable once built but for the count.
typedef struct PackageImage {
  PackageResult result; // first: users hold pointers to it
  uint32_t references;  // atomic
  Str id;
  IrOptions options;
  Package *package;
  IrUnit *unit;
  FindingSet *findings;
  ParsedFile **files;
  AstFile **asts;
  uint32_t file_count;
  struct PackageImage **deps; // direct imports, retained
  uint32_t dep_count;
  const LoadPackage *load;     // only while it is being built
  bool keeps_bodies;           // else only what importers read is there
  struct PackageImage *origin; // a later version of it that shares package and unit (live.h), retained; else NULL
  struct LiveState *live;      // of an origin under edit
  struct LiveText **texts;     // retained: findings' strings
  uint32_t text_count;
  uint64_t summary;                   // of origin's package: same number, same to importers
  struct LiveFile *carried;           // built as a whole after a live state: effective files
  VEC(struct BodyVersion *) reverted; // C heap
  Arena arena;
} PackageImage;
void image_release(PackageImage *);
static inline PackageImage *image_retain(PackageImage *image) {
  __atomic_add_fetch(&image->references, 1, __ATOMIC_RELAXED);
  return image;
}
// The version of the file that declaration was parsed from, looked for in the image and all its dependencies.
const AstFile *image_file_of(const PackageImage *, const AstDecl *);

typedef struct GraphEntry { // a cached load graph
  Str key;
  LoadGraph *graph;
} GraphEntry;

struct Program {
  ProgramOptions options;
  Arena arena;
  BuildContext *build;
  Interner *interner;
  TypeContext *types;
  Loader *loader;
  Sources sources;
  pthread_mutex_t build_lock; // one build at a time; also guards what follows
  StrMap images;              // id -> PackageImage, the newest of each
  VEC(GraphEntry) graphs;     // heap
  uint64_t generation;
  const LoadGraph *current; // all of whose packages are in images, but for what `edited` changes; NULL: none
  StrMap edited;            // paths whose text changed since
  VEC(ProgramNotice) notices;
};

typedef struct BuildJob {
  Program *program;
  LoadPackage *load;
  PackageImage **images; // of the graph, by LoadPackage.index
  bool is_root;
  const CancelToken *cancel;
} BuildJob;
// Reuses the program's image of the package if nothing it was made from has changed, else makes a new one. Returns a
// reference.
PackageImage *image_build(const BuildJob *, Parser *); // NULL: cancelled

// Builds all packages of the graph; images (by index) receive references. False when cancelled.
bool run_graph(Program *, LoadGraph *, PackageImage **images, const CancelToken *,
               void (*root_done)(void *context, PackageImage *), void *context);

#endif
