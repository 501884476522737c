// cost_internal.h: what the files of cost/ share.
#ifndef HEAPLS_COST_INTERNAL_H
#define HEAPLS_COST_INTERNAL_H

#include "cost/cost.h"

// "import/path.name"
Sym cost_symbol(Interner *, Str package, Str name);

#endif
