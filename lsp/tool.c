// tool.c: runs the go command by libuv: a process and the pipe of its standard error.
#include "tool.h"

#include <signal.h>
#include <stdlib.h>

#include "base/arena.h"

static void on_closed(uv_handle_t *handle) {
  ToolRun *t = handle->data;
  t->handles--;
}

static void maybe_done(ToolRun *t) {
  if (!t->running && t->ended && !t->over) t->done(t->context);
}

static void on_exit_status(uv_process_t *process, int64_t status, int signal_number) {
  ToolRun *t = process->data;
  t->running = false;
  t->status = signal_number ? -1 : status;
  uv_close((uv_handle_t *)process, on_closed);
  maybe_done(t);
}

static void give_room(uv_handle_t *handle, size_t size, uv_buf_t *out) {
  (void)handle;
  *out = uv_buf_init(mem_new(size), (unsigned)size);
}

static void on_output(uv_stream_t *stream, ssize_t count, const uv_buf_t *room) {
  ToolRun *t = stream->data;
  if (count > 0 && !t->over) t->says(t->context, (Str){room->base, (size_t)count});
  free(room->base);
  if (count >= 0) return;
  t->ended = true;
  uv_close((uv_handle_t *)stream, on_closed);
  maybe_done(t);
}

bool tool_start(ToolRun *t, uv_loop_t *loop, const char *directory, char **arguments, char **environment,
                const char **why) {
  uv_stdio_container_t streams[3] = {
    {.flags = UV_IGNORE}, {.flags = UV_IGNORE}, {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE}};
  uv_pipe_init(loop, &t->pipe, 0);
  t->pipe.data = t->process.data = t;
  streams[2].data.stream = (uv_stream_t *)&t->pipe;
  uv_process_options_t options = {.file = arguments[0],
                                  .args = arguments,
                                  .env = environment,
                                  .cwd = directory,
                                  .flags = UV_PROCESS_DETACHED,
                                  .exit_cb = on_exit_status,
                                  .stdio = streams,
                                  .stdio_count = 3};
  t->ended = t->over = false;
  t->status = 0;
  int error = uv_spawn(loop, &t->process, &options);
  t->handles = 2;
  t->running = error == 0;
  if (t->running) {
    uv_read_start((uv_stream_t *)&t->pipe, give_room, on_output);
    return true;
  }
  uv_close((uv_handle_t *)&t->pipe, on_closed);
  uv_close((uv_handle_t *)&t->process, on_closed);
  *why = uv_strerror(error);
  return false;
}

void tool_drop(ToolRun *t) {
  t->over = true;
  if (t->running) uv_kill(-t->process.pid, SIGKILL);
}
