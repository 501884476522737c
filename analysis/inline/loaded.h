// loaded.h: which pointer types of other packages gc has one representation of when it compiles a package.
#ifndef HEAPLS_LOADED_H
#define HEAPLS_LOADED_H

#include "ir/ir.h"

// Has *elem one representation in gc while functions of the unit are inlined into? The answer is kept in the unit (in
// that of the whole package).
bool pointer_has_one_type(IrUnit *, Type *elem);
// Would the answers that the unit of a whole package gave still be given, now that some declarations have changed?
bool pointers_asked_hold(const IrUnit *);

#endif
