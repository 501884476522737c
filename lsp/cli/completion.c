// completion.c: what bash, zsh and fish need to complete command lines, from the table of options.def.
#include "cli/cli.h"

// ---- bash: it splits words at "=", so --format=g is three words, or two while nothing stands after the "="

static void write_bash_value(Buf *out, const OptionInfo *o) {
  buf_printf(out, "    --%s) ", o->name);
  if (*o->choices) {
    buf_printf(out, "mapfile -t COMPREPLY < <(compgen -W \"%s\" -- \"$value\"); return ;;\n", o->choices);
  } else if (o->type == ARG_DIR || o->type == ARG_FILE) {
    buf_printf(out, "mapfile -t COMPREPLY < <(compgen -%c -- \"$value\"); return ;;\n", o->type == ARG_DIR ? 'd' : 'f');
  } else {
    buf_puts(out, "return ;;\n");
  }
}

static void write_bash(Buf *out) {
  buf_puts(out, "# Completion of heapls for bash; made by heapls completion bash.\n_heapls() {\n"
                "  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]:-} options=--help option=\"\" i\n"
                "  local value=$word\n  COMPREPLY=()\n"
                "  if [[ $word == \"=\" ]]; then\n    option=${COMP_WORDS[COMP_CWORD - 1]} value=\"\"\n"
                "  elif [[ $COMP_CWORD -gt 2 && ${COMP_WORDS[COMP_CWORD - 1]} == \"=\" ]]; then\n"
                "    option=${COMP_WORDS[COMP_CWORD - 2]}\n  fi\n  case $option in\n");
  for (int i = 0; i < OPTION_COUNT; i++) {
    const OptionInfo *o = &cli_options[i];
    if (o->type != ARG_NONE && o->name[1]) write_bash_value(out, o);
  }
  buf_puts(out,
           "    --*) return ;;\n  esac\n  if [[ $COMP_CWORD == 1 ]]; then\n    mapfile -t COMPREPLY < <(compgen -W \"");
  for (int i = 0; i < COMMAND_COUNT; i++) buf_printf(out, "%s ", cli_commands[i].name);
  buf_puts(out, "version help --version --help\" -- \"$word\")\n    return\n  fi\n  case $command in\n");
  for (int i = 0; i < COMMAND_COUNT; i++) {
    buf_printf(out, "    %s) options=\"", cli_commands[i].name);
    for (int k = 0; k < OPTION_COUNT; k++) {
      const OptionInfo *o = &cli_options[k];
      bool attached = o->type != ARG_NONE && o->type != ARG_CHOICE_OPTIONAL && o->name[1];
      if (cli_on((OptionId)k, (CommandId)i))
        buf_printf(out, "%s%s%s ", o->name[1] ? "--" : "-", o->name, attached ? "=" : "");
    }
    buf_puts(out, "--help\" ;;\n");
  }
  buf_puts(out, "    help) mapfile -t COMPREPLY < <(compgen -W \"");
  for (int i = 0; i < COMMAND_COUNT; i++) buf_printf(out, "%s ", cli_commands[i].name);
  buf_puts(
    out,
    "\" -- \"$word\"); return ;;\n    version) return ;;\n  esac\n"
    "  if [[ $word == -* ]]; then\n    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
    "    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n    return\n  fi\n"
    "  case $command in\n    man | serve) return ;;\n"
    "    completion) mapfile -t COMPREPLY < <(compgen -W \"bash zsh fish\" -- \"$word\"); return ;;\n"
    "    debug) [[ $COMP_CWORD == 2 ]] && { mapfile -t COMPREPLY < <(compgen -W types -- \"$word\"); return; } ;;\n"
    "    check | verify) mapfile -t COMPREPLY < <(compgen -W \"./... std all\" -- \"$word\") ;;\n  esac\n"
    "  mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -d -- \"$word\"; compgen -f -X '!*.go' -- \"$word\")\n"
    "  for i in \"${!COMPREPLY[@]}\"; do\n"
    "    [[ -d ${COMPREPLY[i]} ]] && COMPREPLY[i]+=/ && compopt -o nospace\n  done\n  return 0\n}\n"
    "complete -F _heapls heapls\n");
}

// ---- zsh and fish

// The first line of the help, in single quotes; zsh's brackets and colons are kept from it.
static void write_quoted_help(Buf *out, const char *help, bool zsh) {
  size_t n = strcspn(help, "\n");
  for (size_t i = 0; i < n; i++) {
    if (help[i] == '\'')
      buf_puts(out, zsh ? "'\\''" : "\\'");
    else if (zsh && strchr("[]:\\", help[i]))
      buf_printf(out, "\\%c", help[i]);
    else
      buf_byte(out, help[i]);
  }
}

static void write_zsh_option(Buf *out, const OptionInfo *o) {
  bool optional = o->type == ARG_CHOICE_OPTIONAL, dashes = o->name[1] != 0;
  buf_printf(out, " \\\n      '%s%s%s[", dashes ? "--" : "-", o->name,
             o->type == ARG_NONE ? ""
             : !dashes           ? "+"
             : optional          ? "=-"
                                 : "=");
  write_quoted_help(out, o->help, true);
  buf_puts(out, "]");
  if (o->type != ARG_NONE) {
    buf_printf(out, "%s:%s:", optional ? ":" : "", o->metavar);
    if (*o->choices)
      buf_printf(out, "(%s)", o->choices);
    else if (o->type == ARG_DIR || o->type == ARG_FILE)
      buf_puts(out, o->type == ARG_DIR ? "_files -/" : "_files");
  }
  buf_puts(out, "'");
}

static const char *zsh_operands(CommandId command) {
  switch (command) {
  case COMMAND_CHECK:
  case COMMAND_FIX: return "*:package, directory or file:_files -g \"*.go\"";
  case COMMAND_EXPLAIN: return "1:FILE\\:LINE[\\:COLUMN]:_files -g \"*.go\"";
  case COMMAND_DIFF: return "1:REV or REV..REV:' '*:package or directory:_files -/";
  case COMMAND_COST: return "*:function or package:_files -/";
  case COMMAND_TOP: return "1:profile:_files' '*:package or directory:_files -/";
  case COMMAND_VERIFY: return "*:package:_files -/";
  case COMMAND_DEBUG: return "1:what:(types)' '*:package:_files -/";
  case COMMAND_COMPLETION: return "1:shell:(bash zsh fish)";
  case COMMAND_SERVE:
  case COMMAND_MAN:
  case COMMAND_COUNT: break;
  }
  return NULL;
}

static void write_zsh(Buf *out) {
  buf_puts(out,
           "#compdef heapls\n# Completion of heapls for zsh; made by heapls completion zsh.\nlocal -a commands=(\n");
  for (int i = 0; i < COMMAND_COUNT; i++) {
    buf_printf(out, "  '%s:", cli_commands[i].name);
    write_quoted_help(out, cli_commands[i].summary, true);
    buf_puts(out, "'\n");
  }
  buf_puts(out, "  'version:print the version'\n  'help:print help, or help of a command'\n)\n"
                "if (( CURRENT == 2 )); then\n  _describe command commands\n"
                "  [[ $PREFIX == -* ]] && compadd -- --version --help\n  return\nfi\n"
                "local command=$words[2]\nshift words\n(( CURRENT-- ))\ncase $command in\n");
  for (int i = 0; i < COMMAND_COUNT; i++) {
    buf_printf(out, "  %s)\n    _arguments '--help[help of the command]'", cli_commands[i].name);
    for (int k = 0; k < OPTION_COUNT; k++)
      if (cli_on((OptionId)k, (CommandId)i)) write_zsh_option(out, &cli_options[k]);
    const char *operands = zsh_operands((CommandId)i);
    if (operands) buf_printf(out, " \\\n      '%s'", operands);
    buf_puts(out, " ;;\n");
  }
  buf_puts(out, "  help) _describe command commands ;;\nesac\n");
}

static void write_fish_option(Buf *out, const OptionInfo *o, CommandId command) {
  buf_printf(out, "complete -c heapls -n '__heapls_command %s' %s %s", cli_commands[command].name,
             o->name[1] ? "-l" : "-s", o->name);
  if (*o->choices)
    buf_printf(out, "%s -a '%s'", o->type == ARG_CHOICE_OPTIONAL ? " -f" : " -x", o->choices);
  else if (o->type == ARG_DIR || o->type == ARG_FILE)
    buf_puts(out, " -r");
  else if (o->type != ARG_NONE)
    buf_puts(out, " -x");
  buf_puts(out, " -d '");
  write_quoted_help(out, o->help, false);
  buf_puts(out, "'\n");
}

static void write_fish(Buf *out) {
  buf_puts(out, "# Completion of heapls for fish; made by heapls completion fish.\n"
                "function __heapls_first\n    test (count (commandline -opc)) -eq 1\nend\n"
                "function __heapls_command\n    set -l words (commandline -opc)\n"
                "    test (count $words) -gt 1; and contains -- $words[2] $argv\nend\n");
  for (int i = 0; i < COMMAND_COUNT; i++) {
    buf_printf(out, "complete -c heapls -n __heapls_first -f -a %s -d '", cli_commands[i].name);
    write_quoted_help(out, cli_commands[i].summary, false);
    buf_puts(out, "'\n");
  }
  buf_puts(out, "complete -c heapls -n __heapls_first -f -a version -d 'print the version'\n"
                "complete -c heapls -n __heapls_first -f -a help -d 'print help, or help of a command'\n"
                "complete -c heapls -n __heapls_first -f -l version -d 'print the version'\n"
                "complete -c heapls -l help -d 'print help'\ncomplete -c heapls -n '__heapls_command help' -f -a '");
  for (int i = 0; i < COMMAND_COUNT; i++) buf_printf(out, "%s ", cli_commands[i].name);
  buf_puts(out, "'\ncomplete -c heapls -n '__heapls_command debug' -a types\n"
                "complete -c heapls -n '__heapls_command completion' -f -a 'bash zsh fish'\n");
  for (int i = 0; i < COMMAND_COUNT; i++)
    for (int k = 0; k < OPTION_COUNT; k++)
      if (cli_on((OptionId)k, (CommandId)i)) write_fish_option(out, &cli_options[k], (CommandId)i);
}

int cli_completion(const CliArgs *args) {
  static void (*const writers[])(Buf *) = {write_bash, write_zsh, write_fish};
  const char *shell = args->operands.len == 1 ? args->operands.items[0] : "";
  int which = cli_choice("bash zsh fish", str_of(shell));
  if (which < 0) return cli_usage_error(COMMAND_COMPLETION, "say for which shell: bash, zsh or fish");
  Buf out = {0};
  writers[which](&out);
  return cli_print(&out);
}
