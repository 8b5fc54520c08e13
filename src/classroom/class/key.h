// SPDX-License-Identifier: MIT
/** Waiting for a key, on the terminal, whatever standard input is.  Main thread. */

#ifndef CONC_CLASSROOM_CLASS_KEY_H
#define CONC_CLASSROOM_CLASS_KEY_H

#include <stdbool.h>

/** Whether there is a terminal that shows what is printed, and that has keys. */
bool class_key_can_wait(void);

/**
 * Wait for a key that is pressed from now on; it is not shown.  Signals do what they
 * do, with the terminal as it was before.  Returns at once where there is no terminal.
 */
void class_key_wait(void);

#endif
