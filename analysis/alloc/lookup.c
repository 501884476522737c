// lookup.c: s := string(b) where s is only a key: of one read of a map, or one delete.
//
// The back end gives the lookup the bytes of b themselves where the string is used once, there, and memory is the same
// at the conversion and at the lookup (the rules for slicebytetostring in cmd/compile/internal/ssa/_gen/generic.rules).
// That is decided here of a statement that directly follows: it may load, compare and add up, and has no call but the
// lookup.
#include "alloc/walk_internal.h"

typedef struct Search {
  const Walker *walker;
  const IrName *name;
  uint32_t seen;    // how often the name stands there, its declaration aside
  uint32_t lookups; // that it is the key of
  bool other;       // what may change memory, or is not known not to
} Search;

static bool count_name(void *context, IrNode *n) {
  Search *s = context;
  s->seen += n->op == IR_NAME && n->u.name == s->name;
  const IrNode *declared = n->op == IR_DCL ? n->u.unary.x : NULL; // which is counted next
  s->seen -= declared && declared->op == IR_NAME && declared->u.name == s->name;
  return false;
}

static bool is_key(const Search *s, const IrNode *n) { return n && n->op == IR_NAME && n->u.name == s->name; }

static bool look(void *context, IrNode *n) {
  Search *s = context;
  bool looks_up;
  switch ((int)n->op) {
  case IR_INDEXMAP:
    looks_up = !n->u.index.assigned && is_key(s, n->u.index.index) &&
               alloc_has_fast_string_lookup(s->walker->pass->types, n->u.index.x->type);
    break;
  case IR_DELETE:
    looks_up = n->u.call.args.len == 2 && is_key(s, n->u.call.args.items[1]) &&
               alloc_has_fast_string_lookup(s->walker->pass->types, n->u.call.args.items[0]->type);
    break;
  case IR_NAME:
  case IR_LITERAL:
  case IR_NIL:
  case IR_DCL:
  case IR_DOT:
  case IR_DOTPTR:
  case IR_DEREF:
  case IR_PAREN:
  case IR_CONVNOP:
  case IR_EQ:
  case IR_NE:
  case IR_LT:
  case IR_LE:
  case IR_GT:
  case IR_GE:
  case IR_NOT:
  case IR_ADD:
  case IR_SUB:
  case IR_AS:
  case IR_AS2:
  case IR_AS2MAPR:
  case IR_RETURN: return false;
  default: s->other = true; return true;
  }
  s->lookups += looks_up;
  s->other |= !looks_up;
  return s->other;
}

// What is evaluated after the statement at i: NULL: nothing that is looked at.
static IrNode *next_of(const IrList *list, uint32_t i) {
  for (i++; i < list->len; i++) {
    IrNode *n = list->items[i];
    if (!n || n->op == IR_DCL) continue;
    if (n->op == IR_IF && !n->init.len) return n->u.if_.cond;
    if (n->op == IR_IF) return n->init.items[0]->op == IR_DCL ? next_of(&n->init, 0) : n->init.items[0];
    return n;
  }
  return NULL;
}

void alloc_note_lookup(Walker *w, const IrList *list, uint32_t i) {
  IrNode *as = list->items[i];
  if (as->op != IR_AS || !as->u.as.x || !as->u.as.y || as->u.as.x->op != IR_NAME || as->u.as.y->op != IR_BYTES2STR)
    return;
  const IrName *name = as->u.as.x->u.name;
  if (name->cls != CLASS_AUTO || name->addrtaken || name->escapes || name->captured || name->is_closure_var) return;
  IrNode *next = next_of(list, i);
  Search there = {.walker = w, .name = name}, all = {.name = name};
  if (!next || ir_any(next, look, &there) || there.lookups != 1) return;
  ir_any(next, count_name, &there);
  ir_any_list(&w->func->body, count_name, &all);
  if (there.seen == 1 && all.seen == 2) w->key = as->u.as.y;
}
