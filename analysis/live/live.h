// live.h: the door of live/: a package under edit: what lets an edit of function bodies cost those functions, not the
// package.
//
//   live.c    the state and one update           text.c    versions of files: what changed, what is frozen
//   graph.c   who uses whom, components          result.c  messages and findings by declaration
//   change.c  declarations that came, went or    place.c   where findings are now; publishing
//             have a new header                  order.c   in which order functions are compiled
//                                                cold.c    how seldom functions are reached
//
// The image that was built as a whole (the base) keeps its Package and IrUnit. Later versions share both: a body that
// changed is checked again in place (types/recheck.h) and compiled in a small unit in which all other functions of the
// package stand as imported ones. If what others can see of a function (inline body, cost, tags) is unchanged, that is
// all; else those that use it follow, until nothing changes any more. A function that is new or has a new header is
// declared in place (types/redeclare.h) as a new object, and the bodies that mention the old one are checked again.
// So are constants and variables. Anything wider builds the package anew; whether the state is asked at all is decided
// above (program/reuse.c).
//
// Broken code: a declaration that does not parse, or a function with type errors, is *frozen*: the package goes on with
// the last good version, whose findings are shown as stale. The texts that the analysis really sees are the effective
// files. A function that another declaration's change broke is *outdated*: its last good version stays as it was
// compiled, with what it used, and is shown as stale too; those that use it see it as it was.
//
// All of this is guarded by Program.build_lock. Users of results see copies.
#ifndef HEAPLS_LIVE_H
#define HEAPLS_LIVE_H

#include "build/build.h"

typedef struct LiveState LiveState;
LiveState *live_of(PackageImage *base); // made when first asked for; NULL: can't be
void live_free(LiveState *);
bool live_is_sound(const LiveState *);  // nothing is broken, nothing waits
size_t live_garbage(const LiveState *); // bytes that the base would not need if it were built anew, about

typedef enum LiveOutcome { LIVE_DONE, LIVE_REBUILD, LIVE_CANCELLED } LiveOutcome;
// Makes image, whose files are given, from known's state. LIVE_REBUILD: it has to be built as a whole, from
// image->carried.
LiveOutcome live_update(PackageImage *image, PackageImage *known, const CancelToken *);
// What calls of the package's functions cost as of its newest version. texts: what there is besides compiled code. all:
// bounds of other packages have changed. NULL: that was not noted when the base was built. Returns a reference.
CostTable *live_costs(PackageImage *, CostBatch *texts, bool all, const CostLookup *);
FindingSet *live_findings(LiveState *); // as they are to be shown now; returns owned
// All messages as of the newest version, in source order, those of stale functions left out. The list lives in the
// arena.
IrMessage *live_messages(Arena *, const PackageImage *, uint32_t *count);

// -- an image that is built as a whole, after another one --
// Its files, or what it imports, are not those of known: what is frozen there goes on, and so does what was said of
// functions that are broken now.
void live_carry(PackageImage *image, PackageImage *known);
AstFile **live_effective_files(PackageImage *); // in image's arena
// After the bodies of a whole build were checked: those with type errors go back to their last good versions.
void live_revert_bodies(PackageImage *);
void live_carried_free(PackageImage *);

#endif
