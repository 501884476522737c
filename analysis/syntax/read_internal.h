// read_internal.h: the parts of the second reader, which is a recursive descent over the tokens of one declaration.
//
// Every function begins at the first token of its construct and leaves the lexer at the first token after it. None
// returns NULL unless its name says so: what is missing is an AST_BAD.
#ifndef HEAPLS_READ_INTERNAL_H
#define HEAPLS_READ_INTERNAL_H

#include "syntax/build_internal.h"

typedef struct Reader {
  Lexer lx;
  Build *b;
  int expr_level; // below 0: in the header of if, for, switch, where `{` opens the block (spec, "Composite literals")
  int nesting;
  int clauses;       // enclosing switch and select statements of this function
  uint32_t groups;   // group numbers given to FIELDs
  uint32_t wrapped;  // offset of the last operand that began on a new line outside brackets of its statement
  uint32_t break_at; // offset where a retried statement is made to end; UINT32_MAX: none
} Reader;

bool reader_enter(Reader *); // one level deeper; false (and the rest is skipped) beyond NESTING_LIMIT
static inline void reader_leave(Reader *r) { r->nesting--; }
bool reader_chain(Reader *, uint32_t *length); // one more link of a left-leaning row; false beyond CHAIN_LIMIT

static inline bool at(const Reader *r, LexToken token) { return r->lx.token == token; }
static inline bool at_operator(const Reader *r, Token op) {
  return (r->lx.token == LEX_OPERATOR || r->lx.token == LEX_STAR) && r->lx.op == op;
}
bool got(Reader *, LexToken);                                 // consumes it when it is there
bool want(Reader *, LexToken);                                // the same, and an error when it is not
void fail(Reader *, const char *expected);                    // "unexpected TOKEN, " and expected, at the current token
void fail_at(Reader *, uint32_t offset, const char *message); // message is static
Ast *new_node(Reader *, AstKind);                             // start and pos at the current token
Ast *node_at(Reader *, AstKind, uint32_t start, uint32_t pos);
Ast *finish(Reader *, Ast *); // sets end to where the last token ended
Ast *bad(Reader *);           // empty, at the current token
// After an element of a list: whether another follows. context: "argument list".
bool list_goes_on(Reader *, LexToken separator, LexToken close, const char *context);
void skip_to(Reader *, LexToken a, LexToken b, LexToken c); // or the end of the line, a statement keyword on a new line
void insert_semicolon(Reader *);                            // before the current token

Ast *read_name(Reader *);
AstList read_names(Reader *, Ast *first);
Ast *read_literal_or_null(Reader *);

Ast *read_expr(Reader *);
AstList read_exprs(Reader *);
Ast *read_binary(Reader *, Ast *x, int precedence); // x: the first operand when already read, or NULL
Ast *read_primary(Reader *, Ast *x);
// Types and expressions between '[' and ']' (not consumed): pushes them; true if there was a comma. types_only: the
// first one is a type too.
bool read_type_list(Reader *, bool types_only);

Ast *read_type(Reader *);
Ast *read_type_or_null(Reader *);
Ast *read_qualified(Reader *, Ast *name);
Ast *read_array_type(Reader *, uint32_t lbrack, Ast *len);
Ast *read_slice_type(Reader *, uint32_t lbrack);
Ast *read_signature(Reader *, uint32_t start, const char *no_tparams,
                    AstList *tparams); // tparams NULL: an error if there
// The list after its opening bracket, and the closing one. name and type: a first entry already read, or NULL.
AstList read_params(Reader *, Ast *name, Ast *type, LexToken close, bool names_required, bool dots_ok);

Ast *read_block(Reader *, const char *after);
Ast *read_func_body(Reader *);
// const, type, var: at the keyword. Returns the specs.
AstList read_group(Reader *, LexToken keyword);
Ast *read_func_decl(Reader *);

#endif
