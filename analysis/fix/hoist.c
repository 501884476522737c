// hoist.c: a buffer that each turn of a loop makes anew, made in front of the loop.
//
//   for {                                   buf := make([]byte, 4096)
//     buf := make([]byte, 4096)        →    for {
//     n, err := r.Read(buf)                   n, err := r.Read(buf)
//
// The slice goes no further than to functions that the compiler can't see through: Read does not keep it, as io.Reader
// has it, but who is called is not known. A rewrite: nobody may keep it from one turn to the next, and its elements are
// those of the last turn, where make gave zeros.
#include "fix/fix_internal.h"

typedef struct Hoist {
  const Shape *shape;
  const Object *variable;
  const Ast *statement, *loop, *at, *body;
} Hoist;

// x := make(…), at the top of the loop's body.
static bool find_loop(Hoist *h, const Ast *made) {
  const Shape *s = h->shape;
  const Ast *n = shape_parent(s, made);
  if (!n || n->kind != AST_ASSIGN_STMT || n->u.assign.form != ASSIGN_DEFINE || n->u.assign.lhs.len != 1) return false;
  h->statement = n;
  h->variable = shape_object(s, n->u.assign.lhs.items[0]);
  h->body = shape_parent(s, n);
  h->loop = h->body ? shape_parent(s, h->body) : NULL;
  if (!h->variable || !h->loop || !shape_is_loop(h->loop) || h->body->kind != AST_BLOCK) return false;
  const Ast *label = shape_parent(s, h->loop);
  h->at = label && label->kind == AST_LABELED_STMT ? label : h->loop;
  uint32_t index;
  return shape_list(s, h->at, &index) != NULL;
}

// Nothing but the loop has the name, nobody else has the variable, and it stays the same slice.
static bool is_own(const Hoist *h) {
  const Shape *s = h->shape;
  const Ast *function = shape_function(s, h->loop);
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (n->kind == AST_BRANCH_STMT && n->op == TOKEN_GOTO) return false;
    if (n->kind != AST_NAME || n->u.name.name != h->variable->name) continue;
    if (shape_object(s, n) != h->variable) {
      if (node_info(s->types, n)->is_def || shape_function(s, n) == function) return false;
      continue;
    }
    const Ast *p = shape_parent(s, n);
    bool appended = p && p->kind == AST_CALL && shape_is_builtin(s, p, BUILTIN_APPEND);
    if (appended || shape_function(s, n) != function || shape_is_addressed(s, n)) return false;
    if (n != h->statement->u.assign.lhs.items[0] && shape_is_written(s, n)) return false;
  }
  return true;
}

// Its size is the same for all turns.
static bool is_steady(const Hoist *h, const Ast *size) {
  const Shape *s = h->shape;
  if (shape_value(s, size)) return true;
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (!shape_within(n, size)) continue;
    bool plain = n->kind == AST_NAME || n->kind == AST_PAREN || n->kind == AST_BINARY || shape_value(s, n);
    const Object *o = shape_object(s, n);
    if (!plain || (o && o->kind == OBJ_VAR && (!shape_is_constant_variable(s, o) || o->pos.offset > h->loop->start)))
      return false;
  }
  return true;
}

bool propose_hoist(Proposal *p) {
  const Shape *s = p->shape;
  const Ast *n = p->node;
  Cause cause = p->finding->cause;
  bool passed = cause == CAUSE_UNKNOWN_CALL || cause == CAUSE_LEAKING_PARAM;
  if (!passed || !shape_is_builtin(s, n, BUILTIN_MAKE) || n->u.call.args.len != 2) return false;
  const Type *core = type_core(shape_type(s, n));
  Hoist h = {.shape = s};
  Str indent, own;
  if (!core || core->kind != TYPE_SLICE || !find_loop(&h, n) || !is_own(&h)) return false;
  if (!is_steady(&h, n->u.call.args.items[1]) || !shape_indent(s, h.at, &indent) || !shape_indent(s, h.statement, &own))
    return false;
  uint32_t end = h.statement->end;
  Str text = s->decl->text;
  while (end < text.n && (text.p[end] == ' ' || text.p[end] == '\t')) end++;
  if (end == text.n || text.p[end] != '\n') return false;
  Str statement = shape_text(s, h.statement);
  propose_edit(p, h.at->start, h.at->start, arena_printf(s->arena, "%.*s\n%.*s", STR_ARG(statement), STR_ARG(indent)));
  propose_edit(p, h.statement->start - (uint32_t)own.n, end + 1, STR_NONE);
  p->fix->trade = TRADE_HOIST;
  p->fix->rewrite = true;
  p->fix->caution = STR("nobody may keep it, and it is not zeroed again");
  p->fix->title = arena_printf(s->arena, "Make %.*s in front of the loop", STR_ARG(sym_str(h.variable->name)));
  return true;
}
