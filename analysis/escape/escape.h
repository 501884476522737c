// escape.h: the door of escape/: escape analysis of a unit whose calls have been inlined.
// Rules: the reference, sections 3 to 5 (cmd/compile/internal/escape).
//
//   walk.c, call.c, self_assign.c  from code to the graph    solve.c   what outlives what; parameter tags
//   graph.c  locations and flows                             escape.c  batches, verdicts, messages
//   size.c  too large, or of unknown size
#ifndef HEAPLS_ESCAPE_H
#define HEAPLS_ESCAPE_H

#include "ir/ir.h"

// Analyses all functions bottom-up (those that importers ask for, in a unit for importers); sets IrNode.esc,
// IrName.escapes, IrFunc.tags and emits gc's messages.
void escape_unit(IrUnit *);

// Bytes of the record that a function literal is at run time: the code pointer and what it captures.
int64_t closure_record_size(const TypeContext *, const IrFunc *fn);

#endif
