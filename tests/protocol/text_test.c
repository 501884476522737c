// text_test.c: positions, documents, URIs.
#include "check.h"
#include "text_document.h"
#include "uri.h"
#include <string.h>

static void expect_offset(const char *text, uint32_t line, uint32_t character, PositionEncoding encoding,
                          uint32_t want) {
  TextSnapshot *s = snapshot_new(text, strlen(text), 0);
  assert_int_equal(snapshot_offset(s, (LspPosition){line, character}, encoding), want);
  snapshot_release(s);
}

static void columns_by_encoding(void **state) {
  (void)state;
  const char *text = "a\xF0\x9F\x98\x80z\xC3\xA9!\n"; // a😀zé!
  expect_offset(text, 0, 1, POSITION_UTF16, 1);
  expect_offset(text, 0, 2, POSITION_UTF16, 1); // inside the pair
  expect_offset(text, 0, 3, POSITION_UTF16, 5);
  expect_offset(text, 0, 5, POSITION_UTF16, 8);
  expect_offset(text, 0, 2, POSITION_UTF32, 5);
  expect_offset(text, 0, 4, POSITION_UTF32, 8);
  expect_offset(text, 0, 5, POSITION_UTF8, 5);
  expect_offset(text, 0, 7, POSITION_UTF8, 6); // inside é
  expect_offset("\xff\xff!", 0, 2, POSITION_UTF16, 2);
}

static void lines_and_clamping(void **state) {
  (void)state;
  const char *text = "ab\r\ncd\re\n";
  expect_offset(text, 0, 99, POSITION_UTF16, 2); // before the CR LF
  expect_offset(text, 1, 0, POSITION_UTF16, 4);
  expect_offset(text, 1, 99, POSITION_UTF16, 6);
  expect_offset(text, 2, 0, POSITION_UTF16, 7);
  expect_offset(text, 3, 0, POSITION_UTF16, 9);
  expect_offset(text, 4, 0, POSITION_UTF16, 9);
  expect_offset(text, 2147483647, 2147483647, POSITION_UTF8, 9);
  expect_offset("", 0, 0, POSITION_UTF16, 0);
}

static void offsets_to_positions(void **state) {
  (void)state;
  const char *text = "\xF0\x9F\x98\x80x\r\ny";
  TextSnapshot *s = snapshot_new(text, strlen(text), 0);
  LspPosition at = snapshot_position(s, 4, POSITION_UTF16);
  assert_int_equal(at.character, 2);
  at = snapshot_position(s, 6, POSITION_UTF16); // between CR and LF
  assert_int_equal(at.line, 0);
  assert_int_equal(at.character, 3);
  at = snapshot_position(s, 1000, POSITION_UTF16);
  assert_int_equal(at.line, 1);
  assert_int_equal(at.character, 1);
  snapshot_release(s);
}

static void edit(TextDocument *d, LspRange range, const char *text) {
  LspContentChange change = {.has_range = true, .range = range, .text = text, .length = strlen(text)};
  RpcError error;
  TextEditSpan span;
  assert_true(text_document_change(d, &change, 1, 2, POSITION_UTF16, &span, &error));
}

static void line_ends_that_meet(void **state) {
  (void)state;
  TextDocument d;
  assert_true(text_document_open(&d, "a\rb", 3, 1));
  edit(&d, (LspRange){{1, 0}, {1, 0}}, "\n"); // the CR becomes half of a CR LF
  assert_int_equal(d.now->lines.count, 2);
  assert_int_equal(d.now->lines.starts[1], 3);
  edit(&d, (LspRange){{0, 1}, {1, 0}}, "\r\r\n");
  assert_string_equal(d.now->text, "a\r\r\nb");
  assert_int_equal(d.now->lines.count, 3);
  edit(&d, (LspRange){{0, 0}, {2, 1}}, "");
  assert_string_equal(d.now->text, "");
  assert_int_equal(d.now->lines.count, 1);
  text_document_release(&d);
}

static void changes_are_all_or_nothing(void **state) {
  (void)state;
  TextDocument d;
  RpcError error;
  assert_true(text_document_open(&d, "one\n", 4, 1));
  TextSnapshot *before = text_document_snapshot(&d);
  LspContentChange changes[] = {{.text = "two\n", .length = 4},
                                {.has_range = true, .range = {{9, 0}, {9, 1}}, .text = "x", .length = 1}};
  assert_false(text_document_change(&d, changes, 2, 2, POSITION_UTF16, NULL, &error));
  assert_int_equal(error.code, RPC_INVALID_PARAMS);
  assert_string_equal(error.message,
                      "params.contentChanges[1].range.start: line 9 is past the end of a text of 2 lines");
  assert_string_equal(d.now->text, "one\n");
  assert_int_equal(d.now->version, 1);
  changes[1].range = (LspRange){{0, 3}, {0, 1}};
  assert_false(text_document_change(&d, changes, 2, 2, POSITION_UTF16, NULL, &error));
  assert_string_equal(error.message, "params.contentChanges[1].range: end 0:1 is before start 0:3");
  changes[1].range = (LspRange){{1, 0}, {999999, 0}}; // how some clients say "to the end"
  assert_true(text_document_change(&d, changes, 2, 7, POSITION_UTF16, NULL, &error));
  assert_string_equal(d.now->text, "two\nx");
  assert_int_equal(d.now->version, 7);
  assert_string_equal(before->text, "one\n");
  snapshot_release(before);
  text_document_release(&d);
}

static void expect_path(const char *uri, const char *want) {
  Pool pool = {0};
  char *path = uri_to_path(&pool, uri);
  if (want) {
    assert_non_null(path);
    assert_string_equal(path, want);
  } else {
    assert_null(path);
  }
  pool_release(&pool);
}

static void uris(void **state) {
  (void)state;
  Pool pool = {0};
  expect_path("file:///a/b.go", "/a/b.go");
  expect_path("file://localhost/a", "/a");
  expect_path("file:/a", "/a");
  expect_path("FILE:///a", "/a");
  expect_path("file:///caf%C3%A9/%23x%25.go", "/café/#x%.go");
  expect_path("file:///a/../b/./c//d/", "/b/c/d");
  expect_path("file:///../..", "/");
  expect_path("file:///c%3A/x/Y.go", "C:/x/Y.go");
  expect_path("file:///C:/x", "C:/x");
  expect_path("file://host/share", NULL);
  expect_path("untitled:Untitled-1", NULL);
  expect_path("file:///a%0", NULL);
  expect_path("file:///a%00b", NULL);
  expect_path("file:", NULL);
  assert_string_equal(uri_of_path(&pool, "/tmp/é a#.go"), "file:///tmp/%C3%A9%20a%23.go");
  assert_string_equal(uri_of_path(&pool, "C:/x"), "file:///c%3A/x");
  assert_string_equal(uri_normal(&pool, "file:///C:/x"), uri_normal(&pool, "file:///c%3A/x"));
  assert_string_equal(uri_normal(&pool, "git:/a?ref=1"), "git:/a?ref=1");
  pool_release(&pool);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(columns_by_encoding),        cmocka_unit_test(lines_and_clamping),
    cmocka_unit_test(offsets_to_positions),       cmocka_unit_test(line_ends_that_meet),
    cmocka_unit_test(changes_are_all_or_nothing), cmocka_unit_test(uris),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
