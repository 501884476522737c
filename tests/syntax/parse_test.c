// parse_test.c: positions of each kind of node, directives, slots and reuse, and what broken code costs.
#include "base/stack.h"
#include "syntax/directives.h"
#include "syntax/parse.h"

// cmocka wants these before it
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct Fixture {
  Interner *interner;
  Parser *parser;
  AstSource source;
} Fixture;

static int setup(void **state) {
  Fixture *x = calloc(1, sizeof *x);
  x->interner = interner_new();
  x->parser = parser_new(x->interner);
  x->source = (AstSource){STR("/m/x.go"), STR("/m/x.go")};
  *state = x;
  return 0;
}

static int teardown(void **state) {
  Fixture *x = *state;
  parser_free(x->parser);
  interner_free(x->interner);
  free(x);
  return 0;
}

static AstFile *parse(Fixture *x, const char *text, const AstFile *previous) {
  return parse_file(x->parser, &x->source, str_of(text), previous);
}

typedef struct Find {
  AstKind kind;
  const Ast *found;
} Find;
static bool find_first(void *context, const Ast *n) {
  Find *f = context;
  if (!f->found && n->kind == f->kind) f->found = n;
  return true;
}
static const Ast *first_of(const AstFile *f, AstKind kind) {
  Find find = {kind, NULL};
  for (uint32_t d = 0; d < f->decl_count; d++)
    for (uint32_t s = 0; s < f->decls[d]->specs.len; s++) ast_walk(f->decls[d]->specs.items[s], find_first, &find);
  return find.found;
}

// Each row: Go in a declaration, a kind, and the text at its characteristic position, at its start, and up to its end.
static void positions(void **state) {
  static const struct {
    const char *decl;
    AstKind kind;
    const char *at_pos, *at_start, *at_end; // at_end: the text that ends the node
  } rows[] = {
    {"var v = a", AST_VAR_DECL, "v = ", "v = ", "= a"},
    {"var v = abc", AST_NAME, "v = ", "v = ", "v"},
    {"var v = 12i", AST_BASIC_LIT, "12i", "12i", "12i"},
    {"var v = p.T{1}", AST_COMPOSITE_LIT, "{1}", "p.T", "{1}"},
    {"var v = T{k: 1}", AST_KEY_VALUE, ": 1", "k:", ": 1"},
    {"var v = func() {}", AST_FUNC_LIT, "func", "func", "{}"},
    {"var v = (a)", AST_PAREN, "(a)", "(a)", "(a)"},
    {"var v = a.b.c", AST_SELECTOR, ".c", "a.b.c", ".c"},
    {"var v = a[i]", AST_INDEX, "[i]", "a[i]", "[i]"},
    {"var v = a[i:j:k]", AST_SLICE, "[i:", "a[i:", "k]"},
    {"var v = a.(T)", AST_TYPE_ASSERT, ".(T)", "a.(", "(T)"},
    {"var v = *a", AST_STAR, "*a", "*a", "*a"},
    {"var v = <-a", AST_UNARY, "<-a", "<-a", "<-a"},
    {"var v = a + b*c", AST_BINARY, "+ b", "a +", "b*c"},
    {"var v = f(x, y...)", AST_CALL, "(x", "f(x", "...)"},
    {"var v = []byte(s)", AST_CALL, "(s)", "[]byte", "(s)"},
    {"var v = new(1 + 2)", AST_CALL, "(1", "new", "2)"},
    {"func f(x ...int)", AST_ELLIPSIS, "...int", "...int", "...int"},
    {"var v [4]int", AST_ARRAY_TYPE, "[4]", "[4]", "]int"},
    {"var v []int", AST_SLICE_TYPE, "[]int", "[]int", "]int"},
    {"var v struct{ a, b int }", AST_STRUCT_TYPE, "struct", "struct", "}"},
    {"var v interface{ m(); ~int | T }", AST_INTERFACE_TYPE, "interface", "interface", "}"},
    {"var v func(int) (a, b int)", AST_FUNC_TYPE, "func", "func", "int)"},
    {"var v map[K]V", AST_MAP_TYPE, "map", "map", "]V"},
    {"var v <-chan int", AST_CHAN_TYPE, "<-chan", "<-chan", "int"},
    {"func f() { g(); ; }", AST_EMPTY_STMT, "; }", "; }", ";"},
    {"func f() { { x() } }", AST_BLOCK, "{ {", "{ {", "} }"},
    {"func f() { L: for {} }", AST_LABELED_STMT, "L:", "L:", "{}"},
    {"func f() { g(1) }", AST_EXPR_STMT, "(1)", "g(1)", "(1)"},
    {"func f() { c <- 1 }", AST_SEND_STMT, "<- 1", "c <-", "- 1"},
    {"func f() { var x int }", AST_DECL_STMT, "var", "var", "x int"},
    {"func f() { a, b := c, d }", AST_ASSIGN_STMT, ":= c", "a, b", "c, d"},
    {"func f() { a++ }", AST_ASSIGN_STMT, "++", "a++", "++"},
    {"func f() { for { break L } }", AST_BRANCH_STMT, "break", "break", "L"},
    {"func f() { defer g() }", AST_CALL_STMT, "defer", "defer", "g()"},
    {"func f() { return 1, 2 }", AST_RETURN_STMT, "return", "return", "2"},
    {"func f() { if x := 1; x > 0 {} else {} }", AST_IF_STMT, "if x", "if x", "else {}"},
    {"func f() { for i := 0; i < 1; i++ {} }", AST_FOR_STMT, "for i", "for i", "{}"},
    {"func f() { for range x {} }", AST_RANGE_STMT, "for range", "for range", "{}"},
    {"func f() { switch x { case 1: } }", AST_SWITCH_STMT, "switch", "switch", ": }"},
    {"func f() { switch x { case 1: } }", AST_CASE_CLAUSE, "case", "case", "1:"},
    {"func f() { switch y := x.(type) { default: } }", AST_TYPE_SWITCH_STMT, "switch", "switch", ": }"},
    {"func f() { select { case <-c: } }", AST_SELECT_STMT, "select", "select", ": }"},
    {"func f() { select { case <-c: } }", AST_COMM_CLAUSE, "case", "case", "c:"},
    {"import p \"path\"", AST_IMPORT_DECL, "p \"", "p \"", "path\""},
    {"const a, b = 1, 2", AST_CONST_DECL, "a, b", "a, b", "2"},
    {"type T[P any] = []P", AST_TYPE_DECL, "T[P", "T[P", "[]P"},
    {"func f[T any](x T) {}", AST_FUNC_DECL, "f[T", "func", "{}"},
    {"func (r *T) m() {}", AST_FUNC_DECL, "(r *T)", "func", "{}"},
    {"type T [N * 2]int", AST_ARRAY_TYPE, "[N", "[N", "]int"},
    {"type T[P *C,] int", AST_STAR, "*C", "*C", "*C"},
    {"type T[P interface{ ~int }] int", AST_FIELD, "P inter", "P inter", "}"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[256];
    snprintf(text, sizeof text, "package p\n\n%s\n", rows[i].decl);
    AstFile *f = parse(*state, text, NULL);
    const Ast *n = first_of(f, rows[i].kind);
    if (f->errors.len) fail_msg("%s: %.*s", rows[i].decl, STR_ARG(f->errors.items[0].message));
    if (!n) fail_msg("%s: no %s", rows[i].decl, ast_kind_name(rows[i].kind));
    Str decl = f->decls[0]->text;
    size_t tail = strlen(rows[i].at_end);
    if (!str_has_prefix(str_slice(decl, n->pos, decl.n), str_of(rows[i].at_pos)))
      fail_msg("%s: pos %u", rows[i].decl, n->pos);
    if (!str_has_prefix(str_slice(decl, n->start, decl.n), str_of(rows[i].at_start)))
      fail_msg("%s: start %u", rows[i].decl, n->start);
    if (n->end < tail || !str_equal(str_slice(decl, n->end - tail, n->end), str_of(rows[i].at_end)))
      fail_msg("%s: end %u", rows[i].decl, n->end);
    ast_file_free(f);
  }
}

static void pragmas(void **state) {
  AstFile *f =
    parse(*state,
          "//go:build go1.21 && !windows\n\n// Code generated by hand. DO NOT EDIT.\npackage p\n\nimport \"C\"\n\n"
          "//go:noinline\n// doc\n//go:nosplit\nfunc a() {\n\t//go:linkname b other.b\n}\n\n"
          "func b()\n\n//go:embed x\nvar s string\n\nvar t int //go:noinline\nfunc c() {}\n",
          NULL);
  assert_int_equal(f->errors.len, 0);
  assert_int_equal(f->decl_count, 6);
  assert_true(f->is_generated && f->imports_c);
  assert_true(str_equal(f->build_constraint, STR("go1.21 && !windows")));
  assert_int_equal(f->go_minor, 21);
  assert_int_equal(f->decls[1]->pragma, PRAGMA_NOINLINE | PRAGMA_NOSPLIT | PRAGMA_NOCHECKPTR);
  assert_int_equal(f->decls[2]->pragma, PRAGMA_LINKNAME);
  assert_int_equal(f->decls[3]->pragma, PRAGMA_EMBED);
  assert_int_equal(f->decls[5]->pragma, 0); // not on a line of its own
  assert_int_equal(f->linknames.len, 1);
  assert_true(str_equal(f->linknames.items[0].remote, STR("other.b")));
  assert_true(str_has_prefix(f->decls[1]->text, STR("//go:noinline")));
  ast_file_free(f);
}

// Typed, then cut from its middle, a byte a version: what an edit finds is what the text as a whole has.
static void directives_typed(void **state) {
  enum { CUTS = 4 };
  static const char head[] = "package p\n\nfunc a() {\n\tb()\n}\n\n", tail[] = "\nfunc b() {}\n\nfunc c() {}\n";
  static const char *const typed[] = {"//heapls:noalloc", "//gcassert:inline"};
  for (size_t t = 0; t < 2; t++) {
    size_t length = strlen(typed[t]), kept = 8, with = 0;
    AstFile *previous = parse(*state, "package p\n", NULL);
    for (size_t step = 0; step <= length + CUTS; step++) {
      char text[200];
      size_t first = step <= length ? step : kept, rest = step <= length ? length : kept + step - length;
      snprintf(text, sizeof text, "%s%.*s%s%s", head, (int)first, typed[t], typed[t] + rest, tail);
      AstFile *f = parse(*state, text, previous);
      assert_int_equal(f->mentions_directives, directives_mentioned(str_of(text)));
      with += f->mentions_directives;
      ast_file_free(previous);
      previous = f;
    }
    assert_int_equal(with, length - (t ? strlen("//gcassert") : strlen("//heapls")));
    ast_file_free(previous);
  }
}

static void line_directives(void **state) {
  AstFile *f =
    parse(*state, "package p\n//line a.y:10\nvar x = 1\n//line b.y:20:5\nvar y = 2\nvar z = /*line :7:3*/ 3\n", NULL);
  assert_int_equal(f->line_directives.len, 3);
  PrintedPos at = ast_file_printed_pos(f, f->slot_starts[f->decls[0]->slot]);
  assert_true(str_equal(at.path, STR("a.y")));
  assert_int_equal(at.line, 10);
  assert_int_equal(at.column, 0);
  at = ast_file_printed_pos(f, f->slot_starts[f->decls[1]->slot] + 4);
  assert_true(str_equal(at.path, STR("b.y")));
  assert_int_equal(at.line, 20);
  assert_int_equal(at.column, 9);
  at = ast_file_printed_pos(f, f->slot_starts[f->decls[2]->slot]);
  assert_int_equal(at.line, 21);
  assert_int_equal(at.column, 1);
  at = ast_file_printed_pos(f, (uint32_t)str_index(f->text, STR(" 3\n")) + 1);
  assert_true(str_equal(at.path, STR("b.y")));
  assert_int_equal(at.line, 7);
  assert_int_equal(at.column, 4);
  ast_file_free(f);
}

static void slots_and_reuse(void **state) {
  AstFile *one = parse(*state, "package p\n\nfunc a() {}\n\nfunc b() { x( }\n\nfunc c() {}\n", NULL);
  AstFile *two = parse(*state, "package p\n\nvar new int\n\nfunc b() { x( }\n\nfunc c() {}\n", one);
  assert_int_equal(two->decl_count, 3);
  assert_ptr_equal(two->decls[1], one->decls[1]);
  assert_ptr_equal(two->decls[2], one->decls[2]);
  assert_int_equal(two->decls[0]->slot, 3);
  assert_int_equal(two->errors.len, one->errors.len);
  Pos gone = {one->decls[0], 0}, kept = {one->decls[2], 5};
  assert_int_equal(ast_file_offset(two, gone), UINT32_MAX);
  assert_int_equal(ast_file_offset(two, kept), (uint32_t)str_index(two->text, STR("c() {}")));
  ast_decl_retain(one->decls[0]);
  const AstDecl *held = one->decls[0];
  ast_file_free(one);
  assert_true(str_equal(held->text, STR("func a() {}")));
  ast_decl_release(held);
  ast_file_free(two);
}

static void declarations_anywhere(void **state) {
  AstFile *f = parse(*state,
                     "package p; import \"a\"; var x = 1; var y = `\nfunc raw() {\n`\n\tfunc f() {\nvar local int\n_ = "
                     "local\n}\ntype (\n\tT int; U = T)\n",
                     NULL);
  assert_int_equal(f->errors.len, 0);
  assert_int_equal(f->decl_count, 5);
  assert_int_equal(f->decls[4]->specs.len, 2);
  ast_file_free(f);
}

static uint32_t broken(const AstFile *f) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < f->decl_count; i++) n += f->decls[i]->has_error;
  return n;
}

// A fault costs its own declaration, and there no more than the statement.
static void broken_code(void **state) {
  static const char *const texts[] = {
    "package p\n\nfunc a() {\n\tif x {\n}\n\nfunc b() {}\n\ntype T struct{}\n",          // a `}` too few
    "package p\n\nfunc a() {\n\tx := foo(\n}\n\nfunc b() {}\n\ntype T struct{}\n",       // an open call
    "package p\n\nfunc a() {\n\tx := `abc\n}\n\nfunc b() {}\n\ntype T struct{}\n",       // an open raw string
    "package p\n\nfunc a() {\n\t/* abc\n}\n\nfunc b() {}\n\ntype T struct{}\n",          // an open comment
    "package p\n\nfunc a() {\n\t}\n\tx()\n}\n\nfunc b() {}\n\ntype T struct{}\n",        // a `}` too many
    "package p\n\nfunc a() {\n\tx := \"abc\n}\n\nfunc b() {}\n\ntype T struct{}\n",      // an open string
    "package p\n\nfunc a(\n\nfunc b() {}\n\ntype T struct{}\n",                          // an open signature
    "package p\n\nfunc a()\n\tvar x int\n\tf(x)\n}\n\nfunc b() {}\n\ntype T struct{}\n", // the body's `{` is gone
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    AstFile *f = parse(*state, texts[i], NULL);
    if (f->decl_count != 3 || broken(f) != 1)
      fail_msg("%s: %u declarations, %u broken", texts[i], f->decl_count, broken(f));
    assert_true(f->errors.len > 0);
    ast_file_free(f);
  }
  AstFile *f = parse(*state, "package p\n\nfunc a() {\n\tone()\n\tx := foo.\n\ty := 3\n\tz = \n\treturn y\n}\n", NULL);
  const Ast *body = f->decls[0]->specs.items[0]->u.func_decl.body;
  assert_int_equal(body->u.block.stmts.len, 5);
  assert_int_equal(body->u.block.stmts.items[0]->flags & AST_FLAG_ERROR, 0);
  assert_int_equal(body->u.block.stmts.items[1]->flags & AST_FLAG_ERROR, AST_FLAG_ERROR);
  assert_int_equal(body->u.block.stmts.items[2]->flags & AST_FLAG_ERROR, 0);
  assert_int_equal(body->u.block.stmts.items[4]->kind, AST_RETURN_STMT);
  assert_true(body->flags & AST_FLAG_ERROR);
  ast_file_free(f);
}

static void depth(void **state) {
  Buf text = {0};
  buf_puts(&text, "package p\nvar x = ");
  for (int i = 0; i < 200000; i++) buf_byte(&text, '(');
  AstFile *f = parse(*state, text.text, NULL);
  assert_true(f->errors.len > 0);
  ast_file_free(f);
  buf_clear(&text);
  buf_puts(&text, "package p\nvar x = 1");
  for (uint32_t i = 1; i < stack_levels(); i++) buf_puts(&text, " + 1");
  f = parse(*state, text.text, NULL);
  assert_int_equal(f->errors.len, 0);
  ast_file_free(f);
  buf_release(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(positions, setup, teardown),
    cmocka_unit_test_setup_teardown(pragmas, setup, teardown),
    cmocka_unit_test_setup_teardown(directives_typed, setup, teardown),
    cmocka_unit_test_setup_teardown(line_directives, setup, teardown),
    cmocka_unit_test_setup_teardown(slots_and_reuse, setup, teardown),
    cmocka_unit_test_setup_teardown(declarations_anywhere, setup, teardown),
    cmocka_unit_test_setup_teardown(broken_code, setup, teardown),
    cmocka_unit_test_setup_teardown(depth, setup, teardown),
  };
  return cmocka_run_group_tests_name("syntax", tests, NULL, NULL);
}
