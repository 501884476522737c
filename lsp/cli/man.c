// man.c: the manual page heapls(1), from the table of options.def, in man(7)'s macros.
#include "cli/cli.h"

// Text as roff takes it: hyphens that are meant as such, no line that begins with a control character.
static void write_text(Buf *out, const char *text) {
  bool start = true;
  for (; *text; text++) {
    if (start && (*text == '.' || *text == '\'')) buf_puts(out, "\\&");
    start = *text == '\n';
    if (*text == '-')
      buf_puts(out, "\\-");
    else if (*text == '\\')
      buf_puts(out, "\\e");
    else
      buf_byte(out, *text);
  }
}

static void write_option(Buf *out, const OptionInfo *o) {
  buf_printf(out, ".TP\n\\fB%s", o->name[1] ? "\\-\\-" : "\\-");
  write_text(out, o->name);
  buf_puts(out, "\\fR");
  if (o->type == ARG_CHOICE_OPTIONAL)
    buf_printf(out, "[=\\fI%s\\fR]", o->metavar);
  else if (o->type != ARG_NONE)
    buf_printf(out, "%s\\fI%s\\fR", o->name[1] ? "=" : " ", o->metavar);
  buf_puts(out, "\n");
  for (const char *line = o->help; *line;) { // each line of the help is one here
    size_t n = strcspn(line, "\n");
    char copy[512];
    snprintf(copy, sizeof copy, "%.*s", (int)n, line);
    write_text(out, copy);
    line += n;
    buf_puts(out, *line ? "\n.br\n" : "\n");
    line += *line != 0;
  }
}

static void write_command(Buf *out, CommandId command) {
  const CommandInfo *c = &cli_commands[command];
  buf_printf(out, ".SS heapls %s %s\n", c->name, c->arguments);
  write_text(out, c->text);
  buf_puts(out, "\n");
  for (unsigned i = 0; i < cli_row_count; i++)
    if (!cli_rows[i].heading && cli_on(cli_rows[i].option, command))
      write_option(out, &cli_options[cli_rows[i].option]);
  buf_puts(out, ".PP\n");
  help_write_exit_codes(out, command);
}

int cli_man(const CliArgs *args) {
  if (args->operands.len) return cli_usage_error(COMMAND_MAN, "unknown argument %s", args->operands.items[0]);
  Buf out = {0};
  buf_puts(
    &out, ".TH HEAPLS 1 \"\" \"heapls " HEAPLS_VERSION "\" \"User Commands\"\n.SH NAME\n"
          "heapls \\- show what Go code costs the heap, and why\n.SH SYNOPSIS\n.B heapls\n.I command\n"
          ".RI [ options ]\n.SH DESCRIPTION\n.B heapls\n"
          "reads Go packages from source and gives, expression by expression, the verdict of the Go compiler's escape\n"
          "analysis: what stays on the stack, what is taken from the heap, why, and what to do about it.\n"
          "It does not run the Go toolchain, except for\n.BR \"heapls verify\" .\n"
          "Without a command it is a language server on standard input and output, unless that is a terminal.\n"
          ".SH COMMANDS\n");
  for (int i = 0; i < COMMAND_COUNT; i++) write_command(&out, (CommandId)i);
  buf_puts(
    &out,
    ".SS heapls version, heapls \\-\\-version\nPrints the version.\n"
    ".SS heapls help [command], heapls \\-\\-help\nPrints help, of a command if one is named.\n"
    ".SH ENVIRONMENT\n.BR GOROOT ,\n.BR GOPATH ,\n.BR GOMODCACHE ,\n.BR GOFLAGS ,\n.BR GOOS ,\n.BR GOARCH ,\n"
    ".BR GOWORK ,\n.BR GOEXPERIMENT ,\n.B GOTOOLCHAIN\nand\n.B GOENV\nmean what they mean to the go command. Without "
    "GOROOT, "
    "Go's sources are found by\n.B go\nin PATH and in the usual places.\n.PP\n.B HEAPLS_CACHE\n"
    "names the directory where summaries of imported packages are kept\n.RI ( $XDG_CACHE_HOME/heapls\nor\n"
    ".I ~/.cache/heapls\nby default, at most 512 MiB);\n.B off\nkeeps none. The directory may be removed at any time.\n"
    ".PP\n.BR NO_COLOR ,\n.B CLICOLOR_FORCE\nand\n.BR CLICOLOR=0 :\nsee \\-\\-color.\n"
    ".SH FILES\n.I share/heapls/check.schema.json\nof the installation: the JSON schema of \\-\\-format=json.\n"
    ".SH EXAMPLES\n.EX\nheapls check ./...\nheapls check \\-\\-preset=quiet \\-\\-sort=bytes \\-\\-top=20 ./...\n"
    "heapls check \\-\\-fail=loop $(git diff \\-\\-name\\-only main)\nheapls check \\-\\-format=gc net/textproto\n"
    "heapls explain main.go:12:7\n.EE\n.SH SEE ALSO\n.BR go (1)\n");
  return cli_print(&out);
}
