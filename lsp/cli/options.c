// options.c: the table of options.def, and the reading of arguments by it.
#include "cli/cli.h"

#include <regex.h>
#include <stdlib.h>
#include <sys/stat.h>

// Those of analysis/report/finding.h, as the settings name them (lsp/settings.c).
#define CAUSE_KINDS                                                                                                    \
  "returned stored interface closure goroutine defer-loop unknown-call leaking-param outlives-loop too-large "         \
  "unknown-size append append-caller concat conversion map channel zero-sized"

static const char fix_kinds[] =
#define FIX_KIND(id, name, text) name " "
#include "fix/kinds.def"
#undef FIX_KIND
  "";
static const char fix_kinds_help[] = "only these kinds"
#define FIX_KIND(id, name, text) "\n" name ": " text
#include "fix/kinds.def"
#undef FIX_KIND
  ;

const CommandInfo cli_commands[COMMAND_COUNT] = {
#define COMMAND(id, name, run, arguments, summary, text) {name, arguments, summary, text, run},
#include "cli/options.def"
};

const OptionInfo cli_options[OPTION_COUNT] = {
#define OPTION(id, commands, name, type, metavar, choices, help) {name, metavar, choices, help, type, commands},
#include "cli/options.def"
};

const OptionRow cli_rows[] = {
#define HEADING(commands, text) {text, OPTION_COUNT},
#define OPTION(id, commands, name, type, metavar, choices, help) {NULL, OPTION_##id},
#include "cli/options.def"
};
const unsigned cli_row_count = sizeof cli_rows / sizeof *cli_rows;

bool cli_on(OptionId option, CommandId command) { return (cli_options[option].commands >> command & 1) != 0; }

Str cli_word(const char *words, uint32_t n) {
  for (;;) {
    size_t length = strcspn(words, " ");
    if (!n-- || !length) return (Str){words, length};
    words += length + (words[length] == ' ');
  }
}

int cli_choice(const char *words, Str word) {
  for (int i = 0;; i++) {
    Str one = cli_word(words, (uint32_t)i);
    if (!one.n) return -1;
    if (str_equal(one, word)) return i;
  }
}

uint64_t cli_number(const char *text) {
  char *end;
  uint64_t n = strtoull(text, &end, 10);
  if (*end == 'k' || *end == 'K') n <<= 10;
  if (*end == 'm' || *end == 'M') n <<= 20;
  return n;
}

// Digits, so many that they fit, and at most one of the letters.
static bool is_number(const char *text, const char *letters) {
  size_t digits = strspn(text, "0123456789");
  if (!digits || digits > 9) return false;
  return !text[digits] || (strchr(letters, text[digits]) && !text[digits + 1]);
}

// "text, json or gc"
static void list_choices(Buf *out, const char *choices) {
  for (uint32_t i = 0;; i++) {
    Str one = cli_word(choices, i);
    if (!one.n) return;
    if (i) buf_puts(out, cli_word(choices, i + 1).n ? ", " : " or ");
    buf_str(out, one);
  }
}

static bool are_choices(const char *choices, const char *list, Str *wrong) {
  Str rest = str_of(list);
  for (;;) {
    ptrdiff_t comma = str_index_byte(rest, ',');
    *wrong = comma < 0 ? rest : str_slice(rest, 0, (size_t)comma);
    if (cli_choice(choices, *wrong) < 0) return false;
    if (comma < 0) return true;
    rest = str_slice(rest, (size_t)comma + 1, rest.n);
  }
}

// Letters, digits, underscores and dots, as the go command has it.
static bool are_tags(const char *text) {
  for (; *text; text++) {
    bool good = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') || (*text >= '0' && *text <= '9') ||
                strchr("_.,", *text) || (unsigned char)*text >= 0x80;
    if (!good) return false;
  }
  return true;
}

static bool is_directory(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

// What is wrong with the value, after "--name"; nothing: it is good.
static void judge(Buf *wrong, const OptionInfo *o, const char *value) {
  Str one = str_of(value);
  regex_t regexp;
  switch (o->type) {
  case ARG_NONE: buf_printf(wrong, "takes no value, but has '%s'", value); return;
  case ARG_CHOICE:
  case ARG_CHOICE_OPTIONAL:
  case ARG_KINDS:
    if (o->type == ARG_KINDS ? are_choices(o->choices, value, &one) : cli_choice(o->choices, one) >= 0) return;
    buf_printf(wrong, "has no '%.*s': it is ", STR_ARG(one));
    list_choices(wrong, o->choices);
    return;
  case ARG_NUMBER:
    if (!is_number(value, "") || !cli_number(value)) buf_printf(wrong, "wants a number from 1, not '%s'", value);
    return;
  case ARG_BYTES:
    if (!is_number(value, "kKmM")) buf_printf(wrong, "wants a number of bytes such as 64 or 4K, not '%s'", value);
    return;
  case ARG_PORT:
    if (!is_number(value, "") || cli_number(value) > 65535)
      buf_printf(wrong, "wants a port up to 65535 (0: any that is free), not '%s'", value);
    return;
  case ARG_GO:
    if (!go_version_minor(one)) buf_printf(wrong, "wants a version such as 1.26, not '%s'", value);
    return;
  case ARG_TAGS:
    if (!are_tags(value)) buf_printf(wrong, "wants tags such as a,b, not '%s'", value);
    return;
  case ARG_REGEXP: {
    char why[200];
    int status = regcomp(&regexp, value, REG_EXTENDED | REG_NOSUB);
    if (!status) {
      regfree(&regexp);
      return;
    }
    regerror(status, &regexp, why, sizeof why);
    buf_printf(wrong, "does not understand '%s': %s", value, why);
    return;
  }
  case ARG_DIR:
    if (!is_directory(value)) buf_printf(wrong, "wants a directory: there is none at '%s'", value);
    return;
  case ARG_FILE:
  case ARG_TEXT: return;
  }
}

static bool fits(CommandId command, const OptionInfo *o, const char *value) {
  Buf wrong = {0};
  if (!*value && o->type != ARG_TAGS)
    buf_puts(&wrong, "has an empty value");
  else
    judge(&wrong, o, value);
  bool good = !wrong.len;
  const char *dashes = o->name[1] ? "--" : "-";
  if (!good) cli_usage_error(command, "%s%s %.*s", dashes, o->name, STR_ARG(buf_view(&wrong)));
  buf_release(&wrong);
  return good;
}

static int option_named(CommandId command, const char *name, size_t length) {
  for (int i = 0; i < OPTION_COUNT; i++) {
    const OptionInfo *o = &cli_options[i];
    if (cli_on((OptionId)i, command) && strlen(o->name) == length && strncmp(o->name, name, length) == 0) return i;
  }
  return -1;
}

bool cli_parse(CliArgs *out, CommandId command, int argc, char **argv) {
  *out = (CliArgs){.command = command};
  bool only_operands = false;
  for (int i = 0; i < argc; i++) {
    const char *a = argv[i], *name = a + (a[0] == '-') + (a[0] == '-' && a[1] == '-');
    if (only_operands || name == a || !a[1]) {
      VEC_APPEND(&out->operands, a);
      continue;
    }
    if (!*name) {
      only_operands = true;
      continue;
    }
    size_t length = strcspn(name, "=");
    int option = option_named(command, name, length);
    if (option < 0) {
      cli_usage_error(command, "unknown option %.*s", (int)(length + (size_t)(name - a)), a);
      return false;
    }
    const OptionInfo *o = &cli_options[option];
    const char *value = name[length] ? name + length + 1 : NULL;
    bool wants = o->type != ARG_NONE && o->type != ARG_CHOICE_OPTIONAL;
    if (!value && wants && i + 1 < argc) value = argv[++i];
    if (!value && wants) {
      cli_usage_error(command, "%s wants a value: %s", a, o->metavar);
      return false;
    }
    if (value && !fits(command, o, value)) return false;
    VEC_APPEND(&out->options, (CliArg){(OptionId)option, value});
  }
  return true;
}

void cli_args_release(CliArgs *a) {
  free(a->options.items);
  free((void *)a->operands.items);
  *a = (CliArgs){0};
}

bool cli_has(const CliArgs *a, OptionId option) {
  for (uint32_t i = 0; i < a->options.len; i++) {
    if (a->options.items[i].option == option) return true;
  }
  return false;
}

const char *cli_value(const CliArgs *a, OptionId option) {
  const char *value = NULL;
  for (uint32_t i = 0; i < a->options.len; i++) {
    if (a->options.items[i].option == option) value = a->options.items[i].value;
  }
  return value;
}
