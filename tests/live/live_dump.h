// live_dump.h: what the tests of packages under edit look at: everything that the newest result says, as text, and the
// same from a build of its own.
#ifndef HEAPLS_TEST_LIVE_DUMP_H
#define HEAPLS_TEST_LIVE_DUMP_H

#include "live/live_internal.h"

// One line for each message and finding of functions that are not stale in `like` and don't use outdated ones,
// positioned in the declaration, sorted. For the newest result of a package only.
void live_dump(Buf *, const PackageResult *, const PackageResult *like);
// The package with that text of its i-th file, built as a whole by itself; its imports are those of result. Returns
// owned.
const PackageResult *live_fresh(const PackageResult *, uint32_t index, Str text);
uint32_t live_dump_differences(Str a, Str b, bool show);                // how many lines only one of the dumps has
void live_effective_text(Buf *, const PackageResult *, uint32_t index); // what the analysis really sees
#endif
