// format.c: prints expressions as gc's messages do (%v of a node after inlining and lowering; reference 2.3 and 2.5).
//
// Parentheses are not kept in the tree but made again from a table of precedences. The table has holes: an operation
// that is not in it has precedence 0 and is therefore parenthesised inside anything else. Rules:
// cmd/compile/internal/ir/fmt.go.
#include "ir/format_internal.h"

static const int precedence[IR_OP_COUNT] = {
  [IR_APPEND] = 8,       [IR_BYTES2STR] = 8,
  [IR_ARRAYLIT] = 8,     [IR_SLICELIT] = 8,
  [IR_RUNES2STR] = 8,    [IR_CALLFUNC] = 8,
  [IR_CALLINTER] = 8,    [IR_CAP] = 8,
  [IR_CLEAR] = 8,        [IR_CLOSE] = 8,
  [IR_CONVIFACE] = 8,    [IR_CONVNOP] = 8,
  [IR_CONV] = 8,         [IR_COPY] = 8,
  [IR_DELETE] = 8,       [IR_GETG] = 8,
  [IR_LEN] = 8,          [IR_LITERAL] = 8,
  [IR_MAKESLICE] = 8,    [IR_MAPLIT] = 8,
  [IR_MAX] = 8,          [IR_MIN] = 8,
  [IR_NAME] = 8,         [IR_NEW] = 8,
  [IR_NIL] = 8,          [IR_NONAME] = 8,
  [IR_PANIC] = 8,        [IR_PAREN] = 8,
  [IR_PRINTLN] = 8,      [IR_PRINT] = 8,
  [IR_RUNESTR] = 8,      [IR_SLICE2ARR] = 8,
  [IR_SLICE2ARRPTR] = 8, [IR_STR2BYTES] = 8,
  [IR_STR2RUNES] = 8,    [IR_STRUCTLIT] = 8,
  [IR_TYPE] = 8,         [IR_UNSAFEADD] = 8,
  [IR_UNSAFESLICE] = 8,  [IR_UNSAFESLICEDATA] = 8,
  [IR_UNSAFESTRING] = 8, [IR_UNSAFESTRINGDATA] = 8,
  [IR_INDEXMAP] = 8,     [IR_INDEX] = 8,
  [IR_SLICE] = 8,        [IR_SLICESTR] = 8,
  [IR_SLICEARR] = 8,     [IR_SLICE3] = 8,
  [IR_SLICE3ARR] = 8,    [IR_SLICEHEADER] = 8,
  [IR_STRINGHEADER] = 8, [IR_DOTINTER] = 8,
  [IR_DOTMETH] = 8,      [IR_DOTPTR] = 8,
  [IR_DOTTYPE2] = 8,     [IR_DOTTYPE] = 8,
  [IR_DOT] = 8,          [IR_METHVALUE] = 8,
  [IR_METHEXPR] = 8,     [IR_PLUS] = 7,
  [IR_NOT] = 7,          [IR_BITNOT] = 7,
  [IR_NEG] = 7,          [IR_ADDR] = 7,
  [IR_DEREF] = 7,        [IR_RECV] = 7,
  [IR_MUL] = 6,          [IR_DIV] = 6,
  [IR_MOD] = 6,          [IR_LSH] = 6,
  [IR_RSH] = 6,          [IR_AND] = 6,
  [IR_ANDNOT] = 6,       [IR_ADD] = 5,
  [IR_SUB] = 5,          [IR_OR] = 5,
  [IR_XOR] = 5,          [IR_EQ] = 4,
  [IR_LT] = 4,           [IR_LE] = 4,
  [IR_GE] = 4,           [IR_GT] = 4,
  [IR_NE] = 4,           [IR_SEND] = 3,
  [IR_ANDAND] = 2,       [IR_OROR] = 1,
  [IR_AS] = -1,          [IR_AS2] = -1,
  [IR_AS2DOTTYPE] = -1,  [IR_AS2FUNC] = -1,
  [IR_AS2MAPR] = -1,     [IR_AS2RECV] = -1,
  [IR_ASOP] = -1,        [IR_BLOCK] = -1,
  [IR_BREAK] = -1,       [IR_CASE] = -1,
  [IR_CONTINUE] = -1,    [IR_DCL] = -1,
  [IR_DEFER] = -1,       [IR_FALL] = -1,
  [IR_FOR] = -1,         [IR_GOTO] = -1,
  [IR_IF] = -1,          [IR_LABEL] = -1,
  [IR_GO] = -1,          [IR_RANGE] = -1,
  [IR_RETURN] = -1,      [IR_SELECT] = -1,
  [IR_SWITCH] = -1,
};

static const char *const go_spelling[IR_OP_COUNT] = {
  [IR_ADDR] = "&",
  [IR_ADD] = "+",
  [IR_ADDSTR] = "+",
  [IR_ANDAND] = "&&",
  [IR_ANDNOT] = "&^",
  [IR_AND] = "&",
  [IR_APPEND] = "append",
  [IR_AS] = "=",
  [IR_AS2] = "=",
  [IR_BREAK] = "break",
  [IR_CAP] = "cap",
  [IR_CASE] = "case",
  [IR_CLEAR] = "clear",
  [IR_CLOSE] = "close",
  [IR_COMPLEX] = "complex",
  [IR_BITNOT] = "^",
  [IR_CONTINUE] = "continue",
  [IR_COPY] = "copy",
  [IR_DELETE] = "delete",
  [IR_DEFER] = "defer",
  [IR_DIV] = "/",
  [IR_EQ] = "==",
  [IR_FALL] = "fallthrough",
  [IR_FOR] = "for",
  [IR_GE] = ">=",
  [IR_GOTO] = "goto",
  [IR_GT] = ">",
  [IR_IF] = "if",
  [IR_IMAG] = "imag",
  [IR_INLMARK] = "inlmark",
  [IR_DEREF] = "*",
  [IR_LEN] = "len",
  [IR_LE] = "<=",
  [IR_LSH] = "<<",
  [IR_LT] = "<",
  [IR_NEG] = "-",
  [IR_MAX] = "max",
  [IR_MIN] = "min",
  [IR_MOD] = "%",
  [IR_MUL] = "*",
  [IR_NEW] = "new",
  [IR_NE] = "!=",
  [IR_NOT] = "!",
  [IR_OROR] = "||",
  [IR_OR] = "|",
  [IR_PANIC] = "panic",
  [IR_PLUS] = "+",
  [IR_PRINTLN] = "println",
  [IR_PRINT] = "print",
  [IR_RANGE] = "range",
  [IR_REAL] = "real",
  [IR_RECV] = "<-",
  [IR_RECOVER] = "recover",
  [IR_RETURN] = "return",
  [IR_RSH] = ">>",
  [IR_SELECT] = "select",
  [IR_SEND] = "<-",
  [IR_SUB] = "-",
  [IR_SWITCH] = "switch",
  [IR_UNSAFEADD] = "unsafe.Add",
  [IR_UNSAFESLICE] = "unsafe.Slice",
  [IR_UNSAFESLICEDATA] = "unsafe.SliceData",
  [IR_UNSAFESTRING] = "unsafe.String",
  [IR_UNSAFESTRINGDATA] = "unsafe.StringData",
  [IR_XOR] = "^",
};

const char *ir_op_spelling(IrOp op) {
  return (unsigned)op < IR_OP_COUNT && go_spelling[op] ? go_spelling[op] : ir_op_name(op);
}
bool ir_op_is_printed_as_stmt(IrOp op) { return precedence[op] < 0; }

void ir_format_type(Buf *buf, const IrUnit *unit, const Type *type) {
  if (!type)
    buf_puts(buf, "<nil>");
  else
    type_write(buf, type, STYLE_GC, unit->pkg);
}

// The type in front of a conversion's operand: unnamed composite types are parenthesised.
static bool type_has_symbol(const IrUnit *unit, const Type *type) {
  if (!type) return false;
  if (type == unit->pkg->context->type_any) return true;
  const Type *t = type_unalias(type);
  return t->kind == TYPE_BASIC || t->kind == TYPE_NAMED || t->kind == TYPE_PARAM;
}

static void write_symbol(Buf *buf, const IrUnit *unit, const Package *pkg, Sym sym) {
  if (!sym) {
    buf_puts(buf, "<S>");
    return;
  }
  if (pkg && pkg != unit->pkg && pkg->name) {
    buf_str(buf, sym_str(pkg->name));
    buf_byte(buf, '.');
  }
  buf_str(buf, sym_str(sym));
}

void ir_write_func_name(Buf *buf, const IrUnit *unit, const IrFunc *fn) {
  if (fn && fn->name)
    write_symbol(buf, unit, fn->name->pkg, fn->name->sym);
  else
    buf_puts(buf, "<nil>");
}

// ---- Literals

// One of const_write_gc's shapes for a constant of this type, 0 if it has no such type.
static char literal_shape(const Type *u, ConstKind kind) {
  if (u && u->kind == TYPE_BASIC) {
    if (u->basic_info & BASIC_IS_BOOLEAN) return 'b';
    if (u->basic_info & BASIC_IS_STRING) return 's';
    if (u->basic_info & BASIC_IS_INTEGER) return 'i';
    if (u->basic_info & BASIC_IS_FLOAT) return 'f';
    if (u->basic_info & BASIC_IS_COMPLEX) return 'c';
  }
  switch (kind) {
  case CONST_BOOL: return 'b';
  case CONST_STRING: return 's';
  case CONST_INT: return 'i';
  case CONST_FLOAT: return 'f';
  case CONST_COMPLEX: return 'c';
  case CONST_UNKNOWN: return 0;
  }
  return 0;
}

// bool, string, int, float64 and complex128 themselves, and the untyped types, need no conversion around the value.
static bool is_default_type(const Type *t, char shape) {
  if (!t || t->kind != TYPE_BASIC) return false;
  switch ((BasicKind)t->basic_kind) {
  case BASIC_BOOL:
  case BASIC_UNTYPED_BOOL: return shape == 'b';
  case BASIC_STRING:
  case BASIC_UNTYPED_STRING: return shape == 's';
  case BASIC_INT:
  case BASIC_UNTYPED_INT: return shape == 'i';
  case BASIC_FLOAT64:
  case BASIC_UNTYPED_FLOAT: return shape == 'f';
  case BASIC_COMPLEX128:
  case BASIC_UNTYPED_COMPLEX: return shape == 'c';
  case BASIC_INVALID:
  case BASIC_INT8:
  case BASIC_INT16:
  case BASIC_INT32:
  case BASIC_INT64:
  case BASIC_UINT:
  case BASIC_UINT8:
  case BASIC_UINT16:
  case BASIC_UINT32:
  case BASIC_UINT64:
  case BASIC_UINTPTR:
  case BASIC_FLOAT32:
  case BASIC_COMPLEX64:
  case BASIC_UNSAFE_POINTER:
  case BASIC_UNTYPED_RUNE:
  case BASIC_UNTYPED_NIL:
  case BASIC_BYTE:
  case BASIC_RUNE:
  case BASIC_KIND_COUNT: return false;
  }
  return false;
}

static void write_literal(Buf *buf, const IrUnit *unit, const IrNode *n) {
  const Const *value = n->u.lit.value;
  const Type *t = n->type ? type_unalias(n->type) : NULL;
  const Type *u = n->type ? type_underlying(n->type) : NULL;
  char shape = literal_shape(u, const_kind(value));
  if (!shape || const_kind(value) == CONST_UNKNOWN) {
    buf_puts(buf, "unknown");
    return;
  }
  bool is_rune = t && t->kind == TYPE_BASIC && (t->basic_kind == BASIC_RUNE || t->basic_kind == BASIC_UNTYPED_RUNE);
  uint64_t rune = 0;
  if (is_rune && const_uint64_value(value, &rune) && rune <= 0x10FFFF) {
    const_write_gc(buf, value, 'r');
  } else if (is_default_type(t, shape)) {
    const_write_gc(buf, value, shape);
  } else {
    ir_format_type(buf, unit, n->type);
    buf_byte(buf, '(');
    const_write_gc(buf, value, shape);
    buf_byte(buf, ')');
  }
}

// ---- Expressions

typedef struct Printer {
  Buf *buf;
  const IrUnit *unit;
} Printer;

static void expr(Printer *p, const IrNode *n, int context);

static void any_node(Printer *p, const IrNode *n) { ir_write_node(p->buf, p->unit, n); }

static void list(Printer *p, const IrList *l, const char *separator) { ir_write_list(p->buf, p->unit, l, separator); }

static void type(Printer *p, const Type *t) { ir_format_type(p->buf, p->unit, t); }

static void put(Printer *p, const char *text) { buf_puts(p->buf, text); }

static void arguments(Printer *p, const IrNode *n) {
  put(p, "(");
  list(p, &n->u.call.args, ", ");
  put(p, n->flags & IR_FLAG_DDD ? "...)" : ")");
}

static void conversion(Printer *p, const IrNode *n) {
  bool bare = type_has_symbol(p->unit, n->type);
  if (!bare) put(p, "(");
  type(p, n->type);
  if (!bare) put(p, ")");
  put(p, "(");
  any_node(p, n->u.conv.x);
  put(p, ")");
}

static void slice_expr(Printer *p, const IrNode *n, int prec) {
  expr(p, n->u.slice.x, prec);
  put(p, "[");
  if (n->u.slice.low) any_node(p, n->u.slice.low);
  put(p, ":");
  if (n->u.slice.high) any_node(p, n->u.slice.high);
  if (n->op == IR_SLICE3 || n->op == IR_SLICE3ARR) {
    put(p, ":");
    if (n->u.slice.max) any_node(p, n->u.slice.max);
  }
  put(p, "]");
}

static void make_expr(Printer *p, const IrNode *n) {
  const IrNode *len = n->u.make.len, *cap = n->u.make.cap;
  put(p, "make(");
  type(p, n->type);
  if (cap || (len && (n->op == IR_MAKESLICE || !(len->type && type_is_untyped(len->type))))) {
    put(p, ", ");
    any_node(p, len);
  }
  if (cap) {
    put(p, ", ");
    any_node(p, cap);
  }
  put(p, ")");
}

static void key_value(Printer *p, const IrNode *n) {
  if (n->u.key.key) any_node(p, n->u.key.key);
  put(p, ":");
  if (n->u.key.value) any_node(p, n->u.key.value);
}

// An operator in front of its operand; a doubled one is separated.
static void unary(Printer *p, const IrNode *n, int prec) {
  put(p, ir_op_spelling((IrOp)n->op));
  if (n->op != IR_DEREF && n->u.unary.x && n->u.unary.x->op == n->op) put(p, " ");
  expr(p, n->u.unary.x, prec + 1);
}

static void binary(Printer *p, const IrNode *n, int prec) {
  expr(p, n->u.binary.x, prec);
  buf_printf(p->buf, " %s ", ir_op_spelling((IrOp)n->op));
  expr(p, n->u.binary.y, prec + 1);
}

static void new_expr(Printer *p, const IrNode *n) {
  put(p, "new(");
  if (n->u.unary.x)
    any_node(p, n->u.unary.x);
  else
    type(p, n->type ? type_deref(n->type, NULL) : NULL);
  put(p, ")");
}

static void inlined_call(Printer *p, const IrNode *n) {
  if (n->u.inl_call.results.len == 1) {
    any_node(p, n->u.inl_call.results.items[0]);
    return;
  }
  put(p, "(.");
  list(p, &n->u.inl_call.results, "; ");
  put(p, ")");
}

static const IrNode *skip_implicit(const IrNode *n) {
  while (n && n->flags & IR_FLAG_IMPLICIT) {
    if (n->op == IR_ADDR || n->op == IR_DEREF)
      n = n->u.unary.x;
    else if (n->op == IR_CONV || n->op == IR_CONVNOP || n->op == IR_CONVIFACE)
      n = n->u.conv.x;
    else
      break;
  }
  return n;
}

static bool is_pointer(const Type *t) {
  t = t ? type_unalias(t) : NULL;
  return t && t->kind == TYPE_POINTER;
}

static void call_or_operator(Printer *p, const IrNode *n, int prec) {
  switch ((int)n->op) {
  case IR_NEW: new_expr(p, n); break;
  case IR_REAL:
  case IR_IMAG:
  case IR_CAP:
  case IR_CLEAR:
  case IR_CLOSE:
  case IR_LEN:
  case IR_PANIC: put(p, ir_op_spelling((IrOp)n->op)), put(p, "("), any_node(p, n->u.unary.x), put(p, ")"); break;
  case IR_APPEND:
  case IR_DELETE:
  case IR_MAX:
  case IR_MIN:
  case IR_RECOVER:
  case IR_PRINT:
  case IR_PRINTLN:
    put(p, ir_op_spelling((IrOp)n->op));
    arguments(p, n);
    break;
  case IR_CALLFUNC:
  case IR_CALLINTER:
  case IR_GETG:
    expr(p, n->u.call.fun, prec);
    arguments(p, n);
    break;
  case IR_INLCALL: inlined_call(p, n); break;
  case IR_MAKEMAP:
  case IR_MAKECHAN:
  case IR_MAKESLICE: make_expr(p, n); break;
  case IR_PLUS:
  case IR_NEG:
  case IR_BITNOT:
  case IR_NOT:
  case IR_RECV:
  case IR_ADDR:
  case IR_DEREF: unary(p, n, prec); break;
  case IR_ADD:
  case IR_AND:
  case IR_ANDNOT:
  case IR_DIV:
  case IR_EQ:
  case IR_GE:
  case IR_GT:
  case IR_LE:
  case IR_LT:
  case IR_LSH:
  case IR_MOD:
  case IR_MUL:
  case IR_NE:
  case IR_OR:
  case IR_RSH:
  case IR_SUB:
  case IR_XOR:
  case IR_ANDAND:
  case IR_OROR:
  case IR_SEND: binary(p, n, prec); break;
  case IR_ADDSTR:
    for (uint32_t i = 0; i < n->u.list.list.len; i++) {
      if (i) put(p, " + ");
      expr(p, n->u.list.list.items[i], prec);
    }
    break;
  default: buf_printf(p->buf, "<node %s>", ir_op_spelling((IrOp)n->op)); break;
  }
}

static void operation(Printer *p, const IrNode *n, int prec) {
  switch ((int)n->op) {
  case IR_PAREN: put(p, "("), any_node(p, n->u.unary.x), put(p, ")"); break;
  case IR_NIL: put(p, "nil"); break;
  case IR_LITERAL: write_literal(p->buf, p->unit, n); break;
  case IR_NAME: write_symbol(p->buf, p->unit, n->u.name->pkg, n->u.name->sym); break;
  case IR_TYPE: type(p, n->type); break;
  case IR_CLOSURE: put(p, "func literal"); break;
  case IR_PTRLIT: put(p, "&"), any_node(p, n->u.unary.x); break;
  case IR_STRUCTLIT:
  case IR_ARRAYLIT:
  case IR_SLICELIT:
  case IR_MAPLIT:
    if (n->flags & IR_FLAG_IMPLICIT) {
      put(p, "... argument");
      break;
    }
    type(p, n->type);
    put(p, n->u.complit.list.len ? "{...}" : "{}");
    break;
  case IR_KEY: key_value(p, n); break;
  case IR_STRUCTKEY:
    buf_str(p->buf, sym_str(n->u.struct_key.sym));
    put(p, ":");
    any_node(p, n->u.struct_key.value);
    break;
  case IR_DOT:
  case IR_DOTPTR:
  case IR_DOTINTER:
  case IR_DOTMETH:
  case IR_METHVALUE:
  case IR_METHEXPR:
    expr(p, n->u.selector.x, prec);
    put(p, ".");
    if (n->u.selector.sel)
      buf_str(p->buf, sym_str(n->u.selector.sel));
    else
      put(p, "<nil>");
    break;
  case IR_DOTTYPE:
  case IR_DOTTYPE2:
    expr(p, n->u.type_assert.x, prec);
    put(p, ".(");
    type(p, n->type);
    put(p, ")");
    break;
  case IR_INDEX:
  case IR_INDEXMAP:
    expr(p, n->u.index.x, prec);
    put(p, "[");
    any_node(p, n->u.index.index);
    put(p, "]");
    break;
  case IR_SLICE:
  case IR_SLICESTR:
  case IR_SLICEARR:
  case IR_SLICE3:
  case IR_SLICE3ARR: slice_expr(p, n, prec); break;
  case IR_SLICEHEADER:
    put(p, "sliceheader{"), any_node(p, n->u.slice_header.ptr), put(p, ","), any_node(p, n->u.slice_header.len),
      put(p, ","), any_node(p, n->u.slice_header.cap), put(p, "}");
    break;
  case IR_COMPLEX:
  case IR_COPY:
  case IR_UNSAFEADD:
  case IR_UNSAFESLICE:
    put(p, ir_op_spelling((IrOp)n->op)), put(p, "("), any_node(p, n->u.binary.x), put(p, ", "),
      any_node(p, n->u.binary.y), put(p, ")");
    break;
  case IR_CONV:
  case IR_CONVIFACE:
  case IR_CONVNOP:
  case IR_BYTES2STR:
  case IR_RUNES2STR:
  case IR_STR2BYTES:
  case IR_STR2RUNES:
  case IR_RUNESTR:
  case IR_SLICE2ARR:
  case IR_SLICE2ARRPTR: conversion(p, n); break;
  default: call_or_operator(p, n, prec); break;
  }
}

static void expr(Printer *p, const IrNode *n, int context) {
  if (buf_has_enough(p->buf)) return;
  n = skip_implicit(n);
  if (!n) {
    put(p, "<nil>");
    return;
  }
  int prec = precedence[n->op];
  if (n->op == IR_TYPE && is_pointer(n->type)) prec = precedence[IR_DEREF];
  if (context > prec) {
    put(p, "(");
    any_node(p, n);
    put(p, ")");
    return;
  }
  operation(p, n, prec);
}

void ir_write_node(Buf *buf, const IrUnit *unit, const IrNode *n) {
  if (buf_has_enough(buf)) return;
  if (!n)
    buf_puts(buf, "<nil>");
  else if (ir_op_is_printed_as_stmt((IrOp)n->op))
    ir_write_stmt(buf, unit, n);
  else
    expr(&(Printer){buf, unit}, n, 0);
}

void ir_write_list(Buf *buf, const IrUnit *unit, const IrList *l, const char *separator) {
  for (uint32_t i = 0; i < l->len; i++) {
    if (i) buf_puts(buf, separator);
    ir_write_node(buf, unit, l->items[i]);
  }
}
