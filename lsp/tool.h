// tool.h: one run of the go command, because the user asked for it. It runs in a process group of its own, so that it
// can be ended with all that it starts; what it says on standard error is handed over as it comes.
#ifndef HEAPLS_TOOL_H
#define HEAPLS_TOOL_H

#include <uv.h>

#include "base/base.h"

typedef struct ToolRun {
  uv_process_t process;
  uv_pipe_t pipe;
  uint32_t handles;                      // of these two, not closed yet: it can't be started again before
  bool running, ended;                   // the process; what it prints
  bool over;                             // dropped: nobody is told any more
  int64_t status;                        // exit code; -1: a signal
  void (*says)(void *context, Str text); // pieces of its standard error
  void (*done)(void *context);           // it has ended, and all was said
  void *context;
} ToolRun;

// says, done and context are set. False, with *why (static): it could not be run. All strings are copied.
bool tool_start(ToolRun *, uv_loop_t *, const char *directory, char **arguments, char **environment, const char **why);
void tool_drop(ToolRun *); // ends it, if it runs; done is not called
static inline bool tool_is_free(const ToolRun *t) { return !t->handles; }

#endif
