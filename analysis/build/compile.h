// compile.h: from packages on disk or in buffers to findings: runs the phases over a package and its dependencies.
#ifndef HEAPLS_COMPILE_H
#define HEAPLS_COMPILE_H

#include "escape/escape.h"
#include "inline/inline.h"

// Runs every phase after type checking on one package whose imports' units are complete: lowering, can-inline,
// devirtualisation and inlining, wrappers, loop variables, static initialisation, dead locals, escape analysis. The
// order is gc's (reference, section 1). Returns owned (ir_unit_free); messages are in unit->messages.
// A cancelled package gives a unit that is not complete, and good for nothing.
IrUnit *compile_package(Package *, const IrOptions *);
// The same with nothing but what summary_write reads.
IrUnit *compile_for_importers(Package *, const IrOptions *);
// What is needed for the findings of one file's functions, before the bodies of the package are checked. Returns owned:
// for a FindingList, then to be freed before the package is compiled.
IrUnit *compile_partial(Package *, const IrOptions *, const AstSource *file);
// May change the order of unit->funcs, which decides where a visit of the functions enters a cycle of them. Called
// before inlining and before escape analysis.
typedef struct CompileOrder {
  void (*sort)(void *context, IrUnit *, bool inlined);
  void *context;
} CompileOrder;
// Some functions of a package whose base unit is compiled already, and its initialiser if wanted. Wrappers are the
// base's.
IrUnit *compile_functions(IrUnit *base, const IrOptions *, Object *const *funcs, uint32_t len, bool with_init,
                          const CompileOrder *);

#endif
