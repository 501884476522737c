// packages.h: which packages the compiler treats in a way of their own (ir/packages.def).
#ifndef HEAPLS_IR_PACKAGES_H
#define HEAPLS_IR_PACKAGES_H

#include "ir/ir.h"

enum {
  IR_PACKAGE_RUNTIME = 1 << 0,       // the runtime or imported by it: always optimised, pointers are not checked
  IR_PACKAGE_NO_INSTRUMENT = 1 << 1, // no sanitizer is told what it does
  IR_PACKAGE_NO_RACE = 1 << 2,       // nor the race detector of entering its functions
};
unsigned ir_package_flags(Str path); // 0: it is like any other

// How the package is compiled under the options: not every package is what they ask for.
IrSanitizer ir_sanitizer(const IrUnit *);
int ir_checkptr(const IrUnit *); // level of -d=checkptr

#endif
