// inline_internal.h: decisions about functions and call sites.
#ifndef HEAPLS_INLINE_INTERNAL_H
#define HEAPLS_INLINE_INTERNAL_H

#include "inline/inline.h"

// The function a call will run, if that is known and could be inlined into caller; NULL otherwise. Unless resolve_only,
// the inlinability of a function literal is decided on the way.
IrFunc *inline_callee(IrUnit *, IrFunc *caller, IrNode *fun, bool resolve_only);
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

// inline_can_inline without messages: see IrInliner.
void inline_can_inline_quietly(IrUnit *, IrFunc **funcs, uint32_t len);

#endif
