// cache.h: package summaries, and results of packages, on disk, by key, shared by all runs and servers of one user.
//
// One file for each, below the cache directory ($XDG_CACHE_HOME/heapls, else ~/.cache/heapls; HEAPLS_CACHE
// names another one, "off" none). A file is written under a name of its own and renamed, so that a reader sees all of
// it or nothing. What is damaged, truncated or of another release is not used and is replaced. The directory is kept
// below a size: the files that were not used for longest go first. A directory that can't be written costs nothing but
// the cache.
#ifndef HEAPLS_CACHE_H
#define HEAPLS_CACHE_H

#include "store/summary.h"

typedef struct Cache Cache;
// dir empty: no cache, everything misses. limit: of the directory, in bytes; 0: the default of 512 MiB. Returns owned.
Cache *cache_new(Str dir, uint64_t limit);
void cache_free(Cache *);
bool cache_is_on(const Cache *); // false: there is no directory
// The directory that the environment names; empty: none. Lives in the arena.
Str cache_default_dir(Arena *, char *const *environ);
Summary *cache_find(Cache *, Digest key); // a reference, NULL: not there
// The bytes of an entry, unchecked; NULL: not there. On the C heap; the caller frees them.
void *cache_read(Cache *, Digest key, size_t *len);
bool cache_has(const Cache *, Digest key); // an entry, whatever is in it
void cache_remove(Cache *, Digest key);
void cache_store(Cache *, Digest key, Str bytes);
void cache_trim(Cache *); // to the limit, if something was stored since; in a place where time does not matter
void cache_tend(Cache *); // the same, if much was stored since
// What tells this build of heapls from every other: summaries of one are not for another.
Digest cache_release_digest(void);

#endif
