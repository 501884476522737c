// serve.c: `heapls serve`: the arguments of the language server.
#include "cli/cli.h"
#include "server.h"

int cli_serve(const CliArgs *args) {
  if (args->operands.len) return cli_usage_error(COMMAND_SERVE, "unknown argument %s", args->operands.items[0]);
  ServeOptions options = {.port = cli_value(args, OPTION_PORT),
                          .socket = cli_value(args, OPTION_SOCKET),
                          .pipe = cli_value(args, OPTION_PIPE),
                          .log_level = LOG_INFO};
  const char *level = cli_value(args, OPTION_LOG_LEVEL);
  if (level) options.log_level = (LogLevel)cli_choice(cli_options[OPTION_LOG_LEVEL].choices, str_of(level));
  return server_run(&options);
}
