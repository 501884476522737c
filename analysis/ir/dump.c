// dump.c: a function's tree, indented, one node a line: operation, name or value, type, flags, offset. For debugging
// and golden tests; no format of gc's.
#include "ir/format_internal.h"

enum { DUMP_DEPTH_LIMIT = 200 };

typedef struct Dump {
  Buf *buf;
  const IrUnit *unit;
  unsigned depth;
} Dump;

static void write_flags(Buf *buf, unsigned flags) {
  static const char *const names[16] = {"implicit", "def",    "ddd",       "godefer",  "noinline", "paren",
                                        "bounded",  "nonnil", "transient", "distinct", "used",     "mutated",
                                        "hasbreak", "incdec", "checkptr",  "mark"};
  for (unsigned i = 0; i < 16; i++) {
    if (flags & 1u << i) buf_printf(buf, " %s", names[i]);
  }
}

static bool dump_node(void *context, IrNode *n) {
  Dump *d = context;
  buf_printf(d->buf, "%*s%s", (int)d->depth * 2, "", ir_op_name((IrOp)n->op));
  if (n->op == IR_NAME || n->op == IR_LITERAL) {
    buf_byte(d->buf, ' ');
    ir_write_node(d->buf, d->unit, n);
  }
  if (n->op == IR_CLOSURE && n->u.closure.func) {
    buf_byte(d->buf, ' ');
    ir_write_func_name(d->buf, d->unit, n->u.closure.func);
  }
  if (n->op == IR_ASOP) buf_printf(d->buf, " %s", ir_op_name(n->u.as_op.op));
  if (n->op == IR_METHEXPR || n->op == IR_DOT || n->op == IR_DOTPTR || n->op == IR_DOTINTER || n->op == IR_METHVALUE)
    buf_printf(d->buf, " .%.*s", STR_ARG(sym_str(n->u.selector.sel)));
  if (n->type) {
    buf_puts(d->buf, " <");
    ir_format_type(d->buf, d->unit, n->type);
    buf_byte(d->buf, '>');
  }
  write_flags(d->buf, n->flags);
  buf_printf(d->buf, " @%u", n->pos.offset);
  if (n->pos.inl) buf_printf(d->buf, "/%u", n->pos.inl);
  buf_byte(d->buf, '\n');
  if (d->depth >= DUMP_DEPTH_LIMIT) return false;
  d->depth++;
  ir_children(n, dump_node, d);
  d->depth--;
  return false;
}

static void dump_names(Buf *buf, const IrUnit *unit, const char *title, IrName **names, uint32_t len) {
  if (!len) return;
  buf_printf(buf, " %s:", title);
  for (uint32_t i = 0; i < len; i++) {
    buf_byte(buf, ' ');
    if (names[i] && names[i]->node) ir_write_node(buf, unit, names[i]->node);
  }
  buf_byte(buf, '\n');
}

void ir_dump(Buf *buf, const IrUnit *unit, const IrFunc *fn) {
  buf_puts(buf, "func ");
  ir_write_func_name(buf, unit, fn);
  buf_byte(buf, ' ');
  ir_format_type(buf, unit, fn->type);
  buf_byte(buf, '\n');
  dump_names(buf, unit, "params", fn->params.items, fn->params.len);
  dump_names(buf, unit, "results", fn->results.items, fn->results.len);
  dump_names(buf, unit, "dcls", fn->dcls.items, fn->dcls.len);
  dump_names(buf, unit, "captures", fn->closure_vars.items, fn->closure_vars.len);
  Dump d = {buf, unit, 1};
  for (uint32_t i = 0; i < fn->body.len; i++) dump_node(&d, fn->body.items[i]);
}
