// program_internal.h: what the files of the program facade share. Private to analysis/report.
//
//   program.c   options, overlays, queries          sources.c  file texts and their syntax trees
//   image.c     one package: parsed, checked, compiled   run.c  building what a load graph lists, on threads
//   imported.c  packages that are only imported: from summaries, on demand
//   first_look.c  one file before the rest of its package
//   keys.c      digests of what packages are made from    recalled.c  results from the disk
#ifndef HEAPLS_PROGRAM_INTERNAL_H
#define HEAPLS_PROGRAM_INTERNAL_H

#include <pthread.h>

#include "program/program.h"
#include "store/cache.h"
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
  Digest digest;       // of the text, if has_digest
  bool has_digest;
  int64_t digest_mtime; // of the file when that was made, with its size
  uint64_t digest_size;
  bool stale;    // the text may have changed since
  uint64_t size; // of the file on disk when it was read
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
// The same for one use: the tree is not kept.
ParsedFile *sources_parse_once(Sources *, Loader *, Parser *, const LoadFile *);
// The digest of the file's text as it is now. False: it can't be read.
bool sources_digest(Sources *, Loader *, const LoadFile *, Digest *out);
// What sources_parse_once gave is the file's tree from now on. Takes a reference.
void sources_adopt(Sources *, ParsedFile *);
const AstSource *sources_source(Sources *, const LoadFile *);
ParsedFile *sources_last(Sources *, Str absolute_path); // as it was parsed last. Returns a reference, NULL: it was not
const AstSource *sources_at(Sources *, Str absolute_path); // of a file that may not be read yet

// One built package: the result that users hold, and what keeps it alive. Immutable once built but for the count.
typedef struct PackageImage {
  PackageResult result; // first: users hold pointers to it
  uint32_t references;  // atomic
  Str id;
  IrOptions options;
  Package *package;
  IrUnit *unit;
  FindingSet *findings;
  FindingSet *shown; // what the result has instead, when there is stale code; else NULL
  ParsedFile **files;
  AstFile **asts;
  Sym *names; // of the package, as the load graph has them for each file: see PackageInput
  uint32_t file_count;
  struct PackageImage **deps; // direct imports, retained
  uint32_t dep_count;
  const LoadPackage *load;     // only while it is being built
  bool keeps_bodies;           // else only what importers read is there
  bool for_importers;          // even of that only what goes into a summary
  struct PackageImage *origin; // a later version of it that shares package and unit (live.h), retained; else NULL
  struct LiveState *live;      // of an origin under edit
  uint64_t summary;            // of origin's package: same number, same to importers
  struct LiveFile *carried;    // built as a whole after another version: effective files, and what was shown of them
  bool must_finish;            // a build that is cancelled would lose what is carried
  VEC(struct BodyVersion *) reverted; // C heap
  struct ImportedState *imported;     // of a package on demand (imported.c): no parsed files, and a unit without bodies
  struct RecalledState *recalled;     // a result from the disk (recalled.c): nothing but that
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
  StrMap imported;            // the same, of packages on demand
  Cache *cache;
  Digest release;           // of this build of heapls and the configuration
  const LoadGraph *running; // whose packages are being built; NULL: none
  uint32_t compiled;        // atomic; summaries that were not found and had to be made
  Parser *demand_parser;    // under TypeContext.expand_lock
  VEC(GraphEntry) graphs;   // heap
  uint64_t generation;
  const LoadGraph *current;    // all of whose packages are in images, but for what `edited` changes; NULL: none
  StrMap edited;               // paths whose text changed since
  const FirstLook *first_look; // of the run under way: who waits for a file; NULL: nobody
  Str awaited;                 // that file
  const LoadPackage *renewed;  // of the run under way: built anew although nothing has changed; NULL: none
  VEC(ProgramNotice) notices;
};

typedef struct BuildJob {
  Program *program;
  LoadPackage *load;
  PackageImage **images; // of the graph, by LoadPackage.index
  bool is_root;
  const CancelToken *cancel;
  bool transient;     // results are looked at once: trees are not kept
  bool all;           // what is no root is compiled as if it were one, but not explained
  ParsedFile **ahead; // by number of the file: those that were parsed before, for one use; taken from here. May be NULL
} BuildJob;
// Reuses the program's image of the package if nothing it was made from has changed, else makes a new one. Returns a
// reference.
PackageImage *image_build(const BuildJob *, Parser *); // NULL: cancelled
// A new one, in any case; of what is no root all that a summary is made of. once: trees are not kept.
PackageImage *image_build_whole(const BuildJob *, Parser *, bool once);
// The same in two steps. NULL, false: cancelled.
PackageImage *image_check_whole(const BuildJob *, Parser *, bool once);
bool image_compile_whole(PackageImage *, const BuildJob *);
IrOptions image_options(const BuildJob *);
void image_fill_result(PackageImage *, const BuildJob *);
Str image_import_path(const BuildJob *); // lives as long as the load graph
// Has it more bytes than that of what edits left behind, so that a new one is worth its while, and would say the same?
bool image_is_worn(const PackageImage *, size_t bearable);
bool image_same_to_importers(const PackageImage *, const PackageImage *);

// -- keys.c --
// What a package is made from but for its imports: the release of heapls, options, texts. texts: receives the digests
// of those, in order; may be NULL. False: a file can't be read.
bool key_add_package(Digester *, const BuildJob *, Digest *texts);
// What the package's result is made from, the texts of all that it imports included, as positions in these are shown.
bool key_of_result(Program *, const LoadGraph *, LoadPackage *, Digest *out);
// Are the files those that these are the digests of? A file may change between being digested and being parsed.
bool key_has_texts(const Digest *texts, AstFile *const *files, uint32_t count);

// -- first_look.c --
// Hands out what is found in the file that is waited for, if it is the package's, and worth it: before the bodies of a
// large package are checked.
void first_look(PackageImage *, const BuildJob *);

// -- recalled.c --
// shown: the file that is asked about, which gets a syntax tree. NULL: nothing is stored. Returns a reference.
PackageImage *recalled_image(Program *, const LoadGraph *, LoadPackage *, Str shown);
void recalled_release(PackageImage *);
// A result of the same kind that has one file and what was found in it. Takes a reference of the file, not the
// findings. Returns a reference; NULL: there is nothing to be shown.
PackageImage *first_look_image(const BuildJob *, ParsedFile *, FindingSet *);

// -- imported.c --
// The package on demand of one that was just built as a whole; its summary is stored. NULL: as below. Returns a
// reference.
PackageImage *imported_of(const BuildJob *, PackageImage *whole);
// The package on demand, from a summary: the program's, the cache's, or one that is made now by compiling it. NULL: it
// has to be built as a whole (it has errors). Returns a reference.
PackageImage *imported_build(const BuildJob *, Parser *);
// The same in two steps, for a package that the program does not know yet. First it is checked, unless its imports are
// done and its summary is in the cache: from then on others can be checked that import it, and whose other imports have
// got as far. NULL: it has errors, or files change, and has to be built when its imports are done. Returns a reference.
// Then, when its imports are done, it is compiled, if its summary is not in the cache. False: cancelled.
PackageImage *imported_check(const BuildJob *, Parser *, bool imports_done);
bool imported_compile(PackageImage *, const BuildJob *);
bool imported_is_compiled(const PackageImage *); // nothing is left to be done
void imported_release(PackageImage *);
size_t imported_memory(const PackageImage *);

// Builds all packages of the graph; images (by index) receive references. False when cancelled. root_done is called for
// each root (place: its number in gc's order), in order or, any_order, as they are built. transient: what no other
// package needs any more is released then, and others see of a root only what is in its summary.
typedef struct RunDelivery {
  void (*root_done)(void *context, PackageImage *, uint32_t place); // may be NULL
  void *context;
  bool any_order;
} RunDelivery;
bool run_graph(Program *, LoadGraph *, PackageImage **images, bool transient, const CancelToken *, const RunDelivery *);

#endif
