// SPDX-License-Identifier: MIT
/** In how many runs something came out as what: a bar each. */

#ifndef CONC_VIEW_HISTOGRAM_H
#define CONC_VIEW_HISTOGRAM_H

#include "exhibit.h"
#include "view/pen.h"

/** What the card shows of a variant's runs.  @return false: nothing. */
bool histogram_of(const struct report *report, size_t variant,
                  struct histogram *histogram);

/**
 * Draw those of all variants, on one scale, an empty line before; what is a histogram
 * of the same stands under one title.  @return 0 or UV_ENOMEM.
 */
int histograms_write(struct pen *pen, const struct report *report);

/** A bar, as long a part of `room` columns as `count` is of `most`, and a blank. */
void histogram_bar(struct pen *pen, uint64_t count, uint64_t most, unsigned room);

#endif
