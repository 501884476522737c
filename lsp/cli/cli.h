// cli.h: the commands of the heapls binary. Each takes the arguments after its name, parsed, and returns the exit code:
// 0 done and clean, 1 findings when asked to fail by them, 2 an error.
#ifndef HEAPLS_CLI_H
#define HEAPLS_CLI_H

#include "program/program.h"
#include "team.h"

// ---- The table (options.def)

typedef enum CommandId {
#define COMMAND(id, name, run, arguments, summary, text) COMMAND_##id,
#include "cli/options.def"
  COMMAND_COUNT
} CommandId;
enum {
#define COMMAND(id, name, run, arguments, summary, text) ON_##id = 1 << COMMAND_##id,
#include "cli/options.def"
};
typedef enum OptionId {
#define OPTION(id, commands, name, type, metavar, choices, help) OPTION_##id,
#include "cli/options.def"
  OPTION_COUNT
} OptionId;

typedef enum ArgType {
  ARG_NONE,
  ARG_CHOICE,          // one of the option's choices
  ARG_CHOICE_OPTIONAL, // one of them, or no value
  ARG_KINDS,           // some of them, separated by commas
  ARG_NUMBER,          // 1 and more
  ARG_BYTES,           // 0 and more; 4K, 1M
  ARG_PORT,
  ARG_GO,     // a release: 1.26
  ARG_TAGS,   // words, separated by commas
  ARG_REGEXP, // POSIX extended
  ARG_FILE,
  ARG_DIR, // that is there
  ARG_TEXT // not empty
} ArgType;

typedef struct CliArg {
  OptionId option;
  const char *value; // NULL: none was given
} CliArg;
// What the user said, every value of the type that the table wants. Borrows argv.
typedef struct CliArgs {
  CommandId command;
  VEC(CliArg) options;        // in order; C heap
  VEC(const char *) operands; // C heap
} CliArgs;
// False: the mistake was told on standard error. -name and --name are the same, and a value may follow its option.
bool cli_parse(CliArgs *, CommandId, int argc, char **argv);
void cli_args_release(CliArgs *);
bool cli_has(const CliArgs *, OptionId);
const char *cli_value(const CliArgs *, OptionId); // the last one; NULL: not given, or without a value
uint64_t cli_number(const char *text);            // of a value of ARG_NUMBER, ARG_BYTES or ARG_PORT
// The n-th of words that are separated by spaces; n is zero-based. Empty: there are not so many.
Str cli_word(const char *words, uint32_t n);
int cli_choice(const char *words, Str word); // its number; -1: none of them

typedef struct CommandInfo {
  const char *name, *arguments, *summary, *text;
  int (*run)(const CliArgs *);
} CommandInfo;
typedef struct OptionInfo {
  const char *name, *metavar, *choices, *help;
  ArgType type;
  unsigned commands;
} OptionInfo;
// The table's lines in order: headings, and the options below them.
typedef struct OptionRow {
  const char *heading; // NULL: an option
  OptionId option;
} OptionRow;
extern const OptionRow cli_rows[];
extern const unsigned cli_row_count;
extern const CommandInfo cli_commands[COMMAND_COUNT];
extern const OptionInfo cli_options[OPTION_COUNT];
bool cli_on(OptionId, CommandId); // the command has the option

// ---- Help (help.c, man.c, completion.c): from the table
void help_write(Buf *);
void help_write_command(Buf *, CommandId);
void help_write_exit_codes(Buf *, CommandId); // "Exit codes: …", a line or two
int cli_print(Buf *);                         // to standard output, all of it; releases it. 2: told
int cli_man(const CliArgs *);
int cli_completion(const CliArgs *);

// ---- Commands
int cli_main(int argc, char **argv);
int cli_check(const CliArgs *);
int cli_cost(const CliArgs *);
int cli_diff(const CliArgs *);
int cli_explain(const CliArgs *);
int cli_fix(const CliArgs *);
int cli_top(const CliArgs *);
int cli_serve(const CliArgs *);
int cli_debug(const CliArgs *);
int cli_verify(const CliArgs *);
bool cli_is_vet(int argc, char **argv); // the go command speaks: go vet -vettool=heapls (vet.c)
int cli_vet(int argc, char **argv);

// ---- Set-up (setup.c)
// What --go, --gcflags, -C and the like ask for.
typedef struct CliSetup {
  ProgramOptions options;
  Str cwd; // where the user is: paths are shown relative to it
  Team team;
  Settings shared; // what the team says of settings, else the defaults
  Arena arena;
} CliSetup;
// False: the mistake was told on standard error. To be released in either case.
bool cli_setup_init(CliSetup *, const CliArgs *);
void cli_setup_release(CliSetup *);
bool cli_reads_tests(const CliSetup *, const CliArgs *);                   // as --tests or the team says
bool cli_change_directory(const CliArgs *);                                // as -C says; false: told
int cli_usage_error(CommandId, const char *format, ...) PRINTF_LIKE(2, 3); // returns 2
// Tells what the program has to say about its set-up.
void cli_notices(const Program *);

// ---- C (cgo.c)
// Has the go command run the cgo tool on what the patterns name and all that it imports, and the program read what
// comes of it. False: it failed, for some package at least, which was told.
bool cli_translate_cgo(Program *, Str cwd, const Str *patterns, uint32_t count, bool tests);

// ---- What the operands name (targets.c)
// Packages that one program is asked for together: of one module or workspace.
typedef struct TargetGroup {
  Str cwd;           // where that program starts
  VEC(Str) patterns; // for ProgramRun
  VEC(Str) files;    // absolute: only these are reported; none: all
  bool tests;        // some of them are test files
  bool alone;        // a file that makes a package by itself, as for `go run`
} TargetGroup;
typedef struct Targets {
  VEC(TargetGroup) groups; // all in the arena of the set-up
  uint32_t passed_over;    // files that were named on standard error
} Targets;
// plain: .go files go to the program as they are named, in one group, as the go command takes them.
void targets_find(Targets *, CliSetup *, const CliArgs *, uint32_t from, bool plain);

#endif
