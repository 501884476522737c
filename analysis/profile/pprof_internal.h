// pprof_internal.h: what profile.proto holds, whatever is made of it.
#ifndef HEAPLS_PPROF_INTERNAL_H
#define HEAPLS_PPROF_INTERNAL_H

#include "profile/profile_internal.h"

typedef struct PprofValue {
  Str type, unit; // "alloc_space", "bytes"
} PprofValue;
typedef struct PprofFunction {
  Str name, file;
  int64_t start_line;
} PprofFunction;
typedef struct PprofLine {
  const PprofFunction *function; // NULL: it is not known
  int64_t line;
} PprofLine;
typedef struct PprofLocation { // an address
  uint64_t address;
  PprofLine *lines; // innermost first: a function, and those that it was inlined into; may be none
  uint32_t len;
} PprofLocation;
typedef struct PprofSample {
  VEC(const PprofLocation *) locations; // the leaf first
  VEC(int64_t) values;                  // as many as PprofTables.values
} PprofSample;

typedef struct PprofTables {
  ProfileFault *fault;
  Arena arena;
  Buf expanded; // what was compressed: strings borrow it
  VEC(Str) strings;
  VEC(PprofValue) values;
  VEC(Str) value_messages, locations, functions, samples; // messages
  PtrMap function_of, location_of;                        // id -> PprofFunction, PprofLocation
  uint32_t items;
} PprofTables;

// False: told. Borrows the bytes. To be released in either case.
bool pprof_tables_read(PprofTables *, ProfileFault *, Str bytes);
void pprof_tables_release(PprofTables *);
// Calls take with every sample, which is overwritten by the next; false ends it.
bool pprof_each_sample(PprofTables *, bool (*take)(void *context, const PprofSample *), void *context);
bool pprof_malformed(PprofTables *, const char *what); // false
bool pprof_count_item(PprofTables *);                  // false: there are too many of whatever is counted

#endif
