// constraint.c: the Go version that a build constraint implies (go/build/constraint, GoVersion): each `go1.N` tag is a
// lower bound, && takes the stricter of two bounds, || the laxer, and ! swaps the two.
#include "syntax/split_internal.h"

enum { NO_BOUND = -1, PAREN_LIMIT = 1000 };

typedef struct Constraint {
  Str text;
  size_t at;
  int nesting;
} Constraint;

static void skip_blanks(Constraint *c) {
  while (c->at < c->text.n && (c->text.p[c->at] == ' ' || c->text.p[c->at] == '\t')) c->at++;
}

static bool take(Constraint *c, Str token) {
  skip_blanks(c);
  if (!str_has_prefix(str_slice(c->text, c->at, c->text.n), token)) return false;
  c->at += token.n;
  return true;
}

static int stricter(int a, int b) { return a > b ? a : b; }
static int laxer(int a, int b) { return a < b ? a : b; }

static int bound_of_tag(Str tag) {
  if (str_equal(tag, STR("go1"))) return 0;
  if (!str_has_prefix(tag, STR("go1.")) || tag.n > 9) return NO_BOUND;
  int minor = 0;
  for (size_t i = 4; i < tag.n; i++) {
    if (tag.p[i] < '0' || tag.p[i] > '9') return NO_BOUND;
    minor = minor * 10 + (tag.p[i] - '0');
  }
  return tag.n > 4 ? minor : NO_BOUND;
}

static int read_or(Constraint *c, bool negated);

static int read_not(Constraint *c, bool negated) {
  bool flipped = negated;
  while (take(c, STR("!"))) flipped = !flipped;
  if (c->nesting < PAREN_LIMIT && take(c, STR("("))) {
    c->nesting++;
    int bound = read_or(c, flipped);
    c->nesting--;
    take(c, STR(")"));
    return bound;
  }
  skip_blanks(c);
  size_t start = c->at;
  while (c->at < c->text.n && !memchr(" \t()!&|", c->text.p[c->at], 7)) c->at++;
  return flipped ? NO_BOUND : bound_of_tag(str_slice(c->text, start, c->at));
}

static int read_and(Constraint *c, bool negated) {
  int bound = read_not(c, negated);
  while (take(c, STR("&&"))) {
    int other = read_not(c, negated);
    bound = negated ? laxer(bound, other) : stricter(bound, other);
  }
  return bound;
}

static int read_or(Constraint *c, bool negated) {
  int bound = read_and(c, negated);
  while (take(c, STR("||"))) {
    int other = read_and(c, negated);
    bound = negated ? stricter(bound, other) : laxer(bound, other);
  }
  return bound;
}

uint32_t constraint_go_minor(Str text) {
  Constraint c = {.text = text};
  int bound = text.n ? read_or(&c, false) : NO_BOUND;
  return bound > 0 ? (uint32_t)bound : 0;
}
