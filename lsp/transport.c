// transport.c: bytes in and out: standard streams (pipes, terminals, plain files), a loopback socket, or a named pipe.
//
// Standard input may be a plain file (a recorded session); the loop cannot poll those, so they are read by the thread
// pool.
#include "server.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <unistd.h>

enum { READ_SIZE = 64 * 1024, FLUSH_LIMIT_MS = 2000 };

static void ended(Server *s) {
  if (s->transport.ended) return;
  s->transport.ended = true;
  RpcError fault;
  if (framer_is_truncated(&s->framer, &fault))
    server_log(s, LOG_WARN, "the input ended inside a message: %s", fault.message);
  server_stop(s, lifecycle_exit_code(&s->lifecycle));
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *out) {
  (void)handle;
  (void)size;
  *out = uv_buf_init(protocol_alloc(READ_SIZE), READ_SIZE);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer) {
  Server *s = stream->data;
  if (count > 0 && !s->stopping) dispatch_bytes(s, buffer->base, (size_t)count);
  free(buffer->base);
  if (count < 0) ended(s);
}

static void on_file_read(uv_fs_t *request);

static void read_file(Server *s) {
  uv_buf_t buffer = uv_buf_init(s->transport.buffer, READ_SIZE);
  s->transport.read_request.data = s;
  uv_fs_read(&s->loop, &s->transport.read_request, STDIN_FILENO, &buffer, 1, -1, on_file_read);
}

static void on_file_read(uv_fs_t *request) {
  Server *s = request->data;
  ssize_t count = request->result;
  uv_fs_req_cleanup(request);
  if (count > 0 && !s->stopping) dispatch_bytes(s, s->transport.buffer, (size_t)count);
  if (count > 0 && !s->stopping)
    read_file(s);
  else
    ended(s);
}

static bool start(Server *s) {
  s->transport.in->data = s;
  s->transport.out->data = s;
  return uv_read_start(s->transport.in, on_alloc, on_read) == 0;
}

static bool open_stdio(Server *s) {
  Transport *t = &s->transport;
  if (uv_guess_handle(STDOUT_FILENO) != UV_FILE && uv_pipe_init(&s->loop, &t->pipe_out, 0) == 0 &&
      uv_pipe_open(&t->pipe_out, STDOUT_FILENO) == 0)
    t->out = (uv_stream_t *)&t->pipe_out;
  if (uv_guess_handle(STDIN_FILENO) != UV_FILE && uv_pipe_init(&s->loop, &t->pipe_in, 0) == 0 &&
      uv_pipe_open(&t->pipe_in, STDIN_FILENO) == 0) {
    t->in = (uv_stream_t *)&t->pipe_in;
    t->in->data = s;
    return uv_read_start(t->in, on_alloc, on_read) == 0;
  }
  t->reading_file = true;
  t->buffer = protocol_alloc(READ_SIZE);
  read_file(s);
  return true;
}

static bool complain(const char *what, int status) {
  fprintf(stderr, "heapls serve: %s: %s\n", what, uv_strerror(status));
  return false;
}

// "N", "127.0.0.1:N", "localhost:N" or "[::1]:N": other machines have no business here.
static bool loopback_address(const char *text, struct sockaddr_in *out) {
  const char *colon = strrchr(text, ':'), *port = colon ? colon + 1 : text;
  size_t n = colon ? (size_t)(colon - text) : 0;
  bool loopback =
    !colon || (n == 9 && strncmp(text, "127.0.0.1", 9) == 0) || (n == 9 && strncmp(text, "localhost", 9) == 0);
  char *end;
  long number = strtol(port, &end, 10);
  if (!loopback || *end || end == port || number < 0 || number > 65535) {
    fprintf(stderr, "heapls serve: '%s' is not a port of this machine: only 127.0.0.1 is served\n", text);
    return false;
  }
  return uv_ip4_addr("127.0.0.1", (int)number, out) == 0;
}

static void on_connected(uv_connect_t *request, int status) {
  Server *s = request->data;
  if (status == 0 && start(s)) return;
  complain("connecting", status);
  server_stop(s, 2);
}

static void on_connection(uv_stream_t *listener, int status) {
  Server *s = listener->data;
  Transport *t = &s->transport;
  if (status < 0 || t->in) return; // one editor; others are left in the queue
  uv_tcp_init(&s->loop, &t->tcp);
  if (uv_accept(listener, (uv_stream_t *)&t->tcp) != 0) return;
  struct sockaddr_storage peer;
  int size = sizeof peer;
  const struct sockaddr_in *v4 = (const struct sockaddr_in *)&peer;
  if (uv_tcp_getpeername(&t->tcp, (struct sockaddr *)&peer, &size) != 0 || peer.ss_family != AF_INET ||
      (ntohl(v4->sin_addr.s_addr) >> 24) != 127) {
    uv_close((uv_handle_t *)&t->tcp, NULL);
    return;
  }
  t->in = t->out = (uv_stream_t *)&t->tcp;
  start(s);
}

bool transport_open(Server *s, const ServeOptions *options) {
  Transport *t = &s->transport;
  struct sockaddr_in address;
  int status;
  if (options->pipe) {
    uv_pipe_init(&s->loop, &t->pipe_in, 0);
    t->in = t->out = (uv_stream_t *)&t->pipe_in;
    t->connect.data = s;
    uv_pipe_connect(&t->connect, &t->pipe_in, options->pipe, on_connected);
    return true;
  }
  if (options->socket) {
    if (!loopback_address(options->socket, &address)) return false;
    uv_tcp_init(&s->loop, &t->tcp);
    t->in = t->out = (uv_stream_t *)&t->tcp;
    t->connect.data = s;
    status = uv_tcp_connect(&t->connect, &t->tcp, (const struct sockaddr *)&address, on_connected);
    return status == 0 || complain("connecting", status);
  }
  if (options->port) {
    if (!loopback_address(options->port, &address)) return false;
    uv_tcp_init(&s->loop, &t->listener);
    t->listener.data = s;
    status = uv_tcp_bind(&t->listener, (const struct sockaddr *)&address, 0);
    if (status == 0) status = uv_listen((uv_stream_t *)&t->listener, 1, on_connection);
    if (status != 0) return complain("listening", status);
    struct sockaddr_in bound;
    int size = sizeof bound;
    uv_tcp_getsockname(&t->listener, (struct sockaddr *)&bound, &size);
    fprintf(stderr, "heapls: listening on 127.0.0.1:%u\n", ntohs(bound.sin_port));
    return true;
  }
  return open_stdio(s);
}

// ---- Writing

typedef struct Write {
  uv_write_t request;
  char *memory;
} Write;

static void stop_when_written(Server *s) {
  if (s->stopping && s->transport.writing == 0) uv_stop(&s->loop);
}

static void on_written(uv_write_t *request, int status) {
  Write *w = (Write *)request;
  Server *s = request->data;
  free(w->memory);
  free(w);
  s->transport.writing--;
  if (status < 0 && !s->stopping) server_stop(s, lifecycle_exit_code(&s->lifecycle));
  stop_when_written(s);
}

static void write_all(const char *bytes, size_t count) {
  while (count) {
    ssize_t n = write(STDOUT_FILENO, bytes, count);
    if (n <= 0) return;
    bytes += n;
    count -= (size_t)n;
  }
}

void transport_write(Server *s, json_t *message) { transport_send(s, rpc_frame(message)); }

void transport_send(Server *s, RpcBytes b) {
  Transport *t = &s->transport;
  if (!t->out) {
    if (t->reading_file || uv_guess_handle(STDOUT_FILENO) == UV_FILE) write_all(b.bytes, b.length);
    free(b.memory);
    return;
  }
  Write *w = protocol_alloc(sizeof *w);
  w->memory = b.memory;
  w->request.data = s;
  uv_buf_t buffer = uv_buf_init(b.bytes, (unsigned)b.length);
  if (uv_write(&w->request, t->out, &buffer, 1, on_written) != 0) {
    free(w->memory);
    free(w);
    return;
  }
  t->writing++;
}

static void on_stop_timer(uv_timer_t *timer) { uv_stop(timer->loop); }

void server_stop(Server *s, int exit_code) {
  if (s->stopping) return;
  s->stopping = true;
  s->exit_code = exit_code;
  uv_timer_start(&s->stop_timer, on_stop_timer, FLUSH_LIMIT_MS, 0);
  if (s->transport.writing == 0) uv_stop(&s->loop);
}
