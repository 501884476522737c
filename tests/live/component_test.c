// component_test: an edit of a function compiles what is in a cycle with it, all of that at once, and nothing else.
//
// A package has functions that call nothing, then a ring of functions each of which calls the next one (every other one
// in code that is dead: a cycle of the text that gc's order of visiting does not see), then functions that call the
// ring. One after the other those of the ring are edited in a way that nobody else sees. The numbers that searches of
// the graph leave behind must not be taken for each other, so the ring stands behind 0, 1, 2… functions.
#include "edits.h"

enum { RING = 60, OTHERS = 100, BEFORE = 8, EDITS = 24 };

static void write_text(Buf *text, uint32_t before, uint32_t edited, uint32_t number) {
  buf_clear(text);
  buf_puts(text, "package p\n\nconst never = false\n");
  for (uint32_t i = 0; i < before; i++) buf_printf(text, "\nfunc before%u() *int {\n\treturn new(int)\n}\n", i);
  for (uint32_t i = 0; i < RING; i++) {
    buf_printf(text, "\n//go:noinline\nfunc ring%u(n int, p *int) {\n", i);
    if (i == edited) buf_printf(text, "\tprintln(%u)\n", number);
    buf_printf(text, "\tif n > 0%s {\n\t\tring%u(n-1, new(int))\n\t}\n}\n", i % 2 ? " && never" : "", (i + 1) % RING);
  }
  for (uint32_t i = 0; i < OTHERS; i++)
    buf_printf(text, "\nfunc other%u() *int {\n\tring%u(%u, nil)\n\treturn new(int)\n}\n", i, i % RING, i);
}

static bool compiles_the_ring(EditedFile *file, uint32_t before, uint32_t number) {
  const PackageResult *r = edits_analyze(file);
  const PackageImage *image = r ? r->owner : NULL;
  const LiveState *live = image && image->origin ? image->origin->live : NULL;
  bool good = live && live->compiled == RING;
  if (!live)
    printf("%u before, edit %u: the package was built anew\n", before, number);
  else if (!good)
    printf("%u before, edit %u: %u functions compiled, the cycle has %d\n", before, number, live->compiled, RING);
  package_result_release(r);
  return good;
}

static void write_disk(const char *path, Str text) {
  FILE *f = fopen(path, "w");
  BUG_ON(!f);
  fwrite(text.p, 1, text.n, f);
  fclose(f);
}

static bool run(const char *dir, const char *path, uint32_t before) {
  EditedFile file = {.path = str_of(path)};
  write_text(&file.text, before, RING, 0);
  write_disk(path, buf_view(&file.text));
  file.program = edits_program(str_of(dir));
  package_result_release(edits_analyze(&file));
  bool good = true;
  for (uint32_t i = 1; i <= EDITS && good; i++) {
    write_text(&file.text, before, (i * 7) % RING, i);
    good = compiles_the_ring(&file, before, i); // the function that was edited before is back
  }
  buf_release(&file.text);
  program_free(file.program);
  return good;
}

int main(void) {
  char dir[] = "/tmp/component_test.XXXXXX", path[64], module[64];
  if (!mkdtemp(dir)) return 1;
  snprintf(path, sizeof path, "%s/p.go", dir);
  snprintf(module, sizeof module, "%s/go.mod", dir);
  write_disk(module, STR("module p\n\ngo 1.22\n"));
  uint32_t wrong = 0;
  for (uint32_t before = 0; before < BEFORE; before++) wrong += !run(dir, path, before);
  printf("%d packages, %d edits of a cycle of %d functions each: %u compiled more or less\n", BEFORE, EDITS, RING,
         wrong);
  unlink(path);
  unlink(module);
  rmdir(dir);
  return wrong ? 1 : 0;
}
