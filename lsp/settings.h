// settings.h: what the user can set, section "heapls" of the client's configuration.
#ifndef HEAPLS_SETTINGS_H
#define HEAPLS_SETTINGS_H

#include <jansson.h>

#include "render.h"

typedef enum LogLevel { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG } LogLevel;

// Whether diagnostics say what their hint says, too.
typedef enum DiagnosticText { DIAGNOSTIC_FULL, DIAGNOSTIC_REASON } DiagnosticText;

typedef enum HintPlacement { HINT_AT_EXPRESSION, HINT_AT_LINE_END } HintPlacement;

typedef struct Settings { // settings.def says what is what
  Preset preset;
  bool hints, diagnostics, code_lens;
  bool workspace_diagnostics; // of files that are not open too, for clients that pull them
  bool costs_everywhere;
  HintPlacement hint_placement;
  DiagnosticText diagnostic_text;
  bool generated, tests; // show findings in generated and test files
  bool variables, conditional;
  bool kinds[CAUSE_COUNT]; // "kinds.returned" and so on, by the code of their diagnostics; CAUSE_NONE is always shown
  char goroot[1024], tags[256], go_version[32], gcflags[256], pgo[1024], build_flags[256];
  char reasons[512]; // address of the page that explains the codes; empty: the installed one
  LogLevel log_level;
} Settings;
void settings_default(Settings *);
bool settings_agree(const Settings *, const Settings *); // in all that verdicts depend on
bool settings_any(const json_t *);                       // is an object that has one of ours
// Reads an object (dotted or nested keys). A bad value keeps the default; *problems gets one line for each: it names
// the setting, what was found and what is used.
void settings_read(Settings *, const json_t *, Buf *problems);

// ---- Those that a team may agree on (team.h)
bool settings_is_shared(const char *name);
bool settings_has(const json_t *, const char *name);
// Sets what the object has of them, and leaves the rest. problems may be NULL.
void settings_overlay(Settings *, const json_t *, Buf *problems);

#endif
