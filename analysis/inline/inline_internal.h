// inline_internal.h: decisions about functions and call sites.
#ifndef HEAPLS_INLINE_INTERNAL_H
#define HEAPLS_INLINE_INTERNAL_H

#include "inline/inline.h"

// The function a call will run, if that is known and could be inlined into caller; NULL otherwise. Unless resolve_only,
// the inlinability of a function literal is decided on the way.
IrFunc *inline_callee(IrUnit *, IrFunc *caller, IrNode *fun, bool resolve_only);
IrFunc *inline_callee_known(IrUnit *, IrNode *fun);            // the same, whether or not it could be inlined
const char *inline_impossible(const IrUnit *, const IrFunc *); // why it can't be inlined at any cost; NULL: it can
// May this call be replaced by callee's body? say: reports recursion at level 2.
bool inline_call_allowed(IrUnit *, IrFunc *caller, IrNode *call, IrFunc *callee, bool big_caller, bool called_once,
                         bool say);
bool inline_is_big(IrFunc *); // so large that it accepts only small callees

// What is known of the assignments to interface variables, for devirtualisation. Zero is empty.
typedef struct DevirtState {
  IrUnit *unit;
  Arena arena;
  PtrMap assignments; // IrName -> AssignList
  PtrMap pending;     // call node with interface results -> PendingAssign list
  PtrMap analysed;    // IrFunc
} DevirtState;
void devirt_release(DevirtState *);
void devirt_static_call(DevirtState *, IrFunc *caller,
                        IrNode *call); // rewrites the call in place when the type is known
void devirt_inlined_call(DevirtState *, IrFunc *caller, IrNode *call, IrNode *inlined);

// -- profile.c: what the profile says of functions and calls; without one, nothing is hot --
bool profile_is_hot_func(IrUnit *, IrFunc *); // called from a hot line
bool profile_is_hot_call(IrUnit *, IrFunc *caller, const IrNode *call);
// The callees on the call's line of the caller, heaviest first, with what gc has of them.
typedef struct ProfileCallee {
  Str name;
  IrFunc *func; // NULL: gc has no code of it
  int64_t weight;
} ProfileCallee;
uint32_t profile_callees(IrUnit *, IrFunc *caller, const IrNode *call, ProfileCallee **out); // on the C heap
bool profile_knows_caller(IrUnit *, IrFunc *); // calls in it are in the profile
// -- devirtualize_profile.c --
void profile_guide(IrUnit *); // calls whose callee is unknown try the hottest one first, in all functions of the unit

// inline_can_inline without messages: see IrInliner.
void inline_can_inline_quietly(IrUnit *, IrFunc **funcs, uint32_t len);

#endif
