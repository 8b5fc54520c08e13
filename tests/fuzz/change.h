// SPDX-License-Identifier: MIT
/** Changes to a saved run, as the fuzzer's own: JSON that is a run mostly stays one. */

#ifndef CONC_TESTS_FUZZ_CHANGE_H
#define CONC_TESTS_FUZZ_CHANGE_H

#include <jansson.h>

/** Change something in `root`; what, `seed` chooses: each time the same. */
void change_run(json_t *root, unsigned seed);

#endif
