// snapshot_threads.c: workers read snapshots while the loop thread edits the document (run under the thread sanitizer).
// Every text here is one letter repeated, a multiple of 16 long: a worker that sees anything else saw an edit happen.
#include "text_document.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { WORKERS = 4, EDITS = 2000, SLOTS = 8 };

typedef struct Mailbox {
  pthread_mutex_t lock;
  TextSnapshot *slots[SLOTS];
  bool done;
} Mailbox;

static bool snapshot_is_whole(const TextSnapshot *s) {
  for (uint32_t i = 1; i < s->length; i++) {
    if (s->text[i] != s->text[0]) return false;
  }
  return s->length % 16 == 0 && s->text[s->length] == 0 && s->lines.count == 1;
}

static void *worker(void *data) {
  Mailbox *box = data;
  bool ok = true;
  for (bool done = false; !done;) {
    TextSnapshot *mine[SLOTS];
    pthread_mutex_lock(&box->lock);
    done = box->done;
    for (int i = 0; i < SLOTS; i++) mine[i] = box->slots[i] ? snapshot_retain(box->slots[i]) : NULL;
    pthread_mutex_unlock(&box->lock);
    for (int i = 0; i < SLOTS; i++) {
      if (mine[i] && !snapshot_is_whole(mine[i])) ok = false;
      snapshot_release(mine[i]);
    }
  }
  return ok ? NULL : box;
}

int main(void) {
  Mailbox box = {.lock = PTHREAD_MUTEX_INITIALIZER};
  TextDocument document;
  RpcError error;
  pthread_t threads[WORKERS];
  if (!text_document_open(&document, "", 0, 0)) return 1;
  for (int i = 0; i < WORKERS; i++) {
    if (pthread_create(&threads[i], NULL, worker, &box) != 0) return 1;
  }
  for (int edit = 0; edit < EDITS; edit++) {
    char text[256];
    size_t length = (size_t)(edit % 16) * 16;
    memset(text, 'a' + edit % 26, sizeof text);
    LspContentChange change = {.has_range = true, .range = {{0, 0}, {1, 0}}, .text = text, .length = length};
    if (!text_document_change(&document, &change, 1, edit, POSITION_UTF16, NULL, &error)) return 1;
    if (edit % 3 == 0) continue; // nobody may hold this one: it is edited in place
    TextSnapshot *s = text_document_snapshot(&document);
    pthread_mutex_lock(&box.lock);
    TextSnapshot *old = box.slots[edit % SLOTS];
    box.slots[edit % SLOTS] = s;
    pthread_mutex_unlock(&box.lock);
    snapshot_release(old);
  }
  pthread_mutex_lock(&box.lock);
  box.done = true;
  pthread_mutex_unlock(&box.lock);
  int status = 0;
  for (int i = 0; i < WORKERS; i++) {
    void *failed;
    pthread_join(threads[i], &failed);
    if (failed) status = 1;
  }
  for (int i = 0; i < SLOTS; i++) snapshot_release(box.slots[i]);
  text_document_release(&document);
  printf("%d edits under %d readers: %s\n", EDITS, WORKERS,
         status ? "a reader saw an edit happen" : "every snapshot whole");
  return status;
}
