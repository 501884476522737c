// debug.c: `heapls debug types PACKAGE…`: what the type checker found, one fact a line, for comparison with go/types.
#include "cli/cli.h"
#include "types/dump.h"

static void package_done(void *context, const PackageResult *r) {
  (void)context;
  if (r->package) package_dump(r->package, stdout);
}

int cli_debug(const CliArgs *args) {
  if (!args->operands.len || strcmp(args->operands.items[0], "types") != 0)
    return cli_usage_error(COMMAND_DEBUG, "say what: types");
  CliSetup setup;
  int code = cli_setup_init(&setup, args) ? 0 : 2;
  Targets targets = {0};
  if (!code) targets_find(&targets, &setup, args, 1, true);
  for (uint32_t i = 0; i < targets.groups.len; i++) {
    const TargetGroup *g = &targets.groups.items[i];
    setup.options.ir.explain = false;
    setup.options.build.cwd = g->cwd;
    Program *program = program_new(&setup.options);
    if (!i) cli_notices(program);
    Buf errors = {0};
    ProgramRun run = {.patterns = g->patterns.items, .pattern_count = g->patterns.len, .package_done = package_done};
    if (!program_run(program, &run, NULL, &errors) || errors.len) code = 2;
    fprintf(stderr, "%.*s", STR_ARG(buf_view(&errors)));
    buf_release(&errors);
    program_free(program);
  }
  cli_setup_release(&setup);
  return code;
}
