// build.h: the door of build/: one package, from its texts to an image: parsed, checked, compiled, explained.
//
//   image.c     a package that is built as a whole      imported.c  packages that are only imported: from summaries
//   keys.c      digests of what packages are made from
//   sources.h   texts and syntax trees                  compile.h   the phases: compile.c, in gc's order
//
// What all builds share is a Builder. Which packages are built, in which order, and which are used again, is decided
// above: program/run.c, program/reuse.c.
#ifndef HEAPLS_BUILD_H
#define HEAPLS_BUILD_H

#include "base/cancel.h"
#include "build/sources.h"
#include "report/report.h"
#include "store/store.h"

// One built package: the result that users hold, and what keeps it alive. Immutable once built but for the count.
typedef struct PackageImage {
  PackageResult result; // first: users hold pointers to it
  uint32_t references;  // atomic
  Str id;
  IrOptions options;
  Package *package;
  IrUnit *unit;
  FindingSet *findings;
  CostBatch *costs;  // what its functions do, of one that is not explained, with IrOptions.costs; else NULL
  FindingSet *shown; // what the result has instead, when there is stale code; else NULL
  ParsedFile **files;
  AstFile **asts;
  Sym *names; // of the package, as the load graph has them for each file: see PackageInput
  uint32_t file_count;
  struct PackageImage **deps; // direct imports, retained
  uint32_t dep_count;
  const LoadPackage *load;        // only while it is being built
  uint64_t said;                  // hash of what the load says of its imports: load_errors and far_errors
  bool keeps_bodies;              // else only what importers read is there
  bool for_importers;             // even of that only what goes into a summary
  struct PackageImage *origin;    // a later version of it that shares package and unit (live/), retained; else NULL
  uint64_t summary;               // of origin's package: same number, same to importers
  struct ImportedState *imported; // of a package on demand (imported.c): no parsed files, and a unit without bodies
  struct RecalledState *recalled; // a result from the disk (program/recalled.c): nothing but that
  // It is no built package: frees all of it. NULL: it is one.
  void (*release)(struct PackageImage *);
  // Of a package under edit (live/live.h):
  struct LiveState *live; // of an origin
  struct LiveFile
    *carried;          // built as a whole after another version: what the files were then, and what was shown of them
  AstFile **effective; // with carried: what is compiled instead of asts
  bool must_finish;    // a build that is cancelled would lose what is carried
  uint64_t costs_version;             // of an origin: what was known of other packages when its bounds were made last
  VEC(struct BodyVersion *) reverted; // C heap
  void (*release_live)(struct PackageImage *); // frees live and carried; NULL: there are none
  Arena arena;
} PackageImage;
void image_release(PackageImage *);
static inline PackageImage *image_retain(PackageImage *image) {
  __atomic_add_fetch(&image->references, 1, __ATOMIC_RELAXED);
  return image;
}
// The version of the file that declaration was parsed from, looked for in the image and all its dependencies.
const AstFile *image_file_of(const PackageImage *, const AstDecl *);

typedef struct BuildJob BuildJob;

// What all builds share.
typedef struct Builder {
  IrOptions ir;          // of packages that are asked for
  IrSanitizer sanitizer; // of the whole build; gcflags are for the packages that are named
  Str file_list_path;    // import path of a list of .go files
  BuildContext *context;
  Interner *interner;
  TypeContext *types;
  Loader *loader;
  Sources sources;
  Cache *cache;
  StrMap profiles;          // path -> Profile, NULL: it can't be read. All that the graph under way needs
  StrMap imported;          // id -> PackageImage, the newest of each: packages on demand
  Digest release;           // of this build of heapls and the configuration
  const LoadGraph *running; // whose packages are being built; NULL: none
  uint32_t compiled;        // atomic; summaries that were not found and had to be made
  Parser *demand_parser;    // under TypeContext.expand_lock
  // Called when the package level of a package is declared, before its bodies are checked; may be NULL.
  void (*declared)(PackageImage *, const BuildJob *);
} Builder;

struct BuildJob {
  Builder *builder;
  LoadPackage *load;
  PackageImage **images; // of the graph, by LoadPackage.index
  bool is_root;
  const CancelToken *cancel;
  bool transient;     // results are looked at once: trees are not kept
  bool all;           // what is no root is compiled as if it were one, but not explained
  bool costs;         // likewise, with what its functions do: PackageImage.costs
  ParsedFile **ahead; // by number of the file: those that were parsed before, for one use; taken from here. May be NULL
};

// Parsed, and ready to be checked. once: trees are not kept. renewed: the image whose trees are made anew where edits
// left them in pieces; or NULL.
PackageImage *image_new(const BuildJob *, Parser *, bool once, const PackageImage *renewed);
// Declares the package and checks its bodies. False: cancelled.
bool image_check(PackageImage *, const BuildJob *);
// Compiles and explains it, once it has been checked. False: cancelled.
bool image_compile(PackageImage *, const BuildJob *);
// All of it; of what is no root all that a summary is made of. NULL: cancelled. Returns a reference.
PackageImage *image_build_whole(const BuildJob *, Parser *, bool once);
// The same in two steps. NULL, false: cancelled.
PackageImage *image_check_whole(const BuildJob *, Parser *, bool once);
bool image_compile_whole(PackageImage *, const BuildJob *);
IrOptions image_options(const BuildJob *);
void image_fill_result(PackageImage *, const BuildJob *);
Str image_import_path(const BuildJob *); // lives as long as the load graph
bool image_same_to_importers(const PackageImage *, const PackageImage *);

// -- keys.c --
// What a package is made from but for its imports: the release of heapls, options, texts. texts: receives the digests
// of those, in order; may be NULL. False: a file can't be read.
bool key_add_package(Digester *, const BuildJob *, Digest *texts);
// What the package's result is made from, the texts of all that it imports included, as positions in these are shown.
bool key_of_result(Builder *, const LoadGraph *, LoadPackage *, Digest *out);
// The keys of what calls cost in the packages of the graph up to root, by index: made of the texts of all that they
// import, assembly included. False: a file can't be read.
bool key_of_costs(Builder *, const LoadGraph *, const LoadPackage *root, Digest *keys);
// Are the files those that these are the digests of? A file may change between being digested and being parsed.
bool key_has_texts(const Digest *texts, AstFile *const *files, uint32_t count);

// -- imported.c --
// The package on demand of one that was just built as a whole; its summary is stored. NULL: as below. Returns a
// reference.
PackageImage *imported_of(const BuildJob *, PackageImage *whole);
// The package on demand, from a summary: the builder's, the cache's, or one that is made now by compiling it. NULL: it
// has to be built as a whole (it has errors). Returns a reference.
PackageImage *imported_build(const BuildJob *, Parser *);
// The same in two steps, for a package that the builder does not know yet. First it is checked, unless its imports are
// done and its summary is in the cache: from then on others can be checked that import it, and whose other imports have
// got as far. NULL: it has errors, or files change, and has to be built when its imports are done. Returns a reference.
// Then, when its imports are done, it is compiled, if its summary is not in the cache. False: cancelled.
PackageImage *imported_check(const BuildJob *, Parser *, bool imports_done);
bool imported_compile(PackageImage *, const BuildJob *);
bool imported_is_compiled(const PackageImage *); // nothing is left to be done
size_t imported_memory(const PackageImage *);

#endif
