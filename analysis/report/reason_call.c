// reason_call.c: which parameter of a called function takes a value on, by the flow line that ends in the call.
#include "report/finding_internal.h"

// Does a flow line's source ("x", "{storage for x}") name this argument, as it is or before conversions?
static bool is_source(const FindingMaker *m, Str from, const IrNode *arg) {
  for (int depth = 0; arg && depth < 8; depth++) {
    Buf text = {.enough = from.n};
    ir_write_node(&text, m->unit, arg);
    Str shown = buf_view(&text), stored = str_slice(from, 0, from.n);
    if (str_has_prefix(from, STR("{storage for ")) && from.n > 14) stored = str_slice(from, 13, from.n - 1);
    bool same = shown.n && (str_equal(from, shown) || str_equal(stored, shown));
    buf_release(&text);
    if (same) return true;
    if (arg->op == IR_CONVIFACE || arg->op == IR_CONVNOP)
      arg = arg->u.conv.x;
    else if (arg->op == IR_ADDR)
      arg = arg->u.unary.x;
    else
      return false;
  }
  return false;
}

static bool is_named_param(const IrName *p) {
  return p && p->object && p->object->name && !sym_is_blank(p->object->name);
}

// The callee's parameter that takes the value, or else the only one that leaks.
LeakingParam leaking_param(const FindingMaker *m, const IrFunc *callee, const IrNode *call, Str from) {
  LeakingParam only = {0};
  for (uint32_t i = 0; from.n && i < call->u.call.args.len && i < callee->params.len; i++) {
    const IrName *param = callee->params.items[i];
    if (is_named_param(param) && is_source(m, from, call->u.call.args.items[i]))
      return (LeakingParam){param->object->name, callee->has_recv && i == 0};
  }
  for (uint32_t i = 0; callee->tags && i < callee->params.len; i++) {
    const IrName *param = callee->params.items[i];
    if (!callee->tags[i].leaks[TAG_HEAP] || !is_named_param(param)) continue;
    if (only.name) return (LeakingParam){0};
    only = (LeakingParam){param->object->name, callee->has_recv && i == 0};
  }
  return only;
}
