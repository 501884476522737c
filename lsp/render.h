// render.h: findings as text for people: the hover's markdown and the plain text of `heapls explain`.
#ifndef HEAPLS_RENDER_H
#define HEAPLS_RENDER_H

#include "program/program.h"

// Which findings are shown as hints, diagnostics and in `heapls check`.
typedef enum Preset { PRESET_QUIET, PRESET_DEFAULT, PRESET_ALL } Preset;
bool preset_of(const char *name, Preset *out);
const char *preset_name(Preset);
// quiet: what the heap gives in loops, and large ones; not what grows a slice that the caller gave. default: every heap
// site and moved variable, where the code that allocates is written, or, if it is another package's, where it is
// inlined. all: also at the calls where code of this package is inlined, and what allocates nothing.
bool preset_shows(Preset, const Finding *);

// What the compiler, when it was asked about this text, said of a finding.
typedef enum CompilerSays { COMPILER_NOT_ASKED, COMPILER_CONFIRMS, COMPILER_DENIES } CompilerSays;

typedef struct RenderStyle {
  bool markdown;
  const char *(*uri_of)(void *context, Str path); // for links to steps; NULL: none. Borrowed until the next call.
  // The newest result of the file's package, while the file is open; NULL: none. The function may be NULL.
  const PackageResult *(*result_of)(void *context, Str path);
  void *context;
  Str cwd;           // plain text: paths are shown relative to it
  const char *stale; // of an earlier version: since when, and why; NULL: it is not
  CompilerSays compiler;
  uint32_t go_minor; // whose rules
  const char *edit;  // sites and variables: title of a fix that was tried, and holds; NULL: none, or nobody tried
  bool refused;      // what was tried does not help, or changes what the code does
  bool named;        // sites and variables: what it is has been written
} RenderStyle;
// What a hover says, by the finding's kind; the result is that which it is of.
//   sites and variables: verdict, why, what helps, size and loop, the path to the heap, gc's words
//   parameters: what leaks where · calls: what becomes of each argument
//   functions: their allocations, whether they can be inlined, what leaks · struct types: size and the best order
void render_hover(Buf *, const PackageResult *, const Finding *, const RenderStyle *);
// One line: title and why, without markup.
void render_words(Buf *, Str text, bool markdown);
void render_line(Buf *, const Finding *);
// The same of one of many in a list: what it is and the function it is in come first.
// "`append(args, …)` in `Search`: heap if it grows, in every iteration of a loop. …"
void render_message(Buf *, const Finding *);
// "What may help: …"; only where there is advice.
void render_advice(Buf *, const Finding *, bool markdown);
// "inlined into 3 callers, on the heap in 2 of them, in a loop in 1"
void render_copies(Buf *, const Finding *);

// A finding that is shown as a hint (render_hints.c).
typedef struct HintShown {
  const Finding *finding;
  bool stale;
  uint32_t number; // the caller's
} HintShown;
// So many UTF-16 units VS Code draws of all hints of a line (editor.inlayHints.maximumLength), blanks before them
// included.
enum { HINT_UNITS = 43 };
uint32_t render_units(Str label); // that a hint takes, with its blank
void render_hint(Buf *, const HintShown *);
// Several in one, of HINT_UNITS at most. The dearest comes first: the hints are put in that order.
void render_hints(Buf *, HintShown *, uint32_t count);

typedef struct FunctionTally {
  uint32_t heap, conditional; // written in it: always, under a condition
  uint32_t in_loop, cold;     // of these: in a loop and not on a cold path; on a cold path
  uint32_t inlined;           // on the heap too, in code of other functions that is inlined into it
  uint32_t stack;
  uint32_t on_error, on_panic; // of the cold ones: only on a path that ends in an error, in a panic
} FunctionTally;
FunctionTally function_tally(const FindingSet *, const AstDecl *);
// "path" relative to cwd where that is shorter to read: "./x.go", "../p/x.go", else absolute. Appends.
void render_path(Buf *, Str cwd, Str path);

#endif
