// commands.c: which command the arguments ask for; help and version; what becomes of standard output.
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

int cli_usage_error(CommandId command, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "heapls %s: ", cli_commands[command].name);
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\nRun 'heapls %s --help' for how to use it.\n", cli_commands[command].name);
  va_end(arguments);
  return 2;
}

static int command_named(const char *name) {
  for (int i = 0; i < COMMAND_COUNT; i++) {
    if (strcmp(cli_commands[i].name, name) == 0) return i;
  }
  return -1;
}

static int complain(int error) {
  fprintf(stderr, "heapls: standard output: %s\n", error ? strerror(error) : "not all could be written");
  clearerr(stdout);
  return 2;
}

int cli_print(Buf *out) {
  errno = 0;
  bool good = fwrite(out->text ? out->text : "", 1, out->len, stdout) == out->len && fflush(stdout) == 0;
  int error = errno;
  buf_release(out);
  return good ? 0 : complain(error);
}

// Help of a command; -1: of all.
static int print_help(bool wanted, int command) {
  Buf out = {0};
  if (command < 0)
    help_write(&out);
  else
    help_write_command(&out, (CommandId)command);
  if (wanted) return cli_print(&out);
  fwrite(out.text, 1, out.len, stderr);
  buf_release(&out);
  return 2;
}

static bool is_one_of(const char *name, const char *words) { return cli_choice(words, str_of(name)) >= 0; }

static int run(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "serve";
  int skip = argc > 1 ? 2 : 1;
  if (argc == 1 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) { // an editor speaks through pipes or a socket
    return print_help(true, -1);
  }
  if (cli_is_vet(argc, argv)) return cli_vet(argc, argv);
  if (is_one_of(name, "--version version -V -version")) {
    puts("heapls " HEAPLS_VERSION);
    return 0;
  }
  if (is_one_of(name, "--help -h help -help")) {
    int about = argc > 2 ? command_named(argv[2]) : -1;
    if (argc > 2 && about < 0) {
      fprintf(stderr, "heapls: there is no command '%s'\n", argv[2]);
      return 2;
    }
    return print_help(true, about);
  }
  if (name[0] == '-') name = "serve", skip = 1; // heapls --stdio, --port=N …
  int command = command_named(name);
  if (command < 0) {
    fprintf(stderr, "heapls: there is no command '%s'\n", name);
    return print_help(false, -1);
  }
  for (int i = skip; i < argc && strcmp(argv[i], "--") != 0; i++) {
    if (is_one_of(argv[i], "--help -h -help")) return print_help(true, command);
  }
  CliArgs args;
  int code = cli_parse(&args, (CommandId)command, argc - skip, argv + skip) ? cli_commands[command].run(&args) : 2;
  cli_args_release(&args);
  return code;
}

// What could not be written is an error of every command, whatever it found.
int cli_main(int argc, char **argv) {
  int code = run(argc, argv);
  errno = 0;
  return fflush(stdout) != 0 || ferror(stdout) ? complain(errno) : code;
}
