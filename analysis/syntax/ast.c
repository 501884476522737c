// ast.c: what holds for every node whatever its reader: names of kinds, the walk, the references of declarations.
//
// The walk keeps its own stack, so that a tree of any depth (a sum of ten thousand terms leans left by ten thousand
// nodes) costs no C stack. The children of a node are listed in one place, children_of; FIELDs of one group share their
// type node, which is a child of the last of them only, so that a walk meets every node once.
#include "syntax/ast.h"

#include <stdlib.h>

static const char *const kind_names[AST_KIND_COUNT] = {
  "NONE",
#define AST_KIND(name, group) #name,
#include "syntax/ast.def"
#undef AST_KIND
};

enum { GROUP_NONE, GROUP_EXPR, GROUP_TYPE, GROUP_STMT, GROUP_DECL, GROUP_MISC };
static const uint8_t kind_groups[AST_KIND_COUNT] = {
  GROUP_NONE,
#define AST_KIND(name, group) GROUP_##group,
#include "syntax/ast.def"
#undef AST_KIND
};

static const char *const token_texts[] = {
  [TOKEN_NONE] = "",       [TOKEN_ADD] = "+",
  [TOKEN_SUB] = "-",       [TOKEN_MUL] = "*",
  [TOKEN_QUO] = "/",       [TOKEN_REM] = "%",
  [TOKEN_AND] = "&",       [TOKEN_OR] = "|",
  [TOKEN_XOR] = "^",       [TOKEN_SHL] = "<<",
  [TOKEN_SHR] = ">>",      [TOKEN_AND_NOT] = "&^",
  [TOKEN_LAND] = "&&",     [TOKEN_LOR] = "||",
  [TOKEN_EQL] = "==",      [TOKEN_NEQ] = "!=",
  [TOKEN_LSS] = "<",       [TOKEN_LEQ] = "<=",
  [TOKEN_GTR] = ">",       [TOKEN_GEQ] = ">=",
  [TOKEN_NOT] = "!",       [TOKEN_ARROW] = "<-",
  [TOKEN_TILDE] = "~",     [TOKEN_INT] = "int",
  [TOKEN_FLOAT] = "float", [TOKEN_IMAG] = "imag",
  [TOKEN_CHAR] = "char",   [TOKEN_STRING] = "string",
  [TOKEN_BREAK] = "break", [TOKEN_CONTINUE] = "continue",
  [TOKEN_GOTO] = "goto",   [TOKEN_FALLTHROUGH] = "fallthrough",
  [TOKEN_GO] = "go",       [TOKEN_DEFER] = "defer",
};

const char *ast_kind_name(AstKind kind) { return kind < AST_KIND_COUNT ? kind_names[kind] : "?"; }

bool ast_kind_is_expr(AstKind kind) {
  return kind < AST_KIND_COUNT && (kind_groups[kind] == GROUP_EXPR || kind_groups[kind] == GROUP_TYPE);
}

bool ast_kind_is_stmt(AstKind kind) { return kind < AST_KIND_COUNT && kind_groups[kind] == GROUP_STMT; }

const char *token_text(Token token) {
  return (size_t)token < sizeof token_texts / sizeof *token_texts ? token_texts[token] : "?";
}

const Ast *ast_unparen(const Ast *node) {
  while (node && node->kind == AST_PAREN) node = node->u.paren.x;
  return node;
}

AstPool *ast_pool_new(size_t expected) {
  AstPool *pool = mem_new(sizeof *pool);
  arena_init_sized(&pool->arena, expected);
  pool->references = 1;
  return pool;
}

void ast_pool_release(AstPool *pool) {
  if (!pool || __atomic_sub_fetch(&pool->references, 1, __ATOMIC_ACQ_REL) != 0) return;
  arena_release(&pool->arena);
  free(pool);
}

void ast_decl_retain(const AstDecl *decl) {
  AstDecl *mutable_decl = (AstDecl *)(uintptr_t)decl;
  if (decl) __atomic_fetch_add(&mutable_decl->references, 1, __ATOMIC_RELAXED);
}

void ast_decl_release(const AstDecl *decl) {
  AstDecl *mutable_decl = (AstDecl *)(uintptr_t)decl;
  if (!decl || __atomic_sub_fetch(&mutable_decl->references, 1, __ATOMIC_ACQ_REL) != 0) return;
  ast_pool_release(mutable_decl->pool);
}

// Declarations lie all over the memory: those to come are fetched while one is counted.
enum { AHEAD = 12 };

void ast_decls_retain(AstDecl *const *decls, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (i + AHEAD < count) __builtin_prefetch(&decls[i + AHEAD]->references, 1);
    ast_decl_retain(decls[i]);
  }
}

void ast_decls_release(AstDecl *const *decls, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (i + AHEAD < count) __builtin_prefetch(&decls[i + AHEAD]->references, 1);
    ast_decl_release(decls[i]);
  }
}

size_t ast_file_memory(const AstFile *f) {
  PtrMap pools = {0};
  size_t total = f->arena.total + f->pool->arena.total;
  for (uint32_t i = 0; i < f->decl_count; i++) {
    AstPool *pool = f->decls[i]->pool;
    if (pool == f->pool || ptrmap_has(&pools, pool)) continue;
    ptrmap_set(&pools, pool, pool);
    total += pool->arena.total;
  }
  ptrmap_release(&pools);
  return total;
}

// The walk's stack of nodes still to visit, the next one on top.
typedef struct WalkStack {
  VEC(const Ast *) pending;
} WalkStack;

static void push(WalkStack *s, const Ast *node) {
  if (node) VEC_APPEND(&s->pending, node);
}

static void push_list(WalkStack *s, AstList list) {
  for (uint32_t i = 0; i < list.len; i++) push(s, list.items[i]);
}

// The type that FIELDs of a group share is a child of the last of them: the next sibling is on top of the stack.
static void push_field(WalkStack *s, const Ast *n) {
  const Ast *next = s->pending.len ? s->pending.items[s->pending.len - 1] : NULL;
  bool shared = next && next->kind == AST_FIELD && next->u.field.type == n->u.field.type;
  push(s, n->u.field.name);
  if (!shared) push(s, n->u.field.type);
}

static void push_children(WalkStack *s, const Ast *n) {
  switch ((AstKind)n->kind) {
  case AST_NONE:
  case AST_KIND_COUNT:
  case AST_BAD:
  case AST_NAME:
  case AST_BASIC_LIT:
  case AST_EMPTY_STMT: break;
  case AST_COMPOSITE_LIT:
    push(s, n->u.composite.type);
    push_list(s, n->u.composite.elems);
    break;
  case AST_KEY_VALUE:
    push(s, n->u.kv.key);
    push(s, n->u.kv.value);
    break;
  case AST_FUNC_LIT:
    push(s, n->u.func_lit.type);
    push(s, n->u.func_lit.body);
    break;
  case AST_PAREN: push(s, n->u.paren.x); break;
  case AST_SELECTOR:
    push(s, n->u.selector.x);
    push(s, n->u.selector.sel);
    break;
  case AST_INDEX:
    push(s, n->u.index.x);
    push_list(s, n->u.index.indices);
    break;
  case AST_SLICE:
    push(s, n->u.slice.x);
    push(s, n->u.slice.lo);
    push(s, n->u.slice.hi);
    push(s, n->u.slice.max);
    break;
  case AST_TYPE_ASSERT:
    push(s, n->u.assert_.x);
    push(s, n->u.assert_.type);
    break;
  case AST_STAR: push(s, n->u.star.x); break;
  case AST_UNARY: push(s, n->u.unary.x); break;
  case AST_BINARY:
    push(s, n->u.binary.x);
    push(s, n->u.binary.y);
    break;
  case AST_CALL:
    push(s, n->u.call.fun);
    push_list(s, n->u.call.args);
    break;
  case AST_ELLIPSIS: push(s, n->u.ellipsis.elem); break;
  case AST_ARRAY_TYPE:
    push(s, n->u.array.len);
    push(s, n->u.array.elem);
    break;
  case AST_SLICE_TYPE: push(s, n->u.slice_type.elem); break;
  case AST_STRUCT_TYPE: push_list(s, n->u.struct_type.fields); break;
  case AST_INTERFACE_TYPE: push_list(s, n->u.interface_type.methods); break;
  case AST_FUNC_TYPE:
    push_list(s, n->u.func_type.params);
    push_list(s, n->u.func_type.results);
    break;
  case AST_MAP_TYPE:
    push(s, n->u.map.key);
    push(s, n->u.map.value);
    break;
  case AST_CHAN_TYPE: push(s, n->u.chan.elem); break;
  case AST_FIELD: push_field(s, n); break;
  case AST_CASE_CLAUSE:
    push_list(s, n->u.clause.exprs);
    push_list(s, n->u.clause.body);
    break;
  case AST_COMM_CLAUSE:
    push(s, n->u.comm.comm);
    push_list(s, n->u.comm.body);
    break;
  case AST_BLOCK: push_list(s, n->u.block.stmts); break;
  case AST_LABELED_STMT:
    push(s, n->u.labeled.label);
    push(s, n->u.labeled.stmt);
    break;
  case AST_EXPR_STMT: push(s, n->u.expr_stmt.x); break;
  case AST_SEND_STMT:
    push(s, n->u.send.chan);
    push(s, n->u.send.value);
    break;
  case AST_DECL_STMT: push_list(s, n->u.decl_stmt.specs); break;
  case AST_ASSIGN_STMT:
    push_list(s, n->u.assign.lhs);
    push_list(s, n->u.assign.rhs);
    break;
  case AST_BRANCH_STMT: push(s, n->u.branch.label); break;
  case AST_CALL_STMT: push(s, n->u.call_stmt.call); break;
  case AST_RETURN_STMT: push_list(s, n->u.ret.results); break;
  case AST_IF_STMT:
    push(s, n->u.if_stmt.init);
    push(s, n->u.if_stmt.cond);
    push(s, n->u.if_stmt.then);
    push(s, n->u.if_stmt.else_);
    break;
  case AST_FOR_STMT:
    push(s, n->u.for_stmt.init);
    push(s, n->u.for_stmt.cond);
    push(s, n->u.for_stmt.post);
    push(s, n->u.for_stmt.body);
    break;
  case AST_RANGE_STMT:
    push(s, n->u.range.key);
    push(s, n->u.range.value);
    push(s, n->u.range.x);
    push(s, n->u.range.body);
    break;
  case AST_SWITCH_STMT:
    push(s, n->u.switch_stmt.init);
    push(s, n->u.switch_stmt.tag);
    push_list(s, n->u.switch_stmt.clauses);
    break;
  case AST_TYPE_SWITCH_STMT:
    push(s, n->u.type_switch.init);
    push(s, n->u.type_switch.name);
    push(s, n->u.type_switch.x);
    push_list(s, n->u.type_switch.clauses);
    break;
  case AST_SELECT_STMT: push_list(s, n->u.select.clauses); break;
  case AST_IMPORT_DECL: push(s, n->u.import.name); break;
  case AST_CONST_DECL:
    push_list(s, n->u.const_decl.names);
    push(s, n->u.const_decl.type);
    push_list(s, n->u.const_decl.values);
    break;
  case AST_TYPE_DECL:
    push(s, n->u.type_decl.name);
    push_list(s, n->u.type_decl.tparams);
    push(s, n->u.type_decl.type);
    break;
  case AST_VAR_DECL:
    push_list(s, n->u.var_decl.names);
    push(s, n->u.var_decl.type);
    push_list(s, n->u.var_decl.values);
    break;
  case AST_FUNC_DECL:
    push(s, n->u.func_decl.recv);
    push(s, n->u.func_decl.name);
    push_list(s, n->u.func_decl.tparams);
    push(s, n->u.func_decl.type);
    push(s, n->u.func_decl.body);
    break;
  }
}

void ast_walk(const Ast *node, AstVisitor visit, void *context) {
  WalkStack s = {0};
  push(&s, node);
  while (s.pending.len) {
    const Ast *n = s.pending.items[--s.pending.len];
    if (!visit(context, n)) continue;
    uint32_t from = s.pending.len;
    push_children(&s, n);
    // Children were pushed in source order; the first must come out first.
    for (uint32_t lo = from, hi = s.pending.len; lo + 1 < hi; lo++, hi--) {
      const Ast *first = s.pending.items[lo];
      s.pending.items[lo] = s.pending.items[hi - 1];
      s.pending.items[hi - 1] = first;
    }
  }
  free(s.pending.items);
}
