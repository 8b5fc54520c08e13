// SPDX-License-Identifier: MIT
/** Texts by number, each kept once: labels, sources and sentences of a page's data. */

#ifndef CONC_VIEW_HTML_TEXTS_H
#define CONC_VIEW_HTML_TEXTS_H

#include <stddef.h>
#include <stdint.h>

struct texts {
    char **at; /**< owned */
    size_t count, capacity;
    size_t bytes;    /**< of all */
    uint32_t *slots; /**< by hash: number + 1; 0: free */
    size_t slot_count;
};

/** @return the text's number; -1: it is "", or memory ran out, which `result` tells. */
int64_t texts_number(struct texts *texts, const char *text, int *result);
void texts_destroy(struct texts *texts);

#endif
