// SPDX-License-Identifier: MIT
/**
 * What the plain view tells besides events and figures: sentences, a line each, without
 * a newline at the end; nothing where there is nothing.  Safe to print.
 */

#ifndef CONC_VIEW_PLAIN_EXHIBITS_H
#define CONC_VIEW_PLAIN_EXHIBITS_H

#include "view/view.h"

#include <stdio.h>

/** Who waits for whom in the run that is told. */
void say_cycle(const struct report *report, size_t variant, const struct style *style,
               FILE *out);

void say_interleaving(const struct report *report, size_t variant,
                      const struct style *style, FILE *out);

void say_histogram(const struct report *report, size_t variant,
                   const struct style *style, FILE *out);

/** Of all variants: how their times depend on a number; what operations cost; what was
 * measured besides; and what the demo has of its own. */
void say_sweeps(const struct report *report, const struct style *style, FILE *out);
void say_measured(const struct report *report, const struct style *style, FILE *out);
void say_own_figures(const struct report *report, const struct style *style, FILE *out);
void say_costs(const struct report *report, const struct style *style, FILE *out);

#endif
