// demand_internal.h: what the checker and the queries of types.h ask of packages on demand.
#ifndef HEAPLS_DEMAND_INTERNAL_H
#define HEAPLS_DEMAND_INTERNAL_H

#include "types/demand.h"

Object *demand_lookup(const Scope *, Sym);
void demand_resolve(Object *, bool nested);
void demand_check_body(Package *, Object *func);
bool demand_need_tree(struct Checker *, Object *func); // the header of a function; false: it can't be read
void demand_declare_exported(Package *);               // all of them, for dot imports
void demand_free(Package *);

#endif
