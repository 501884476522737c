// server.c: start and end of the server, and what wakes it besides messages: finished analyses, the parent's death.
#include "server.h"

#include <errno.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdlib.h>

enum { PARENT_POLL_MS = 2000, PROGRESS_FROM = 8 };

static void analyzer_wakes(void *context) { uv_async_send(context); }

// Each once, however many modules it holds for.
static void say_notices(Server *s) {
  for (char *text; (text = analyzer_take_notice(s->analyzer));) {
    bool said = false;
    for (uint32_t i = 0; i < s->notices_said.len; i++) said |= strcmp(s->notices_said.items[i], text) == 0;
    if (said) {
      free(text);
      continue;
    }
    server_show(s, LSP_WARNING, text);
    VEC_APPEND(&s->notices_said, text);
  }
}

// One progress for all that is asked about together.
static void show_progress(Server *s, const AnalyzerStatus *status) {
  if (s->lifecycle.phase != LIFECYCLE_RUNNING) return;
  bool shown = s->progress.state != PROGRESS_NONE;
  if (!status->busy)
    progress_end(s, &s->progress, NULL);
  else if (!shown && status->total >= PROGRESS_FROM)
    progress_begin(s, &s->progress, (RpcId){0}, "heapls", "analysing packages", 0, false);
  else if (shown && status->total) {
    char text[64];
    snprintf(text, sizeof text, "%u of %u packages", status->done, status->total);
    progress_report(s, &s->progress, text, (int)(status->done * 100 / status->total));
  }
}

static void on_wake(uv_async_t *async) {
  Server *s = async->data;
  if (s->stopping || !s->analyzer) return;
  AnalyzerStatus status;
  analyzer_status(s->analyzer, &status);
  say_notices(s);
  for (ModuleDirectory m; analyzer_take_directory(s->analyzer, &m); free(m.path)) watch_module(s, m.path, m.since);
  outside_take(s);
  if (analyzer_take_outdated(s->analyzer)) server_start_over(s);
  AnalysisOutcome outcome;
  while (analyzer_take(s->analyzer, &outcome)) {
    callers_take(s, &outcome);
    if (outcome.costs)
      costs_take(s, &outcome);
    else if (outcome.workspace)
      workspace_check_take(s, &outcome);
    else
      analysis_done(s, &outcome);
    verify_take(s, &outcome);
    outcome_release(&outcome);
  }
  FixesFound fixes;
  while (analyzer_take_fixes(s->analyzer, &fixes)) fixes_take(s, &fixes);
  show_progress(s, &status);
  if (!s->focus || !s->focus->live.result) feature_status(s); // else with what else there is to show (schedule.c)
}

static void on_parent_timer(uv_timer_t *timer) {
  Server *s = timer->data;
  if (s->lifecycle.phase == LIFECYCLE_NEW || !s->client.has_process_id) return;
  if (kill((pid_t)s->client.process_id, 0) == 0 || errno != ESRCH) return;
  server_log(s, LOG_WARN, "the editor (process %lld) is gone", (long long)s->client.process_id);
  server_stop(s, lifecycle_exit_code(&s->lifecycle));
}

static void close_handle(uv_handle_t *handle, void *context) {
  (void)context;
  if (!uv_is_closing(handle)) uv_close(handle, NULL);
}

static void release(Server *s) {
  for (uint32_t i = 0; i < s->documents.len; i++) document_free(s->documents.items[i]);
  verify_release(s);
  download_release(s);
  callers_release(s);
  reasons_release(&s->reasons);
  analyzer_free(s->analyzer);
  for (uint32_t i = 0; i < s->waiting.len; i++) rpc_message_release(&s->waiting.items[i].message);
  // A read of a plain file may be under way; it ends by itself.
  if (s->transport.reading_file && !s->transport.ended) uv_cancel((uv_req_t *)&s->transport.read_request);
  outside_stop(s);
  uv_walk(&s->loop, close_handle, NULL);
  uv_run(&s->loop, UV_RUN_DEFAULT);
  uv_loop_close(&s->loop);
  watcher_release(s);
  outside_release(s);
  workspace_check_release(s);
  for (uint32_t i = 0; i < s->notices_said.len; i++) free(s->notices_said.items[i]);
  json_decref(s->last_status);
  json_decref(s->client_settings);
  team_release(&s->team);
  for (uint32_t i = 0; i < s->folders.len; i++) free(s->folders.items[i]);
  free(s->documents.items);
  free(s->waiting.items);
  free(s->notices_said.items);
  free(s->folders.items);
  free(s->transport.buffer);
  free(s->reasons_page);
  rpc_calls_release(&s->ours);
  framer_release(&s->framer);
  if (s->init_message.root) rpc_message_release(&s->init_message);
  pool_release(&s->init_pool);
}

// Of several heaps each grows holes of its own, and glibc does not trim the ends of those of threads. Most memory is
// taken by arena, so that threads seldom wait for each other.
static void limit_heap(void) {
#ifdef __GLIBC__
  enum { ARENAS = 1 };
  mallopt(M_ARENA_MAX, ARENAS);
#endif
}

int server_run(const ServeOptions *options) {
  signal(SIGPIPE, SIG_IGN);
  limit_heap();
  Server *s = protocol_alloc(sizeof *s);
  uv_loop_init(&s->loop);
  s->loop.data = s;
  framer_init(&s->framer, 0);
  settings_default(&s->settings);
  s->log_level = options->log_level;
  s->exit_code = 1;
  uv_timer_init(&s->loop, &s->parent_timer);
  uv_timer_init(&s->loop, &s->stop_timer);
  schedule_init(s);
  watcher_init(s);
  outside_init(s);
  workspace_check_init(s);
  uv_async_init(&s->loop, &s->wake, on_wake);
  s->wake.data = s;
  s->parent_timer.data = s;
  uv_timer_start(&s->parent_timer, on_parent_timer, PARENT_POLL_MS, PARENT_POLL_MS);
  int code = 2;
  if (transport_open(s, options)) {
    const AnalyzerConfig config = server_analyzer_config(s);
    s->analyzer = analyzer_new(&config, analyzer_wakes, &s->wake);
    if (!s->stopping) uv_run(&s->loop, UV_RUN_DEFAULT);
    code = s->exit_code;
  }
  release(s);
  free(s);
  return code;
}
