// report.h: the door of report/: what is said of each place in the source, in words.
//
//   finding.h  one finding: facts, sentences, the way of a value; sets of findings
//   result.h   what an analysis says of one package
//   decision.h functions that nothing is said of, and why
//   contract.h what comments promise, and what calls cost
//
//   finding*.c from messages and allocation sites to findings   reason.c  why a value is on the heap
//   advice.c   hint, title, amount and condition in words; what may help (with literal.c)
//   amount.c, range.c, often.c  how much, where, how often, as numbers
#ifndef HEAPLS_REPORT_H
#define HEAPLS_REPORT_H

#include "report/contract.h"
#include "report/decision.h"
#include "report/finding.h"
#include "report/result.h"

#endif
