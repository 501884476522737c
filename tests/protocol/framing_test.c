// framing_test.c: Content-Length framing: pieces, joins, limits, junk, and going on after each.
#include "check.h"
#include "framing.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Feeds `input` in pieces of `step` bytes and writes what comes: "M(body)" and "F-32700(message)".
static char *events(const char *input, size_t count, size_t step, size_t limit, char *out, size_t size) {
  Framer framer;
  framer_init(&framer, limit);
  size_t n = 0;
  out[0] = 0;
  for (size_t at = 0; at < count; at += step) {
    framer_feed(&framer, input + at, step < count - at ? step : count - at);
    Frame frame;
    for (FramerEvent event; (event = framer_next(&framer, &frame)) != FRAMER_WAIT && n < size;) {
      if (event == FRAMER_MESSAGE)
        n += (size_t)snprintf(out + n, size - n, "M(%.*s)", (int)frame.length, frame.body);
      else
        n += (size_t)snprintf(out + n, size - n, "F%d(%s)", frame.fault.code, frame.fault.message);
    }
  }
  RpcError fault;
  if (n < size && framer_is_truncated(&framer, &fault)) snprintf(out + n, size - n, "T(%s)", fault.message);
  framer_release(&framer);
  return out;
}

static void expect_events(const char *input, size_t limit, const char *want) {
  char got[1024];
  for (size_t step = 1; step <= strlen(input); step++)
    assert_string_equal(events(input, strlen(input), step, limit, got, sizeof got), want);
}

static void split_and_joined(void **state) {
  (void)state;
  expect_events("Content-Length: 2\r\n\r\n{}Content-Length: 4\r\n\r\n[1]\n", 0, "M({})M([1]\n)");
  expect_events("content-LENGTH:3 \r\nContent-Type: application/vscode-jsonrpc; charset=utf8\r\n\r\nabc", 0, "M(abc)");
  expect_events("X-Other: 1\r\nContent-Length: 0\r\n\r\n", 0, "M()");
  expect_events("Content-Length: 1\r\n\r\na\r\n\r\nContent-Length: 1\r\n\r\nb\r\n", 0, "M(a)M(b)");
  expect_events("Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 0, "M(hello)");
}

static void oversized_is_skipped(void **state) {
  (void)state;
  expect_events("Content-Length: 11\r\n\r\nhello worldContent-Length: 2\r\n\r\nok", 10,
                "F-32600(message of 11 bytes is over the limit of 10)M(ok)");
  expect_events(
    "Content-Length: 18446744073709551615\r\n\r\nhello", 10,
    "F-32600(message of 18446744073709551615 bytes is over the limit of 10)T(input ended inside a message)");
}

static void foreign_charset_is_refused(void **state) {
  (void)state;
  expect_events("Content-Length: 2\r\nContent-Type: x; charset=\"latin1\"\r\n\r\nabContent-Length: 2\r\n\r\nok", 0,
                "F-32600(Content-Type names a charset other than utf-8)M(ok)");
}

static void junk_is_reported_once(void **state) {
  (void)state;
  expect_events("{\"a\":1}\r\n\r\n??Content-Length: 2\r\n\r\nok", 0,
                "F-32700(malformed header: expected a field 'Name: value')M(ok)");
  expect_events("Content-Length: 3\r\n\r\n[12]Content-Length: 2\r\n\r\nok", 0,
                "M([12)F-32700(malformed header: expected a field 'Name: value')M(ok)");
  expect_events("Content-Length: x\r\n\r\n{}Content-Length: 2\r\n\r\nok", 0,
                "F-32700(malformed header: Content-Length is not a number of bytes)M(ok)");
  expect_events("Content-Length: 18446744073709551616\r\n\r\nContent-Length: 2\r\n\r\nok", 0,
                "F-32700(malformed header: Content-Length is not a number of bytes)M(ok)");
  expect_events("Content-Length: 2\nab", 0, "F-32700(malformed header: a line does not end in CR LF)");
  expect_events("A: 1\r\n\r\nabContent-Length: 2\r\n\r\nok", 0, "F-32700(malformed header: no Content-Length)M(ok)");
  expect_events("Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 0,
                "F-32700(malformed header: two Content-Length fields that differ)");
}

static void endless_header_is_cut(void **state) {
  (void)state;
  enum { SIZE = 20000 };
  char *input = malloc(SIZE), got[1024];
  assert_non_null(input);
  memset(input, 'a', SIZE);
  memcpy(input + SIZE - 23, "Content-Length: 2\r\n\r\nok", 23);
  const char *want = "F-32700(malformed header: longer than 8 KiB)M(ok)";
  assert_string_equal(events(input, SIZE, SIZE, 0, got, sizeof got), want);
  assert_string_equal(events(input, SIZE, 7, 0, got, sizeof got), want);
  free(input);
}

static void truncated_input_is_told(void **state) {
  (void)state;
  expect_events("Content-Length: 10\r\n\r\nhello", 0, "T(input ended after 5 of 10 bytes of a message)");
  expect_events("Content-Len", 0, "T(input ended inside a message)");
  expect_events("Content-Length: 2\r\n\r\n{}", 0, "M({})");
}

static void announced_length_costs_nothing(void **state) {
  (void)state;
  Framer framer;
  Frame frame;
  framer_init(&framer, 0);
  framer_feed(&framer, "Content-Length: 67108864\r\n\r\n", 28);
  assert_int_equal(framer_next(&framer, &frame), FRAMER_WAIT);
  assert_true(framer.capacity <= 4096);
  framer_release(&framer);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(split_and_joined),
    cmocka_unit_test(oversized_is_skipped),
    cmocka_unit_test(foreign_charset_is_refused),
    cmocka_unit_test(junk_is_reported_once),
    cmocka_unit_test(endless_header_is_cut),
    cmocka_unit_test(truncated_input_is_told),
    cmocka_unit_test(announced_length_costs_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
