// fix_internal.h: what the files of fix/ share.
#ifndef HEAPLS_FIX_INTERNAL_H
#define HEAPLS_FIX_INTERNAL_H

#include "fix/fix.h"
#include "types/check.h"

// One declaration with its types, made ready for questions. All in the arena.
typedef struct Shape {
  Arena *arena;
  const PackageResult *result;
  const Package *package;
  const AstFile *file;
  const AstDecl *decl;
  const DeclTypes *types;
  uint32_t base;          // where the declaration begins in the file
  const Ast **nodes;      // by id, in no particular order …
  const Ast **parents;    // … of a node's id; NULL: it is a spec
  const Ast *const *walk; // all nodes, outer ones before inner ones, in the order of the source
  uint32_t walk_count;
  const struct FixImports *imports;
} Shape;
// False: it has no types that can be trusted.
bool shape_open(Shape *, Arena *, const PackageResult *, const AstFile *, uint32_t decl);

static inline const Ast *shape_parent(const Shape *s, const Ast *n) { return s->parents[n->id]; }
Str shape_text(const Shape *, const Ast *);
// The outermost expression, assignment, go or defer with these offsets in the declaration; NULL: none.
const Ast *shape_expression(const Shape *, uint32_t start, uint32_t end);
// The innermost FUNC_LIT or FUNC_DECL around a node that is not the node itself; NULL: none.
const Ast *shape_function(const Shape *, const Ast *);
// The list of statements that a statement stands in, and its number there; NULL: it is no element of one.
const AstList *shape_list(const Shape *, const Ast *statement, uint32_t *index);
bool shape_within(const Ast *inner, const Ast *outer); // by offsets
// The object that a NAME stands for; NULL: n is none, or has none.
Object *shape_object(const Shape *, const Ast *n);
Type *shape_type(const Shape *, const Ast *n);                     // NULL: it is no expression
const Const *shape_value(const Shape *, const Ast *);              // NULL: not constant
bool shape_is_integer(const Shape *, const Ast *, int64_t wanted); // a constant; the node may be NULL
// Calls of the builtin.
bool shape_is_builtin(const Shape *, const Ast *call, BuiltinId);
// Calls of a package's function: "errors", "New".
bool shape_calls(const Shape *, const Ast *, const char *path, const char *name);
// Evaluating it twice is the same as once, and allocates nothing: names, fields, elements, operators, len and cap.
bool shape_is_pure(const Shape *, const Ast *);
bool shape_mentions(const Shape *, const Ast *in, const Object *);
// Of a local variable: its value is that of its declaration for as long as it lives; nothing else is written to it, and
// its address is not taken.
bool shape_is_constant_variable(const Shape *, const Object *);
// The name stands where something is written to it.
bool shape_is_written(const Shape *, const Ast *name);
// `&v`, and what takes the address of a part: &v.f, &v[i], v[:] of an array, a method with a pointer receiver.
bool shape_is_addressed(const Shape *, const Ast *name);
// Its address is taken, or a function literal inside of the function that declares it names it.
bool shape_is_shared(const Shape *, const Object *);
bool shape_is_loop(const Ast *);
// What a branch without a label leaves or goes on with is inside of the outer node, too.
bool shape_stays_inside(const Shape *, const Ast *branch, const Ast *outer);
// Has somebody else the local variable by the end of the loop? What stands behind it gets it as it is then. (The
// function has no goto.)
bool shape_is_seen(const Shape *, const Object *, const Ast *loop);
// Does the declaration, its file or its package declare something of that name?
bool shape_redeclares(const Shape *, const char *name);
// Does some file of the package declare something of that name, or import it under that name?
bool shape_package_declares(const Shape *, const char *name);
// gofmt writes a sum there without blanks: among several arguments, as an index (go/printer, nodes.go: depth).
bool shape_is_tight(const Shape *, const Ast *);
// White space at the beginning of the line that a node begins in; false: it is not the first there.
bool shape_indent(const Shape *, const Ast *, Str *indent);

// What a proposer is given, and what it fills in.
typedef struct Proposal {
  Shape *shape;
  const Finding *finding;
  const Ast *node;       // of the finding: the expression, assignment or declaring name
  Fix *fix;              // kind, place and subject are set
  const FixList *others; // proposed before
  VEC(FixEdit) edits;
} Proposal;
void propose_edit(Proposal *, uint32_t start, uint32_t end, Str text); // offsets in the declaration

bool has_comment(Str code);

// -- turns.c --
typedef struct TurnCount {
  Str text;           // "len(xs)"
  const Ast *counted; // what it is made of; NULL: it is a number
  int64_t number;     // -1: it is not constant
  bool bounded;       // no more than the elements of something that exists
} TurnCount;
bool turns_count(const Shape *, const Ast *loop, TurnCount *); // false: not known before it begins
bool turns_constant(const Shape *, int64_t, TurnCount *);      // false: none, or too many
// It says the same in front of an earlier statement.
bool turns_move_up(const Shape *, const TurnCount *, const Ast *to);

// -- text.c: what fmt makes of its operands --
typedef enum PieceKind {
  PIECE_LITERAL, // text: bytes
  PIECE_STRING,  // text: an expression of type string …
  PIECE_BOOL,    // … bool
  PIECE_INT,     // … int, written with base 10
  PIECE_INT64,   // … int64, in base
  PIECE_UINT64,  // … uint64
} PieceKind;
typedef struct Piece {
  PieceKind kind;
  Str text;
  int base;
  bool joined;     // text is a sum of constants, node the first
  const Ast *node; // operand; NULL: PIECE_LITERAL
} Piece;
typedef struct Text {
  const Shape *shape;
  const Ast *call;
  VEC(Piece) pieces;
  bool calls_method; // one is the result of a method that fmt would call: a panic in it is caught there
} Text;
typedef struct FmtCall {
  bool is_fmt; // false: it is no call of a function that is known
  bool has_format, has_newline, is_error;
  uint8_t first; // operands are from here on, the format included
} FmtCall;
FmtCall text_call(const Shape *, const Ast *call);               // call may be NULL
const Ast *text_call_around(const Shape *, const Ast *);         // that a value is an operand of; NULL: none
bool text_read(Text *, const Shape *, const Ast *call, FmtCall); // false: not said without fmt
// As an expression of type string. strconv: as the file names it; NULL: not at all. False: it is needed.
bool text_write_string(const Piece *, const char *strconv, Buf *);

bool propose_presize(Proposal *);
bool propose_entries(Proposal *); // a map's
bool propose_format(Proposal *);
bool propose_sentinel(Proposal *);
bool propose_write(Proposal *);
bool propose_convert(Proposal *);
bool propose_astype(Proposal *);
bool propose_defer(Proposal *);
bool propose_hoist(Proposal *);
bool propose_builder(Proposal *);

// -- edit.c --
typedef struct FixImport {
  Str path, name;      // as the file names it: "fmt"
  uint32_t start, end; // of the spec
  bool grouped;        // in parentheses
  uint32_t uses;       // how often the file names it
} FixImport;
typedef struct FixImports {
  Str text;           // of the file
  uint32_t clause_at; // in the line of the package clause
  FixImport *items;
  uint32_t len;
} FixImports;
const FixImports *fix_imports(Arena *, const PackageResult *, const AstFile *);
// How a package is named in the file: "fmt". Empty: it is not imported, and can't be under its own name (needed for
// gains), or is hidden in the declaration.
Str import_name(const Shape *, const char *path);

#endif
