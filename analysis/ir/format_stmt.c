// format_stmt.c: prints statements as gc does in self-assignment messages and in the bodies of -m=2's "can inline …
// as". Loops, switches and selects are not printed out. Rules: cmd/compile/internal/ir/fmt.go (stmtFmt).
#include "ir/format_internal.h"

static void put_node(Buf *buf, const IrUnit *unit, const char *before, const IrNode *n) {
  buf_puts(buf, before);
  ir_write_node(buf, unit, n);
}

static void write_if(Buf *buf, const IrUnit *unit, const IrNode *n) {
  buf_puts(buf, "if ");
  if (n->init.len == 1 && n->init.items[0]->init.len == 0) {
    ir_write_node(buf, unit, n->init.items[0]);
    buf_puts(buf, "; ");
  }
  ir_write_node(buf, unit, n->u.if_.cond);
  buf_puts(buf, " { ");
  ir_write_list(buf, unit, &n->u.if_.body, "; ");
  buf_puts(buf, " }");
  if (!n->u.if_.else_.len) return;
  buf_puts(buf, " else { ");
  ir_write_list(buf, unit, &n->u.if_.else_, "; ");
  buf_puts(buf, " }");
}

static void write_asop(Buf *buf, const IrUnit *unit, const IrNode *n) {
  ir_write_node(buf, unit, n->u.as_op.x);
  if (n->flags & IR_FLAG_INCDEC) {
    buf_puts(buf, n->u.as_op.op == IR_ADD ? "++" : "--");
    return;
  }
  buf_printf(buf, " %s= ", ir_op_spelling(n->u.as_op.op));
  ir_write_node(buf, unit, n->u.as_op.y);
}

static void write_case(Buf *buf, const IrUnit *unit, const IrNode *n) {
  if (n->u.case_.list.len) {
    buf_puts(buf, "case ");
    ir_write_list(buf, unit, &n->u.case_.list, ", ");
  } else {
    buf_puts(buf, "default");
  }
  buf_puts(buf, ": ");
  ir_write_list(buf, unit, &n->u.case_.body, "; ");
}

void ir_write_stmt(Buf *buf, const IrUnit *unit, const IrNode *n) {
  if (buf_has_enough(buf)) return;
  const char *assign = n->flags & IR_FLAG_DEF ? " := " : " = ";
  switch ((int)n->op) {
  case IR_DCL:
    put_node(buf, unit, "var ", n->u.unary.x);
    buf_puts(buf, " ");
    ir_format_type(buf, unit, n->u.unary.x ? n->u.unary.x->type : NULL);
    break;
  case IR_AS:
    ir_write_node(buf, unit, n->u.as.x);
    put_node(buf, unit, assign, n->u.as.y);
    break;
  case IR_ASOP: write_asop(buf, unit, n); break;
  case IR_AS2:
  case IR_AS2DOTTYPE:
  case IR_AS2FUNC:
  case IR_AS2MAPR:
  case IR_AS2RECV:
    ir_write_list(buf, unit, &n->u.as_list.lhs, ", ");
    buf_puts(buf, assign);
    ir_write_list(buf, unit, &n->u.as_list.rhs, ", ");
    break;
  case IR_BLOCK: ir_write_list(buf, unit, &n->u.block.list, "; "); break;
  case IR_RETURN:
    buf_puts(buf, "return ");
    ir_write_list(buf, unit, &n->u.ret.results, ", ");
    break;
  case IR_GO: put_node(buf, unit, "go ", n->u.go_defer.call); break;
  case IR_DEFER: put_node(buf, unit, "defer ", n->u.go_defer.call); break;
  case IR_IF: write_if(buf, unit, n); break;
  case IR_FOR:
  case IR_RANGE: buf_puts(buf, "for loop"); break;
  case IR_SELECT:
  case IR_SWITCH: buf_printf(buf, "%s statement", ir_op_spelling((IrOp)n->op)); break;
  case IR_CASE: write_case(buf, unit, n); break;
  case IR_BREAK:
  case IR_CONTINUE:
  case IR_GOTO:
  case IR_FALL:
    buf_puts(buf, ir_op_spelling((IrOp)n->op));
    if (n->u.branch.label) {
      buf_byte(buf, ' ');
      buf_str(buf, sym_str(n->u.branch.label));
    }
    break;
  case IR_LABEL:
    buf_str(buf, sym_str(n->u.label.label));
    buf_puts(buf, ": ");
    break;
  default: ir_write_node(buf, unit, n); break;
  }
}
