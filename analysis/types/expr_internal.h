// expr_internal.h: what the expression files of the checker (expr.c, operand.c, const.c, call.c, builtins.c, index.c,
// literals.c, conversion.c) share among themselves.
#ifndef HEAPLS_EXPR_INTERNAL_H
#define HEAPLS_EXPR_INTERNAL_H

#include "types/checker_internal.h"

// Why an untyped operand can't become a type.
typedef enum ConvertFault { CONVERT_OK, CONVERT_TRUNCATED, CONVERT_OVERFLOW, CONVERT_IMPOSSIBLE } ConvertFault;

// The specific types of a type's set: those of a type parameter's constraint, else just the type itself. count is 0
// when a type parameter's constraint names none. `one` backs terms for ordinary types: don't copy a TypeTerms.
typedef struct TypeTerms {
  const UnionTerm *terms;
  uint32_t count;
  UnionTerm one;
} TypeTerms;
void type_terms(TypeTerms *, Type *t);

static inline Type *basic_type(const Checker *c, BasicKind kind) { return c->context->basic[kind]; }
static inline bool operand_is_const(const Operand *x) { return x->mode == MODE_CONSTANT; }
static inline bool const_is_unknown(const Const *v) { return const_kind(v) == CONST_UNKNOWN; }

// What an untyped operand becomes for target (itself when typed), NULL with *fault when it can't. *value: the rounded
// constant, or NULL when it stays as it is.
Type *implicit_type(Checker *, Operand *, Type *target, const Const **value, ConvertFault *fault);
// Gives an operand, and its expression, what implicit_type found for it.
void operand_set_implicit(Checker *, Operand *, Type *, const Const *value);
ConvertFault const_representation(Checker *, const Operand *, Type *basic, const Const **value);
void operand_check_representable(Checker *, Operand *, Type *basic);
void report_conversion(Checker *, ConvertFault, Operand *, Type *target);
void update_expr_value(Checker *, const Ast *, const Const *);
void operand_assign(Checker *, Operand *, Type *target, const char *context, const Ast *callee);

// excluded: bits 1 << MODE_*; an operand of such a mode is an error.
void operand_exclude(Checker *, Operand *, unsigned excluded);
enum { NOT_A_VALUE = 1 << MODE_NOVALUE | 1 << MODE_BUILTIN | 1 << MODE_TYPE };
void operand_non_generic(Checker *, Type *target, Operand *);

// Arguments of a call, evaluated. partial[i]: the explicit type arguments of a generic function passed with fewer than
// it has; partial is NULL when no argument is such.
typedef struct Arguments {
  Operand *items;
  uint32_t len;
  TypeList *partial;
  Operand room[6];
} Arguments;
void check_plain_arguments(Checker *, Arguments *, const AstList *);
Type *check_size_argument(Checker *, const Ast *,
                          int64_t *value); // of make: its type or NULL; value -1 when not constant
ExprKind builtin_expr_kind(BuiltinId);
// Passes args to sig's parameters, inferring and instantiating what is generic; returns the instantiated signature, or
// sig.
Type *check_arguments(Checker *, const Ast *call, Type *sig, TypeList targs, Arguments *);

#endif
