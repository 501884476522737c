// format_internal.h: what the printing files share.
#ifndef HEAPLS_FORMAT_INTERNAL_H
#define HEAPLS_FORMAT_INTERNAL_H

#include "ir/ir.h"

const char *ir_op_spelling(IrOp); // Go's syntax where there is one ("<-", "print"), else the operation's name
bool ir_op_is_printed_as_stmt(IrOp);
void ir_format_type(Buf *, const IrUnit *, const Type *);

#endif
