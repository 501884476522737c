// link_name.c: functions as the linker and profiles name them: "net/http.(*Server).Serve", "main.F[go.shape.int]"
// (LinkFuncName and ParseLinkFuncName in cmd/compile/internal/ir/func.go, PathToPrefix in cmd/internal/objabi).
#include "ir/lower_internal.h"

// What is no plain character of a path is %xx, and so are dots after the last slash.
static void write_path(Buf *b, Str path) {
  ptrdiff_t slash = str_last_byte(path, '/');
  for (size_t i = 0; i < path.n; i++) {
    unsigned char c = (unsigned char)path.p[i];
    if (c <= ' ' || (c == '.' && (ptrdiff_t)i > slash) || c == '%' || c == '"' || c >= 0x7f)
      buf_printf(b, "%%%02x", c);
    else
      buf_byte(b, (char)c);
  }
}

void ir_write_link_name(Buf *b, const Package *pkg, Str sym) {
  if (pkg && sym_is(pkg->name, "main"))
    buf_puts(b, "main"); // whatever its import path
  else if (pkg)
    write_path(b, pkg->path);
  buf_byte(b, '.');
  buf_str(b, sym);
}

static int hex(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

static bool read_path(Buf *b, Str text) {
  for (size_t i = 0; i < text.n; i++) {
    if (text.p[i] != '%') {
      buf_byte(b, text.p[i]);
      continue;
    }
    if (i + 2 >= text.n || hex(text.p[i + 1]) < 0 || hex(text.p[i + 2]) < 0) return false;
    buf_byte(b, (char)(hex(text.p[i + 1]) * 16 + hex(text.p[i + 2])));
    i += 2;
  }
  return true;
}

static bool is_path_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr("-._~+/%", c));
}

bool ir_read_link_name(Str name, Buf *path, Str *sym) {
  size_t slash = 0;
  for (size_t i = 0; i < name.n && is_path_char(name.p[i]); i++)
    if (name.p[i] == '/') slash = i;
  for (size_t i = slash; i < name.n; i++) {
    if (name.p[i] != '.') continue;
    *sym = str_slice(name, i + 1, name.n);
    return i > 0 && read_path(path, str_slice(name, 0, i));
  }
  return false;
}

bool ir_profile_mentions(const IrUnit *unit, Object *func) {
  const Profile *profile = unit->options->profile;
  if (!profile) return false;
  Buf name = {0};
  ir_write_link_name(&name, func->pkg, sym_str(lower_func_sym(unit->state, func)));
  bool mentions = profile_mentions(profile, buf_view(&name));
  buf_release(&name);
  return mentions;
}
