// experiments.c: the tags that the toolchain itself sets: goexperiment.x and the levels of the architecture.
//
// Which experiments a Go release turns on by itself is written in GOROOT's internal/buildcfg/exp.go, as the struct
// literal `baseline`. Its values are true, or a variable that is set in a switch over GOARCH or by comparing GOOS. That
// much is read here; GOEXPERIMENT then adds names, removes "no" names, or clears all with "none".
#include "load/context_internal.h"

#include <ctype.h>
#include <stdlib.h>

typedef struct Experiments {
  BuildContext *context;
  VEC(Str) names; // lower case, live in the context's arena
} Experiments;

static void experiments_set(Experiments *e, Str name, bool on) {
  for (uint32_t i = 0; i < e->names.len; i++) {
    if (!str_equal(e->names.items[i], name)) continue;
    if (!on) {
      memmove(e->names.items + i, e->names.items + i + 1, (e->names.len - i - 1) * sizeof *e->names.items);
      e->names.len--;
    }
    return;
  }
  if (on) VEC_PUSH(&e->context->arena, &e->names, name);
}

static bool line_names(Str line, Str word) { return str_index(line, word) >= 0; }

// Whether `variable` is true for this platform: `variable = true` below a case that lists GOARCH, or
// `variable := goos != "a" && goos != "b"`.
static bool variable_holds(const BuildContext *c, Str source, Str variable) {
  Buf quoted = {0};
  buf_printf(&quoted, "\"%.*s\"", STR_ARG(c->goarch));
  bool holds = false;
  Str label = STR_NONE;
  for (size_t i = 0; i < source.n;) {
    ptrdiff_t nl = str_index_byte(str_slice(source, i, source.n), '\n');
    size_t end = nl < 0 ? source.n : i + (size_t)nl;
    Str line = str_trim(str_slice(source, i, end));
    i = end + 1;
    if (str_has_prefix(line, STR("case "))) label = line;
    if (!str_has_prefix(line, variable)) continue;
    Str rest = str_trim(str_slice(line, variable.n, line.n));
    if (str_equal(rest, STR("= true")) && line_names(label, buf_view(&quoted))) holds = true;
    if (str_has_prefix(rest, STR(":="))) {
      Buf term = {0};
      buf_printf(&term, "goos != \"%.*s\"", STR_ARG(c->goos));
      holds = str_index(rest, STR("goos !=")) >= 0 && !line_names(rest, buf_view(&term));
      buf_release(&term);
    }
  }
  buf_release(&quoted);
  return holds;
}

static Str lower(Arena *a, Str s) {
  char *copy = (char *)arena_str(a, s).p;
  for (size_t i = 0; i < s.n; i++) copy[i] = (char)tolower((unsigned char)copy[i]);
  return (Str){copy, s.n};
}

static void read_baseline(Experiments *e, Str source) {
  ptrdiff_t at = str_index(source, STR("goexperiment.Flags{\n"));
  if (at < 0) return;
  for (size_t i = (size_t)at + 20; i < source.n;) {
    ptrdiff_t nl = str_index_byte(str_slice(source, i, source.n), '\n');
    size_t end = nl < 0 ? source.n : i + (size_t)nl;
    Str line = str_trim(str_slice(source, i, end));
    i = end + 1;
    if (str_has_prefix(line, STR("}"))) return;
    ptrdiff_t colon = str_index_byte(line, ':');
    if (colon <= 0 || str_has_prefix(line, STR("//"))) continue;
    Str value = str_slice(line, (size_t)colon + 1, line.n);
    ptrdiff_t comma = str_index_byte(value, ',');
    if (comma >= 0) value = str_slice(value, 0, (size_t)comma);
    value = str_trim(value);
    if (str_equal(value, STR("true")) || variable_holds(e->context, source, value))
      experiments_set(e, lower(&e->context->arena, str_slice(line, 0, (size_t)colon)), true);
  }
}

static void apply_setting(Experiments *e, Str list) {
  for (size_t i = 0; i < list.n;) {
    size_t end = i;
    while (end < list.n && list.p[end] != ',') end++;
    Str name = str_trim(str_slice(list, i, end));
    i = end + 1;
    if (!name.n) continue;
    if (str_equal(name, STR("none"))) {
      e->names.len = 0;
      continue;
    }
    bool on = !str_has_prefix(name, STR("no"));
    if (!on) name = str_slice(name, 2, name.n);
    if (str_equal(name, STR("regabi"))) {
      experiments_set(e, STR("regabiwrappers"), on);
      experiments_set(e, STR("regabiargs"), on);
    } else
      experiments_set(e, name, on);
  }
}

static void add_tag(BuildContext *c, Str tag) { VEC_PUSH(&c->arena, &c->tool_tags, tag); }

static void add_levels(BuildContext *c, const char *format, int from, int to) {
  for (int i = from; i <= to; i++) {
    Str level = arena_printf(&c->arena, "%s%d", format, i);
    add_tag(c, arena_printf(&c->arena, "%.*s.%.*s", STR_ARG(c->goarch), STR_ARG(level)));
  }
}

static void add_arch_tags(BuildContext *c) {
  Str level = c->goarch_level;
  const char *z = level.n ? level.p : "";
  if (str_equal(c->goarch, STR("amd64")))
    add_levels(c, "v", 1, level.n == 2 ? z[1] - '0' : 1);
  else if (str_equal(c->goarch, STR("arm")))
    add_levels(c, "", 5, level.n ? z[0] - '0' : 7);
  else if (str_equal(c->goarch, STR("arm64"))) {
    int major = level.n >= 4 ? z[1] - '0' : 8, minor = level.n >= 4 ? z[3] - '0' : 0;
    add_levels(c, major == 9 ? "v9." : "v8.", 0, minor);
    if (major == 9) add_levels(c, "v8.", 0, minor + 5 < 9 ? minor + 5 : 9);
  } else if (str_has_prefix(c->goarch, STR("ppc64"))) {
    add_levels(c, "power", 8, level.n > 5 ? (int)strtol(z + 5, NULL, 10) : 8);
  } else if (str_equal(c->goarch, STR("riscv64"))) {
    add_tag(c, STR("riscv64.rva20u64"));
    if (level.n > 5 && strncmp(z, "rva22", 5) >= 0) add_tag(c, STR("riscv64.rva22u64"));
    if (level.n > 5 && strncmp(z, "rva23", 5) >= 0) add_tag(c, STR("riscv64.rva23u64"));
  } else if (str_equal(c->goarch, STR("wasm"))) {
    add_tag(c, STR("wasm.satconv"));
    add_tag(c, STR("wasm.signext"));
  } else if (level.n)
    add_tag(c, arena_printf(&c->arena, "%.*s.%.*s", STR_ARG(c->goarch), STR_ARG(level)));
}

void build_context_find_tool_tags(BuildContext *c) {
  Experiments e = {.context = c};
  FileSystem fs = {0};
  Str text;
  bool read = c->goroot.n && fs_read(&fs, path_join(&c->arena, c->goroot, STR("src/internal/buildcfg/exp.go")),
                                     SIZE_MAX, &text, NULL, NULL);
  if (read) {
    read_baseline(&e, text);
    free((char *)text.p);
  } else {
    apply_setting(&e, STR("regabi,dwarf5,randomizedheapbase64,greenteagc"));
  }
  apply_setting(&e, c->goexperiment);
  for (uint32_t i = 0; i < e.names.len; i++)
    add_tag(c, arena_printf(&c->arena, "goexperiment.%.*s", STR_ARG(e.names.items[i])));
  add_arch_tags(c);
}
