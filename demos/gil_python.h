// SPDX-License-Identifier: MIT
/** The variant `python` of demos/gil.c. */

#ifndef CONC_DEMOS_GIL_PYTHON_H
#define CONC_DEMOS_GIL_PYTHON_H

#include "demo.h"

/** The tasks, in threads of Python, under the lock that it really has. */
void gil_in_python(const struct tasks *tasks);

#endif
