// SPDX-License-Identifier: MIT
#include "view/votes/sum.h"

#include "stage/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** What is more than so many times the upper quartile is far out. */
#define FAR_OUT 3

/** Without the one for all the rest. */
#define BINS_WANTED 10

static int by_value(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
    return (one > other) - (one < other);
}

int class_sum_up(struct class_sum *sum, const struct votes *votes)
{
    size_t count = votes->count;
    *sum = (struct class_sum){.count = count};
    if (count == 0)
        return 0;
    int64_t *values = malloc(count * sizeof *values);
    if (values == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        values[i] = votes->at[i].value;
        sum->ends += values[i] != 0;
    }
    qsort(values, count, sizeof *values, by_value);
    int64_t below = values[(count - 1) / 2], above = values[count / 2];
    sum->least = values[0];
    sum->low = values[(count - 1) / 4];
    sum->median = below + (above - below) / 2;
    sum->high = values[count - 1 - (count - 1) / 4];
    sum->most = values[count - 1];
    free(values);
    return 0;
}

static int64_t greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/** The least that is no less of 1, 2, 5, 10, 20, ...; of times, of 1, 2.5, 5, 10, 25,
 * ...: people say 15 s, and that is nearer to none but itself. */
static int64_t round_up(enum predicted kind, int64_t value)
{
    for (int64_t decade = 1; decade < INT64_MAX / 100; decade *= 10) {
        int64_t second = kind == PREDICT_TIME ? decade * 5 / 2 : decade * 2;
        const int64_t steps[] = {decade, second, decade * 5};
        for (size_t i = 0; i < 3; i++)
            if (steps[i] >= value)
                return steps[i];
    }
    return INT64_MAX / 100;
}

static void reach(const struct class_sum *sum, int64_t *least, int64_t *usual,
                  int64_t *most)
{
    if (sum == NULL || sum->count == 0)
        return;
    *least = sum->least < *least ? sum->least : *least;
    *usual = greater(*usual, sum->high);
    *most = greater(*most, sum->most);
}

/** Which multiple of the step a time is nearest to; a count is in the step that begins
 * before it. */
static int64_t step_of(const struct class_bins *bins, int64_t value)
{
    bool is_nearest =
        bins->kind == PREDICT_TIME && value % bins->step >= bins->step / 2;
    return value / bins->step + is_nearest;
}

struct class_bins class_bins_for(enum predicted kind, const struct class_sum *first,
                                 const struct class_sum *again, int64_t measured)
{
    struct class_bins bins = {.kind = kind, .count = 2};
    int64_t least = measured >= 0 ? measured : INT64_MAX;
    int64_t usual = greater(measured, 0), most = usual;
    if (kind == PREDICT_END)
        return bins;
    reach(first, &least, &usual, &most);
    reach(again, &least, &usual, &most);
    least = least > most ? 0 : least;
    int64_t far = usual < INT64_MAX / FAR_OUT ? usual * FAR_OUT : INT64_MAX;
    int64_t end = most <= far ? most : far;
    bins.step = round_up(kind, greater(end / 10, kind == PREDICT_TIME ? NS_PER_US : 1));
    while (step_of(&bins, end) - step_of(&bins, least) >= BINS_WANTED)
        bins.step = round_up(kind, bins.step + 1);
    bins.from = step_of(&bins, least) * bins.step;
    bins.count = (size_t)(step_of(&bins, end) - step_of(&bins, least)) + 1;
    bins.has_rest =
        step_of(&bins, most) >= step_of(&bins, bins.from) + (int64_t)bins.count;
    bins.count += bins.has_rest;
    return bins;
}

size_t class_bin_of(const struct class_bins *bins, int64_t value)
{
    if (bins->kind == PREDICT_END)
        return value != 0 ? 0 : 1;
    if (value <= bins->from)
        return 0;
    size_t bin = (size_t)(step_of(bins, value) - step_of(bins, bins->from));
    return bin < bins->count ? bin : bins->count - 1;
}

static struct quantity value_text(enum predicted kind, int64_t value, bool ascii)
{
    return kind == PREDICT_TIME ? ttl_text(value, ascii) : count_text((uint64_t)value);
}

struct quantity class_bin_label(const struct class_bins *bins, size_t bin, bool ascii)
{
    struct quantity label;
    int64_t from = bins->from + (int64_t)bin * bins->step;
    bool is_time = bins->kind == PREDICT_TIME;
    bool is_rest = bins->has_rest && bin + 1 == bins->count;
    if (is_rest && is_time)
        from -= bins->step / 2;
    struct quantity low = value_text(bins->kind, from, ascii);
    struct quantity high = value_text(bins->kind, from + bins->step - 1, ascii);
    if (bins->kind == PREDICT_END)
        snprintf(label.text, sizeof label.text, bin == 0 ? "ends" : "hangs");
    else if (is_rest)
        snprintf(label.text, sizeof label.text, "%.30s and more", low.text);
    else if (is_time)
        snprintf(label.text, sizeof label.text, "about %.30s", low.text);
    else if (bins->step == 1)
        label = low;
    else
        snprintf(label.text, sizeof label.text, "%.24s to %.24s", low.text, high.text);
    return label;
}

static int compare_name(const void *name, const void *vote)
{
    return strcmp(name, ((const struct vote *)vote)->name);
}

const struct vote *vote_of(const struct votes *votes, const char *name)
{
    if (votes->count == 0)
        return NULL;
    return bsearch(name, votes->at, votes->count, sizeof *votes->at, compare_name);
}

static int64_t away(int64_t value, int64_t measured)
{
    return value > measured ? value - measured : measured - value;
}

struct class_moves class_moves_of(const struct votes *first, const struct votes *again,
                                  int64_t measured)
{
    struct class_moves moves = {.both = 0};
    for (size_t i = 0; i < again->count; i++) {
        const struct vote *before = vote_of(first, again->at[i].name);
        if (before == NULL)
            continue;
        int64_t then = away(before->value, measured);
        int64_t now = away(again->at[i].value, measured);
        moves.both++;
        moves.closer += now < then;
        moves.farther += now > then;
        moves.same += now == then;
    }
    return moves;
}
