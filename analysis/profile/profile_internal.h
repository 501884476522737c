// profile_internal.h: what the readers of the two formats share.
#ifndef HEAPLS_PROFILE_INTERNAL_H
#define HEAPLS_PROFILE_INTERNAL_H

#include "profile/profile.h"

// Why something can't be read: the first reason.
typedef struct ProfileFault {
  Arena *arena;
  Str text; // empty: it can
} ProfileFault;

// What a reader found so far. Edges may come several times, but in the text form.
typedef struct ProfileReading {
  Profile *profile;
  ProfileFault fault;
  StrMap names;           // Str, each once: in the profile's arena
  VEC(ProfileEdge) edges; // C heap
} ProfileReading;

// Larger files, and what they expand to, are not looked at: a profile of a day has some megabytes.
enum { PROFILE_BYTES_MOST = 256 << 20, PROFILE_ITEMS_MOST = 1 << 24 };

#define PREPROFILE_HEADER "GO PREPROFILE V1\n"
Str profile_name(ProfileReading *, Str name);                                 // equal names, equal pointers
bool profile_fail(ProfileFault *, const char *format, ...) PRINTF_LIKE(2, 3); // false
bool pprof_read(ProfileReading *, Str bytes);
bool preprofile_read(ProfileReading *, Str bytes);

#endif
