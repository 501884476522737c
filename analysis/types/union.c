// union.c: elements of interfaces: T, ~T, and unions A | B. Rules: Go spec, "General interfaces"; types2 union.go.
#include "types/checker_internal.h"

enum { MAX_TERMS = 100 }; // as gc

static UnionTerm parse_term(Checker *c, const Ast *n) {
  const Ast *x = n;
  bool tilde = n && n->kind == AST_UNARY && n->op == TOKEN_TILDE;
  if (tilde) x = n->u.unary.x;
  Type *t = check_type(c, x);
  if (type_is_param(t)) {
    check_error(c, n, tilde ? "type in term cannot be a type parameter" : "term cannot be a type parameter");
    t = type_invalid(c->context);
  }
  UnionTerm term = {t, tilde};
  if (tilde) {
    Type *u = type_new(c->pkg, TYPE_UNION);
    u->u.union_.terms = ARENA_NEW(&c->pkg->arena, UnionTerm);
    u->u.union_.terms[0] = term;
    u->u.union_.len = 1;
    record_type(c, n, MODE_TYPE, u, NULL);
  }
  return term;
}

typedef struct UnionLater {
  Type *type;
  const Ast **at;
} UnionLater;

static bool terms_overlap(const UnionTerm *x, const UnionTerm *y) {
  Type *a = y->tilde ? type_underlying(x->type) : x->type;
  Type *b = x->tilde ? type_underlying(y->type) : y->type;
  return type_identical(a, b);
}

static void validate_term(Checker *c, const UnionTerm *terms, uint32_t i, const Ast *at) {
  const UnionTerm *term = &terms[i];
  if (type_is_invalid(term->type)) return;
  Type *u = type_underlying(term->type);
  const char *text = check_type_text(c, term->type);
  if (term->tilde && u->kind == TYPE_INTERFACE) {
    check_error(c, at, "invalid use of ~ (%s is an interface)", text);
    return;
  }
  if (term->tilde && !type_identical(u, term->type)) {
    check_error(c, at, "invalid use of ~ (underlying type of %s is %s)", text, check_type_text(c, u));
    return;
  }
  if (u->kind == TYPE_INTERFACE) {
    const TypeSet *set = type_set(u);
    if (!set) return;
    if (set->methods.len)
      check_error(c, at, "cannot use %s in union (%s contains methods)", text, text);
    else if (set->comparable)
      check_error(c, at, "cannot use %s in union (it is or embeds comparable)", text);
    return;
  }
  for (uint32_t k = 0; k < i; k++) {
    if (type_is_invalid(terms[k].type) || type_is_interface(terms[k].type) || !terms_overlap(&terms[k], term)) continue;
    check_soft_error(c, at, "overlapping terms %s and %s", text, check_type_text(c, terms[k].type));
    return;
  }
}

static void validate_union(Checker *c, void *argument) {
  UnionLater *l = argument;
  for (uint32_t i = 0; i < l->type->u.union_.len; i++) validate_term(c, l->type->u.union_.terms, i, l->at[i]);
}

Type *check_union(Checker *c, const Ast *n) {
  if (!n) return type_invalid(c->context);
  // The left-leaning chain a | b | c: the operators from the last to the first.
  uint32_t count = 1;
  for (const Ast *p = n; p && p->kind == AST_BINARY && p->op == TOKEN_OR; p = p->u.binary.x) count++;
  if (count == 1 && !(n->kind == AST_UNARY && n->op == TOKEN_TILDE)) return parse_term(c, n).type;
  const Ast **at = ARENA_ARRAY(&c->scratch, const Ast *, count),
            **operators = ARENA_ARRAY(&c->scratch, const Ast *, count);
  const Ast *p = n;
  for (uint32_t i = count - 1; i > 0; i--) {
    operators[i] = p;
    at[i] = p->u.binary.y;
    p = p->u.binary.x;
  }
  at[0] = p;
  UnionTerm *terms = ARENA_ARRAY(&c->pkg->arena, UnionTerm, count);
  Type *u = NULL;
  for (uint32_t i = 0; i < count; i++) {
    UnionTerm term = at[i] ? parse_term(c, at[i]) : (UnionTerm){type_invalid(c->context), false};
    if (i >= MAX_TERMS) {
      if (u->kind == TYPE_UNION)
        check_error(c, at[i], "cannot handle more than %d union terms (implementation limitation)", MAX_TERMS);
      u = type_invalid(c->context);
    } else {
      terms[i] = term;
      u = type_new(c->pkg, TYPE_UNION);
      u->u.union_.terms = terms;
      u->u.union_.len = i + 1;
    }
    if (i > 0) record_type(c, operators[i], MODE_TYPE, u, NULL);
  }
  if (u->kind != TYPE_UNION) return u;
  UnionLater *l = ARENA_NEW(&c->scratch, UnionLater);
  *l = (UnionLater){u, at};
  check_later(c, validate_union, l);
  return u;
}
