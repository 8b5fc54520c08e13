// SPDX-License-Identifier: MIT
/**
 * What each character of a program belongs to: enough of C and of Python to colour it,
 * and to know what is code.  Both languages as the lessons are written: C without
 * trigraphs and lines that are continued within a token; Python without f-strings that
 * hold strings of the same kind.
 */

#ifndef CONC_CLASSROOM_SOURCE_CODE_H
#define CONC_CLASSROOM_SOURCE_CODE_H

#include "classroom/source/files.h"

/** Fill in the source's tokens. */
void code_of_c(struct source *source);
void code_of_python(struct source *source);

/** Whether a character may stand in a name. */
bool code_is_name(char character);

/** The length of the name that begins there, and is no part of a comment or string. */
size_t code_name_at(const struct source *source, size_t at);

#endif
