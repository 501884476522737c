// steps_test: imports that are built in two steps, on two threads, against the same in one step, on one thread; and
// builds that are cancelled on the way, at places that differ from try to try. What was begun then is let go, what was
// finished is used by the next build; it has to say the same.
//
// usage: steps_test [-n TRIES] [PATTERN]      encoding/json by default, in GOROOT/src
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "../live/edits.h"

#include "agreement/gcformat.h"

typedef struct Canceller {
  CancelToken cancel;
  long microseconds; // to wait
} Canceller;

static void *cancel_later(void *context) {
  Canceller *c = context;
  const struct timespec wait = {.tv_sec = c->microseconds / 1000000, .tv_nsec = c->microseconds % 1000000 * 1000};
  nanosleep(&wait, NULL);
  __atomic_store_n(&c->cancel.cancelled, 1, __ATOMIC_RELAXED);
  return NULL;
}

static void print(void *context, const PackageResult *r) { gc_format_package(context, r, STR("/"), false); }

static Program *new_program(Str directory, unsigned workers) {
  return program_new(&(ProgramOptions){
    .build = {.environ = environ, .cwd = directory, .cgo = 0}, .ir = {.level = 1}, .workers = workers});
}

// False: cancelled.
static bool build(Program *program, Str pattern, CancelToken *cancel, Buf *out) {
  return program_run(program,
                     &(ProgramRun){.patterns = &pattern, .pattern_count = 1, .package_done = print, .context = out},
                     cancel, NULL);
}

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  int tries = 6, at = 1, cancelled = 0, different = 0;
  if (argc > 2 && strcmp(argv[1], "-n") == 0) tries = atoi(argv[2]), at = 3;
  Str pattern = at < argc ? str_of(argv[at]) : STR("encoding/json");
  Arena arena;
  arena_init(&arena);
  Str goroot = edits_goroot(&arena);
  if (!goroot.n) {
    puts("SKIP: no Go found");
    return 77;
  }
  Str directory = arena_printf(&arena, "%.*s/src", STR_ARG(goroot));
  Buf expected = {0};
  Program *program = new_program(directory, 1);
  build(program, pattern, NULL, &expected);
  program_free(program);
  double from = seconds_now();
  for (int i = 0; i <= tries; i++) {
    Buf out = {0};
    program = new_program(directory, 2);
    if (i > 0) { // the first goes to its end, and says how long that takes
      Canceller c = {.microseconds = (long)((seconds_now() - from) / i * 1e6 * i / (tries + 1))};
      pthread_t thread;
      if (pthread_create(&thread, NULL, cancel_later, &c)) return 1;
      cancelled += !build(program, pattern, &c.cancel, &out);
      pthread_join(thread, NULL);
      buf_clear(&out);
    }
    if (!build(program, pattern, NULL, &out) || !str_equal(buf_view(&out), buf_view(&expected))) {
      printf("DIFFERENT after %d tries\n", i);
      different++;
    }
    buf_release(&out);
    program_free(program);
  }
  printf("%.*s: %zu bytes of messages; %d builds cancelled, then finished: %d different\n", STR_ARG(pattern),
         expected.len, cancelled, different);
  bool ok = expected.len && cancelled && !different;
  buf_release(&expected);
  arena_release(&arena);
  return ok ? 0 : 1;
}
