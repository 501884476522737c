// allocdump: prints the allocator calls that heapls expects in the generated code of packages.
//
//   allocdump [-sites] [-blocks] [-none] [-goroot DIR] [-C DIR] [-tests] [-jobs N] PATTERN…
//   allocdump -class BYTES NO_POINTERS   the block that the allocator takes for an object
//   allocdump -compare LISTING …   compares with the output of `go build -gcflags=-S` and prints the score
//
// -sites adds the chains of inlined calls; -blocks adds the bytes taken; -none adds the places that do not allocate,
// with the reason.
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "agreement/alloc_report.h"
#include "program/program.h"

typedef struct Output {
  AllocFormat format;
  AllocAgreement *agreement;
  Buf text;
} Output;

static void package_done(void *context, const PackageResult *r) {
  Output *o = context;
  if (o->agreement) {
    alloc_agreement_add_result(o->agreement, r);
    return;
  }
  buf_clear(&o->text);
  alloc_format_package(&o->text, r, &o->format);
  if (o->text.len) fwrite(o->text.text, 1, o->text.len, stdout);
}

static bool read_listing(AllocAgreement *a, const char *path) {
  FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
  if (!in) return false;
  char *line = NULL;
  size_t cap = 0;
  for (ssize_t n; (n = getline(&line, &cap, in)) > 0;) alloc_agreement_add_listing(a, (Str){line, (size_t)n});
  free(line);
  if (in != stdin) fclose(in);
  return true;
}

int main(int argc, char **argv) {
  char cwd[PATH_MAX];
  ProgramOptions options = {.build = {.environ = environ, .cgo = -1}, .ir = {.level = 1}};
  Output out = {0};
  bool tests = false, class = false;
  const char *listing = NULL;
  int i = 1;
  for (; i < argc && argv[i][0] == '-'; i++) {
    const char *a = argv[i];
    bool takes = i + 1 < argc;
    if (strcmp(a, "-sites") == 0)
      out.format.call_sites = true;
    else if (strcmp(a, "-blocks") == 0)
      out.format.blocks = true;
    else if (strcmp(a, "-none") == 0)
      out.format.none = true;
    else if (strcmp(a, "-class") == 0)
      class = true;
    else if (strcmp(a, "-tests") == 0)
      tests = true;
    else if (takes && strcmp(a, "-compare") == 0)
      listing = argv[++i];
    else if (takes && strcmp(a, "-goroot") == 0)
      options.build.goroot = str_of(argv[++i]);
    else if (takes && strcmp(a, "-jobs") == 0)
      options.workers = (unsigned)strtoul(argv[++i], NULL, 10);
    else if (takes && strcmp(a, "-C") == 0 && chdir(argv[i + 1]) == 0)
      i++;
    else {
      fprintf(stderr, "allocdump: bad argument %s\n", a);
      return 2;
    }
  }
  if (i + 1 < argc && class) {
    int64_t bytes = strtoll(argv[i], NULL, 10);
    printf("%g\n", alloc_bytes_taken(bytes, argv[i + 1][0] == '1', 8));
    return 0;
  }
  if (!getcwd(cwd, sizeof cwd)) return 1;
  out.format.cwd = options.build.cwd = str_of(cwd);
  if (listing) {
    out.agreement = alloc_agreement_new();
    if (!read_listing(out.agreement, listing)) {
      fprintf(stderr, "allocdump: can't read %s\n", listing);
      return 1;
    }
  }
  Program *program = program_new(&options);
  Str patterns[64];
  uint32_t count = 0;
  for (; i < argc && count < 64; i++) patterns[count++] = str_of(argv[i]);
  Buf errors = {0};
  program_run(
    program,
    &(ProgramRun){
      .patterns = patterns, .pattern_count = count, .tests = tests, .package_done = package_done, .context = &out},
    NULL, &errors);
  if (errors.len) fwrite(errors.text, 1, errors.len, stderr);
  int status = errors.len ? 1 : 0;
  if (out.agreement) {
    alloc_agreement_compute(out.agreement);
    alloc_agreement_write(&out.text, out.agreement);
    fwrite(out.text.text, 1, out.text.len, stdout);
    alloc_agreement_free(out.agreement);
  }
  buf_release(&errors);
  buf_release(&out.text);
  program_free(program);
  return status;
}
