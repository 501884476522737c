// build.c: nodes no larger than their kind needs, lists built on a stack.
#include "syntax/build_internal.h"

#include <stdlib.h>

#define SIZE(member) (offsetof(Ast, u) + sizeof(((Ast *)0)->u.member))
static const uint8_t node_sizes[AST_KIND_COUNT] = {
  [AST_NONE] = offsetof(Ast, u),
  [AST_BAD] = offsetof(Ast, u),
  [AST_NAME] = SIZE(name),
  [AST_BASIC_LIT] = SIZE(lit),
  [AST_COMPOSITE_LIT] = SIZE(composite),
  [AST_KEY_VALUE] = SIZE(kv),
  [AST_FUNC_LIT] = SIZE(func_lit),
  [AST_PAREN] = SIZE(paren),
  [AST_SELECTOR] = SIZE(selector),
  [AST_INDEX] = SIZE(index),
  [AST_SLICE] = SIZE(slice),
  [AST_TYPE_ASSERT] = SIZE(assert_),
  [AST_STAR] = SIZE(star),
  [AST_UNARY] = SIZE(unary),
  [AST_BINARY] = SIZE(binary),
  [AST_CALL] = SIZE(call),
  [AST_ELLIPSIS] = SIZE(ellipsis),
  [AST_ARRAY_TYPE] = SIZE(array),
  [AST_SLICE_TYPE] = SIZE(slice_type),
  [AST_STRUCT_TYPE] = SIZE(struct_type),
  [AST_INTERFACE_TYPE] = SIZE(interface_type),
  [AST_FUNC_TYPE] = SIZE(func_type),
  [AST_MAP_TYPE] = SIZE(map),
  [AST_CHAN_TYPE] = SIZE(chan),
  [AST_FIELD] = SIZE(field),
  [AST_CASE_CLAUSE] = SIZE(clause),
  [AST_COMM_CLAUSE] = SIZE(comm),
  [AST_EMPTY_STMT] = offsetof(Ast, u),
  [AST_BLOCK] = SIZE(block),
  [AST_LABELED_STMT] = SIZE(labeled),
  [AST_EXPR_STMT] = SIZE(expr_stmt),
  [AST_SEND_STMT] = SIZE(send),
  [AST_DECL_STMT] = SIZE(decl_stmt),
  [AST_ASSIGN_STMT] = SIZE(assign),
  [AST_BRANCH_STMT] = SIZE(branch),
  [AST_CALL_STMT] = SIZE(call_stmt),
  [AST_RETURN_STMT] = SIZE(ret),
  [AST_IF_STMT] = SIZE(if_stmt),
  [AST_FOR_STMT] = SIZE(for_stmt),
  [AST_RANGE_STMT] = SIZE(range),
  [AST_SWITCH_STMT] = SIZE(switch_stmt),
  [AST_TYPE_SWITCH_STMT] = SIZE(type_switch),
  [AST_SELECT_STMT] = SIZE(select),
  [AST_IMPORT_DECL] = SIZE(import),
  [AST_CONST_DECL] = SIZE(const_decl),
  [AST_TYPE_DECL] = SIZE(type_decl),
  [AST_VAR_DECL] = SIZE(var_decl),
  [AST_FUNC_DECL] = SIZE(func_decl),
};
#undef SIZE

void build_begin(Build *b, Arena *arena, NameCache *names, Str text) {
  b->arena = arena;
  b->names = names;
  b->text = text;
  b->node_count = 0;
  b->stack.len = 0;
  b->errors.len = 0;
}

void build_release(Build *b) {
  free(b->stack.items);
  free(b->errors.items);
  *b = (Build){0};
}

Ast *build_node(Build *b, AstKind kind, uint32_t start, uint32_t pos) {
  Ast *n = arena_alloc(b->arena, node_sizes[kind]);
  n->kind = (uint8_t)kind;
  n->id = ++b->node_count;
  n->start = start;
  n->pos = pos;
  n->end = start;
  return n;
}

void build_push(Build *b, Ast *node) { VEC_APPEND(&b->stack, node); }

AstList build_list(Build *b, uint32_t mark) {
  AstList list = {.len = b->stack.len - mark};
  if (list.len) {
    list.items = ARENA_ARRAY(b->arena, Ast *, list.len);
    memcpy(list.items, b->stack.items + mark, sizeof(Ast *) * list.len);
  }
  b->stack.len = mark;
  return list;
}

void build_error(Build *b, uint32_t offset, const char *message) {
  VEC_APPEND(&b->errors, (BuildError){offset, message});
}

// Every node of a declaration, parents before children, and the places where errors are.
typedef struct Places {
  VEC(Ast *) nodes;
  VEC(uint32_t) offsets; // sorted
} Places;

static int compare_offsets(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static bool collect(void *context, const Ast *node) {
  Places *places = context;
  VEC_APPEND(&places->nodes, (Ast *)(uintptr_t)node);
  if (node->kind == AST_BAD) VEC_APPEND(&places->offsets, node->start);
  return true;
}

// Widens a node (the walk's root) over its children: what is missing has been put where the text before it ended.
static bool widen(void *context, const Ast *child) {
  Ast *parent = context;
  if (child == parent) return true;
  if (child->start < parent->start) parent->start = child->start;
  if (child->end > parent->end) parent->end = child->end;
  return false;
}

static bool holds_place(const Places *places, const Ast *node) {
  uint32_t lo = 0, hi = places->offsets.len; // the first place not before the node
  while (lo < hi) {
    uint32_t mid = lo + (hi - lo) / 2;
    if (places->offsets.items[mid] < node->start)
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo < places->offsets.len && places->offsets.items[lo] <= node->end;
}

void build_mark_errors(const Build *b, AstList specs) {
  Places places = {0};
  for (uint32_t i = 0; i < b->errors.len; i++) VEC_APPEND(&places.offsets, b->errors.items[i].offset);
  for (uint32_t i = 0; i < specs.len; i++) ast_walk(specs.items[i], collect, &places);
  if (places.offsets.len) qsort(places.offsets.items, places.offsets.len, sizeof(uint32_t), compare_offsets);
  for (uint32_t i = places.nodes.len; i-- > 0;) {
    Ast *n = places.nodes.items[i];
    ast_walk(n, widen, n);
    if (holds_place(&places, n)) n->flags |= AST_FLAG_ERROR;
  }
  free(places.nodes.items);
  free(places.offsets.items);
}
