// SPDX-License-Identifier: MIT
/**
 * What a class expects: a text with a vote a line, "name, time, reason", where the
 * reason may hold commas or be left out.  It may come from anywhere: a line that is no
 * vote is told, and left out, whatever stands in it.  Empty lines are nothing.
 */

#ifndef CONC_CLASSROOM_CLASS_VOTES_H
#define CONC_CLASSROOM_CLASS_VOTES_H

#include "card.h"

/** More is no class's. */
#define VOTES_BYTES_MAX ((size_t)64 << 20)
#define VOTES_LINE_MAX  ((size_t)4000)

/** Who is told of a line, by its number from 1, that is no vote, and why: "has no
 * name".  Not safe to print raw. */
struct votes_faults {
    void (*tell)(void *data, size_t line, const char *why);
    void *data;
};

/**
 * The votes of a text of any bytes.  Of several under one name the first counts.
 * @return 0 or UV_ENOMEM; in either case the caller ends it with votes_destroy().
 */
int votes_parse(struct votes *votes, enum predicted kind, const char *text,
                size_t length, const struct votes_faults *faults);

/**
 * The same of all that can be read from `fd`.
 * @return 0; UV_EFBIG where that is too much; another negative errno.
 */
int votes_read(struct votes *votes, enum predicted kind, int fd,
               const struct votes_faults *faults);

void votes_destroy(struct votes *votes);

#endif
