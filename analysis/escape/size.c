// size.c: rules of size and shape that force a value to the heap whatever its flow (reference, section 5), and the
// rewriting of provably constant sizes and boxed values to literals that comes before them (5.3).
#include "escape/graph_internal.h"
#include "ir/rules.h"

enum {
  EXPLICIT_LIMIT = 128 * 1024, // bytes of a declared variable
  IMPLICIT_LIMIT = 64 * 1024,  // bytes of new(T), &T{}, make, closures
  SMALL_EXPLICIT_LIMIT = 64 * 1024,
  SMALL_IMPLICIT_LIMIT = 16 * 1024,
};

ReassignOracle *escape_oracle(Batch *b, IrFunc *fn) {
  IrFunc *outermost = fn;
  while (outermost->outer && !outermost->outer->is_package_init) outermost = outermost->outer;
  ReassignOracle *oracle = ptrmap_get(&b->shared->oracles, outermost);
  if (!oracle) {
    oracle = reassign_oracle_new(outermost);
    ptrmap_set(&b->shared->oracles, outermost, oracle);
  }
  return oracle;
}

// Keeps the side effects of an expression that a literal replaces: init gets `tmp := expr`.
static void assign_to_temp(Batch *b, IrFunc *fn, IrPos pos, IrNode *expr, IrList *init) {
  IrNode *temp = ir_temp_at(b->unit, fn, pos, expr->type);
  IrNode *dcl = ir_new(b->unit, IR_DCL, pos, NULL);
  dcl->u.unary.x = temp;
  IrNode *as = ir_new(b->unit, IR_AS, pos, NULL);
  as->u.as.x = temp;
  as->u.as.y = expr;
  ir_list_push(b->unit, init, dcl);
  ir_list_push(b->unit, init, as);
}

static void rewrite_make(Batch *b, Location *loc, IrNode *n) {
  IrNode **size = n->u.make.cap ? &n->u.make.cap : &n->u.make.len;
  if (!*size || (*size)->op == IR_LITERAL) return;
  ReassignOracle *oracle = escape_oracle(b, loc->func);
  IrNode *value = reassign_oracle_static_value(oracle, *size);
  if (!value) return;
  if (value->op == IR_LITERAL) {
    if (const_kind(value->u.lit.value) != CONST_INT || const_sign(value->u.lit.value) < 0) return;
    assign_to_temp(b, loc->func, n->pos, *size, &n->init);
    *size = ir_new_literal(b->unit, n->pos, (*size)->type, value->u.lit.value);
  } else if (value->op == IR_LEN && ir_rule(b->unit, RULE_LITERAL_LENGTHS)) {
    IrNode *x = reassign_oracle_static_value(oracle, value->u.unary.x);
    if (!x || x->op != IR_SLICELIT) return;
    assign_to_temp(b, loc->func, n->pos, *size, &n->init);
    *size = ir_new_int(b->unit, n->pos, x->u.complit.len);
  }
}

static bool constant_fits_kind(Type *t, const Const *value) {
  Type *u = type_underlying(t);
  if (u->kind != TYPE_BASIC) return false;
  switch (const_kind(value)) {
  case CONST_BOOL: return (u->basic_info & BASIC_IS_BOOLEAN) != 0;
  case CONST_STRING: return (u->basic_info & BASIC_IS_STRING) != 0;
  case CONST_INT:
  case CONST_FLOAT:
  case CONST_COMPLEX: return (u->basic_info & BASIC_IS_NUMERIC) != 0;
  case CONST_UNKNOWN: return false;
  }
  return false;
}

static void rewrite_boxed(Batch *b, Location *loc, IrNode *n) {
  IrNode *x = n->u.conv.x;
  if (x->op == IR_LITERAL || !x->type || type_is_interface(x->type)) return;
  IrNode *value = reassign_oracle_static_value(escape_oracle(b, loc->func), x);
  if (!value || value->op != IR_LITERAL || !constant_fits_kind(x->type, value->u.lit.value)) return;
  assign_to_temp(b, loc->func, n->pos, x, &n->init);
  n->u.conv.x = ir_new_literal(b->unit, n->pos, x->type, value->u.lit.value);
}

void rewrite_with_literals(Batch *b, Location *loc) {
  if (!loc->node || !loc->func || !ir_rule(b->unit, RULE_LITERALS_FOR_VARIABLES)) return;
  if (loc->node->op == IR_MAKESLICE) rewrite_make(b, loc, loc->node);
  if (loc->node->op == IR_CONVIFACE) rewrite_boxed(b, loc, loc->node);
}

static int64_t align_up(int64_t n, int64_t align) { return align > 1 ? (n + align - 1) / align * align : n; }

int64_t closure_record_size(const TypeContext *types, const IrFunc *fn) {
  int64_t size = types->target.word;
  for (uint32_t i = 0; i < fn->closure_vars.len; i++) {
    const IrName *var = fn->closure_vars.items[i];
    bool by_value = ir_canonical(fn->closure_vars.items[i])->byval;
    size = align_up(size, by_value ? type_align(types, var->type) : types->target.word);
    size += by_value ? type_size(types, var->type) : types->target.word;
  }
  return align_up(size, types->target.word);
}

static const char *make_reason(const Batch *b, const IrNode *n, int64_t limit) {
  const TypeContext *types = b->shared->types;
  const IrNode *size = n->u.make.cap ? n->u.make.cap : n->u.make.len;
  Type *u = type_underlying(n->type);
  if (u->kind != TYPE_SLICE) return NULL;
  int64_t elem = type_size(types, u->u.slice.elem), count;
  bool variable_stays = ir_rule(b->unit, RULE_VARIABLE_MAKE_MAY_STAY);
  if (elem == 0 && variable_stays) return "zero-sized element";
  if (!size || size->op != IR_LITERAL || !const_int64_value(size->u.lit.value, &count) || count != (int32_t)count)
    return variable_stays ? NULL : "non-constant size";
  return elem && count > limit / elem ? "too large for stack" : NULL;
}

const char *heap_alloc_reason(const Batch *b, const IrNode *n) {
  if (!n || !n->type) return NULL;
  if (n->op == IR_NAME && (n->u.name->cls == CLASS_PARAM || n->u.name->cls == CLASS_RESULT)) return NULL;
  const TypeContext *types = b->shared->types;
  bool small = b->unit->options->small_frames;
  int64_t explicit_limit = small ? SMALL_EXPLICIT_LIMIT : EXPLICIT_LIMIT;
  int64_t implicit_limit = small ? SMALL_IMPLICIT_LIMIT : IMPLICIT_LIMIT;
  if (type_size(types, n->type) > explicit_limit) return "too large for stack";
  if (n->op == IR_NEW || n->op == IR_PTRLIT) {
    Type *u = type_underlying(n->type);
    if (u->kind == TYPE_POINTER && type_size(types, u->u.pointer.elem) > implicit_limit) return "too large for stack";
  }
  if (n->op == IR_CLOSURE && closure_record_size(types, n->u.closure.func) > implicit_limit)
    return "too large for stack";
  if (n->op == IR_METHVALUE && n->u.selector.x->type &&
      type_size(types, n->u.selector.x->type) + types->target.word > implicit_limit)
    return "too large for stack";
  if (n->op == IR_MAKESLICE) return make_reason(b, n, implicit_limit);
  return NULL;
}
