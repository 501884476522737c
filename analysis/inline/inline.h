// inline.h: the door of inline/: which functions can be inlined, at what cost, and inlining itself, interleaved with
// devirtualisation.
//
//   cost.c          can it be inlined, at what cost      importers.c  as far as importers can tell
//   inline.c        calls become bodies                  loaded.c     types that gc has met
//   devirtualize.c  which method an interface call runs  intrinsics.def
//   profile.c, devirtualize_profile.c  what a profile says of calls
//
// Rules: the reference, sections 6 and 7 (cmd/compile/internal/inline, devirtualize, inline/interleaved).
#ifndef HEAPLS_INLINE_H
#define HEAPLS_INLINE_H

#include "ir/ir.h"

// Decides for every function of the unit, bottom-up over strongly connected components: sets inl, inline_cost and
// no_inline_reason, and emits "can inline" (and at level 2 "cannot inline") messages.
void inline_can_inline_all(IrUnit *);
void inline_can_inline(IrUnit *, IrFunc *); // one function whose callees are decided; nothing when already decided
// Devirtualises and inlines in every function of the unit (in gc's order), emitting its messages. Bodies are rewritten.
void inline_all(IrUnit *);
// The same and what goes with it, as far as importers can tell: calls are inlined in the functions whose tags they ask
// for, wrappers are made, and it is known whose foreign bodies were inlined and can be reached.
void inline_for_importers(IrUnit *);
void inline_once(IrUnit *, IrFunc *); // in a function that is no closure and the closures in it, if it was not done yet
void inline_partial(IrUnit *);        // in all functions of a partial unit, those included that join meanwhile
extern const IrInliner inline_for_lowering;                  // for units: functions and wrappers that come later
IrNode *devirtualize_call(IrUnit *, IrFunc *, IrNode *call); // static part; returns the call (maybe rewritten)
bool inline_is_intrinsic(const IrUnit *, const IrFunc *);    // calls the compiler replaces by instructions (6.4)

// -- loaded.c: which pointer types of other packages gc has one representation of when it compiles a package --
// Has *elem one representation in gc while functions of the unit are inlined into? The answer is kept in the unit (in
// that of the whole package).
bool pointer_has_one_type(IrUnit *, Type *elem);
// Would the answers that the unit of a whole package gave still be given, now that some declarations have changed?
bool pointers_asked_hold(const IrUnit *);

#endif
