// move.c: slices that grow on the stack and are moved to the heap at the one place where they become shared.
//
// A slice variable is exclusive while no other variable holds its backing array. If every use of it is one of a few
// that keep it exclusive, but for exactly one statement (outside of loops that its declaration is not in) where it is
// returned, assigned or handed on, and it is appended to often enough, then the appends use a buffer in the stack frame
// and that statement first moves the contents. From cmd/compile/internal/slice/slice.go; what the calls are:
// ssagen/ssa.go.
#include "alloc/walk_internal.h"
#include "ir/rules.h"

#include <stdlib.h>

typedef struct SliceInfo {
  IrName *slice;
  uint32_t ok_uses, uses;
  IrNode *transition;
  VEC(IrNode *) appends; // in the arena
  int32_t weight;
  uint32_t decl_depth;
  bool uses_capacity, lost;
} SliceInfo;

typedef struct Search {
  const TypeContext *types;
  bool ranges_move; // RULE_RANGED_SLICES_MOVE
  Arena *arena;
  PtrMap infos;                // IrName -> SliceInfo
  VEC(IrName *) named_results; // in the arena
  uint32_t loop_depth, depth;
} Search;

static SliceInfo *tracked(Search *s, const IrNode *n) {
  if (!n || n->op != IR_NAME) return NULL;
  SliceInfo *info = ptrmap_get(&s->infos, n->u.name);
  return info && !info->lost ? info : NULL;
}

static void add_transition(Search *s, SliceInfo *info, IrNode *stmt) {
  if (info->transition || s->loop_depth > info->decl_depth)
    info->lost = true;
  else
    info->transition = stmt;
}

static void see_assign(Search *s, IrNode *x, IrNode *y, IrNode *stmt) {
  SliceInfo *info = tracked(s, x);
  if (info) {
    if (!y || y->op == IR_NIL) {
      info->ok_uses++;
    } else if (y->op == IR_SLICELIT) {
      info->ok_uses++;
      info->uses_capacity = true;
    } else if (y->op == IR_SLICE && y->u.slice.x == info->slice->node) {
      info->ok_uses += 2;
      info->uses_capacity = true;
    } else if (y->op == IR_APPEND && y->u.call.args.len && y->u.call.args.items[0] == info->slice->node) {
      info->ok_uses += 2;
      VEC_PUSH(s->arena, &info->appends, y);
      info->weight += 1 + (int32_t)(s->loop_depth - info->decl_depth);
    }
  }
  info = tracked(s, y);
  if (info) {
    info->ok_uses++;
    add_transition(s, info, stmt);
  }
}

static bool argument_leaks(const IrNode *call, uint32_t index) {
  const IrFunc *fn = ir_static_callee(call->u.call.fun);
  if (!fn || !fn->tags || index >= fn->params.len) return true;
  for (unsigned i = 0; i < TAG_LEN; i++) {
    if (fn->tags[index].leaks[i]) return true;
  }
  return false;
}

static bool see(void *context, IrNode *n);

// The slice of whose elements x is one, or (in newer releases) a part of one.
static const IrNode *element_of(const Search *s, const IrNode *x) {
  while (s->ranges_move && x) {
    if (x->op == IR_DOT)
      x = x->u.selector.x;
    else if (x->op == IR_INDEX && is_kind(x->u.index.x->type, TYPE_ARRAY))
      x = x->u.index.x;
    else
      break;
  }
  return x && x->op == IR_INDEX ? x->u.index.x : NULL;
}

static void see_node(Search *s, IrNode *n) {
  SliceInfo *info;
  switch ((int)n->op) {
  case IR_NAME:
    if ((info = tracked(s, n))) info->uses++;
    break;
  case IR_DCL:
    if ((info = tracked(s, n->u.unary.x))) {
      info->ok_uses++;
      info->decl_depth = s->loop_depth;
    }
    break;
  case IR_INDEX:
    if ((info = tracked(s, n->u.index.x))) info->ok_uses++;
    break;
  case IR_LEN:
  case IR_CAP:
    if ((info = tracked(s, n->u.unary.x))) {
      info->ok_uses++;
      if (n->op == IR_CAP) info->uses_capacity = true;
    }
    break;
  case IR_ADDR:
    if ((info = tracked(s, element_of(s, n->u.unary.x)))) info->lost = true;
    break;
  case IR_RETURN:
    for (uint32_t i = 0; i < n->u.ret.results.len; i++) {
      if (!(info = tracked(s, n->u.ret.results.items[i]))) continue;
      info->ok_uses++;
      add_transition(s, info, n);
    }
    for (uint32_t i = 0; !n->u.ret.results.len && i < s->named_results.len; i++) {
      if ((info = tracked(s, s->named_results.items[i]->node))) add_transition(s, info, n);
    }
    break;
  case IR_CALLFUNC:
    for (uint32_t i = 0; i < n->u.call.args.len; i++) {
      if (!(info = tracked(s, n->u.call.args.items[i])) || argument_leaks(n, i)) continue;
      info->ok_uses++;
      info->uses_capacity = true;
    }
    break;
  case IR_RANGE:
    if (!(info = tracked(s, n->u.range.x))) break;
    info->ok_uses++;
    if (s->ranges_move) add_transition(s, info, n); // the loop keeps a pointer to the elements
    break;
  case IR_AS: see_assign(s, n->u.as.x, n->u.as.y, n); break;
  case IR_AS2:
    for (uint32_t i = 0; i < n->u.as_list.lhs.len && i < n->u.as_list.rhs.len; i++)
      see_assign(s, n->u.as_list.lhs.items[i], n->u.as_list.rhs.items[i], n);
    break;
  case IR_CLOSURE:
    for (uint32_t i = 0; n->u.closure.func && i < n->u.closure.func->closure_vars.len; i++) {
      const IrName *v = n->u.closure.func->closure_vars.items[i];
      if (v->outer) see(s, v->outer->node);
    }
    break;
  default: break;
  }
}

static bool see(void *context, IrNode *n) {
  Search *s = context;
  if (!n || s->depth > stack_levels()) return false;
  s->depth++;
  see_node(s, n);
  bool loop = n->op == IR_FOR || n->op == IR_RANGE;
  s->loop_depth += loop;
  ir_children(n, see, s);
  s->loop_depth -= loop;
  s->depth--;
  return false;
}

static void track(Search *s, IrName *name) {
  if (!name || !is_kind(name->type, TYPE_SLICE) || ptrmap_has(&s->infos, name)) return;
  if (type_size(s->types, under(name->type)->u.slice.elem) > STACK_BUFFER) return;
  SliceInfo *info = ARENA_NEW(s->arena, SliceInfo);
  info->slice = name;
  ptrmap_set(&s->infos, name, info);
  if (name->cls == CLASS_RESULT) VEC_PUSH(s->arena, &s->named_results, name);
}

static void commit(Search *s, const SliceInfo *info, SliceMoves *out) {
  if (info->lost || info->ok_uses != info->uses || !info->transition || info->weight < 2) return;
  MoveList *list = ptrmap_get(&out->transitions, info->transition);
  if (!list) {
    list = ARENA_NEW(s->arena, MoveList);
    ptrmap_set(&out->transitions, info->transition, list);
  }
  VEC_PUSH(s->arena, &list->items, (MoveEntry){info->slice, info->uses_capacity});
  for (uint32_t i = 0; i < info->appends.len; i++)
    ptrmap_set(&out->appends, info->appends.items[i],
               (void *)(uintptr_t)(info->uses_capacity ? MOVE_BUFFER : MOVE_PLAIN));
}

void alloc_find_slice_moves(Arena *arena, const AllocPass *pass, IrFunc *fn, SliceMoves *out) {
  Search s = {.types = pass->types, .arena = arena, .ranges_move = ir_rule(pass->unit, RULE_RANGED_SLICES_MOVE)};
  for (uint32_t i = 0; i < fn->dcls.len; i++) track(&s, fn->dcls.items[i]);
  if (s.infos.len) {
    for (uint32_t i = 0; i < fn->body.len; i++) see(&s, fn->body.items[i]);
    for (uint32_t i = 0; i < s.infos.len; i++) commit(&s, s.infos.entries[i].value, out);
  }
  ptrmap_release(&s.infos);
}

void alloc_slice_moves_release(SliceMoves *moves) {
  ptrmap_release(&moves->appends);
  ptrmap_release(&moves->transitions);
}
