// intern_test: random operations on a map, compared with an array; maps that settle in an arena; symbols; hashes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/intern.h"

enum { KEYS = 300, STEPS = 40000 };

static uint32_t random_below(uint64_t *seed, uint32_t below) {
  *seed ^= *seed >> 12;
  *seed ^= *seed << 25;
  *seed ^= *seed >> 27;
  return (uint32_t)((*seed * 0x2545F4914F6CDD1DULL) >> 33) % below;
}

static const void *key_at(uint32_t k) { return (const void *)(uintptr_t)(8 * (k + 1)); }

static void map_is(const PtrMap *m, const uint32_t *expected) {
  uint32_t live = 0, held = 0;
  for (uint32_t k = 0; k < KEYS; k++) {
    assert_true((uintptr_t)ptrmap_get(m, key_at(k)) == expected[k]);
    assert_true(ptrmap_has(m, key_at(k)) == (expected[k] != 0));
    held += expected[k] != 0;
  }
  for (uint32_t i = 0; i < m->len; i++) live += m->entries[i].key != NULL;
  assert_int_equal(live, held);
}

// What it holds is what an array holds, whether it settles now and then or never does.
static void test_map(void **state) {
  (void)state;
  for (uint32_t settles = 0; settles < 2; settles++) {
    PtrMap m = {0};
    Arena arena;
    arena_init(&arena);
    uint32_t expected[KEYS] = {0}, moved = 0;
    uint64_t seed = 88172645463325252ULL;
    for (uint32_t i = 0; i < STEPS; i++) {
      uint32_t k = random_below(&seed, KEYS);
      if (random_below(&seed, 3)) {
        ptrmap_set(&m, key_at(k), (void *)(uintptr_t)(i + 1));
        expected[k] = i + 1;
      } else {
        assert_true(ptrmap_remove(&m, key_at(k)) == (expected[k] != 0));
        expected[k] = 0;
      }
      if (settles && random_below(&seed, 500) == 0) {
        ptrmap_settle(&m, &arena);
        assert_true(m.settled);
        moved++;
      }
      if (i % 200 == 0) map_is(&m, expected);
    }
    map_is(&m, expected);
    assert_true(!settles || moved > 20);
    ptrmap_release(&m);
    assert_true(!ptrmap_has(&m, key_at(0)) && m.len == 0);
    arena_release(&arena);
  }
}

// A settled map may go after its arena, and an empty one has nothing to settle.
static void test_settled_release(void **state) {
  (void)state;
  PtrMap m = {0}, none = {0};
  Arena arena;
  arena_init(&arena);
  ptrmap_set(&m, key_at(1), &m);
  ptrmap_settle(&m, &arena);
  ptrmap_settle(&none, &arena);
  assert_false(none.settled);
  arena_release(&arena);
  ptrmap_release(&m);
  ptrmap_release(&none);
}

static void test_symbols(void **state) {
  (void)state;
  enum { COUNT = 20000 };
  Interner *in = interner_new();
  static Sym symbols[COUNT];
  char text[32];
  for (uint32_t i = 0; i < COUNT; i++) {
    int n = snprintf(text, sizeof text, "%s%u", i % 2 ? "Name" : "name", i);
    symbols[i] = intern(in, (Str){text, (size_t)n});
    assert_true(symbols[i]->exported == (i % 2 == 1));
  }
  for (uint32_t i = 0; i < COUNT; i++) {
    int n = snprintf(text, sizeof text, "%s%u", i % 2 ? "Name" : "name", i);
    assert_ptr_equal(intern(in, (Str){text, (size_t)n}), symbols[i]);
    assert_true(sym_is(symbols[i], text));
  }
  assert_true(sym_is_blank(intern(in, STR("_"))));
  interner_free(in);
}

static int by_value(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

// Places (the address of a declaration and an offset in it) are told apart by what hash_mix makes of them.
static void test_places(void **state) {
  (void)state;
  enum { DECLS = 1000, OFFSETS = 1000, DECL_BYTES = 136 };
  uint64_t *keys = mem_new(sizeof *keys * DECLS * OFFSETS), base = 0x55d0c0de1230u;
  for (uint32_t i = 0; i < DECLS; i++)
    for (uint32_t k = 0; k < OFFSETS; k++)
      keys[i * OFFSETS + k] = hash_mix(base + (uint64_t)i * DECL_BYTES, (uint64_t)k * 7) | 1;
  qsort(keys, DECLS * OFFSETS, sizeof *keys, by_value);
  for (uint32_t i = 1; i < DECLS * OFFSETS; i++) assert_true(keys[i] != keys[i - 1]);
  free(keys);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_map),
    cmocka_unit_test(test_settled_release),
    cmocka_unit_test(test_symbols),
    cmocka_unit_test(test_places),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
