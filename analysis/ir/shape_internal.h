// shape_internal.h: the operand shape of each operation, as an enumeration.
#ifndef HEAPLS_SHAPE_INTERNAL_H
#define HEAPLS_SHAPE_INTERNAL_H

#include "ir/ir.h"

typedef enum IrShape {
  SHAPE_none,
  SHAPE_name,
  SHAPE_lit,
  SHAPE_unary,
  SHAPE_binary,
  SHAPE_list,
  SHAPE_call,
  SHAPE_conv,
  SHAPE_closure,
  SHAPE_complit,
  SHAPE_selector,
  SHAPE_type_assert,
  SHAPE_dyn_assert,
  SHAPE_dyn_type,
  SHAPE_index,
  SHAPE_key,
  SHAPE_struct_key,
  SHAPE_make,
  SHAPE_slice,
  SHAPE_slice_header,
  SHAPE_as,
  SHAPE_as_list,
  SHAPE_as_op,
  SHAPE_block,
  SHAPE_branch,
  SHAPE_case_,
  SHAPE_go_defer,
  SHAPE_for_,
  SHAPE_if_,
  SHAPE_label,
  SHAPE_range,
  SHAPE_ret,
  SHAPE_switch_,
  SHAPE_type_switch,
  SHAPE_inl_call,
  SHAPE_inl_mark,
  SHAPE_link_sym,
} IrShape;

IrShape ir_op_shape(IrOp);

#endif
