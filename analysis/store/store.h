// store.h: the door of store/: bytes that outlive a run.
//
//   cache.h    the directory on the disk, by key     summary.h  what importers need of a package
//   bounds.h   what calls cost
//   sealed.h   digests, and blocks that are checked  stored.h   the findings of a package
#ifndef HEAPLS_STORE_H
#define HEAPLS_STORE_H

#include "store/bounds.h"
#include "store/cache.h"
#include "store/sealed.h"
#include "store/stored.h"
#include "store/summary.h"

#endif
