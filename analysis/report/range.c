// range.c: from the positions that the compiler's messages carry to the source text they are about.
//
// A message's position is one token of its expression (analysis/syntax/ast.h: pos). The nodes of a declaration are
// sorted by that token once, so that each message finds its node by binary search.
#include <stdlib.h>

#include "report/finding_internal.h"
#include "syntax/syntax.h"

typedef struct Collector {
  VEC(const Ast *) nodes;
  Arena *arena;
} Collector;

static bool collect(void *context, const Ast *n) {
  Collector *c = context;
  VEC_PUSH(c->arena, &c->nodes, n);
  return true;
}

static int by_pos(const void *a, const void *b) {
  const Ast *x = *(const Ast *const *)a, *y = *(const Ast *const *)b;
  if (x->pos != y->pos) return x->pos < y->pos ? -1 : 1;
  if (x->end - x->start != y->end - y->start) return x->end - x->start > y->end - y->start ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

static const NodeIndex *index_of(FindingMaker *m, const AstDecl *decl) {
  NodeIndex *index = ptrmap_get(&m->indexes, decl);
  if (index) return index;
  Collector c = {.arena = &m->scratch};
  for (uint32_t i = 0; i < decl->specs.len; i++) ast_walk(decl->specs.items[i], collect, &c);
  if (c.nodes.len) qsort(c.nodes.items, c.nodes.len, sizeof *c.nodes.items, by_pos);
  index = ARENA_NEW(&m->scratch, NodeIndex);
  *index = (NodeIndex){c.nodes.items, c.nodes.len};
  ptrmap_set(&m->indexes, decl, index);
  return index;
}

static uint32_t first_at(const NodeIndex *index, uint32_t pos) {
  uint32_t lo = 0, hi = index->len;
  while (lo < hi) {
    uint32_t mid = lo + (hi - lo) / 2;
    if (index->nodes[mid]->pos < pos)
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo;
}

static bool fits(const Ast *n, NodeWanted wanted) {
  switch (wanted) {
  case WANT_EXPR:
  case WANT_CONVERSION: return ast_kind_is_expr((AstKind)n->kind) && n->kind != AST_BAD;
  case WANT_NAME: return n->kind == AST_NAME;
  case WANT_CALL: return n->kind == AST_CALL;
  case WANT_COMPOSITE: return n->kind == AST_COMPOSITE_LIT || n->kind == AST_UNARY;
  case WANT_FUNC_LIT: return n->kind == AST_FUNC_LIT;
  case WANT_STATEMENT: return ast_kind_is_stmt((AstKind)n->kind);
  }
  return false;
}

// The innermost call whose only argument is the operand.
static const Ast *conversion_around(const NodeIndex *index, const Ast *operand) {
  const Ast *best = NULL;
  for (uint32_t i = 0; i < index->len; i++) {
    const Ast *n = index->nodes[i];
    if (n->pos > operand->end) break;
    if (n->kind != AST_CALL || n->u.call.args.len != 1 || n->start > operand->start || n->end < operand->end) continue;
    if (ast_unparen(n->u.call.args.items[0]) != ast_unparen(operand)) continue;
    if (!best || n->end - n->start < best->end - best->start) best = n;
  }
  return best ? best : operand;
}

const Ast *range_node(FindingMaker *m, Pos pos, NodeWanted wanted) {
  const NodeIndex *index = index_of(m, pos.decl);
  const Ast *any = NULL;
  for (uint32_t i = first_at(index, pos.offset); i < index->len && index->nodes[i]->pos == pos.offset; i++) {
    const Ast *n = index->nodes[i];
    if (fits(n, wanted)) return wanted == WANT_CONVERSION ? conversion_around(index, n) : n;
    if (!any && (ast_kind_is_expr((AstKind)n->kind) || n->kind == AST_CALL_STMT)) any = n;
  }
  return any;
}

static bool encloses(const Ast *outer, const Ast *inner) {
  return outer != inner && outer->start <= inner->start && inner->end <= outer->end;
}

// Is the statement in a loop of the function that it belongs to? By `goto` there are loops that this does not see.
static bool is_in_loop(const NodeIndex *index, const Ast *stmt) {
  const Ast *loop = NULL, *literal = NULL; // the innermost around it
  for (uint32_t i = 0; i < index->len; i++) {
    const Ast *n = index->nodes[i];
    if (!encloses(n, stmt)) continue;
    if (n->kind == AST_FUNC_LIT && (!literal || encloses(literal, n))) literal = n;
    if ((n->kind == AST_FOR_STMT || n->kind == AST_RANGE_STMT) && (!loop || encloses(loop, n))) loop = n;
  }
  return loop && (!literal || encloses(literal, loop));
}

bool range_outside_loop(FindingMaker *m, Pos pos, uint32_t declared) {
  const NodeIndex *index = index_of(m, pos.decl);
  const Ast *loop = NULL;
  for (uint32_t i = 0; i < index->len; i++) {
    const Ast *n = index->nodes[i];
    if ((n->kind == AST_FOR_STMT || n->kind == AST_RANGE_STMT) && n->start <= pos.offset && pos.offset < n->end &&
        (!loop || encloses(loop, n)))
      loop = n;
  }
  return loop && declared < loop->start;
}

Token range_go_defer(FindingMaker *m, Pos pos, bool *in_loop) {
  if (!pos.decl) return TOKEN_NONE;
  const NodeIndex *index = index_of(m, pos.decl);
  const Ast *literal = NULL; // the innermost one around the position
  for (uint32_t i = 0; i < index->len && index->nodes[i]->pos <= pos.offset; i++) {
    const Ast *n = index->nodes[i];
    if (n->kind == AST_FUNC_LIT && pos.offset < n->end) literal = n;
  }
  for (uint32_t i = 0; i < index->len && index->nodes[i]->pos <= pos.offset; i++) {
    const Ast *n = index->nodes[i];
    if (n->kind != AST_CALL_STMT) continue;
    const Ast *call = n->u.call_stmt.call ? ast_unparen(n->u.call_stmt.call) : NULL;
    const Ast *fun = call && call->kind == AST_CALL ? ast_unparen(call->u.call.fun) : NULL;
    if (n->pos != pos.offset && !(fun && fun == literal)) continue;
    *in_loop = is_in_loop(index, n);
    return (Token)n->op;
  }
  return TOKEN_NONE;
}

const Ast *range_statement(FindingMaker *m, Pos pos) {
  const NodeIndex *index = index_of(m, pos.decl);
  const Ast *best = NULL;
  for (uint32_t i = 0; i < index->len; i++) {
    const Ast *n = index->nodes[i];
    if (!ast_kind_is_stmt((AstKind)n->kind) || n->kind == AST_BLOCK || n->start > pos.offset || n->end <= pos.offset)
      continue;
    if (!best || n->end - n->start < best->end - best->start) best = n;
  }
  return best;
}

// A package and what it imports, to any depth.
static const AstFile *file_in(const Package *pkg, const AstDecl *decl, PtrMap *seen) {
  if (ptrmap_has(seen, pkg)) return NULL;
  ptrmap_set(seen, pkg, (void *)(uintptr_t)pkg);
  const AstFile *file = package_file_of(pkg, decl);
  for (uint32_t i = 0; !file && i < pkg->imports.len; i++) {
    if (pkg->imports.items[i]) file = file_in(pkg->imports.items[i], decl, seen);
  }
  return file;
}

const AstFile *range_file(FindingMaker *m, const AstDecl *decl) {
  if (!decl) return NULL;
  const AstFile *file = ptrmap_get(&m->files, decl->source);
  if (file || ptrmap_has(&m->files, decl->source)) return file;
  PtrMap seen = {0};
  file = file_in(m->unit->pkg, decl, &seen);
  ptrmap_release(&seen);
  ptrmap_set(&m->files, decl->source, (void *)(uintptr_t)file);
  return file;
}

void finding_step_place(FindingStep *step, const AstFile *file, Pos pos) {
  finding_step_lies_in(step, pos.decl);
  step->source = file->source;
  uint32_t at = ast_file_offset(file, pos);
  bool placed = at != UINT32_MAX;
  step->at = placed ? at : pos.offset;
  step->base = step->at - pos.offset;
  if (!placed) return;
  LineCol lc = ast_file_line_col(file, at);
  step->line = lc.line;
  step->column = lc.column;
}

Str range_text(const AstDecl *decl, const Ast *n) { return str_slice(decl->text, n->start, n->end); }
