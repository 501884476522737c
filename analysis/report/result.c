// result.c: what is asked of a result: where things are now that findings tell of, and what is broken.
#include "report/result.h"

#include "syntax/syntax.h"

const FindingGroup *package_result_group(const PackageResult *r, const AstFile *file, uint32_t i) {
  const FindingFile *f = finding_file_of(r->findings, file->source);
  if (f && i < f->group_count && f->groups[i].decl == file->decls[i]) return &f->groups[i];
  return f ? finding_group_of(r->findings, file->decls[i]) : NULL;
}

bool package_result_broken(const PackageResult *r, const AstFile *file, uint32_t i) {
  const FindingFile *f = finding_file_of(r->findings, file->source);
  if (f && i < f->group_count && f->groups[i].decl == file->decls[i]) return f->groups[i].broken;
  const AstDecl *decl = file->decls[i];
  if (decl->has_error || decl->kind == DECL_BAD) return true;
  if (!f) return false;
  const FindingGroup *g = package_result_group(r, file, i);
  return !g || g->broken; // an older version stands for it
}

static const AstFile *result_file(const PackageResult *r, const AstSource *source) {
  for (uint32_t i = 0; i < r->file_count; i++)
    if (r->files[i]->source == source) return r->files[i];
  return NULL;
}

// Two versions of the declaration that a step lies in: the one of which its places are, and the one that the text has.
typedef struct Versions {
  Str from, to;
  Stretch ends;
} Versions;

// What was replaced is where the declaration begins.
static uint32_t step_offset(const Versions *v, uint32_t offset) {
  if (!v->from.n) return offset;
  uint32_t now = tokens_map(v->from, v->to, offset);
  if (now == UINT32_MAX) now = stretch_map(&v->ends, offset);
  return now == UINT32_MAX ? 0 : now;
}

FindingStep package_result_step(const PackageResult *r, const FindingStep *step) {
  FindingStep now = *step;
  const FindingFile *f = step->source ? finding_file_of(r->findings, step->source) : NULL;
  const AstFile *file = f ? result_file(r, step->source) : NULL;
  if (!file) return now; // of another package, or it has no position
  const FindingGroup *g = finding_group_of_step(f, step);
  if (!g || (g->start == UINT32_MAX && step->base != UINT32_MAX)) now.source = NULL;
  if (g) finding_step_lies_in(&now, g->decl);
  if (!g || g->start == UINT32_MAX) return now;
  Versions v = {0};
  const AstDecl *shown = step->follows ? NULL : ast_file_decl_starting_at(file, g->start);
  if (!file->translation && shown && shown != g->decl &&
      !str_equal(shown->text, g->decl->text)) { // it is stale, or differs in comments
    v.from = g->decl->text;
    v.to = shown->text;
    stretch_compare(&v.ends, v.from, v.to);
  }
  bool empty = step->end == step->start;
  now.start = g->start + step_offset(&v, step->start - step->base);
  now.end = empty ? now.start : g->start + step_offset(&v, step->end - 1 - step->base) + 1;
  now.at = g->start + step_offset(&v, step->at - step->base);
  now.base = g->start;
  LineCol lc = ast_file_line_col(file, now.at);
  now.line = lc.line;
  now.column = lc.column;
  return now;
}

FindingPlace package_result_place(const PackageResult *r, const Finding *f) {
  const FindingGroup *g = finding_group_of(r->findings, f->decl);
  BUG_ON(!g);
  return finding_where(g, f);
}

FindingStep package_result_callee(const PackageResult *r, const Finding *call) {
  const Finding *f;
  for (FindingCursor c = {.set = r->findings}; call->symbol.n && (f = finding_next(&c));) { // its text may have changed
    if (f->kind != FINDING_FUNCTION || !str_equal(f->symbol, call->symbol)) continue;
    FindingPlace at = finding_where(c.of, f);
    return (FindingStep){.source = f->source, .start = at.start, .end = at.end, .line = at.line, .column = at.column};
  }
  return call->step_count ? package_result_step(r, &call->steps[0]) : (FindingStep){0};
}
