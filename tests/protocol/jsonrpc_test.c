// jsonrpc_test.c: what is a message and what is answered when it is none; ids, calls in flight, the lifecycle.
#include "check.h"
#include "json_write.h"
#include "jsonrpc.h"
#include <stdlib.h>
#include <string.h>

static RpcKind parse(RpcMessage *message, RpcReply *reply, const char *body) {
  return rpc_parse(message, body, strlen(body), reply);
}

static void expect_invalid(const char *body, RpcCode code, bool wanted) {
  RpcMessage message;
  RpcReply reply;
  assert_int_equal(parse(&message, &reply, body), RPC_INVALID);
  assert_int_equal(reply.wanted, wanted);
  assert_int_equal(reply.error.code, code);
  assert_true(reply.error.message[0] != 0);
  rpc_message_release(&message);
}

static void kinds_of_messages(void **state) {
  (void)state;
  RpcMessage m;
  RpcReply reply;
  assert_int_equal(parse(&m, &reply, "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"a\",\"params\":{\"x\":1}}"),
                   RPC_REQUEST);
  assert_int_equal(m.id.kind, RPC_ID_INTEGER);
  assert_int_equal(m.id.number, 7);
  assert_string_equal(m.method, "a");
  assert_non_null(m.params);
  rpc_message_release(&m);
  assert_int_equal(parse(&m, &reply, "{\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"a\",\"params\":null}"),
                   RPC_REQUEST);
  assert_string_equal(m.id.text, "q");
  assert_null(m.params);
  rpc_message_release(&m);
  assert_int_equal(parse(&m, &reply, "{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"params\":[]}"), RPC_NOTIFICATION);
  rpc_message_release(&m);
  assert_int_equal(parse(&m, &reply, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}"), RPC_RESPONSE);
  assert_true(json_is_null(m.result));
  assert_int_equal(rpc_response_error(&m, NULL), RPC_OK);
  rpc_message_release(&m);
  assert_int_equal(parse(&m, &reply, "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32800,\"message\":\"gone\"}}"),
                   RPC_RESPONSE);
  const char *why;
  assert_int_equal(rpc_response_error(&m, &why), RPC_REQUEST_CANCELLED);
  assert_string_equal(why, "gone");
  rpc_message_release(&m);
}

static void what_is_no_message(void **state) {
  (void)state;
  expect_invalid("", RPC_PARSE_ERROR, true);
  expect_invalid("{\"jsonrpc\":", RPC_PARSE_ERROR, true);
  expect_invalid("{} {}", RPC_PARSE_ERROR, true);
  expect_invalid("{\"a\":\"\xff\"}", RPC_PARSE_ERROR, true);
  expect_invalid("{\"a\":99999999999999999999}", RPC_PARSE_ERROR, true);
  expect_invalid("{\"a\":1e999}", RPC_PARSE_ERROR, true);
  expect_invalid("17", RPC_INVALID_REQUEST, true);
  expect_invalid("[]", RPC_INVALID_REQUEST, true);
  expect_invalid("[{\"jsonrpc\":\"2.0\",\"method\":\"a\"}]", RPC_INVALID_REQUEST, true);
  expect_invalid("{}", RPC_INVALID_REQUEST, true);
  expect_invalid("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"a\"}", RPC_INVALID_REQUEST, true);
  expect_invalid("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}", RPC_INVALID_REQUEST, true);
  expect_invalid("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\\u0000b\"}", RPC_INVALID_REQUEST, true);
  expect_invalid("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"a\"}", RPC_INVALID_REQUEST, true);
  expect_invalid("{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"a\"}", RPC_INVALID_REQUEST, true);
  expect_invalid("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"params\":3}", RPC_INVALID_REQUEST, true);
  expect_invalid("{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"params\":3}", RPC_INVALID_REQUEST, false);
  expect_invalid("{\"jsonrpc\":\"2.0\",\"id\":{},\"result\":1}", RPC_INVALID_REQUEST, false);
  expect_invalid("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1,\"error\":{}}", RPC_INVALID_REQUEST, false);
  expect_invalid("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":\"x\",\"message\":\"\"}}", RPC_INVALID_REQUEST,
                 false);
}

static void the_broken_request_is_named(void **state) {
  (void)state;
  RpcMessage m;
  RpcReply reply;
  assert_int_equal(parse(&m, &reply, "{\"jsonrpc\":\"2.0\",\"id\":\"k\",\"method\":\"a\",\"params\":3}"), RPC_INVALID);
  assert_string_equal(reply.id.text, "k");
  rpc_message_release(&m);
}

static void deep_nesting_is_refused(void **state) {
  (void)state;
  enum { DEEP = 1000000 };
  char *body = malloc(DEEP + 1);
  assert_non_null(body);
  memset(body, '[', DEEP);
  body[DEEP] = 0;
  expect_invalid(body, RPC_PARSE_ERROR, true);
  free(body);
}

static void lone_surrogates_are_mended(void **state) {
  (void)state;
  RpcMessage m;
  RpcReply reply;
  assert_int_equal(
    parse(&m, &reply,
          "{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"params\":[\"\\ud83d\\ude00 \\ud800x\\udc00 \\\\ud800\"]}"),
    RPC_NOTIFICATION);
  assert_string_equal(json_string_value(json_array_get(m.params, 0)),
                      "\xF0\x9F\x98\x80 \xEF\xBF\xBDx\xEF\xBF\xBD \\ud800");
  rpc_message_release(&m);
}

static void expect_frame(json_t *message, const char *want) {
  RpcBytes bytes = rpc_frame(message);
  assert_int_equal(bytes.length, strlen(want));
  assert_memory_equal(bytes.bytes, want, bytes.length);
  free(bytes.memory);
}

static void messages_are_framed(void **state) {
  (void)state;
  RpcId none = {0}, one = {.kind = RPC_ID_INTEGER, .number = 1}, q = {.kind = RPC_ID_STRING, .text = "q"};
  expect_frame(rpc_notification("a", NULL), "Content-Length: 30\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"a\"}");
  expect_frame(rpc_request(q, "a", json_object()),
               "Content-Length: 51\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"a\",\"params\":{}}");
  expect_frame(rpc_response(one, NULL), "Content-Length: 38\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}");
  expect_frame(
    rpc_error_response(none, RPC_PARSE_ERROR, "é", NULL),
    "Content-Length: 66\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"é\"}}");
}

static void written_json_equals_janssons(void **state) {
  (void)state;
  static const char *const texts[] = {
    "{\"b\":[],\"a\":{},\"\\u0001\\\"k\":null}",
    "[0,-1,9223372036854775807,-9223372036854775808,1.5,-0.001,1e300]",
    "[\"\\b\\t\\n\\f\\r\\u000b\\u001f\\u0000\\\\\\/\\\"\",\"é😀\",\"\",true,false,[[[{\"x\":[1]}]]]]",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    json_t *value = json_loads(texts[i], JSON_ALLOW_NUL, NULL);
    assert_non_null(value);
    char *want = json_dumps(value, JSON_COMPACT);
    JsonText got = {0};
    json_write(&got, value);
    // jansson writes hexadecimal digits in capitals
    json_t *back = json_loadb(got.bytes, got.length, JSON_ALLOW_NUL, NULL);
    assert_true(json_equal(back, value));
    assert_int_equal(got.length, strlen(want));
    json_decref(back);
    json_decref(value);
    free(want);
    free(got.bytes);
  }
}

static void long_messages_are_cut_between_characters(void **state) {
  (void)state;
  RpcError error;
  char text[400];
  memset(text, 'x', sizeof text);
  for (size_t at = 250; at < 256; at++) {
    memset(text, 'x', sizeof text);
    memcpy(text + at, "\xF0\x9F\x98\x80", 4);
    text[300] = 0;
    assert_false(rpc_error_set(&error, RPC_INTERNAL_ERROR, "%s", text));
    json_t *j = json_string(error.message);
    assert_non_null(j);
    json_decref(j);
  }
}

static void calls_in_flight(void **state) {
  (void)state;
  RpcCalls calls = {0};
  int a, b;
  char text[] = "1";
  RpcId one = {.kind = RPC_ID_INTEGER, .number = 1}, text_one = {.kind = RPC_ID_STRING, .text = text};
  assert_true(rpc_calls_add(&calls, one, &a));
  assert_true(rpc_calls_add(&calls, text_one, &b));
  assert_false(rpc_calls_add(&calls, one, &b));
  text[0] = '2'; // the table has its own copy
  assert_null(rpc_calls_find(&calls, text_one));
  text[0] = '1';
  assert_ptr_equal(rpc_calls_find(&calls, text_one), &b);
  assert_ptr_equal(rpc_calls_take(&calls, one), &a);
  assert_null(rpc_calls_take(&calls, one));
  assert_int_equal(calls.count, 1);
  rpc_calls_release(&calls);
}

static LifecycleStep admit(Lifecycle *life, const char *method, bool request, RpcCode *code) {
  RpcMessage message = {.kind = request ? RPC_REQUEST : RPC_NOTIFICATION, .method = method};
  RpcError error = {0};
  LifecycleStep step = lifecycle_admit(life, &message, &error);
  *code = error.code;
  return step;
}

static void lifecycle(void **state) {
  (void)state;
  Lifecycle life = {0};
  RpcCode code;
  assert_int_equal(admit(&life, "textDocument/hover", true, &code), LIFECYCLE_REFUSE);
  assert_int_equal(code, RPC_SERVER_NOT_INITIALIZED);
  assert_int_equal(admit(&life, "shutdown", true, &code), LIFECYCLE_REFUSE);
  assert_int_equal(admit(&life, "textDocument/didOpen", false, &code), LIFECYCLE_DROP);
  assert_int_equal(admit(&life, "exit", false, &code), LIFECYCLE_EXIT);
  assert_int_equal(lifecycle_exit_code(&life), 1);
  assert_int_equal(admit(&life, "initialize", true, &code), LIFECYCLE_HANDLE);
  lifecycle_initialize_failed(&life);
  assert_int_equal(admit(&life, "initialize", true, &code), LIFECYCLE_HANDLE);
  assert_int_equal(admit(&life, "initialize", true, &code), LIFECYCLE_REFUSE);
  assert_int_equal(code, RPC_INVALID_REQUEST);
  assert_int_equal(admit(&life, "initialized", false, &code), LIFECYCLE_HANDLE);
  assert_int_equal(lifecycle_exit_code(&life), 1);
  assert_int_equal(admit(&life, "shutdown", true, &code), LIFECYCLE_HANDLE);
  assert_int_equal(admit(&life, "textDocument/hover", true, &code), LIFECYCLE_REFUSE);
  assert_int_equal(code, RPC_INVALID_REQUEST);
  assert_int_equal(admit(&life, "textDocument/didChange", false, &code), LIFECYCLE_DROP);
  assert_int_equal(admit(&life, "exit", false, &code), LIFECYCLE_EXIT);
  assert_int_equal(lifecycle_exit_code(&life), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(kinds_of_messages),
    cmocka_unit_test(what_is_no_message),
    cmocka_unit_test(the_broken_request_is_named),
    cmocka_unit_test(deep_nesting_is_refused),
    cmocka_unit_test(lone_surrogates_are_mended),
    cmocka_unit_test(messages_are_framed),
    cmocka_unit_test(written_json_equals_janssons),
    cmocka_unit_test(long_messages_are_cut_between_characters),
    cmocka_unit_test(calls_in_flight),
    cmocka_unit_test(lifecycle),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
