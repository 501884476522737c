// bounds.h: what calls of a package's functions cost, as bytes: their bounds, and of what they do that which is not
// nothing: enough to sum up callers, and to lead down to what spoils a bound. Places are those of the texts that the
// key is made of.
//
// The bytes are checked when they are opened: what is damaged or leads outside is not used.
#ifndef HEAPLS_BOUNDS_H
#define HEAPLS_BOUNDS_H

#include "cost/cost.h"
#include "store/sealed.h"

// Appends the table. all: where the bounds of callees come from, to leave out what costs nothing.
void bounds_write(Buf *out, const CostTable *, const CostLookup *all, Digest key);
// Returns a reference. NULL: not a table of this release with this key, or damaged.
CostTable *bounds_open(const void *bytes, size_t len, Digest key, Interner *);

#endif
