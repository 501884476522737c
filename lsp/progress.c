// progress.c: what the user sees of something that takes long: created, begun, reported, and ended in every case.
//
// A token is the client's, from a request, or ours; ours may be used only once the client has agreed to it, so what
// ends before that was never begun. Who begins one ends it; what the shutdown finds is ended there.
#include "server.h"

enum { REPORT_MS = 100 }; // between two reports

static void begin(Server *s, Progress *p) {
  p->state = PROGRESS_SHOWN;
  server_notify(
    s, "$/progress",
    encode_progress_begin(p->token, p->title, *p->message ? p->message : NULL, p->percentage, p->cancellable));
  p->reported = uv_now(&s->loop);
}

static void set_message(Progress *p, const char *message) { snprintf(p->message, sizeof p->message, "%s", message); }

void progress_begin(Server *s, Progress *p, RpcId given, const char *title, const char *message, int percentage,
                    bool cancellable) {
  *p = (Progress){.token = given, .title = title, .percentage = percentage, .cancellable = cancellable};
  set_message(p, message);
  if (given.kind != RPC_ID_NONE) {
    begin(s, p);
  } else if (s->client.capabilities.window.work_done_progress) {
    p->token = (RpcId){.kind = RPC_ID_INTEGER, .number = ++s->progress_number};
    p->state = PROGRESS_ASKED;
    p->request = server_request(s, OURS_PROGRESS, "window/workDoneProgress/create", encode_progress_create(p->token));
  }
}

void progress_report(Server *s, Progress *p, const char *message, int percentage) {
  if (p->state == PROGRESS_NONE) return;
  if (percentage > p->percentage && p->percentage >= 0) p->percentage = percentage; // it never goes back
  bool news = strcmp(p->message, message) != 0;
  set_message(p, message);
  if (p->state != PROGRESS_SHOWN || !news || uv_now(&s->loop) - p->reported < REPORT_MS) return;
  p->reported = uv_now(&s->loop);
  server_notify(s, "$/progress", encode_progress_report(p->token, p->message, p->percentage, p->cancellable));
}

void progress_end(Server *s, Progress *p, const char *message) {
  if (p->state == PROGRESS_SHOWN) server_notify(s, "$/progress", encode_progress_end(p->token, message));
  *p = (Progress){0};
}

void progress_answered(Server *s, int64_t request, bool agreed) {
  Progress *all[] = {&s->progress, &s->verify.progress, &s->download.progress};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    if (all[i]->state != PROGRESS_ASKED || all[i]->request != request) continue;
    if (agreed)
      begin(s, all[i]);
    else
      *all[i] = (Progress){0};
  }
}

bool progress_has(const Progress *p, RpcId token) { return p->state != PROGRESS_NONE && rpc_id_equal(p->token, token); }
