// debug.c: `heapls debug types PACKAGE…`: what the type checker found, one fact a line, for comparison with go/types.
#include "cli/cli.h"
#include "types/dump.h"

static void package_done(void *context, const PackageResult *r) {
  (void)context;
  if (r->package) package_dump(r->package, stdout);
}

int cli_debug(int argc, char **argv) {
  if (argc < 1 || strcmp(argv[0], "types") != 0) return cli_usage_error("debug", "say what: types");
  CliSetup setup;
  cli_setup_init(&setup);
  setup.options.ir.explain = false;
  int code = 0;
  for (int i = 1; i < argc && !code; i++) {
    if (argv[i][0] != '-')
      cli_setup_pattern(&setup, argv[i]);
    else if (!cli_setup_option(&setup, argv[i]))
      code = cli_usage_error("debug", "unknown option %s", argv[i]);
  }
  if (!code) {
    cli_setup_finish(&setup);
    Program *program = program_new(&setup.options);
    cli_notices(program);
    Buf errors = {0};
    ProgramRun run = {
      .patterns = setup.patterns.items, .pattern_count = setup.patterns.len, .package_done = package_done};
    if (!program_run(program, &run, NULL, &errors) || errors.len) code = 2;
    fprintf(stderr, "%.*s", STR_ARG(buf_view(&errors)));
    buf_release(&errors);
    program_free(program);
  }
  cli_setup_release(&setup);
  return code;
}
