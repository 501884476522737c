// program_internal.h: what the files of the program facade share.
//
//   program.c   options, overlays, queries           run.c       building what a load graph lists, on threads
//   reuse.c     earlier results of a package, used again   first_look.c  one file before the rest of its package
//   recalled.c  results from the disk                     costs.c       what calls cost
//   affected.c  what a change of files may change
#ifndef HEAPLS_PROGRAM_INTERNAL_H
#define HEAPLS_PROGRAM_INTERNAL_H

#include <pthread.h>

#include "build/build.h"
#include "program/program.h"

typedef struct GraphEntry { // a cached load graph
  Str key;
  LoadGraph *graph;
} GraphEntry;

typedef struct ProfileFault {
  Str path, why;
} ProfileFault;

struct Program {
  Builder builder; // first: see job_program
  ProgramOptions options;
  Arena arena;
  pthread_mutex_t build_lock; // one build at a time; also guards the builder and what follows
  StrMap images;              // id -> PackageImage, the newest of each
  VEC(GraphEntry) graphs;     // heap
  uint64_t generation;
  const LoadGraph *current;         // all of whose packages are in images, but for what `edited` changes; NULL: none
  StrMap edited;                    // paths whose text changed since
  const FirstLook *first_look;      // of the run under way: who waits for a file; NULL: nobody
  Str awaited;                      // that file
  const LoadPackage *renewed;       // of the run under way: built anew although nothing has changed; NULL: none
  VEC(ProfileFault) profile_faults; // of those that can't be read
  VEC(Profile *) profiles;          // all that were ever read: images keep pointers to them; heap
  VEC(ProgramNotice) notices;
  struct {
    StrMap kept;      // id -> what is known of the package: costs.c
    PtrMap all;       // symbol -> CostEntry, of all of them
    uint64_t version; // grows when something is known otherwise
    PtrMap links;     // symbol -> the other name of what it is linked to
  } costs;
};

static inline Program *job_program(const BuildJob *job) { return (Program *)job->builder; }

// -- program.c --
LoadGraph *program_graph(Program *, const LoadRequest *, Buf *errors);

// -- reuse.c --
// Reuses the program's image of the package if nothing it was made from has changed, else makes a new one. Returns a
// reference.
PackageImage *image_build(const BuildJob *, Parser *); // NULL: cancelled
// Has it more bytes than that of what edits left behind, so that a new one is worth its while, and would say the same?
bool image_is_worn(const PackageImage *, size_t bearable);

// -- first_look.c --
// Hands out what is found in the file that is waited for, if it is the package's, and worth it: before the bodies of a
// large package are checked.
void first_look(PackageImage *, const BuildJob *);

// -- costs.c --
CostLookup program_cost_lookup(Program *); // of all packages that are known; under the lock
void program_costs_release(Program *);

// -- recalled.c --
// shown: the file that is asked about, which gets a syntax tree. NULL: nothing is stored. Returns a reference.
PackageImage *recalled_image(Program *, const LoadGraph *, LoadPackage *, Str shown);
// A result of the same kind that has one file and what was found in it. Takes a reference of the file, not the
// findings. Returns a reference; NULL: there is nothing to be shown.
PackageImage *first_look_image(const BuildJob *, ParsedFile *, FindingSet *);

// -- run.c --
// Builds all packages of the graph; images (by index) receive references. False when cancelled. root_done is called for
// each root (place: its number in gc's order), in order or, any_order, as they are built. transient: what no other
// package needs any more is released then, and others see of a root only what is in its summary.
typedef struct RunDelivery {
  void (*root_done)(void *context, PackageImage *, uint32_t place); // may be NULL
  void *context;
  bool any_order;
} RunDelivery;
// A thread with PROGRAM_STACK_BYTES of stack, or less where there is no room.
bool program_start_thread(pthread_t *, void *(*work)(void *context), void *context);
bool run_graph(Program *, LoadGraph *, PackageImage **images, bool transient, const CancelToken *, const RunDelivery *);

#endif
