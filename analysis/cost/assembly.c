// assembly.c: functions written in assembly, and names given by //go:linkname: read from text.
//
// What an assembly function can reach of Go's allocator it reaches by a call. So one without calls allocates nothing,
// and calls by name are calls (GOROOT/src/cmd/asm; the mnemonics of calls and jumps: cmd/internal/obj/*/anames.go).
// Branches of the preprocessor all count. What is not understood makes all functions of the file unknown: macros with
// calls in them, files that are included other than Go's own, which have none; instructions spelled as bytes, the
// function.
#include "cost/cost_internal.h"

#include <stdlib.h>

typedef struct Assembly {
  CostBatch *batch;
  Interner *interner;
  Str package, path;
  bool opaque;     // what an included file defines is not known
  VEC(Str) macros; // with calls in them; C heap
  Sym symbol;      // of the function being read; NULL: none
  Str name;
  CostPlace place;
  VEC(CostEvent) events; // C heap
  uint32_t line;
} Assembly;

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }
static bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

static bool is_one_of(Str word, const char *const *words) {
  for (; *words; words++)
    if (str_equal(word, str_of(*words))) return true;
  return false;
}

static bool is_call(Str op) {
  static const char *const calls[] = {"CALL",       "BL",           "BLR",    "BLX",    "JAL",    "JALR", "BSR",
                                      "BCL",        "BLE",          "BAL",    "BRASL",  "BASR",   "BRAS", "Call",
                                      "CallImport", "CALLNORESUME", "BLEZAL", "BGEZAL", "BLTZAL", NULL};
  return is_one_of(op, calls) && !str_equal(op, STR("BLE")); // BLE: branch if less or equal
}

static bool is_jump(Str op) { return op.n && (op.p[0] == 'J' || op.p[0] == 'B') && !is_call(op); }

static bool is_raw(Str op) {
  static const char *const raw[] = {"BYTE", "WORD", "LONG", "QUAD", "DWORD", NULL};
  return is_one_of(op, raw);
}

static void add(Assembly *a, CostEvent e) {
  e.place = (CostPlace){.path = a->place.path, .line = a->line, .column = 1};
  VEC_APPEND(&a->events, e);
}

static void add_unknown(Assembly *a, CostWhy why, Str text) {
  add(a, (CostEvent){.kind = COST_UNKNOWN, .why = (uint8_t)why, .text = arena_str(&a->batch->arena, text)});
}

// "·f(SB)", "runtime∕internal·f(SB)", "f<>(SB)", up to the parenthesis.
static Sym symbol_in(Assembly *a, Str operand, Str *name) {
  ptrdiff_t end = str_index(operand, STR("(SB)"));
  if (end < 0) return NULL;
  Str text = str_trim(str_slice(operand, 0, (size_t)end));
  ptrdiff_t plus = str_index_byte(text, '+');
  if (plus >= 0) text = str_slice(text, 0, (size_t)plus);
  ptrdiff_t abi = str_index(text, STR("<ABI"));
  if (abi >= 0) text = str_slice(text, 0, (size_t)abi);
  Buf out = {0};
  const Str dot = STR("·"), slash = STR("∕");
  ptrdiff_t at = str_index(text, dot);
  if (at <= 0) buf_printf(&out, "%.*s.", STR_ARG(a->package));
  for (size_t i = at == 0 ? dot.n : 0; i < text.n;) {
    Str rest = str_slice(text, i, text.n);
    if (str_has_prefix(rest, dot))
      buf_byte(&out, '.'), i += dot.n;
    else if (str_has_prefix(rest, slash))
      buf_byte(&out, '/'), i += slash.n;
    else
      buf_byte(&out, text.p[i++]);
  }
  Sym symbol = intern(a->interner, buf_view(&out));
  buf_release(&out);
  if (name) *name = arena_str(&a->batch->arena, at >= 0 ? str_slice(text, (size_t)at + dot.n, text.n) : text);
  return symbol;
}

static void end_function(Assembly *a) {
  if (a->symbol) {
    CostEvent *kept = ARENA_ARRAY(&a->batch->arena, CostEvent, a->events.len + 1);
    if (a->events.len) memcpy(kept, a->events.items, a->events.len * sizeof *kept);
    CostCode code = {.symbol = a->symbol, .name = a->name, .place = a->place, .events = kept};
    code.event_count = a->events.len;
    VEC_PUSH(&a->batch->arena, &a->batch->codes, code);
  }
  a->events.len = 0;
  a->symbol = NULL;
}

static void begin_function(Assembly *a, Str operand) {
  end_function(a);
  a->place = (CostPlace){.path = arena_str(&a->batch->arena, a->path), .line = a->line, .column = 1};
  a->symbol = symbol_in(a, operand, &a->name);
  if (a->opaque) add_unknown(a, COST_WHY_NO_BODY, STR("macros of a file that it includes"));
}

static Str first_word(Str *text) {
  *text = str_trim(*text);
  size_t n = 0;
  while (n < text->n && is_word(text->p[n])) n++;
  Str word = str_slice(*text, 0, n);
  *text = str_trim(str_slice(*text, n, text->n));
  return word;
}

static bool is_macro(const Assembly *a, Str word) {
  for (uint32_t i = 0; i < a->macros.len; i++)
    if (str_equal(word, a->macros.items[i])) return true;
  return false;
}

static void read_instruction(Assembly *a, Str text) {
  Str op = first_word(&text);
  while (text.n && text.p[0] == ':') { // a label
    text = str_slice(text, 1, text.n);
    op = first_word(&text);
  }
  if (!op.n) return;
  if (str_equal(op, STR("TEXT"))) {
    begin_function(a, text);
    return;
  }
  if (!a->symbol) return;
  ptrdiff_t comma = str_last_byte(text, ',');
  Str target = comma >= 0 ? str_trim(str_slice(text, (size_t)comma + 1, text.n)) : text;
  bool named = str_has_suffix(target, STR("(SB)")),
       local = target.n && is_word(target.p[0]) && !str_has_suffix(target, STR(")"));
  if (is_macro(a, op)) add_unknown(a, COST_WHY_NO_BODY, STR("a macro"));
  if (is_raw(op)) {
    add_unknown(a, COST_WHY_NO_BODY, STR("instructions spelled as bytes"));
  } else if ((is_call(op) || is_jump(op)) && named) {
    Sym callee = symbol_in(a, target, NULL);
    add(a, (CostEvent){.kind = COST_CALL, .callee = callee, .text = sym_str(callee)});
  } else if (is_call(op) || (is_jump(op) && target.n && !local && str_has_suffix(target, STR(")")) &&
                             str_index(target, STR("(PC)")) < 0)) {
    add_unknown(a, COST_WHY_INDIRECT, target);
  } else if (is_jump(op) && (str_equal(op, STR("JMP")) || str_equal(op, STR("B")) || str_equal(op, STR("BR"))) &&
             target.n >= 2 && target.n <= 3 && target.p[0] >= 'A' && target.p[0] <= 'Z') {
    add_unknown(a, COST_WHY_INDIRECT, target); // a register
  }
}

// ---- The preprocessor

static bool has_call(const Assembly *a, Str text) {
  while (text.n) {
    size_t n = 0;
    while (n < text.n && is_word(text.p[n])) n++;
    Str word = str_slice(text, 0, n);
    if (n && (is_call(word) || is_raw(word) || str_equal(word, STR("JMP")) || str_equal(word, STR("TEXT")) ||
              is_macro(a, word)))
      return true;
    text = str_slice(text, n ? n : 1, text.n);
  }
  return false;
}

static bool is_known_include(Str line) {
  static const char *const known[] = {"\"textflag.h\"",    "\"go_asm.h\"",        "\"funcdata.h\"",
                                      "\"go_tls.h\"",      "\"asm_amd64.h\"",     "\"asm_ppc64x.h\"",
                                      "\"asm_riscv64.h\"", "\"cgo/abi_amd64.h\"", NULL};
  return is_one_of(str_trim(line), known);
}

// Directives, with the lines that continue them.
static void read_directives(Assembly *a, Str text) {
  bool goes_on = false;
  Str macro = STR_NONE;
  while (text.n) {
    ptrdiff_t end = str_index_byte(text, '\n');
    Str line = str_trim(str_slice(text, 0, end < 0 ? text.n : (size_t)end));
    text = end < 0 ? STR_NONE : str_slice(text, (size_t)end + 1, text.n);
    bool directive = line.n && line.p[0] == '#';
    if (directive && str_has_prefix(line, STR("#include")))
      a->opaque |= !is_known_include(str_slice(line, sizeof "#include" - 1, line.n));
    Str rest = str_trim(str_slice(line, 1, line.n));
    bool defines = !goes_on && directive && str_has_prefix(rest, STR("define"));
    if (defines) {
      rest = str_slice(rest, sizeof "define" - 1, rest.n);
      macro = first_word(&rest);
    }
    if ((defines || goes_on) && macro.n && has_call(a, defines ? rest : line)) {
      VEC_APPEND(&a->macros, macro);
      macro = STR_NONE;
    }
    goes_on = (goes_on || directive) && str_has_suffix(line, STR("\\"));
  }
}

// Comments become spaces.
static void blank_comments(char *text, size_t n) {
  for (size_t i = 0; i + 1 < n; i++) {
    if (text[i] == '"') {
      for (i++; i < n && text[i] != '"' && text[i] != '\n'; i++) i += text[i] == '\\';
    } else if (text[i] == '/' && text[i + 1] == '/') {
      while (i < n && text[i] != '\n') text[i++] = ' ';
    } else if (text[i] == '/' && text[i + 1] == '*') {
      ptrdiff_t end = str_index((Str){text + i + 2, n - i - 2}, STR("*/"));
      size_t stop = end < 0 ? n : i + 2 + (size_t)end + 2;
      for (; i < stop; i++)
        if (text[i] != '\n') text[i] = ' ';
      i--;
    }
  }
}

void cost_read_assembly(CostBatch *batch, Interner *interner, Str package, Str path, Str text) {
  Assembly a = {.batch = batch, .interner = interner, .package = package, .path = path};
  char *copy = mem_new(text.n + 1);
  if (text.n) memcpy(copy, text.p, text.n);
  blank_comments(copy, text.n);
  Str rest = {copy, text.n};
  read_directives(&a, rest);
  bool goes_on = false;
  while (rest.n) {
    ptrdiff_t end = str_index_byte(rest, '\n');
    Str line = str_slice(rest, 0, end < 0 ? rest.n : (size_t)end);
    rest = end < 0 ? STR_NONE : str_slice(rest, (size_t)end + 1, rest.n);
    a.line++;
    Str trimmed = str_trim(line);
    bool directive = goes_on || (trimmed.n && trimmed.p[0] == '#');
    goes_on = directive && str_has_suffix(trimmed, STR("\\"));
    while (!directive && line.n) {
      ptrdiff_t semicolon = str_index_byte(line, ';');
      read_instruction(&a, str_slice(line, 0, semicolon < 0 ? line.n : (size_t)semicolon));
      line = semicolon < 0 ? STR_NONE : str_slice(line, (size_t)semicolon + 1, line.n);
    }
  }
  end_function(&a);
  free(a.events.items);
  free(a.macros.items);
  free(copy);
}

// ---- Links

static Str next_field(Str *line) {
  *line = str_trim(*line);
  size_t n = 0;
  while (n < line->n && !is_space(line->p[n])) n++;
  Str field = str_slice(*line, 0, n);
  *line = str_slice(*line, n, line->n);
  return field;
}

// Whether the local name has a body or the other one is not looked at: of two names only one has code.
void cost_read_links(CostBatch *batch, Interner *interner, Str package, Str text) {
  const Str mark = STR("\n//go:linkname ");
  for (ptrdiff_t at; (at = str_index(text, mark)) >= 0;) {
    text = str_slice(text, (size_t)at + mark.n, text.n);
    ptrdiff_t end = str_index_byte(text, '\n');
    Str line = str_slice(text, 0, end < 0 ? text.n : (size_t)end);
    Str local = next_field(&line), other = next_field(&line);
    if (!local.n || !other.n || str_index_byte(other, '.') < 0) continue;
    CostLink link = {cost_symbol(interner, package, local), intern(interner, other)};
    if (link.local != link.other) VEC_PUSH(&batch->arena, &batch->links, link);
  }
}
