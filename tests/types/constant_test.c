// constant_test.c: constants. Edge cases with known answers, then thousands of operations whose results are compared
// with go/constant's (constants/main.go); without Go that part says SKIP.
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "types/constant.h"

static Arena arena;
static ConstPool pool;

static int setup(void **state) {
  (void)state;
  arena_init(&arena);
  constpool_init(&pool, &arena);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  constpool_release(&pool);
  arena_release(&arena);
  return 0;
}

static const Const *literal(const char *text, Token kind) { return const_from_literal(&pool, str_of(text), kind); }

static void expect(const Const *c, const char *want) {
  Buf b = {0};
  const_write_exact(&b, c);
  assert_string_equal(b.text, want);
  buf_release(&b);
}

static void expect_gc(const Const *c, char shape, const char *want) {
  Buf b = {0};
  const_write_gc(&b, c, shape);
  assert_string_equal(b.text, want);
  buf_release(&b);
}

static void test_literals(void **state) {
  (void)state;
  expect(literal("1_000", TOKEN_INT), "1000");
  expect(literal("0b1_01", TOKEN_INT), "5");
  expect(literal("0o17", TOKEN_INT), "15");
  expect(literal("017", TOKEN_INT), "15");
  expect(literal("08", TOKEN_INT), "unknown");
  expect(literal("0xFFFF_FFFF_FFFF_FFFF_F", TOKEN_INT), "295147905179352825855");
  expect(literal("1e3", TOKEN_FLOAT), "1000");
  expect(literal("0x1p-2", TOKEN_FLOAT), "1/4");
  expect(literal("1e-1000000000", TOKEN_FLOAT), "0");
  expect(literal("1e1000000000", TOKEN_FLOAT), "unknown");
  expect(literal("1e99999999999999999999", TOKEN_FLOAT), "unknown");
  expect(literal("1.5i", TOKEN_IMAG), "(0 + 3/2i)");
  expect(literal("'\\''", TOKEN_CHAR), "39");
  expect(literal("'\\xff'", TOKEN_CHAR), "255");
  expect(literal("'\\u65e5'", TOKEN_CHAR), "26085");
  expect(literal("\"a\\tb\\377\\u00e9\"", TOKEN_STRING), "\"a\\tb\\xff\u00e9\"");
  expect(literal("`a\\\r\nb`", TOKEN_STRING), "\"a\\\\\\nb\"");
  expect(literal("\"\\ud800\"", TOKEN_STRING), "unknown");
  expect(literal("\"\\'\"", TOKEN_STRING), "unknown");
  expect(literal("\"", TOKEN_STRING), "unknown");
  expect(literal("", TOKEN_INT), "unknown");
  expect(literal("", TOKEN_CHAR), "unknown");
  expect(literal("x", TOKEN_FLOAT), "unknown");
}

static void test_gc_text(void **state) {
  (void)state;
  expect_gc(literal("120", TOKEN_INT), 'r', "'x'");
  expect_gc(literal("10", TOKEN_INT), 'r', "'\\n'");
  expect_gc(literal("120", TOKEN_INT), 'i', "120");
  expect_gc(literal("1e3", TOKEN_FLOAT), 'f', "1000");
  expect_gc(literal("123456789.0", TOKEN_FLOAT), 'f', "1.23457e+08");
  expect_gc(literal("1e100", TOKEN_FLOAT), 'f', "1e+100");
  expect_gc(literal("123456.7", TOKEN_FLOAT), 'f', "123456.7");
  expect_gc(literal("1e-7", TOKEN_FLOAT), 'f', "1e-07");
  expect_gc(literal("0.1", TOKEN_FLOAT), 'f', "0.1");
  const Const *one = const_int64(&pool, 1), *two = const_int64(&pool, 2);
  expect_gc(const_make_complex(&pool, one, two), 'c', "(1 + 2i)");
  expect_gc(const_bool(&pool, true), 'b', "true");
  char text[200], want[200];
  memset(text, 'a', 80), text[80] = 0;
  expect_gc(const_string(&pool, str_of("q")), 's', "\"q\"");
  snprintf(want, sizeof want, "\"%.*s...", 68, text);
  expect_gc(const_string(&pool, str_of(text)), 's', want);
}

static void test_concat_shares(void **state) {
  (void)state;
  // a chain that grows in place, and a second chain from the same prefix that must not see the first one's bytes
  const Const *a = const_string(&pool, str_of("0123456789012345678901234567890123456789"));
  const Const *b = const_binary(&pool, a, TOKEN_ADD, a, false);
  const Const *x = const_binary(&pool, b, TOKEN_ADD, const_string(&pool, str_of("x")), false);
  const Const *y = const_binary(&pool, b, TOKEN_ADD, const_string(&pool, str_of("y")), false);
  assert_int_equal(const_string_value(x).n, 81);
  assert_int_equal(const_string_value(x).p[80], 'x');
  assert_int_equal(const_string_value(y).p[80], 'y');
  size_t before = arena.total;
  const Const *chain = a;
  for (int i = 0; i < 10000; i++) chain = const_binary(&pool, chain, TOKEN_ADD, a, false);
  assert_int_equal(const_string_value(chain).n, 40 * 10001);
  assert_true(arena.total - before < 8 << 20);
}

static void test_limits(void **state) {
  (void)state;
  const Const *zero = const_int64(&pool, 0), *min = const_int64(&pool, INT64_MIN), *minus = const_int64(&pool, -1);
  expect(const_binary(&pool, minus, TOKEN_QUO, zero, true), "unknown");
  expect(const_binary(&pool, minus, TOKEN_REM, zero, true), "unknown");
  expect(const_binary(&pool, literal("1.5", TOKEN_FLOAT), TOKEN_QUO, zero, false), "unknown");
  expect(const_binary(&pool, min, TOKEN_REM, minus, true), "0");
  expect(const_unary(&pool, TOKEN_SUB, min, 0), "9223372036854775808");
  expect(const_shift(&pool, minus, TOKEN_SHL, UINT64_MAX), "unknown");
  expect(const_shift(&pool, minus, TOKEN_SHR, UINT64_MAX), "-1");
  expect(const_unary(&pool, TOKEN_XOR, zero, 8), "255");
  expect(const_binary(&pool, NULL, TOKEN_ADD, zero, false), "unknown");
  expect(const_round_float32(&pool, literal("1e39", TOKEN_FLOAT)), "unknown");
  bool exact;
  assert_true(const_float64_value(literal("5e-324", TOKEN_FLOAT), &exact) == 0x1p-1074);
  assert_false(exact);
}

// -- against go/constant --

typedef struct Item {
  const char *kind;
  Token token;
  const char *text;
} Item;
static const Item NUMBERS[] = {
  {"int", TOKEN_INT, "0"},
  {"int", TOKEN_INT, "1"},
  {"int", TOKEN_INT, "7"},
  {"int", TOKEN_INT, "255"},
  {"int", TOKEN_INT, "0x7fffffffffffffff"},
  {"int", TOKEN_INT, "9223372036854775808"},
  {"int", TOKEN_INT, "0xffff_ffff_ffff_ffff"},
  {"int", TOKEN_INT, "123456789012345678901234567890"},
  {"int", TOKEN_INT, "16777217"},
  {"int", TOKEN_INT, "9007199254740993"},
  {"char", TOKEN_CHAR, "'a'"},
  {"float", TOKEN_FLOAT, "0.1"},
  {"float", TOKEN_FLOAT, "1.5"},
  {"float", TOKEN_FLOAT, "3.0"},
  {"float", TOKEN_FLOAT, "1e100"},
  {"float", TOKEN_FLOAT, "1e-300"},
  {"float", TOKEN_FLOAT, "0x1.fffffep127"},
  {"float", TOKEN_FLOAT, "0x1p-149"},
  {"float", TOKEN_FLOAT, "0x1.8p-150"},
  {"float", TOKEN_FLOAT, "1e1200"},
  {"float", TOKEN_FLOAT, "1e2000"},
  {"float", TOKEN_FLOAT, "1e-2000"},
  {"float", TOKEN_FLOAT, "1.234567e5000"},
  {"float", TOKEN_FLOAT, "7e300000"},
  {"float", TOKEN_FLOAT, "3e-400000000"},
  {"float", TOKEN_FLOAT, "2.71828182845904523536028747135266249775724709369995957496696763"},
  {"float", TOKEN_FLOAT, "4.940656458412465441765687928682213723651e-324"},
  {"float", TOKEN_FLOAT, "1.79769313486231580793e308"},
  {"float", TOKEN_FLOAT, "3.4028235677973366e38"},
  {"imag", TOKEN_IMAG, "2i"},
  {"imag", TOKEN_IMAG, "0.25i"},
  {"imag", TOKEN_IMAG, "017i"},
};
enum { NUMBER_COUNT = sizeof NUMBERS / sizeof *NUMBERS };

typedef struct Question {
  FILE *lines;
  VEC(char *) answers, lines_text;
} Question;

static void ask(Question *q, const char *what, const char *op, const Item *x, const Item *y, const Const *answer) {
  char line[1024];
  snprintf(line, sizeof line, "%s\t%s\t%s\t%s%s%s%s%s", what, op, x->kind, x->text, y ? "\t" : "", y ? y->kind : "",
           y ? "\t" : "", y ? y->text : "");
  fprintf(q->lines, "%s\n", line);
  Buf b = {0};
  if (strcmp(what, "print") == 0)
    const_write_gc(&b, answer, const_kind(answer) == CONST_INT && x->token == TOKEN_INT ? 'i' : 'f');
  else
    const_write_exact(&b, answer);
  VEC_APPEND(&q->answers, strdup(b.text));
  VEC_APPEND(&q->lines_text, strdup(line));
  buf_release(&b);
}

static void ask_binary(Question *q, const Item *x, const Item *y, const Const *a, const Const *b) {
  static const struct {
    const char *text;
    Token op;
    bool integers, integer_division;
  } OPS[] = {
    {"+", TOKEN_ADD, false, false},     {"-", TOKEN_SUB, false, false}, {"*", TOKEN_MUL, false, false},
    {"/", TOKEN_QUO, false, false},     {"//", TOKEN_QUO, true, true},  {"%", TOKEN_REM, true, false},
    {"&", TOKEN_AND, true, false},      {"|", TOKEN_OR, true, false},   {"^", TOKEN_XOR, true, false},
    {"&^", TOKEN_AND_NOT, true, false},
  };
  static const struct {
    const char *text;
    Token op;
    bool order;
  } COMPARISONS[] = {
    {"==", TOKEN_EQL, false}, {"!=", TOKEN_NEQ, false}, {"<", TOKEN_LSS, true},
    {"<=", TOKEN_LEQ, true},  {">", TOKEN_GTR, true},   {">=", TOKEN_GEQ, true},
  };
  bool integers =
    x->token != TOKEN_FLOAT && y->token != TOKEN_FLOAT && x->token != TOKEN_IMAG && y->token != TOKEN_IMAG;
  bool complex = x->token == TOKEN_IMAG || y->token == TOKEN_IMAG;
  for (size_t i = 0; i < sizeof OPS / sizeof *OPS; i++) {
    if (OPS[i].integers && !integers) continue;
    const Const *r = const_binary(&pool, a, OPS[i].op, b, OPS[i].integer_division);
    ask(q, "binary", OPS[i].text, x, y, r);
    if (!integers && !complex) ask(q, "toint_of", OPS[i].text, x, y, const_to_int(&pool, r));
  }
  for (size_t i = 0; i < sizeof COMPARISONS / sizeof *COMPARISONS; i++)
    if (!complex || !COMPARISONS[i].order)
      ask(q, "compare", COMPARISONS[i].text, x, y, const_bool(&pool, const_compare(&pool, a, COMPARISONS[i].op, b)));
}

static void ask_all(Question *q) {
  for (size_t i = 0; i < NUMBER_COUNT; i++) {
    const Item *x = &NUMBERS[i];
    const Const *a = literal(x->text, x->token);
    bool integer = x->token == TOKEN_INT || x->token == TOKEN_CHAR;
    ask(q, "literal", "", x, NULL, a);
    if (x->token != TOKEN_IMAG) ask(q, "print", "", x, NULL, a);
    ask(q, "unary", "-", x, NULL, const_unary(&pool, TOKEN_SUB, a, 0));
    if (integer) ask(q, "unary", "^", x, NULL, const_unary(&pool, TOKEN_XOR, a, 0));
    if (integer) ask(q, "unary16", "^", x, NULL, const_unary(&pool, TOKEN_XOR, a, 16));
    ask(q, "toint", "", x, NULL, const_to_int(&pool, a));
    if (x->token != TOKEN_IMAG) {
      ask(q, "float64", "", x, NULL, const_round_float64(&pool, a));
      ask(q, "float32", "", x, NULL, const_round_float32(&pool, a));
    }
    for (size_t j = 0; j < NUMBER_COUNT; j++)
      ask_binary(q, x, &NUMBERS[j], a, literal(NUMBERS[j].text, NUMBERS[j].token));
    static const Item COUNTS[] = {{"int", TOKEN_INT, "0"},  {"int", TOKEN_INT, "1"},  {"int", TOKEN_INT, "62"},
                                  {"int", TOKEN_INT, "63"}, {"int", TOKEN_INT, "64"}, {"int", TOKEN_INT, "500"}};
    for (size_t j = 0; integer && j < sizeof COUNTS / sizeof *COUNTS; j++) {
      uint64_t n = strtoull(COUNTS[j].text, NULL, 10);
      ask(q, "shift", "<<", x, &COUNTS[j], const_shift(&pool, a, TOKEN_SHL, n));
      ask(q, "shift", ">>", x, &COUNTS[j], const_shift(&pool, a, TOKEN_SHR, n));
    }
  }
}

static void test_against_go(void **state) {
  (void)state;
  if (system("go version >/dev/null 2>&1") != 0) {
    printf("SKIP: no Go toolchain: constants are not compared with go/constant\n");
    return;
  }
  char in_path[] = "/tmp/constant_test_XXXXXX", command[1024], line[65536];
  int fd = mkstemp(in_path);
  assert_true(fd >= 0);
  Question q = {.lines = fdopen(fd, "w")};
  ask_all(&q);
  fclose(q.lines);
  snprintf(command, sizeof command, "GOWORK=off GO111MODULE=off go run %s/constants/main.go <%s", TEST_DIRECTORY,
           in_path);
  FILE *out = popen(command, "r");
  assert_non_null(out);
  uint32_t different = 0, read = 0;
  for (; fgets(line, sizeof line, out); read++) {
    line[strcspn(line, "\n")] = 0;
    if (read >= q.answers.len || strcmp(line, q.answers.items[read]) == 0) continue;
    if (different++ < 20) printf("%s\n  ours %s\n  go's %s\n", q.lines_text.items[read], q.answers.items[read], line);
  }
  pclose(out);
  unlink(in_path);
  printf("%u operations compared with go/constant, %u different\n", read, different);
  assert_int_equal(read, q.answers.len);
  assert_int_equal(different, 0);
  for (uint32_t i = 0; i < q.answers.len; i++) free(q.answers.items[i]), free(q.lines_text.items[i]);
  free(q.answers.items), free(q.lines_text.items);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_literals, setup, teardown),
    cmocka_unit_test_setup_teardown(test_gc_text, setup, teardown),
    cmocka_unit_test_setup_teardown(test_concat_shares, setup, teardown),
    cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
    cmocka_unit_test_setup_teardown(test_against_go, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
