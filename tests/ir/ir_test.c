// ir_test: printing, walks, static values and passes on trees made by hand.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ir/ir.h"
#include "syntax/parse.h"

typedef struct Fixture {
  Interner *interner;
  TypeContext *types;
  Parser *parser;
  AstFile *file;
  AstSource source;
  Package *pkg, other;
  IrOptions options;
  IrUnit unit;
  IrFunc fn;
} Fixture;

static Package *no_import(void *context, Str path) {
  (void)context;
  (void)path;
  return NULL;
}

static int set_up(void **state) {
  Fixture *f = mem_new(sizeof *f);
  f->interner = interner_new();
  f->types = typecontext_new(f->interner, STR("amd64"), 26);
  f->parser = parser_new(f->interner);
  f->source = (AstSource){STR("/x/p.go"), STR("/x/p.go")};
  f->file = parse_file(f->parser, &f->source, STR("package p\n\ntype T struct{ a, b int }\n\nfunc f() {}\n"), NULL);
  f->pkg = package_declare(f->types,
                           &(PackageInput){.path = STR("p"), .files = &f->file, .file_count = 1, .import = no_import});
  package_check_bodies(f->pkg);
  f->other.path = STR("x/q");
  f->other.name = intern(f->interner, STR("q"));
  f->options = (IrOptions){.level = 1, .go_minor = 26};
  f->unit.pkg = f->pkg;
  f->unit.options = &f->options;
  f->unit.interner = f->interner;
  arena_init(&f->unit.arena);
  constpool_init(&f->unit.constants, &f->unit.arena);
  f->fn.unit = &f->unit;
  f->fn.name = ir_new_name(&f->unit, NULL, CLASS_FUNC, intern(f->interner, STR("f")), NULL, (IrPos){0})->u.name;
  f->fn.name->func = &f->fn;
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  Fixture *f = *state;
  constpool_release(&f->unit.constants);
  arena_release(&f->unit.arena);
  arena_release(&f->unit.nodes);
  arena_release(&f->unit.work);
  package_free(f->pkg);
  ast_file_free(f->file);
  parser_free(f->parser);
  typecontext_free(f->types);
  interner_free(f->interner);
  free(f);
  return 0;
}

static Type *basic(Fixture *f, BasicKind kind) { return f->types->basic[kind]; }

static IrNode *local(Fixture *f, const char *name, Type *type) {
  IrNode *n = ir_new_name(&f->unit, &f->fn, CLASS_AUTO, intern(f->interner, str_of(name)), type, (IrPos){0});
  VEC_PUSH(&f->unit.arena, &f->fn.dcls, n->u.name);
  return n;
}

static IrNode *binary(Fixture *f, IrOp op, IrNode *x, IrNode *y) {
  IrNode *n = ir_new(&f->unit, op, (IrPos){0}, x->type);
  n->u.binary.x = x;
  n->u.binary.y = y;
  return n;
}

static IrNode *unary(Fixture *f, IrOp op, IrNode *x, Type *type) {
  IrNode *n = ir_new(&f->unit, op, (IrPos){0}, type);
  if (x) n->u.unary.x = x;
  return n;
}

static IrNode *conv(Fixture *f, IrOp op, IrNode *x, Type *type, unsigned flags) {
  IrNode *n = ir_new(&f->unit, op, (IrPos){0}, type);
  n->u.conv.x = x;
  n->flags = (uint16_t)flags;
  return n;
}

static IrNode *as(Fixture *f, IrNode *x, IrNode *y, bool def) {
  IrNode *n = ir_new(&f->unit, IR_AS, (IrPos){0}, NULL);
  n->u.as.x = x;
  n->u.as.y = y;
  if (def) {
    n->flags |= IR_FLAG_DEF;
    x->u.name->defn = n;
  }
  return n;
}

static void prints(Fixture *f, const IrNode *n, const char *want) {
  Buf buf = {0};
  ir_write_node(&buf, &f->unit, n);
  assert_string_equal(buf.text, want);
  buf_release(&buf);
}

static void test_operators(void **state) {
  Fixture *f = *state;
  Type *i = basic(f, BASIC_INT);
  IrNode *a = local(f, "a", i), *b = local(f, "b", i);
  prints(f, binary(f, IR_MUL, binary(f, IR_ADD, a, b), a), "(a + b) * a");
  prints(f, binary(f, IR_SUB, a, binary(f, IR_SUB, b, a)), "a - (b - a)");
  prints(f, binary(f, IR_ADD, binary(f, IR_ADD, a, b), a), "a + b + a");
  prints(f, unary(f, IR_NEG, unary(f, IR_NEG, a, i), i), "- (-a)");
  IrNode *p = local(f, "pp", type_new_pointer(f->pkg, type_new_pointer(f->pkg, i)));
  prints(f, unary(f, IR_DEREF, unary(f, IR_DEREF, p, type_new_pointer(f->pkg, i)), i), "*(*pp)");
  IrNode *sum = ir_new(&f->unit, IR_ADDSTR, (IrPos){0}, basic(f, BASIC_STRING));
  IrNode *s = local(f, "s", basic(f, BASIC_STRING));
  ir_list_push(&f->unit, &sum->u.list.list, s);
  ir_list_push(&f->unit, &sum->u.list.list,
               ir_new_literal(&f->unit, (IrPos){0}, s->type, const_string(&f->unit.constants, STR("x"))));
  prints(f, sum, "s + \"x\"");
  prints(f, binary(f, IR_EQ, s, sum), "s == (s + \"x\")");
}

static void test_literals(void **state) {
  Fixture *f = *state;
  ConstPool *c = &f->unit.constants;
  prints(f, ir_new_int(&f->unit, (IrPos){0}, 5), "5");
  prints(f, ir_new_literal(&f->unit, (IrPos){0}, basic(f, BASIC_UINT8), const_int64(c, 200)), "uint8(200)");
  prints(f, ir_new_literal(&f->unit, (IrPos){0}, basic(f, BASIC_BYTE), const_int64(c, 1)), "byte(1)");
  prints(f, ir_new_literal(&f->unit, (IrPos){0}, basic(f, BASIC_RUNE), const_int64(c, 'x')), "'x'");
  prints(f, ir_new_literal(&f->unit, (IrPos){0}, basic(f, BASIC_INT32), const_int64(c, 120)), "int32(120)");
  prints(f, ir_new_literal(&f->unit, (IrPos){0}, basic(f, BASIC_FLOAT64), const_float64(c, 3.5)), "3.5");
  prints(f, ir_new_literal(&f->unit, (IrPos){0}, basic(f, BASIC_BOOL), const_bool(c, true)), "true");
  prints(f, ir_new_nil(&f->unit, (IrPos){0}, NULL), "nil");
}

static void test_composites_and_conversions(void **state) {
  Fixture *f = *state;
  Type *t = scope_lookup(f->pkg->scope, intern(f->interner, STR("T")))->type;
  IrNode *lit = ir_new(&f->unit, IR_STRUCTLIT, (IrPos){0}, t);
  prints(f, lit, "T{}");
  ir_list_push(&f->unit, &lit->u.complit.list, ir_new_int(&f->unit, (IrPos){0}, 1));
  prints(f, unary(f, IR_PTRLIT, lit, type_new_pointer(f->pkg, t)), "&T{...}");
  IrNode *ddd = ir_new(&f->unit, IR_SLICELIT, (IrPos){0}, type_new_slice(f->pkg, t));
  ddd->flags |= IR_FLAG_IMPLICIT;
  prints(f, ddd, "... argument");
  IrNode *s = local(f, "s", basic(f, BASIC_STRING));
  prints(f, conv(f, IR_STR2BYTES, s, type_new_slice(f->pkg, basic(f, BASIC_BYTE)), 0), "([]byte)(s)");
  prints(f, conv(f, IR_CONV, s, basic(f, BASIC_INT), 0), "int(s)");
  prints(f, conv(f, IR_CONVIFACE, s, f->types->type_any, IR_FLAG_IMPLICIT), "s");
  prints(f, unary(f, IR_NEW, unary(f, IR_TYPE, NULL, t), type_new_pointer(f->pkg, t)), "new(T)");
  IrNode *type = ir_new(&f->unit, IR_TYPE, (IrPos){0}, type_new_pointer(f->pkg, t));
  IrNode *method = ir_new(&f->unit, IR_METHEXPR, (IrPos){0}, NULL);
  method->u.selector.x = type;
  method->u.selector.sel = intern(f->interner, STR("M"));
  IrNode *call = ir_new(&f->unit, IR_CALLFUNC, (IrPos){0}, NULL);
  call->u.call.fun = method;
  ir_list_push(&f->unit, &call->u.call.args, s);
  ir_list_push(&f->unit, &call->u.call.args, ir_new_nil(&f->unit, (IrPos){0}, NULL));
  call->flags |= IR_FLAG_DDD;
  prints(f, call, "(*T).M(s, nil...)");
  IrNode *make = ir_new(&f->unit, IR_MAKESLICE, (IrPos){0}, type_new_slice(f->pkg, t));
  make->u.make.len = ir_new_int(&f->unit, (IrPos){0}, 3);
  prints(f, make, "make([]T, 3)");
  IrNode *far = local(f, "x", t);
  far->u.name->pkg = &f->other;
  prints(f, far, "q.x");
  IrNode *result = local(f, "~r0", t);
  IrNode *inlined = ir_new(&f->unit, IR_INLCALL, (IrPos){0}, t);
  ir_list_push(&f->unit, &inlined->u.inl_call.results, result);
  prints(f, inlined, "~r0");
  IrNode *slice = ir_new(&f->unit, IR_SLICE, (IrPos){0}, NULL);
  slice->u.slice.x = inlined;
  slice->u.slice.low = ir_new_int(&f->unit, (IrPos){0}, 1);
  prints(f, slice, "(~r0)[1:]");
  prints(f, as(f, s, NULL, false), "s = <nil>");
}

static void test_static_values(void **state) {
  Fixture *f = *state;
  Type *i = basic(f, BASIC_INT);
  IrNode *a = local(f, "a", i), *b = local(f, "b", i), *c = local(f, "c", i);
  ir_list_push(&f->unit, &f->fn.body, as(f, a, ir_new_int(&f->unit, (IrPos){0}, 7), true));
  ir_list_push(&f->unit, &f->fn.body, as(f, b, conv(f, IR_CONVNOP, a, i, 0), true));
  ir_list_push(&f->unit, &f->fn.body, as(f, c, a, true));
  ir_list_push(&f->unit, &f->fn.body, as(f, c, b, false));
  prints(f, ir_static_value(b), "7");
  assert_ptr_equal(ir_static_value(c), c);
  ReassignOracle *oracle = reassign_oracle_new(&f->fn);
  prints(f, reassign_oracle_static_value(oracle, b), "7");
  assert_true(reassign_oracle_reassigned(oracle, c->u.name));
  assert_false(reassign_oracle_reassigned(oracle, a->u.name));
  reassign_oracle_free(oracle);
}

static void test_dead_locals(void **state) {
  Fixture *f = *state;
  Type *i = basic(f, BASIC_INT);
  IrNode *a = local(f, "a", i), *b = local(f, "b", i);
  IrNode *to_a = as(f, a, b, true), *keep = as(f, local(f, "_", i), b, false);
  IrNode *to_b = as(f, b, ir_new_int(&f->unit, (IrPos){0}, 1), true);
  ir_list_push(&f->unit, &f->fn.body, to_b);
  ir_list_push(&f->unit, &f->fn.body, to_a);
  ir_list_push(&f->unit, &f->fn.body, keep);
  ir_dead_locals(&f->unit, &f->fn);
  prints(f, to_a, "_ := 0");
  prints(f, to_b, "b := 1");
}

static void test_loop_variable(void **state) {
  Fixture *f = *state;
  Type *i = basic(f, BASIC_INT);
  IrNode *v = local(f, "v", i), *loop = ir_new(&f->unit, IR_FOR, (IrPos){0}, NULL);
  loop->flags |= IR_FLAG_DISTINCT_VARS;
  ir_list_push(&f->unit, &loop->init, unary(f, IR_DCL, v, NULL));
  ir_list_push(&f->unit, &loop->init, as(f, v, ir_new_int(&f->unit, (IrPos){0}, 0), true));
  loop->u.for_.cond = binary(f, IR_LT, v, ir_new_int(&f->unit, (IrPos){0}, 3));
  IrNode *p = local(f, "p", type_new_pointer(f->pkg, i));
  ir_list_push(&f->unit, &loop->u.for_.body, as(f, p, unary(f, IR_ADDR, v, p->type), false));
  ir_list_push(&f->unit, &loop->u.for_.body, ir_new(&f->unit, IR_CONTINUE, (IrPos){0}, NULL));
  ir_list_push(&f->unit, &f->fn.body, loop);
  ir_loopvar(&f->unit, &f->fn);
  assert_null(loop->u.for_.cond);
  Buf buf = {0};
  ir_write_list(&buf, &f->unit, &loop->u.for_.body, "; ");
  assert_string_equal(buf.text,
                      "v := .autotmp_2; if !(v < 3) { break }; p = &v; goto .3clNext_1; .3clNext_1: ; .autotmp_2 = v");
  buf_release(&buf);
  assert_int_equal(loop->u.for_.body.items[0]->init.len, 1); // v is declared here now
}

static void test_static_init(void **state) {
  Fixture *f = *state;
  Type *t = scope_lookup(f->pkg->scope, intern(f->interner, STR("T")))->type;
  IrNode *g =
    ir_new_name(&f->unit, NULL, CLASS_EXTERN, intern(f->interner, STR("g")), type_new_pointer(f->pkg, t), (IrPos){0});
  IrNode *h =
    ir_new_name(&f->unit, NULL, CLASS_EXTERN, intern(f->interner, STR("h")), type_new_pointer(f->pkg, t), (IrPos){0});
  IrNode *lit = ir_new(&f->unit, IR_STRUCTLIT, (IrPos){0}, t);
  ir_list_push(&f->unit, &f->fn.body, as(f, g, unary(f, IR_PTRLIT, lit, g->type), false));
  ir_list_push(&f->unit, &f->fn.body, as(f, h, unary(f, IR_NEW, unary(f, IR_TYPE, NULL, t), h->type), false));
  f->unit.init_func = &f->fn;
  ir_package_init(&f->unit);
  assert_int_equal(f->fn.body.len, 1);
  prints(f, f->fn.body.items[0], "h = new(T)");
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_operators, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_literals, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_composites_and_conversions, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_static_values, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_dead_locals, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_loop_variable, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_static_init, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
