// labels.c: labels and the branch statements that name them. One pass over a body: a goto to a label not seen yet waits
// as a forward jump until its block, or one around it, declares the label. Rules: Go spec, "Labeled statements", "Goto
// statements", "Break statements", "Continue statements"; types2 labels.go.
#include <stdlib.h>

#include "types/checker_internal.h"

typedef struct Block {
  struct Block *parent;
  const Ast *labeled; // the LABELED_STMT whose statement this block belongs to
  VEC(const Ast *) labels;
} Block;

typedef VEC(const Ast *) Jumps;

typedef struct Labels {
  Checker *c;
  Scope *all;
  uint32_t depth;
} Labels;

static void check_branches_block(Labels *l, Block *parent, const Ast *labeled, const AstList *list, Jumps *forward);

static Sym label_name(const Ast *n) { return n && n->kind == AST_NAME ? n->u.name.name : NULL; }

static const Ast *goto_target(const Block *b, Sym name) {
  for (; b; b = b->parent)
    for (uint32_t i = 0; i < b->labels.len; i++)
      if (label_name(b->labels.items[i]->u.labeled.label) == name) return b->labels.items[i];
  return NULL;
}

static const Ast *enclosing_target(const Block *b, Sym name) {
  for (; b; b = b->parent)
    if (b->labeled && label_name(b->labeled->u.labeled.label) == name) return b->labeled->u.labeled.stmt;
  return NULL;
}

typedef struct Walk {
  Block block;
  Jumps *forward;  // of this block and the ones in it, unresolved
  uint32_t first;  // of this block in forward
  uint32_t var_at; // position of the latest variable declaration; 0: none
  uint32_t bad;    // forward[first..bad) jump over it
} Walk;

static void declare_label(Labels *l, Walk *w, const Ast *s) {
  Checker *c = l->c;
  const Ast *n = s->u.labeled.label;
  Sym name = label_name(n);
  Object *label = object_new(c->pkg, OBJ_LABEL, name, type_invalid(c->context), check_pos(c, n));
  if (scope_insert(l->all, label)) {
    check_soft_error(c, n, "label %s already defined", name->text);
  } else {
    VEC_APPEND(&w->block.labels, s);
    record_def(c, n, label);
  }
  uint32_t kept = w->first;
  for (uint32_t i = w->first; i < w->forward->len; i++) {
    const Ast *jump = w->forward->items[i];
    if (label_name(jump->u.branch.label) != name) {
      if (i < w->bad && kept != i) w->bad--;
      w->forward->items[kept++] = jump;
      continue;
    }
    label->used = true;
    record_use(c, jump->u.branch.label, label);
    if (w->var_at && i < w->bad)
      check_soft_error(c, jump->u.branch.label, "goto %s jumps over variable declaration", name->text);
  }
  w->forward->len = kept;
  if (w->bad > kept) w->bad = kept;
}

static void branch(Labels *l, Walk *w, const Ast *s) {
  Checker *c = l->c;
  const Ast *n = s->u.branch.label;
  Sym name = label_name(n);
  if (!name) return;
  const Ast *target = enclosing_target(&w->block, name);
  bool loop = target && (target->kind == AST_FOR_STMT || target->kind == AST_RANGE_STMT);
  if (s->op == TOKEN_BREAK) {
    bool other = target && (target->kind == AST_SWITCH_STMT || target->kind == AST_TYPE_SWITCH_STMT ||
                            target->kind == AST_SELECT_STMT);
    if (!loop && !other) {
      check_error(c, n, "invalid break label %s", name->text);
      return;
    }
  } else if (s->op == TOKEN_CONTINUE) {
    if (!loop) {
      check_error(c, n, "invalid continue label %s", name->text);
      return;
    }
  } else if (s->op == TOKEN_GOTO) {
    if (!goto_target(&w->block, name)) {
      VEC_APPEND(w->forward, s);
      return;
    }
  } else {
    return;
  }
  Object *label = scope_lookup(l->all, name);
  if (!label) return;
  label->used = true;
  record_use(c, n, label);
}

static void clauses(Labels *l, Walk *w, const Ast *labeled, const AstList *list) {
  Block b = {.parent = &w->block, .labeled = labeled};
  for (uint32_t i = 0; i < list->len; i++) {
    const Ast *k = list->items[i];
    if (k && k->kind == AST_CASE_CLAUSE)
      check_branches_block(l, &b, NULL, &k->u.clause.body, w->forward);
    else if (k && k->kind == AST_COMM_CLAUSE)
      check_branches_block(l, &b, NULL, &k->u.comm.body, w->forward);
  }
}

static void var_declared(Walk *w, const Ast *s) {
  w->var_at = s->pos ? s->pos : 1;
  w->bad = w->forward->len;
}

static void stmt_branches(Labels *l, Walk *w, const Ast *labeled, const Ast *s) {
  if (!s || l->depth >= stack_levels()) return;
  l->depth++;
  switch (s->kind) {
  case AST_DECL_STMT:
    for (uint32_t i = 0; i < s->u.decl_stmt.specs.len; i++)
      if (s->u.decl_stmt.specs.items[i] && s->u.decl_stmt.specs.items[i]->kind == AST_VAR_DECL) var_declared(w, s);
    break;
  case AST_LABELED_STMT:
    if (label_name(s->u.labeled.label) && !sym_is_blank(label_name(s->u.labeled.label))) {
      declare_label(l, w, s);
      labeled = s;
    }
    stmt_branches(l, w, labeled, s->u.labeled.stmt);
    break;
  case AST_BRANCH_STMT: branch(l, w, s); break;
  case AST_ASSIGN_STMT:
    if (s->u.assign.form == ASSIGN_DEFINE) var_declared(w, s);
    break;
  case AST_BLOCK: check_branches_block(l, &w->block, labeled, &s->u.block.stmts, w->forward); break;
  case AST_IF_STMT:
    stmt_branches(l, w, labeled, s->u.if_stmt.then);
    stmt_branches(l, w, labeled, s->u.if_stmt.else_);
    break;
  case AST_SWITCH_STMT: clauses(l, w, labeled, &s->u.switch_stmt.clauses); break;
  case AST_TYPE_SWITCH_STMT: clauses(l, w, labeled, &s->u.type_switch.clauses); break;
  case AST_SELECT_STMT: clauses(l, w, labeled, &s->u.select.clauses); break;
  case AST_FOR_STMT: stmt_branches(l, w, labeled, s->u.for_stmt.body); break;
  case AST_RANGE_STMT: stmt_branches(l, w, labeled, s->u.range.body); break;
  default: break;
  }
  l->depth--;
}

static void check_branches_block(Labels *l, Block *parent, const Ast *labeled, const AstList *list, Jumps *forward) {
  Walk w = {
    .block = {.parent = parent, .labeled = labeled}, .forward = forward, .first = forward->len, .bad = forward->len};
  for (uint32_t i = 0; i < list->len; i++) stmt_branches(l, &w, NULL, list->items[i]);
  free(w.block.labels.items);
}

void check_labels(Checker *c, const Ast *body) {
  Labels l = {.c = c, .all = scope_new(c->pkg, NULL)};
  Jumps forward = {0};
  check_branches_block(&l, NULL, NULL, &body->u.block.stmts, &forward);
  for (uint32_t i = 0; i < forward.len; i++) {
    const Ast *n = forward.items[i]->u.branch.label;
    Object *label = scope_lookup(l.all, n->u.name.name);
    if (label) label->used = true;
    check_error(c, n, label ? "goto %s jumps into block" : "label %s not defined", n->u.name.name->text);
  }
  free(forward.items);
  for (uint32_t i = 0; i < l.all->objects.len; i++) {
    Object *label = l.all->objects.items[i];
    if (label->used) continue;
    Package *p = c->pkg;
    Str message = arena_printf(&p->arena, "label %s defined and not used", label->name->text);
    VEC_PUSH(&p->arena, &p->errors, (TypeError){label->pos, message, true});
  }
}
