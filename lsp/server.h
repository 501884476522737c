// server.h: the language server: one event loop, which owns all state below, and one analysis thread (analyzer.h).
//
// A message comes in through transport.c, is admitted by the lifecycle and dispatched by dispatch.c to one file under
// features/ or to documents.c and workspace.c. Handlers answer at once from the newest finished analysis, with its
// positions carried over the edits since; when a new analysis is done, analysis_done answers what waits for it, and
// schedule.c publishes and asks for refreshes when nothing more urgent is left.
//
//   missing.c   imports that are not there           withheld.c  functions without a verdict
//   watcher.c   the files of modules                 outside.c   what decides from elsewhere: module cache, settings
//   progress.c  what takes long                      reasons.c   the page of the codes        tool.c  a run of go
#ifndef HEAPLS_SERVER_H
#define HEAPLS_SERVER_H

#include <uv.h>

#include "analyzer/analyzer.h"
#include "framing.h"
#include "json_build.h"
#include "jsonrpc.h"
#include "lsp_decode.h"
#include "lsp_encode.h"
#include "lsp_types.h"
#include "lsp_write.h"
#include "render.h"
#include "report/decision.h"
#include "settings.h"
#include "syntax/ignored.h"
#include "team.h"
#include "tool.h"
#include "uri.h"

// What an analysis said of one document.
typedef struct Analysis {
  const PackageResult *result; // owned reference; NULL: none yet
  const AstFile *file;         // of the result
  int32_t version;             // of the text it saw
  VEC(uint32_t) broken;        // declarations of the file that do not parse or type-check
} Analysis;

typedef struct SpanEntry {
  int32_t version; // the text's after this change
  TextEditSpan span;
} SpanEntry;

// What a client may be told to ask for again.
typedef enum Answer { ANSWER_HINTS, ANSWER_DIAGNOSTICS, ANSWER_LENSES, ANSWER_COUNT } Answer;

// What the compiler said of the package when it was asked last (features/verify.c).
typedef struct Checked {
  uint32_t lines, agree; // of both sides together; 0: never asked
  int32_t version;       // of the document's text then
} Checked;

// The newest answer about fixes (features/fixes.c).
typedef struct DocumentFixes {
  uint32_t from, to; // asked about last
  int32_t asked;     // the version of the text then; 0: never
  FixesFound found;  // what came last; path NULL: nothing yet
} DocumentFixes;

typedef struct Document {
  char *uri;              // as the client spells it
  char *key;              // uri_normal
  char *path;             // NULL: no file
  int32_t version;        // as the client numbers it, which need not grow
  int32_t opened;         // the number of its first text
  bool is_generated;      // the newest text says so
  TextDocument text;      // its versions are the server's own numbers, which grow with every edit to any document
  Analysis live;          // the newest
  Analysis good;          // the newest without errors, for declarations that are broken now
  VEC(SpanEntry) spans;   // changes since the older of the two
  bool waiting;           // an analysis of the newest text is on its way
  bool late;              // what it depends on may have changed: to be analysed again when the typing rests
  bool rechecking;        // that is under way
  bool was_recalled;      // the first result was (analyzer.h)
  bool failed;            // the last one gave nothing
  char *problem;          // why; may be NULL
  uint64_t result_number; // of what there is to show; from 1
  uint64_t answered[ANSWER_COUNT]; // the result_number that the client's newest answer was made from; 0: never asked
  bool publish_due;
  bool published; // diagnostics were pushed and not cleared
  Checked checked;
  CostReport *costs; // may be NULL: what calls cost …
  uint64_t costs_of; // … in the result of that generation
  DocumentFixes fixes, fixes_of_file;
  IgnoredList ignored;   // of the newest text
  bool mentions_ignored; // the newest text holds something like such a comment
} Document;

typedef struct Server Server;

// A request being answered.
typedef struct Request {
  Server *server;
  RpcMessage *message;
  Pool *pool;
  Decoder decoder;
  RpcError error; // set: the answer is this error
  bool may_wait;  // first try: the handler may set `wait` when a running analysis decides the answer
  bool wait;
  Document *waits_for;
  bool kept;     // the handler has taken the message, and answers later
  JsonText text; // begun: the handler has written the result there (request_text)
} Request;

typedef struct Waiting {
  RpcMessage message; // owned
  uint32_t lines;     // that it asks about: few come first
  Document *document;
} Waiting;

typedef struct Transport {
  uv_stream_t *in, *out; // NULL: a plain file
  uv_pipe_t pipe_in, pipe_out;
  uv_tcp_t tcp, listener;
  uv_connect_t connect;
  uv_fs_t read_request;
  char *buffer;     // of plain file reads
  uint32_t writing; // unfinished writes
  bool ended, reading_file;
} Transport;

// The diagnostics of the whole workspace, as they were reported last (features/workspace_diagnostic.c).
typedef struct WorkspaceFile {
  char *uri, *id;
  json_t *report;
  bool seen; // by the run under way
} WorkspaceFile;
typedef struct WorkspaceCheck {
  VEC(WorkspaceFile) files;
  VEC(char *) modules;       // directories of modules that open files lie in
  uint32_t running;          // directories asked about
  bool fresh, differs, over; // since the last change; from before this run; a change came during the run
  uv_timer_t timer;
} WorkspaceCheck;

typedef struct Watch Watch;
typedef struct Watcher {
  bool client_watches; // the workspace folders
  StrMap by_directory; // Watch
  VEC(char *) changed; // files, since the last flush
  bool team_changed;   // the team's file
  bool changed_widely; // more than single files: forget all that was read
  uint64_t due;        // the latest, by the loop's clock
  uv_timer_t timer;
  bool full; // the limit was reached and said
} Watcher;

// What the user sees of something that takes long (progress.c). Zero: nothing.
typedef struct Progress {
  enum { PROGRESS_NONE, PROGRESS_ASKED, PROGRESS_SHOWN } state; // asked: the client has not agreed yet
  RpcId token;                                                  // text borrows from the request that it is of
  int64_t request;                                              // ours, to create it
  const char *title;                                            // static
  char message[160];                                            // the newest
  int percentage;                                               // < 0: none
  bool cancellable;
  uint64_t reported; // when, by the loop's clock
} Progress;

typedef struct OutsidePath OutsidePath;
typedef struct Outside { // (outside.c)
  VEC(OutsidePath *) paths;
  StrMap ways; // all paths, and the directories above them
  uint32_t watches;
  bool polls;   // some can't be watched
  uint64_t due; // the latest, by the loop's clock
  uv_timer_t quiet, poll;
} Outside;

// The request to ask the compiler that is under way, and what it said before.
typedef enum VerifyStage { VERIFY_IDLE, VERIFY_ANALYSIS, VERIFY_BUILD } VerifyStage;
typedef struct Verify {
  VerifyStage stage;
  RpcMessage message; // owned
  Progress progress;
  char *path; // of the file that was asked about
  // from the analysis
  char *lines;
  const PackageResult *result;
  VEC(SeenText) seen;
  // the build
  char *directory;      // of texts that are not on disk: "0.go" …
  VEC(char *) overlays; // the files that they take the place of
  ToolRun build;
  Buf output;
  PtrMap known; // digest of a finding -> CompilerSays
} Verify;

// The request to download modules that is under way.
typedef struct Download {
  RpcMessage message; // owned; without: none is
  Progress progress;
  ToolRun run;
  char *directory; // where it runs
  Buf line, said;  // what the go command says: of the last line what there is so far; its errors
  uint32_t count;  // modules that it got
} Download;

// The request for callers that looks through whole modules (features/call_hierarchy.c).
typedef struct Callers {
  RpcMessage message; // owned
  json_t *calls;      // so far; NULL: nobody waits for them
  json_t *seen;       // packages: a run that an edit ended starts over
  uint32_t running;   // directories asked about
} Callers;

// The page that explains the codes of diagnostics (reasons.c).
typedef struct Reasons {
  bool known;
  char setting[512]; // that it was looked for by
  char *address;     // NULL: there is none
  char *text;        // of a file
} Reasons;

struct Server {
  uv_loop_t loop;
  Transport transport;
  Framer framer;
  Lifecycle lifecycle;
  int exit_code;
  bool stopping;
  uv_timer_t parent_timer, stop_timer;
  uv_timer_t output_timer, rest_timer; // schedule.c
  uint64_t output_due;                 // the latest, by the loop's clock
  uv_pid_t parent;
  uv_async_t wake; // from the analysis thread
  Analyzer *analyzer;
  Pool init_pool; // keeps the initialize message's strings
  RpcMessage init_message;
  LspInitializeParams client;
  PositionEncoding encoding;
  LogLevel log_level;
  LspTrace trace;
  Settings settings;       // as the client and the team have them
  json_t *client_settings; // the client's values; owned; NULL: none came
  Team team;
  VEC(Document *) documents;
  int32_t texts;       // how many there were, opened or edited: the number of the newest
  VEC(char *) folders; // paths
  VEC(Waiting) waiting;
  RpcCalls ours; // our requests to the client; data: an OurRequest
  int64_t next_id;
  Watcher watcher;
  Outside outside;
  WorkspaceCheck check;
  Verify verify;
  Download download;
  Callers callers;
  Reasons reasons;
  const Document *focus;   // what the user is looking at, as far as requests tell; NULL: nothing
  json_t *last_status;     // as it was sent; NULL: never
  Progress progress;       // of the analysis
  int64_t progress_number; // of the newest token of ours
  VEC(char *) notices_said;
  char *reasons_page; // address of what explains the codes; "": there is none, NULL: not looked for yet
};

// What the client's answer to one of our requests is for.
typedef enum OurRequest { OURS_IGNORED = 1, OURS_CONFIGURATION, OURS_PROGRESS } OurRequest;

typedef struct ServeOptions {
  const char *port, *socket, *pipe; // NULL: standard input and output
  LogLevel log_level;
} ServeOptions;
int server_run(const ServeOptions *); // the process's exit code

// -- transport.c --
bool transport_open(Server *, const ServeOptions *); // false: said why on stderr
void transport_write(Server *, json_t *message);     // takes message
void transport_send(Server *, RpcBytes);             // takes the bytes
void server_stop(Server *, int exit_code);           // after what is written has gone out

// -- dispatch.c --
void dispatch_bytes(Server *, const char *bytes, size_t count);
// Answers what waits for it; NULL: for the workspace. may_wait: requests may be kept until there is more.
void dispatch_waiting(Server *, const Document *, bool may_wait);
void server_notify(Server *, const char *method, json_t *params);
int64_t server_request(Server *, OurRequest, const char *method, json_t *params); // its number
void server_log(Server *, LogLevel, const char *format, ...) PRINTF_LIKE(3, 4);
void server_show(Server *, LspMessageType, const char *text);

// -- progress.c --
// given: the client's token, or none. title is static; percentage < 0: none, for good.
void progress_begin(Server *, Progress *, RpcId given, const char *title, const char *message, int percentage,
                    bool cancellable);
void progress_report(Server *, Progress *, const char *message, int percentage); // not all of them are sent
void progress_end(Server *, Progress *, const char *message); // message may be NULL; nothing when there is none
void progress_answered(Server *, int64_t request, bool agreed);
bool progress_has(const Progress *, RpcId token);

// -- documents.c --
Document *document_find(Server *, Pool *, const char *uri); // NULL: not open
Document *document_of_path(Server *, Str path);
void did_open(Server *, Decoder *, const json_t *);
void did_change(Server *, Decoder *, const json_t *);
void did_save(Server *, Decoder *, const json_t *);
void did_close(Server *, Decoder *, const json_t *);
void document_free(Document *);
void document_forget(Document *); // its results
// Where an offset of the text that an analysis saw is now. False: edited away.
bool document_map(const Document *, const Analysis *, uint32_t offset, uint32_t *now);
// Where an offset of the newest text was in that one. False: it was typed since.
bool document_unmap(const Document *, const Analysis *, uint32_t now, uint32_t *offset);
// A finding with its range in the newest text.
typedef struct PlacedFinding {
  const Finding *finding;
  const FindingGroup *group; // that it is of
  const PackageResult *result;
  uint32_t start, end, hint_at;
  uint32_t mark_start, mark_end; // what is underlined
  bool stale;                    // from before an edit that broke its declaration
} PlacedFinding;
// Calls visit for every finding of the document that can still be placed.
void document_findings(const Document *, void (*visit)(void *context, const PlacedFinding *), void *context);
// Only for those that stand in [from, to] or have their hint there: costs what the declarations there cost.
void document_findings_in(const Document *, uint32_t from, uint32_t to,
                          void (*visit)(void *context, const PlacedFinding *), void *context);
// The settings show nothing of it: it is generated, or a test. Then it is analysed only when something about a place in
// it is asked, or with its package.
bool document_is_hidden(const Server *, const Document *);
void document_read_ignored(Document *); // after its text has changed
// Shown under the settings: preset, switches, test and generated files, comments that say heapls:ignore
// (syntax/ignored.h).
bool document_shows(const Server *, const Document *, const PlacedFinding *);
bool document_has_first_look(const Document *); // its package is still being built, and most is known of this file
bool decl_broken(const Analysis *, uint32_t i); // its file's i-th does not parse or type-check
void analysis_done(Server *, const AnalysisOutcome *);

// -- withheld.c --
typedef struct Withheld {
  uint32_t start, end;    // of the function's name, in the newest text
  uint32_t from, to;      // of the whole declaration
  const char *name, *why; // "it does not type-check"; lives in the pool
  const char *label;      // the same in few words: "does not type-check"
  const char *before;     // of what is shown instead: "from before your edit"
  Decision decision;
  bool stale; // findings of an earlier version are shown
} Withheld;
// Calls visit for every function of the document that nothing is known of in this version, in source order.
void document_withheld(const Document *, Pool *, void (*visit)(void *context, const Withheld *), void *context);
// Only for one whose declaration is at the place.
void document_withheld_at(const Document *, Pool *, uint32_t at, void (*visit)(void *context, const Withheld *),
                          void *context);
// Of a stale finding there: since when, and why; lives in the pool.
const char *document_stale_words(const Document *, Pool *, uint32_t at);

// -- missing.c --
typedef struct MissingImport {
  const LoadError *error;
  uint32_t start, end; // of the import's path, in the newest text
  uint32_t imports;    // of the file, that need the same
  bool far;            // the import is there, and lacks it
} MissingImport;
// Calls visit for everything that is missing, in source order.
void document_missing(const Document *, void (*visit)(void *context, const MissingImport *), void *context);

// -- workspace.c --
void workspace_initialized(Server *);
void workspace_folders_set(Server *, LspWorkspaceFolders added, LspWorkspaceFolders removed);
void did_change_folders(Server *, Decoder *, const json_t *);
void did_change_configuration(Server *, Decoder *, const json_t *);
void server_start_over(Server *);                      // the analysis, under another configuration
AnalyzerConfig server_analyzer_config(const Server *); // as the settings are; borrows them
void configuration_arrived(Server *, const json_t *result);
void settings_apply(Server *, const json_t *values);
void team_look(Server *); // for the team's file, as it is now: it may have come, gone or changed
void did_change_watched_files(Server *, Decoder *, const json_t *);

// -- watcher.c --
void watcher_init(Server *);
void watcher_release(Server *);              // after the loop has ended
void watch_directory_of(Server *, Str path); // with our own watcher, where the client's does not reach
void watch_module(Server *, const char *root, FileTime since); // all its directories; since: ModuleDirectory
void watch_tree(Server *, const char *root);                   // the same of a directory that has just come
void unwatch_tree(Server *, const char *dir);                  // it is gone, or another one
// Is the event perhaps about the watched directory itself, which libuv reports under its own name? A watch ends when
// its directory is removed, and what comes in its place may have the same inode.
bool watch_may_be_over(const char *directory, const char *name, int events);
void watcher_saw(Server *, const char *path); // a file appeared, changed or vanished

// -- outside.c --
void outside_init(Server *);
void outside_take(Server *); // what the analysis hangs on, as the analyzer tells it
void outside_stop(Server *); // at the end, while the loop still runs
void outside_release(Server *);
// -- reasons.c --
const char *reasons_address(Server *, Pool *,
                            const char *code); // of "heap/returned"; NULL: no page. Lives in the pool.
void reasons_release(Reasons *);

// -- schedule.c --
void schedule_init(Server *);
void schedule_shown(Server *, Document *);            // what there is to show of it has changed
void schedule_shown_all(Server *);                    // the settings have
void schedule_rest(Server *, const Document *edited); // the others may depend on it; NULL: on what changed on disk
void schedule_now(Server *, Document *);              // analysed as soon as possible; requests wait for it
void schedule_edited(Server *, Document *);           // likewise, unless it is hidden: then when somebody asks
bool client_asks_again(const Server *, Answer);       // when it is told that there is something else to show

// -- features/ -- each returns the result (NULL: null), or sets request->error or ->wait
json_t *feature_initialize(Request *);
json_t *feature_inlay_hint(Request *);
json_t *feature_inlay_hint_resolve(Request *);
json_t *feature_hover(Request *);
json_t *feature_diagnostic_pull(Request *);
json_t *feature_workspace_diagnostic(Request *);
json_t *feature_code_lens(Request *);
json_t *feature_code_action(Request *);
json_t *feature_code_action_resolve(Request *);
// Appends actions that remove what is found in the lines of the range, and one for all of the file; the request may
// wait.
#define FIX_ALL_KIND "source.fixAll.heapls"
void add_fixes(Request *, Document *, const LspCodeActionParams *, uint32_t from, uint32_t to, json_t *actions);
void add_fix_of_file(Request *, Document *, const LspCodeActionParams *, json_t *actions);
// What was tried for the line that the offset is in; NULL: not known, and the request waits if it may.
const FixesFound *fixes_of_line(Request *, Document *, uint32_t at);
void fixes_take(Server *, FixesFound *); // takes what it holds
void document_fixes_release(Document *);
json_t *feature_prepare_call_hierarchy(Request *);
json_t *feature_incoming_calls(Request *);
json_t *feature_outgoing_calls(Request *);
json_t *feature_document_text(Request *);
json_t *feature_paths(Request *);
json_t *feature_execute_command(Request *);
void feature_publish(Server *, Document *); // push diagnostics; schedule.c says when
void feature_publish_none(Server *, Document *);
void feature_status(Server *); // heapls/status, if the client wants it and it differs from the last
// The result as text, for what may be as long as a file: the handler writes one value and returns NULL.
JsonText *request_text(Request *);
// A request's document; NULL with the error set. Waits for the first analysis, and for that of the newest text when
// needs_current; with needs_whole also for what follows a first look.
Document *request_document(Request *, const char *uri, bool needs_current, bool needs_whole);
// The same for what the settings show of all of it: nothing of a hidden document, which is not waited for.
Document *request_shown(Request *, const char *uri, bool needs_current, bool needs_whole);
// -- features/inlay_hint.c --
typedef struct HintKey { // what a hint's data says of its finding
  int32_t document;      // Document.opened
  uint32_t at, kind;     // where it starts in the text that was analysed
  uint32_t subject;      // hash
} HintKey;
HintKey hint_key(const Document *, const PlacedFinding *);
typedef VEC(PlacedFinding) LineHints; // C heap
// What is shown as hints in these lines (from 0) of the newest text, in the order of places. Appends.
void hints_of_lines(const Server *, const Document *, uint32_t first, uint32_t last, LineHints *);
void hints_by_cost(PlacedFinding *, uint32_t count, Buf *label); // puts the dearest first; appends the label of all
// "a, b: ", of the first ones, of which the same is said. How many these are.
uint32_t hint_subjects(const PlacedFinding *, uint32_t count, bool markdown, Buf *);
bool client_resolves_location(const Server *); // of a hint's label
bool deciding_step(const PlacedFinding *, FindingStep *out);
// Where a step is now, with its document's address; of files that are not open the columns are in bytes.
LspRange step_range(Server *, const FindingStep *, Pool *, const char **uri);
RenderStyle request_style(Request *, bool markdown, const char *stale);
void diagnostics_release(LspDiagnostics *);                        // the data of each; the rest lives in the pool
LspDiagnostics diagnostics_of(Server *, const Document *, Pool *); // lives in the pool
// -- features/call_hierarchy.c --
void callers_take(Server *, const AnalysisOutcome *);

// -- features/costs.c --
void costs_take(Server *, const AnalysisOutcome *);
const CostNote *costs_of_function(const Document *, const Finding *); // NULL: not known, or no function
void costs_render(Buf *, Server *, const Document *, const Finding *, const RenderStyle *); // of a function; nothing
uint32_t contract_diagnostics(Server *, const Document *, Pool *, LspDiagnostic **items);   // how many
LspSeverity team_severity(TeamLevel, LspSeverity by_rule);                                  // diagnostics.c
void callers_finish(Server *); // answers what has been found
void callers_cancel(Server *);
void callers_release(Server *);
bool callers_has(const Server *, RpcId request);
// -- features/verify.c --
bool verify_start(Request *, const LspExecuteCommand *); // false: with the error set
void verify_take(Server *, AnalysisOutcome *);           // may take its lines
void verify_drop(Server *);                              // results are about to go
void verify_restart(Server *);                           // the analysis starts over
void verify_cancel(Server *);
void verify_release(Server *);
bool verify_has(const Server *, RpcId request);
CompilerSays compiler_says(const Server *, const PlacedFinding *);
// -- features/download.c --
bool download_start(Request *, const LspExecuteCommand *); // false: with the error set
void download_cancel(Server *);
void download_release(Server *);
bool download_has(const Server *, RpcId request);
// -- features/workspace_diagnostic.c --
void workspace_check_init(Server *);
void workspace_check_release(Server *);
void workspace_check_stale(Server *);                         // something changed
void workspace_check_take(Server *, const AnalysisOutcome *); // of a whole directory

#endif
