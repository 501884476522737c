// serve.c: `heapls serve`: the arguments of the language server.
#include "cli/cli.h"
#include "server.h"

static const char *value_of(int argc, char **argv, int *i, const char *name) {
  size_t n = strlen(name);
  if (strncmp(argv[*i], name, n) != 0) return NULL;
  if (argv[*i][n] == '=') return argv[*i] + n + 1;
  if (argv[*i][n] != 0 || *i + 1 >= argc || !argv[*i + 1]) return NULL;
  return argv[++*i];
}

int cli_serve(int argc, char **argv) {
  static const char *const levels[] = {"error", "warn", "info", "debug"};
  ServeOptions options = {.log_level = LOG_INFO};
  for (int i = 0; i < argc; i++) {
    const char *arg = argv[i], *value;
    if (strcmp(arg, "--stdio") == 0) continue;
    if ((value = value_of(argc, argv, &i, "--port")))
      options.port = value;
    else if ((value = value_of(argc, argv, &i, "--socket")))
      options.socket = value;
    else if ((value = value_of(argc, argv, &i, "--pipe")))
      options.pipe = value;
    else if (value_of(argc, argv, &i, "--clientProcessId"))
      continue; // vscode-languageclient says it; initialize does too
    else if ((value = value_of(argc, argv, &i, "--log-level"))) {
      int level = 0;
      while (level < 4 && strcmp(levels[level], value) != 0) level++;
      if (level == 4) return cli_usage_error("serve", "there is no log level '%s': error, warn, info or debug", value);
      options.log_level = (LogLevel)level;
    } else {
      return cli_usage_error("serve", "unknown option %s", arg);
    }
  }
  return server_run(&options);
}
