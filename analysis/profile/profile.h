// profile.h: the door of profile/: CPU profiles that guide optimisation (PGO), as the compiler reads them; and of the
// heap.
//
//   heap.h        profiles of the heap: what allocated, by stacks
//   profile.c     edges by weight, which are hot, questions     pprof.c  edges of profile.proto
//   pprof_tables.c  profile.proto, compressed or not            preprofile.c  the text of `go tool preprofile`
//
// A profile says how much time was spent in calls: an edge is (caller, callee, line of the call less the line where the
// caller begins), functions by the names that the linker knows them by. Rules: cmd/internal/pgo, internal/profile, and
// hotNodesFromCDF in cmd/compile/internal/inline/inl.go. Knows no Go beyond that.
#ifndef HEAPLS_PROFILE_H
#define HEAPLS_PROFILE_H

#include "base/arena.h"
#include "base/intern.h"
#include "profile/heap.h"

typedef struct ProfileEdge {
  Str caller, callee; // symbol names: "net/http.(*Server).Serve", "main.F[go.shape.int]"
  int64_t offset;     // lines
  int64_t weight;
} ProfileEdge;

// Immutable.
typedef struct Profile {
  Str path;           // of the file, absolute
  Str name;           // of the file, base name
  uint64_t digest[2]; // of the file's bytes; of whoever reads them
  ProfileEdge *edges; // as gc orders them: heaviest first
  uint32_t edge_count;
  uint32_t hot_count; // so many of them, the first, are hot: they make up 99 % of the weight
  int64_t total;
  struct ProfileCaller *callers;
  StrMap caller_of;  // name -> ProfileCaller
  StrMap hot_callee; // name -> ProfileEdge, the heaviest hot one
  StrMap callees;    // name -> ProfileEdge, the heaviest one
  Str *names;        // of all functions, sorted, each once
  uint32_t name_count;
  Arena arena;
} Profile;

// The edges from one caller, heaviest first.
typedef struct ProfileCaller {
  VEC(const ProfileEdge *) edges;
} ProfileCaller;

// Reads either format. NULL: it can't be, for the reason in *error, a sentence without full stop that lives in the
// arena. A profile without samples has no edges. Returns owned.
Profile *profile_read(Str bytes, Arena *, Str *error);
void profile_free(Profile *);

// All that is known of the calls in a function; NULL: nothing.
const ProfileCaller *profile_caller(const Profile *, Str caller);
// Is one of the calls on that line of the caller hot? The heaviest, NULL: none.
const ProfileEdge *profile_hot_site(const Profile *, const ProfileCaller *, int64_t offset);
// Is there a call in or of the function of that name, or of a literal in it?
bool profile_mentions(const Profile *, Str name);
bool profile_is_hot_callee(const Profile *, Str callee);

#endif
