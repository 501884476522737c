// dump.h: prints what the checker found, one fact a line, in the form of tests/oracle/typesdump (go/types'
// conventions).
#ifndef HEAPLS_DUMP_H
#define HEAPLS_DUMP_H

#include <stdio.h>

#include "types/check.h"

// FILE:START-END e MODE TYPE [= CONSTANT] of expressions, i def|use OBJECT of identifiers, m OBJECT of type switch
// clauses; then ~init NNNN NAMES. Sorted by file name and position.
void package_dump(const Package *, FILE *);

#endif
