// schedule.c: what is done when.
//
// Most urgent is the document that was just edited: it is analysed at once, and what waits for that is answered as soon
// as it is done, those requests first that ask for the fewest lines (dispatch.c). Diagnostics and refreshes follow
// when no analysis has ended for OUTPUT_DELAY (at the latest after OUTPUT_LIMIT), so that an answer seldom stands
// behind them and a burst of edits gives one of each; a document whose newest text is still being analysed is left out,
// so nothing stale is published. Other open documents, which the edit may concern through their imports, are analysed
// when the typing has rested, or when they are asked about.
#include "server.h"

enum { OUTPUT_DELAY_MS = 30, OUTPUT_LIMIT_MS = 300, REST_DELAY_MS = 250 };

static void on_output(uv_timer_t *timer);
static void on_rest(uv_timer_t *timer);

void schedule_init(Server *s) {
  uv_timer_init(&s->loop, &s->output_timer);
  uv_timer_init(&s->loop, &s->rest_timer);
  s->output_timer.data = s;
  s->rest_timer.data = s;
}

// ---- Outputs

bool client_asks_again(const Server *s, Answer what) {
  const LspClientCapabilities *c = &s->client.capabilities;
  switch (what) {
  case ANSWER_HINTS: return c->workspace.inlay_hint_refresh && c->inlay_hint.present;
  case ANSWER_DIAGNOSTICS: return c->workspace.diagnostics_refresh && c->diagnostic.present;
  case ANSWER_LENSES: return c->workspace.code_lens_refresh && c->code_lens.present;
  case ANSWER_COUNT: break;
  }
  return false;
}

static void refresh(Server *s, Answer what, const char *method) {
  bool wanted = false;
  for (uint32_t i = 0; i < s->documents.len; i++) {
    Document *d = s->documents.items[i];
    if (!d->answered[what] || d->answered[what] == d->result_number || d->waiting) continue;
    d->answered[what] = d->result_number;
    wanted = true;
  }
  if (wanted && client_asks_again(s, what)) server_request(s, OURS_IGNORED, method, NULL);
}

static void on_output(uv_timer_t *timer) {
  Server *s = timer->data;
  if (s->stopping || s->lifecycle.phase != LIFECYCLE_RUNNING) return;
  for (uint32_t i = 0; i < s->documents.len; i++) {
    Document *d = s->documents.items[i];
    if (!d->publish_due || d->waiting) continue;
    d->publish_due = false;
    feature_publish(s, d);
  }
  feature_status(s);
  refresh(s, ANSWER_HINTS, "workspace/inlayHint/refresh");
  refresh(s, ANSWER_DIAGNOSTICS, "workspace/diagnostic/refresh");
  refresh(s, ANSWER_LENSES, "workspace/codeLens/refresh");
}

void schedule_shown(Server *s, Document *d) {
  d->result_number++;
  d->publish_due = true;
  uint64_t now = uv_now(&s->loop);
  if (!uv_is_active((uv_handle_t *)&s->output_timer)) s->output_due = now + OUTPUT_LIMIT_MS;
  uint64_t left = s->output_due > now ? s->output_due - now : 0;
  uv_timer_start(&s->output_timer, on_output, left < OUTPUT_DELAY_MS ? left : OUTPUT_DELAY_MS, 0);
}

void schedule_shown_all(Server *s) {
  workspace_check_stale(s);
  for (uint32_t i = 0; i < s->documents.len; i++) {
    Document *d = s->documents.items[i];
    schedule_shown(s, d);
    if (d->path && d->late && !d->live.result && !document_is_hidden(s, d)) schedule_now(s, d); // it was hidden
  }
}

// ---- Analyses

void schedule_now(Server *s, Document *d) {
  if (!d->path) return;
  d->late = false;
  d->waiting = true;
  s->focus = d;
  analyzer_ask(s->analyzer, d->path, true);
  if (!d->live.result) feature_status(s);
}

void schedule_edited(Server *s, Document *d) {
  if (d->waiting || !document_is_hidden(s, d)) { // or somebody has asked
    schedule_now(s, d);
    return;
  }
  s->focus = d;
  d->late = true;
  feature_status(s);
}

static void on_rest(uv_timer_t *timer) {
  Server *s = timer->data;
  for (uint32_t i = 0; i < s->documents.len; i++) {
    Document *d = s->documents.items[i];
    if (!d->late || document_is_hidden(s, d)) continue;
    d->late = false;
    d->rechecking = true;
    analyzer_ask(s->analyzer, d->path, false);
  }
}

void schedule_rest(Server *s, const Document *edited) {
  bool any = false;
  workspace_check_stale(s);
  for (uint32_t i = 0; i < s->documents.len; i++) {
    Document *d = s->documents.items[i];
    if (d == edited || !d->path) continue;
    d->late = true;
    any = true;
  }
  if (any) uv_timer_start(&s->rest_timer, on_rest, edited ? REST_DELAY_MS : 0, 0);
}
