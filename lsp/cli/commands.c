// commands.c: the table of commands, help and version.
#include "cli/cli.h"

#define COMMON_OPTIONS                                                                                                 \
  "  --go=1.N          follow the rules of that Go release (default: the toolchain's that is found)\n"                 \
  "  --gcflags=FLAGS   compiler flags that change verdicts: -l -N -m=2 -smallframes -race -d=zerocopy=0 -d=checkptr\n" \
  "  --goroot=DIR      Go's sources\n"                                                                                 \
  "  --goos=OS --goarch=ARCH --tags=TAGS   what to build for\n"                                                        \
  "  --workers=N       threads (default: one per core)\n"

const Command cli_commands[] = {
  {"check", "show what packages, directories or files allocate",
   "heapls check [options] [packages, directories or files]\n\n"
   "Shows every site that takes memory from the heap, with the reason. Patterns are those of the go command: ./...,\n"
   "std, import paths; directories and .go files may be named as well. Without any: the current directory.\n\n"
   "  --format=text     position, verdict, reason and source line (default)\n"
   "  --format=gc       exactly the lines of go build -gcflags=-m\n"
   "  --format=alloc    every call of the allocator in the generated code: file:line:col: runtime.NAME BYTES "
   "[condition]\n"
   "  --call-sites      with it: every copy by inlining, with the calls that brought it\n"
   "  --format=json     one JSON document; the schema is in lsp/cli/check.c\n"
   "  --preset=NAME     quiet: in loops, or large, and not on cold paths; default: every allocation, where its code "
   "is\n"
   "                    written; all: also at calls where such code is inlined, and what allocates nothing\n"
   "  --fail            exit with 1 when there are heap sites\n"
   "  --tests           test files too\n" COMMON_OPTIONS "\nExit codes: 0 done, 1 findings and --fail, 2 an error.\n",
   cli_check},
  {"explain", "say why a place allocates, with the path to the heap",
   "heapls explain [options] FILE:LINE[:COLUMN]\n\n"
   "Prints what an editor's hover shows: verdict, reason, advice, and the path step by step. Columns count bytes from "
   "1.\n\n" COMMON_OPTIONS,
   cli_explain},
  {"verify", "compare with the local Go toolchain, line by line",
   "heapls verify [options] [packages]\n\n"
   "Runs `go build -gcflags=-m` on the packages (default \".\") with an empty cache of its own and prints how far "
   "heapls\n"
   "agrees with it: per kind of message, lines of each side, F1 = 2 both / (gc + heapls).\n\n"
   "  --by-package     a line for each package\n"
   "  --classes        the kinds of disagreement, by number of lines\n"
   "  --samples        the same with up to three lines of each\n"
   "  --gcflags=FLAGS  \"-m\" (default) or \"-m -l\"\n"
   "  --from FILE      read the compiler's output from FILE instead of running it\n"
   "  --alloc          compare allocator calls with the machine code (go build -gcflags=-S) instead: precision, "
   "recall,\n"
   "                   per runtime function, and what differs\n"
   "  --json           everything, for programs\n",
   cli_verify},
  {"serve", "run the language server (the default command)",
   "heapls serve [options]\n\n"
   "Speaks LSP 3.17 on standard input and output.\n\n"
   "  --port=N          listen on 127.0.0.1:N for one editor instead (no other address is served)\n"
   "  --socket=N        connect to the editor at 127.0.0.1:N instead\n"
   "  --pipe=PATH       connect to the editor's pipe instead\n"
   "  --log-level=LEVEL error, warn, info, debug (default: info), on standard error\n"
   "  --stdio           the default; editors like to say it\n\n"
   "Exit codes: 0 after shutdown and exit, 1 when the connection ends otherwise, 2 an error at start.\n",
   cli_serve},
  {"debug", "print what the layers below found",
   "heapls debug types [options] PACKAGE…\n\nPrints the types of all expressions and names.\n\n" COMMON_OPTIONS,
   cli_debug},
};
const unsigned cli_command_count = sizeof cli_commands / sizeof *cli_commands;

static void print_help(FILE *out) {
  fputs("heapls shows what Go code costs the heap, and why.\n\nheapls COMMAND [options]\n\n", out);
  for (unsigned i = 0; i < cli_command_count; i++)
    fprintf(out, "  %-9s %s\n", cli_commands[i].name, cli_commands[i].summary);
  fputs("  version   print the version\n  help      print this, or help of a command\n\n'heapls COMMAND --help' says "
        "more.\n",
        out);
}

static const Command *command_named(const char *name) {
  for (unsigned i = 0; i < cli_command_count; i++) {
    if (strcmp(cli_commands[i].name, name) == 0) return &cli_commands[i];
  }
  return NULL;
}

int cli_main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "serve";
  int skip = argc > 1 ? 2 : 1;
  if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0 || strcmp(name, "-V") == 0) {
    puts("heapls " HEAPLS_VERSION);
    return 0;
  }
  if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
    const Command *about = argc > 2 ? command_named(argv[2]) : NULL;
    if (about)
      fputs(about->help, stdout);
    else
      print_help(stdout);
    return argc > 2 && !about ? 2 : 0;
  }
  if (name[0] == '-') name = "serve", skip = 1; // heapls --stdio, --port=N …
  const Command *command = command_named(name);
  if (!command) {
    fprintf(stderr, "heapls: there is no command '%s'\n", name);
    print_help(stderr);
    return 2;
  }
  for (int i = skip; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
      fputs(command->help, stdout);
      return 0;
    }
  }
  return command->run(argc - skip, argv + skip);
}
