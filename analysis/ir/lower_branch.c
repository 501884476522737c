// lower_branch.c: switch, type switch and select. Rules: switchStmt and selectStmt of cmd/compile/internal/noder
// (writer.go and reader.go), tcSelect of typecheck/stmt.go.
#include "ir/lower_internal.h"

static bool ends_in_fallthrough(const AstList *body) {
  for (uint32_t i = body->len; i > 0; i--) {
    const Ast *s = body->items[i - 1];
    if (s->kind == AST_EMPTY_STMT) continue;
    while (s->kind == AST_LABELED_STMT && s->u.labeled.stmt) s = s->u.labeled.stmt;
    return s->kind == AST_BRANCH_STMT && s->op == TOKEN_FALLTHROUGH;
  }
  return false;
}

typedef struct Switch {
  Lower *l;
  AstList clauses;
  const Ast *tag;
  Type *tag_type;  // source type
  bool as_default; // the single clause left is entered always
} Switch;

// A switch whose tag and cases are constants keeps the clause that is taken.
static void choose_clause(Switch *s, const Const *tag_value) {
  Lower *l = s->l;
  Ast **target = NULL;
  for (uint32_t i = 0; i < s->clauses.len; i++) {
    Ast *clause = s->clauses.items[i];
    if (clause->kind != AST_CASE_CLAUSE) return;
    if (clause->u.clause.is_default) target = &s->clauses.items[i];
    for (uint32_t j = 0; j < clause->u.clause.exprs.len; j++) {
      const Const *v = lower_info(l, clause->u.clause.exprs.items[j])->value;
      if (!v) return;
      if (const_compare(&l->unit->constants, tag_value, TOKEN_EQL, v)) {
        target = &s->clauses.items[i];
        goto found;
      }
    }
  }
found:
  if (target && ends_in_fallthrough(&(*target)->u.clause.body)) return;
  s->clauses = target ? (AstList){target, 1} : (AstList){NULL, 0};
  s->as_default = true;
  s->tag = NULL;
  s->tag_type = lower_basic(l, BASIC_BOOL);
}

// Cases that the tag's type can't hold, with interfaces about, make everything an `any`.
static void unify_types(Switch *s) {
  Lower *l = s->l;
  for (uint32_t i = 0; !s->as_default && i < s->clauses.len; i++) {
    AstList cases = s->clauses.items[i]->u.clause.exprs;
    for (uint32_t j = 0; j < cases.len; j++) {
      Type *t = lower_src_type(l, cases.items[j]);
      if (!type_assignable(t, s->tag_type) && (type_is_interface(t) || type_is_interface(s->tag_type))) {
        s->tag_type = l->unit->pkg->context->type_empty_interface;
        return;
      }
    }
  }
}

static void lower_clause_body(Lower *l, const Ast *clause, IrNode *n) {
  lower_stmts(l, &clause->u.clause.body, &n->u.case_.body);
}

static IrNode *lower_clause(Switch *s, const Ast *clause, bool chan, bool has_tag) {
  Lower *l = s->l;
  IrNode *n = ir_new(l->unit, IR_CASE, lower_pos(l, clause->pos), NULL);
  AstList cases = s->as_default ? (AstList){NULL, 0} : clause->u.clause.exprs;
  for (uint32_t i = 0; i < cases.len; i++) {
    IrNode *c = lower_conv_expr(l, chan ? NULL : s->tag_type, cases.items[i], true);
    ir_list_push(l->unit, &n->u.case_.list, c);
  }
  // A tagless switch with cases of type any compares with a bool at run time: the type word is an operand.
  if (!has_tag)
    for (uint32_t i = 0; i < n->u.case_.list.len; i++)
      if (type_is_empty_interface(n->u.case_.list.items[i]->type)) {
        while (n->u.case_.rtypes.len < i) ir_list_push(l->unit, &n->u.case_.rtypes, NULL);
        ir_list_push(l->unit, &n->u.case_.rtypes, lower_type_word(l, n->u.case_.list.items[i]->pos));
      }
  lower_clause_body(l, clause, n);
  return n;
}

void lower_switch(Lower *l, const Ast *stmt, Sym label, IrList *out) {
  IrNode *n = ir_new(l->unit, IR_SWITCH, lower_pos(l, stmt->pos), NULL);
  IrList init = {0};
  if (stmt->u.switch_stmt.init) lower_stmt(l, stmt->u.switch_stmt.init, &init);
  Switch s = {l, stmt->u.switch_stmt.clauses, stmt->u.switch_stmt.tag, lower_basic(l, BASIC_BOOL), false};
  const Const *value = const_bool(&l->unit->constants, true);
  if (s.tag) {
    s.tag_type = lower_src_type(l, s.tag);
    value = lower_info(l, s.tag)->value;
  }
  bool chan = s.tag && type_underlying_of(s.tag_type, TYPE_CHAN);
  if (value) choose_clause(&s, value);
  if (!chan) unify_types(&s);
  if (s.tag) n->u.switch_.tag = lower_conv_expr(l, s.tag_type, s.tag, true);
  for (uint32_t i = 0; i < s.clauses.len; i++)
    if (s.clauses.items[i]->kind == AST_CASE_CLAUSE)
      ir_list_push(l->unit, &n->u.switch_.cases, lower_clause(&s, s.clauses.items[i], chan, s.tag != NULL));
  n->u.switch_.label = label;
  IrNode *first = lower_block_of(l, &init);
  if (first) ir_list_push(l->unit, &n->init, first);
  ir_list_push(l->unit, out, n);
}

// ---- type switch

static uint32_t end_of_type(const Ast *e);

static uint32_t end_of_fields(const AstList *list) {
  const Ast *field = list->items[list->len - 1];
  return end_of_type(field->u.field.type);
}

// Where gc puts a type-switch variable: derived from the clause's last type.
static uint32_t end_of_type(const Ast *e) {
  for (unsigned depth = 0; e && depth < 100; depth++) {
    switch ((AstKind)e->kind) {
    case AST_SELECTOR: e = e->u.selector.x; continue;
    case AST_STAR: e = e->u.star.x; continue;
    case AST_PAREN: e = e->u.paren.x; continue;
    case AST_SLICE_TYPE: e = e->u.slice_type.elem; continue;
    case AST_ARRAY_TYPE: e = e->u.array.elem; continue;
    case AST_CHAN_TYPE: e = e->u.chan.elem; continue;
    case AST_MAP_TYPE: e = e->u.map.value; continue;
    case AST_INDEX: e = e->u.index.indices.items[e->u.index.indices.len - 1]; continue;
    case AST_FUNC_TYPE:
      if (e->u.func_type.results.len) return end_of_fields(&e->u.func_type.results);
      if (e->u.func_type.params.len) return end_of_fields(&e->u.func_type.params);
      return e->pos;
    case AST_NONE:
    case AST_BAD:
    case AST_NAME:
    case AST_BASIC_LIT:
    case AST_COMPOSITE_LIT:
    case AST_KEY_VALUE:
    case AST_FUNC_LIT:
    case AST_SLICE:
    case AST_TYPE_ASSERT:
    case AST_UNARY:
    case AST_BINARY:
    case AST_CALL:
    case AST_ELLIPSIS:
    case AST_STRUCT_TYPE:
    case AST_INTERFACE_TYPE:
    case AST_FIELD:
    case AST_CASE_CLAUSE:
    case AST_COMM_CLAUSE:
    case AST_EMPTY_STMT:
    case AST_BLOCK:
    case AST_LABELED_STMT:
    case AST_EXPR_STMT:
    case AST_SEND_STMT:
    case AST_DECL_STMT:
    case AST_ASSIGN_STMT:
    case AST_BRANCH_STMT:
    case AST_CALL_STMT:
    case AST_RETURN_STMT:
    case AST_IF_STMT:
    case AST_FOR_STMT:
    case AST_RANGE_STMT:
    case AST_SWITCH_STMT:
    case AST_TYPE_SWITCH_STMT:
    case AST_SELECT_STMT:
    case AST_IMPORT_DECL:
    case AST_CONST_DECL:
    case AST_TYPE_DECL:
    case AST_VAR_DECL:
    case AST_FUNC_DECL:
    case AST_KIND_COUNT: return e->pos;
    }
  }
  return e ? e->pos : 0;
}

static void lower_type_clause(Lower *l, const Ast *clause, Type *iface, IrNode *guard, bool named, IrNode *n) {
  AstList cases = clause->u.clause.exprs;
  for (uint32_t i = 0; i < cases.len; i++) {
    const NodeInfo *info = lower_info(l, cases.items[i]);
    Type *t = lower_src_type(l, cases.items[i]);
    bool nil = info->mode == MODE_NIL || info->mode == MODE_VALUE ||
               (t->kind == TYPE_BASIC && t->basic_kind == BASIC_UNTYPED_NIL);
    IrNode *c = nil ? ir_new_nil(l->unit, (IrPos){NULL, 0, 0}, lower_basic(l, BASIC_UNTYPED_NIL))
                    : lower_type_case(l, iface, cases.items[i]);
    ir_list_push(l->unit, &n->u.case_.list, c);
  }
  if (named) {
    const NodeInfo *info = lower_info(l, clause);
    Object *o = info->is_selection ? NULL : info->ref.object;
    if (o && o->kind == OBJ_VAR) {
      uint32_t at = cases.len ? end_of_type(cases.items[cases.len - 1]) : clause->pos;
      lower_need_run_time_type(l, o->type);
      IrName *name = lower_declare(l, o, o->name, lower_type(l, o->type), lower_pos(l, at));
      name->object = o;
      name->defn = guard;
      n->u.case_.var = name;
    }
  }
  lower_clause_body(l, clause, n);
}

void lower_type_switch(Lower *l, const Ast *stmt, Sym label, IrList *out) {
  IrNode *n = ir_new(l->unit, IR_SWITCH, lower_pos(l, stmt->pos), NULL);
  IrList init = {0};
  if (stmt->u.type_switch.init) lower_stmt(l, stmt->u.type_switch.init, &init);
  const Ast *tag = stmt->u.type_switch.name;
  Type *iface = lower_src_type(l, stmt->u.type_switch.x);
  IrNode *guard = ir_new(l->unit, IR_TYPESW, lower_pos(l, stmt->u.type_switch.guard_pos), NULL);
  if (tag && tag->kind == AST_NAME) {
    Type *none = type_invalid(l->unit->pkg->context);
    guard->u.type_switch.tag = ir_new_name(l->unit, NULL, CLASS_AUTO, tag->u.name.name, none, lower_pos(l, tag->pos));
    guard->flags |= IR_FLAG_USED;
  }
  guard->u.type_switch.x = lower_value(l, stmt->u.type_switch.x);
  n->u.switch_.tag = guard;
  for (uint32_t i = 0; i < stmt->u.type_switch.clauses.len; i++) {
    const Ast *clause = stmt->u.type_switch.clauses.items[i];
    if (clause->kind != AST_CASE_CLAUSE) continue;
    IrNode *c = ir_new(l->unit, IR_CASE, lower_pos(l, clause->pos), NULL);
    lower_type_clause(l, clause, iface, guard, tag != NULL, c);
    ir_list_push(l->unit, &n->u.switch_.cases, c);
  }
  n->u.switch_.label = label;
  IrNode *first = lower_block_of(l, &init);
  if (first) ir_list_push(l->unit, &n->init, first);
  ir_list_push(l->unit, out, n);
}

// ---- select

static IrNode *select_receive(Lower *l, IrNode *from, IrNode *x, IrNode *recv, bool def) {
  IrNode *n = ir_new(l->unit, IR_SELRECV2, from->pos, NULL);
  ir_list_push(l->unit, &n->u.as_list.lhs, x);
  ir_list_push(l->unit, &n->u.as_list.lhs, lower_blank(l));
  ir_list_push(l->unit, &n->u.as_list.rhs, recv);
  if (def) n->flags |= IR_FLAG_DEF;
  n->init = from->init;
  return n;
}

static bool implicit_conversion(const IrNode *n) {
  return n && (n->op == IR_CONVNOP || n->op == IR_CONVIFACE) && (n->flags & IR_FLAG_IMPLICIT);
}

// `x = <-c` with a conversion to an interface: tmp receives, x = tmp begins the body.
static IrNode *split_conversion(Lower *l, IrPos pos, IrNode *as, IrList *body) {
  IrNode *conv = as->u.as.y, *recv = conv->u.conv.x;
  IrName *tmp = ir_temp_at(l->unit, l->fn, pos, recv->type)->u.name;
  IrNode *n = lower_as(l, pos, tmp->node, recv);
  n->flags |= IR_FLAG_DEF;
  tmp->defn = n;
  ir_list_push(l->unit, &n->init, lower_dcl(l, pos, tmp));
  conv->u.conv.x = tmp->node;
  ir_list_push(l->unit, body, as);
  return n;
}

static IrNode *lower_comm(Lower *l, IrPos pos, IrNode *comm, IrList *body) {
  if (comm->op == IR_AS && !(comm->flags & IR_FLAG_DEF) && comm->u.as.y && comm->u.as.y->op == IR_CONVIFACE)
    comm = split_conversion(l, pos, comm, body);
  if (comm->op == IR_AS2 && comm->u.as_list.rhs.len) {
    IrNode *first = comm->u.as_list.rhs.items[0];
    if (first->init.len == 1 && first->init.items[0]->op == IR_AS2RECV) {
      IrNode *recv = first->init.items[0];
      first->init = (IrList){0};
      recv->op = IR_SELRECV2;
      ir_list_push(l->unit, body, comm);
      return recv;
    }
  }
  if (comm->op == IR_AS && comm->u.as.y) {
    IrNode *y = comm->u.as.y;
    if (implicit_conversion(y)) y = y->u.conv.x;
    return select_receive(l, comm, comm->u.as.x, y, comm->flags & IR_FLAG_DEF);
  }
  if (comm->op == IR_RECV) {
    IrNode *n = select_receive(l, comm, lower_blank(l), comm, false);
    comm->init = (IrList){0};
    return n;
  }
  return comm;
}

void lower_select(Lower *l, const Ast *stmt, Sym label, IrList *out) {
  IrNode *n = ir_new(l->unit, IR_SELECT, lower_pos(l, stmt->pos), NULL);
  n->u.switch_.label = label;
  for (uint32_t i = 0; i < stmt->u.select.clauses.len; i++) {
    const Ast *clause = stmt->u.select.clauses.items[i];
    if (clause->kind != AST_COMM_CLAUSE) continue;
    IrNode *c = ir_new(l->unit, IR_CASE, lower_pos(l, clause->pos), NULL);
    IrList comm = {0}, body = {0};
    if (clause->u.comm.comm) lower_stmt(l, clause->u.comm.comm, &comm);
    IrNode *first = lower_block_of(l, &comm);
    IrList rest = {0};
    lower_stmts(l, &clause->u.comm.body, &rest);
    if (first) {
      IrNode *done = lower_comm(l, c->pos, first, &body);
      if (done->op == IR_SELRECV2 && done->u.as_list.lhs.len && done->u.as_list.lhs.items[0]->op == IR_NAME) {
        IrName *name = done->u.as_list.lhs.items[0]->u.name;
        if (done->flags & IR_FLAG_DEF) name->defn = done;
      }
      c->u.case_.comm = done;
    }
    ir_list_append(l->unit, &body, &rest);
    c->u.case_.body = body;
    ir_list_push(l->unit, &n->u.switch_.cases, c);
  }
  ir_list_push(l->unit, out, n);
}
