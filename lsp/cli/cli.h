// cli.h: the commands of the heapls binary. Each takes the arguments after its name and returns the exit code:
// 0 done and clean, 1 findings when asked to fail by them, 2 an error.
#ifndef HEAPLS_CLI_H
#define HEAPLS_CLI_H

#include "program/program.h"

typedef int (*CommandRun)(int argc, char **argv);
typedef struct Command {
  const char *name, *summary, *help;
  CommandRun run;
} Command;
extern const Command cli_commands[];
extern const unsigned cli_command_count;
int cli_main(int argc, char **argv);

int cli_check(int argc, char **argv);
int cli_explain(int argc, char **argv);
int cli_serve(int argc, char **argv);
int cli_debug(int argc, char **argv);
int cli_verify(int argc, char **argv);

// -- shared (setup.c) --
// What `--go`, `--gcflags`, `-C` and the like ask for, and the places the arguments name.
typedef struct CliSetup {
  ProgramOptions options;
  Str cwd; // where the user is: paths are shown relative to it
  VEC(Str) patterns;
  Arena arena;
  const char *error; // a message, when the arguments make no sense
} CliSetup;
void cli_setup_init(CliSetup *);
void cli_setup_release(CliSetup *);
// Takes one common option; false when it is none of them. Sets error for a bad value.
bool cli_setup_option(CliSetup *, const char *arg);
void cli_setup_pattern(CliSetup *, const char *arg);
// After all arguments: directories of another module than the current one's make that one the main module.
void cli_setup_finish(CliSetup *);
int cli_usage_error(const char *command, const char *format, ...) PRINTF_LIKE(2, 3);
void cli_notices(const Program *);

#endif
