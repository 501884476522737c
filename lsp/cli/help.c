// help.c: --help, from the table of options.def.
#include "cli/cli.h"

enum { HELP_COLUMN = 26 };

void help_write(Buf *out) {
  buf_puts(out, "heapls shows what Go code costs the heap, and why.\n\nheapls COMMAND [options]\n\n");
  for (int i = 0; i < COMMAND_COUNT; i++)
    buf_printf(out, "  %-11s %s\n", cli_commands[i].name, cli_commands[i].summary);
  buf_puts(out, "  version     print the version\n  help        print this, or help of a command\n\n"
                "'heapls COMMAND --help' says more. To begin: heapls check ./...\n");
}

void help_write_exit_codes(Buf *out, CommandId command) {
  if (command == COMMAND_CHECK)
    buf_puts(
      out,
      "Exit codes: 0 done; 1 something was found, with --fail; 2 an error: in the arguments, in Go code that does\n"
      "not compile, in reading or writing. A pattern that matches no packages is a warning.\n");
  else if (command == COMMAND_DIFF)
    buf_puts(
      out,
      "Exit codes: 0 done; 1 something came or grew, with --fail; 2 an error: in the arguments, in git, in Go code\n"
      "of the newer state that does not compile.\n");
  else if (command == COMMAND_SERVE)
    buf_puts(out,
             "Exit codes: 0 after shutdown and exit; 1 when the connection ends otherwise; 2 an error at start.\n");
  else
    buf_puts(out, "Exit codes: 0 done; 2 an error.\n");
}

static void write_option(Buf *out, const OptionInfo *o) {
  Buf left = {0};
  buf_printf(&left, "  %s%s", o->name[1] ? "--" : "-", o->name);
  if (o->type == ARG_CHOICE_OPTIONAL)
    buf_printf(&left, "[=%s]", o->metavar);
  else if (o->type != ARG_NONE)
    buf_printf(&left, "%s%s", o->name[1] ? "=" : " ", o->metavar);
  const char *line = o->help;
  for (bool first = true; *line; first = false) {
    size_t n = strcspn(line, "\n");
    buf_printf(out, "%-*s%.*s\n", HELP_COLUMN, first ? left.text : "", (int)n, line);
    line += n + (line[n] != 0);
  }
  buf_release(&left);
}

void help_write_command(Buf *out, CommandId command) {
  const CommandInfo *c = &cli_commands[command];
  buf_printf(out, "heapls %s%s%s\n\n%s\n", c->name, *c->arguments ? " " : "", c->arguments, c->text);
  const char *heading = NULL;
  for (unsigned i = 0; i < cli_row_count; i++) {
    if (cli_rows[i].heading) {
      heading = cli_rows[i].heading;
      continue;
    }
    if (!cli_on(cli_rows[i].option, command)) continue;
    if (heading) buf_printf(out, "\n%s:\n", heading);
    heading = NULL;
    write_option(out, &cli_options[cli_rows[i].option]);
  }
  buf_puts(out, "\n");
  help_write_exit_codes(out, command);
}
