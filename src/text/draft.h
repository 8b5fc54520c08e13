// SPDX-License-Identifier: MIT
/**
 * Text that is put together before it is used, by open_memstream(3):
 *
 *     struct draft draft;
 *     FILE *out = draft_open(&draft);
 *     if (out != NULL)
 *         fprintf(out, ...);
 *     char *text = draft_close(&draft);
 *
 * A draft is its thread's own.
 */

#ifndef CONC_TEXT_DRAFT_H
#define CONC_TEXT_DRAFT_H

#include <stddef.h>
#include <stdio.h>

struct draft {
    FILE *file;
    char *text;
    size_t bytes; /**< of the text, when it was flushed last, or is closed */
};

/** @return where to write; NULL: memory ran out. */
FILE *draft_open(struct draft *draft);

/**
 * End what draft_open() has begun, also where that failed.  @return the text, all of
 * it, which the caller frees; NULL: memory ran out, at any time since.
 */
char *draft_close(struct draft *draft);

#endif
