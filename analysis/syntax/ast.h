// ast.h: the syntax tree of Go source, as the later layers read it.
//
// A file is cut into its top-level declarations. Each AstDecl (one `func`, or one `import`/`const`/`type`/`var`
// declaration with all the specs of its parenthesised group) is immutable and reference-counted, so that an edited file
// shares every untouched declaration with the file before the edit. Declarations read by one call of parse_file share a
// pool: all of a file that is read for the first time, the edited ones later.
// Therefore no node knows its line: positions are byte offsets from the first byte of the AstDecl, and an AstFile
// maps (declaration, offset) to file offsets, lines and columns.
//
// Nodes carry gc's characteristic position (see pos below): diagnostics of the compiler are printed at it.
#ifndef HEAPLS_AST_H
#define HEAPLS_AST_H

#include "base/intern.h"
#include "base/shared_text.h"

typedef enum AstKind {
  AST_NONE,
#define AST_KIND(name, group) AST_##name,
#include "syntax/ast.def"
#undef AST_KIND
  AST_KIND_COUNT
} AstKind;

const char *ast_kind_name(AstKind); // "CALL"; for messages and dumps
bool ast_kind_is_expr(AstKind);     // EXPR or TYPE group
bool ast_kind_is_stmt(AstKind);

// Operators and other tokens that nodes carry in `op`.
typedef enum Token {
  TOKEN_NONE,
  // binary operators, and the operator part of `x op= y`
  TOKEN_ADD,
  TOKEN_SUB,
  TOKEN_MUL,
  TOKEN_QUO,
  TOKEN_REM,
  TOKEN_AND,
  TOKEN_OR,
  TOKEN_XOR,
  TOKEN_SHL,
  TOKEN_SHR,
  TOKEN_AND_NOT,
  TOKEN_LAND,
  TOKEN_LOR,
  TOKEN_EQL,
  TOKEN_NEQ,
  TOKEN_LSS,
  TOKEN_LEQ,
  TOKEN_GTR,
  TOKEN_GEQ,
  // unary only (unary + - ^ & use the binary ones' names)
  TOKEN_NOT,
  TOKEN_ARROW,
  TOKEN_TILDE,
  // basic literals
  TOKEN_INT,
  TOKEN_FLOAT,
  TOKEN_IMAG,
  TOKEN_CHAR,
  TOKEN_STRING,
  // branch statements
  TOKEN_BREAK,
  TOKEN_CONTINUE,
  TOKEN_GOTO,
  TOKEN_FALLTHROUGH,
  // call statements
  TOKEN_GO,
  TOKEN_DEFER,
} Token;
const char *token_text(Token); // "+", "&^", "break"

typedef struct Ast Ast;
typedef struct AstList {
  Ast **items;
  uint32_t len;
} AstList;

enum {
  AST_FLAG_ERROR = 1,   // this node, or text inside it, did not parse as Go
  AST_FLAG_GROUPED = 2, // spec inside a parenthesised declaration
};

// ASSIGN_STMT.form
enum { ASSIGN_PLAIN, ASSIGN_DEFINE, ASSIGN_OP, ASSIGN_INCDEC };
// CHAN_TYPE.direction
enum { CHAN_BOTH, CHAN_SEND_ONLY, CHAN_RECV_ONLY };

// A node. Only the union member of its kind may be read: nodes are allocated no larger than their kind needs.
struct Ast {
  uint8_t kind;   // AstKind
  uint8_t op;     // Token, where the kind says so
  uint16_t flags; // AST_FLAG_*
  uint32_t id;    // dense within the AstDecl, 1-based: index of side tables
  uint32_t pos;   // gc's characteristic position, an offset like start and end:
                //   names, literals, func literals, types: first byte · x.f, x.(T): the '.' · x[i], x[i:j], G[T]: the
                //   '[' · calls and conversions: the '(' · composite literals: the '{' · unary and '*': the operator ·
                //   binary: the operator · key: value: the ':' · statements: the keyword, assignments and `x++`: the
                //   operator, expression statements: their expression's pos, sends: the '<-', labels: the name ·
                //   specs: const/var: first name, type: the name, import: the spec's first token; FUNC_DECL: the
                //   token after `func` (the name, or the receiver's '(')
  uint32_t start; // first byte of the node's text
  uint32_t end;   // just past its last byte (for a BLOCK: past the '}')
  union {
    struct {
      Sym name;
    } name; // NAME
    struct {
      Str text;
    } lit; // BASIC_LIT; op INT FLOAT IMAG CHAR STRING; source text
    struct {
      Ast *type;
      AstList elems;
      uint32_t rbrace;
    } composite; // COMPOSITE_LIT; type NULL when elided; `[...]T`
                 // is an ARRAY_TYPE whose len is an ELLIPSIS
    struct {
      Ast *key, *value;
    } kv; // KEY_VALUE
    struct {
      Ast *type, *body;
    } func_lit; // FUNC_LIT: FUNC_TYPE, BLOCK
    struct {
      Ast *x;
    } paren; // PAREN
    struct {
      Ast *x, *sel;
    } selector; // SELECTOR; sel is a NAME
    struct {
      Ast *x;
      AstList indices;
    } index; // INDEX; several indices: instantiation
    struct {
      Ast *x, *lo, *hi, *max;
      bool three;
    } slice; // SLICE; parts may be NULL
    struct {
      Ast *x, *type;
    } assert_; // TYPE_ASSERT; type NULL: `x.(type)` outside a switch
    struct {
      Ast *x;
    } star; // STAR: `*x`, dereference or pointer type
    struct {
      Ast *x;
    } unary; // UNARY; op ADD SUB NOT XOR AND ARROW TILDE
    struct {
      Ast *x, *y;
    } binary; // BINARY; op; `a | ~b` in constraints too
    struct {
      Ast *fun;
      AstList args;
      bool has_dots;
      uint32_t rparen;
    } call; // CALL, conversions included;
            // make/new/append etc. are calls of a NAME
    struct {
      Ast *elem;
    } ellipsis; // ELLIPSIS: `...T`; elem NULL in `[...]T`
    struct {
      Ast *len, *elem;
    } array; // ARRAY_TYPE
    struct {
      Ast *elem;
    } slice_type; // SLICE_TYPE
    struct {
      AstList fields;
    } struct_type; // STRUCT_TYPE: FIELDs
    struct {
      AstList methods;
    } interface_type; // INTERFACE_TYPE: FIELDs: a method has a name and a
                      // FUNC_TYPE; an embedded element has no name
    struct {
      AstList params, results;
    } func_type; // FUNC_TYPE: FIELDs, one per parameter
    struct {
      Ast *key, *value;
    } map; // MAP_TYPE
    struct {
      Ast *elem;
      uint8_t direction;
    } chan; // CHAN_TYPE
    struct {
      Ast *name, *type;
      Str tag;
      bool embedded;
      uint32_t group;
    } field; // FIELD: one name per node: `a, b int` is
             // two FIELDs that share the type node and the group
             // number; name NULL if unnamed; tag: literal text
    struct {
      AstList exprs;
      AstList body;
      uint32_t colon;
      bool is_default;
    } clause; // CASE_CLAUSE; of a type switch: types
    struct {
      Ast *comm;
      AstList body;
      uint32_t colon;
    } comm; // COMM_CLAUSE; comm NULL: default

    struct {
      AstList stmts;
      uint32_t rbrace;
    } block; // BLOCK
    struct {
      Ast *label, *stmt;
    } labeled; // LABELED_STMT; stmt may be EMPTY_STMT
    struct {
      Ast *x;
    } expr_stmt; // EXPR_STMT
    struct {
      Ast *chan, *value;
    } send; // SEND_STMT
    struct {
      AstList specs;
    } decl_stmt; // DECL_STMT: CONST_DECL, TYPE_DECL, VAR_DECL specs
    struct {
      AstList lhs, rhs;
      uint8_t form;
    } assign; // ASSIGN_STMT; op for OP (ADD..AND_NOT) and INCDEC
              // (ADD or SUB; rhs empty)
    struct {
      Ast *label;
    } branch; // BRANCH_STMT; op; label may be NULL
    struct {
      Ast *call;
    } call_stmt; // CALL_STMT; op GO or DEFER
    struct {
      AstList results;
    } ret; // RETURN_STMT
    struct {
      Ast *init, *cond, *then, *else_;
    } if_stmt; // IF_STMT; else_: NULL, BLOCK or IF_STMT
    struct {
      Ast *init, *cond, *post, *body;
    } for_stmt; // FOR_STMT
    struct {
      Ast *key, *value, *x, *body;
      bool define;
      uint32_t op_pos;
    } range; // RANGE_STMT; op_pos: the `:=`/`=`, 0 without
    struct {
      Ast *init, *tag;
      AstList clauses;
      uint32_t rbrace;
    } switch_stmt; // SWITCH_STMT; tag may be NULL
    struct {
      Ast *init, *name, *x;
      AstList clauses;
      uint32_t rbrace;
      uint32_t guard_pos;
    } type_switch; // name NULL without
                   // `v :=`; x of `x.(type)`; guard_pos: the ':=' or '.'
    struct {
      AstList clauses;
      uint32_t rbrace;
    } select; // SELECT_STMT

    struct {
      Ast *name;
      Str path_text;
    } import; // IMPORT_DECL: literal text with quotes; name also `.`/`_`
    struct {
      AstList names;
      Ast *type;
      AstList values;
      uint32_t iota;
      Ast *inherited_from;
    } const_decl; // CONST_DECL:
                  // a spec without type and values repeats those of
                  // inherited_from (an earlier CONST_DECL)
    struct {
      Ast *name;
      AstList tparams;
      bool is_alias;
      Ast *type;
      Str pragma;
    } type_decl; // TYPE_DECL; tparams: FIELDs
    struct {
      AstList names;
      Ast *type;
      AstList values;
    } var_decl; // VAR_DECL
    struct {
      Ast *recv, *name;
      AstList tparams;
      Ast *type, *body;
    } func_decl; // FUNC_DECL; recv a FIELD; body may be NULL
  } u;
};

// What a `//go:` directive said of the function or type below it.
enum {
  PRAGMA_NOINLINE = 1 << 0,
  PRAGMA_NOESCAPE = 1 << 1,
  PRAGMA_NOSPLIT = 1 << 2,
  PRAGMA_NORACE = 1 << 3,
  PRAGMA_NOCHECKPTR = 1 << 4,
  PRAGMA_SYSTEMSTACK = 1 << 5,
  PRAGMA_NOWRITEBARRIER = 1 << 6,
  PRAGMA_NOWRITEBARRIERREC = 1 << 7,
  PRAGMA_YESWRITEBARRIERREC = 1 << 8,
  PRAGMA_CGO_UNSAFE_ARGS = 1 << 9,
  PRAGMA_UINTPTR_KEEPALIVE = 1 << 10,
  PRAGMA_UINTPTR_ESCAPES = 1 << 11,
  PRAGMA_NOTINHEAP = 1 << 12,
  PRAGMA_REGISTERPARAMS = 1 << 13,
  PRAGMA_LINKNAME = 1 << 14, // a go:linkname directive of the file names this function
  PRAGMA_EMBED = 1 << 15,    // go:embed above a var
};

typedef enum AstDeclKind { DECL_IMPORT, DECL_CONST, DECL_TYPE, DECL_VAR, DECL_FUNC, DECL_BAD } AstDeclKind;

typedef struct AstFile AstFile;
typedef struct AstSource AstSource; // the stable identity of a file across its versions

// The memory of declarations that were read together: freed with the last of them.
typedef struct AstPool {
  Arena arena;
  uint32_t references; // atomic
} AstPool;

// One top-level declaration. Immutable; see ast_decl_retain.
typedef struct AstDecl {
  AstDeclKind kind;
  const AstSource *source; // the file, whatever its version
  uint32_t slot;           // stable number within the source: AstFile maps it to where the text is now
  uint32_t node_count;     // ids run from 1 to node_count
  AstList specs;           // IMPORT_DECL…/TYPE_DECL… specs in order, or the single FUNC_DECL; empty for DECL_BAD
  uint32_t pragma;         // PRAGMA_* in force above it (a group's specs: see type_decl.pragma text)
  bool has_error;          // something inside did not parse
  uint64_t hash;           // of the text (comments that are directives included)
  Str text;                // the declaration's bytes; lives in the pool
  uint32_t line_count;     // newlines in text
  const uint32_t *lines;   // lines[i] is the offset of the byte after the i-th newline
  AstPool *pool;           // holds the declaration, its nodes and its text
  uint32_t references;     // atomic
} AstDecl;
void ast_decl_retain(const AstDecl *);
void ast_decl_release(const AstDecl *);
void ast_decls_retain(AstDecl *const *, uint32_t count);
void ast_decls_release(AstDecl *const *, uint32_t count);

struct AstSource {
  Str path;         // absolute, as the user or loader named it
  Str display_path; // how gc prints it before the go command shortens it (absolute path)
};

// A syntax error, positioned in the file.
typedef struct SyntaxError {
  uint32_t offset; // in the file
  Str message;     // static or in the file's arena
} SyntaxError;

// A `//line` directive (or `/*line*/`): from `offset` on, positions are printed as path:line[:col].
typedef struct LineDirective {
  uint32_t offset;       // first byte the directive applies to
  Str path;              // as written; empty: keeps the path in force
  uint32_t line, column; // column 0: unknown, columns are not printed
} LineDirective;

typedef struct Linkname {
  Sym local;
  Str remote; // "pkg/path.name", empty for the one-argument form
} Linkname;

// One version of one file. Immutable once built; lives until ast_file_free.
struct AstFile {
  const AstSource *source;
  Str text; // whole file; lives as long as the file
  Sym package_name;
  uint32_t package_pos; // file offset of the package clause's name
  AstDecl **decls;      // in source order; the file holds a reference to each
  uint32_t decl_count;
  uint32_t *slot_starts; // slot_starts[slot] is the file offset of that declaration; UINT32_MAX: no longer there
  uint32_t slot_count;
  uint32_t *lines; // offsets of the first byte of each line; lines[0] == 0
  uint32_t line_count;
  VEC(SyntaxError) errors; // those outside declarations, then those of each declaration
  uint32_t outside_errors; // how many of them are outside declarations
  VEC(LineDirective) line_directives;
  VEC(Linkname) linknames;
  Str build_constraint; // text of the //go:build line after the keyword, empty when none
  uint32_t go_minor;    // N of a //go:build line that implies go1.N as minimum, 0 when none
  bool is_generated;    // has a "Code generated … DO NOT EDIT." line before the package clause
  bool imports_c;
  bool mentions_directives; // promises: directives_mentioned(text)
  bool is_plain;            // it could be cut into declarations in one pass (split.c)
  AstPool *pool;            // of the declarations that are new in this version
  SharedText *shared;       // retained: what text is; NULL: it is the file's own
  // Of a file that the compiler does not see as it was written, but as the cgo tool translates it, text and trees are
  // the translation's; original is what was written. Positions that people see are that one's.
  AstFile *original;          // owned; NULL: it is no translation
  const AstFile *translation; // of an original, what has it; else NULL
  Arena arena;
};

// Are there parts of earlier versions in the tree?
static inline bool ast_was_edited(const AstFile *file) { return file->slot_count > file->decl_count; }
size_t ast_file_memory(const AstFile *); // bytes held, those shared with other versions included

// A position that later layers keep: which declaration, and where in it. Zero is no position.
typedef struct Pos {
  const AstDecl *decl;
  uint32_t offset;
} Pos;

typedef struct LineCol {
  uint32_t line, column; // 1-based; column in bytes
} LineCol;

// Walks. The visitor returns false to skip the node's children. Source order, depth-first.
typedef bool (*AstVisitor)(void *context, const Ast *node);
void ast_walk(const Ast *node, AstVisitor visit, void *context);

const Ast *ast_unparen(const Ast *);

#endif
