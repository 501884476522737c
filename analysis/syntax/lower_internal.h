// lower_internal.h: what lower.c (declarations, statements) and lower_expr.c (expressions, types) share.
#ifndef HEAPLS_LOWER_INTERNAL_H
#define HEAPLS_LOWER_INTERNAL_H

#include "syntax/cst_internal.h"

#include <tree_sitter/api.h>

typedef enum Cst {
  CST_OTHER,
#define CST_NAMED(suffix, name) CST_##suffix,
#define CST_TOKEN(suffix, name) CST_##suffix,
#include "syntax/cst.def"
#undef CST_NAMED
#undef CST_TOKEN
  CST_COUNT
} Cst;

typedef enum CstField {
  FIELD_NONE,
  FIELD_ALIAS,
  FIELD_ALTERNATIVE,
  FIELD_ARGUMENTS,
  FIELD_BODY,
  FIELD_CAPACITY,
  FIELD_CHANNEL,
  FIELD_COMMUNICATION,
  FIELD_CONDITION,
  FIELD_CONSEQUENCE,
  FIELD_ELEMENT,
  FIELD_END,
  FIELD_FIELD,
  FIELD_FUNCTION,
  FIELD_INDEX,
  FIELD_INITIALIZER,
  FIELD_KEY,
  FIELD_LABEL,
  FIELD_LEFT,
  FIELD_LENGTH,
  FIELD_NAME,
  FIELD_OPERAND,
  FIELD_OPERATOR,
  FIELD_PACKAGE,
  FIELD_PARAMETERS,
  FIELD_PATH,
  FIELD_RECEIVER,
  FIELD_RESULT,
  FIELD_RIGHT,
  FIELD_START,
  FIELD_TAG,
  FIELD_TYPE,
  FIELD_TYPE_ARGUMENTS,
  FIELD_TYPE_PARAMETERS,
  FIELD_UPDATE,
  FIELD_VALUE,
  FIELD_COUNT
} CstField;

// One child of a node, comments left out.
typedef struct Child {
  TSNode node;
  uint8_t kind;  // Cst
  uint8_t field; // CstField
} Child;

struct Lowering {
  TSParser *parser;
  uint8_t *kinds;  // Cst by TSSymbol
  uint8_t *fields; // CstField by TSFieldId
  uint32_t symbol_count, field_count;
  TSTreeCursor cursor;
  bool has_cursor;
  VEC(Child) children; // of the nodes being lowered, innermost last
  Build *b;
  Loss loss;
  int nesting;
  uint32_t groups;
};

// The children of a node: items children.items[from .. from + count), until children_close. They move when others open:
// take what child_at gives.
typedef struct Children {
  uint32_t from, count;
  uint32_t start, end; // of the node
} Children;
Children children_open(Lowering *, TSNode);
static inline void children_close(Lowering *l, Children c) { l->children.len = c.from; }
static inline Child child_at(const Lowering *l, Children c, uint32_t i) { return l->children.items[c.from + i]; }
bool child_by_field(const Lowering *, Children, CstField, Child *out); // the first
uint32_t token_start(const Lowering *, Children, Cst, uint32_t otherwise);

Cst cst_kind(const Lowering *, TSNode);
void lose(Lowering *, TSNode); // an ERROR or MISSING node
Ast *cst_bad(Lowering *, uint32_t start, uint32_t end);
Ast *cst_node(Lowering *, AstKind, Children, uint32_t pos); // extent of the node
bool cst_enter(Lowering *);
static inline void cst_leave(Lowering *l) { l->nesting--; }

Ast *cst_expr(Lowering *, TSNode);                   // expressions and types
Ast *cst_field_expr(Lowering *, Children, CstField); // AST_BAD when missing
Ast *cst_optional(Lowering *, Children, CstField);   // NULL when missing
AstList cst_expr_list(Lowering *, TSNode);           // an expression_list, or one expression
Ast *cst_name(Lowering *, TSNode);
Ast *cst_signature(Lowering *, Children, uint32_t start);
AstList cst_params(Lowering *, TSNode); // parameter_list or type_parameter_list
Ast *cst_block(Lowering *, TSNode);
Token cst_operator(const Lowering *, TSNode);

#endif
