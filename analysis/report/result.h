// result.h: what an analysis says of one package: its findings, with the types, code and files that they are about.
#ifndef HEAPLS_RESULT_H
#define HEAPLS_RESULT_H

#include "load/load.h"
#include "report/finding.h"

// Immutable. Findings and messages of several files; a file's are found by its path.
typedef struct PackageResult {
  Str import_path, name, dir;
  const Package *package; // types; errors in package->errors
                          // (these two are shared by versions of the package that differ in function bodies only: read
                          // them while no build runs; findings and files are this version's own)
  const IrUnit *unit;     // NULL when the package could not be compiled at all
  const FindingSet *findings; // NULL unless options.ir.explain
  AstFile *const *files;
  uint32_t file_count;
  bool missing_imports;    // some import could not be loaded: verdicts that hang on it are withheld
  Str left_out;            // of a file that is read alone: why it is in no package of the build; else empty
  uint32_t files_left_out; // of its directory, by build constraints
  bool recalled;           // from the disk: see program_recall_file (program/program.h)
  bool first_look;         // of one file only: see program_await_file
  LoadError *load_errors;
  uint32_t load_error_count;
  LoadError *far_errors;    // at imports that are there: what they lack, directly or not. Calls into them are judged by
  uint32_t far_error_count; // what is known of them
  uint64_t generation;      // grows with every build of the package
  double seconds;           // spent on it
  Str profile;              // absolute path of the profile that it was compiled with; empty: none
  Str for_main;             // the program that it was compiled for, as it has a profile; empty: for all
  void *owner;              // private
} PackageResult;

// The step with its position in the result's files; without one when its declaration is gone.
FindingStep package_result_step(const PackageResult *, const FindingStep *);
// Where a finding of the result is now.
FindingPlace package_result_place(const PackageResult *, const Finding *);
// Where the callee of a FINDING_CALL is declared now; source NULL: not known.
FindingStep package_result_callee(const PackageResult *, const Finding *call);
// Does the i-th declaration of a file of the result not parse or type-check? What the types say of it is not asked:
// they may be changing. Needs findings; without them only its syntax is known.
bool package_result_broken(const PackageResult *, const AstFile *, uint32_t i);
// What was found in that declaration; NULL: an older version stands for it, or there are no findings.
const FindingGroup *package_result_group(const PackageResult *, const AstFile *, uint32_t i);

#endif
