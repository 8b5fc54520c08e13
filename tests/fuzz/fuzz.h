// SPDX-License-Identifier: MIT
/** What the fuzz targets share. */

#ifndef CONC_TESTS_FUZZ_FUZZ_H
#define CONC_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** The target. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Where claims that do not hold are printed: standard error, if not set otherwise. */
extern int fuzz_stderr;

/** Abort, unless the claim holds. */
#define INSIST(claim) fuzz_insist(claim, #claim)
void fuzz_insist(bool holds, const char *claim);

/** A number that any byte of the input changes, to choose by: the same each time. */
unsigned fuzz_sum(const uint8_t *data, size_t size);

/**
 * A file that keeps nothing of what is written, and insists that a terminal would obey
 * nothing of it: there are no control characters but the `allowed` ones.  It is the
 * same one each time, and ends with fuzz_sink_end().
 */
FILE *fuzz_sink(const char *allowed);
void fuzz_sink_end(FILE *sink);

#endif
