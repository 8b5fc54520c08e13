// SPDX-License-Identifier: MIT
#include "race_exhibits.h"

#include "card.h"

#include "card_words.h"
#include "text/quantity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool race_sells(const struct report *report)
{
    return option_of(report->card, report->options, "--story") != 0;
}

/* One lost update ------------------------------------------------------------ */

/** The first write of a lane, and its own last read before it; NULL: it has none. */
struct update {
    size_t lane;
    const struct mark *read, *write;
};

static struct update first_update(const struct timeline *timeline, size_t number)
{
    const struct lane *lane = &timeline->lanes[number];
    struct update update = {.lane = number};

    for (size_t i = 0; i < lane->mark_count; i++) {
        const struct mark *mark = &lane->marks[i];

        if (mark->kind == EVENT_READ)
            update.read = mark;
        if (mark->kind == EVENT_WRITE && update.read != NULL &&
            update.read->object == mark->object) {
            update.write = mark;
            break;
        }
    }
    return update;
}

/** Both read the same before either wrote, and both wrote the same. */
static bool is_lost(const struct update *a, const struct update *b)
{
    return a->write != NULL && b->write != NULL &&
           a->write->object == b->write->object && a->read->value == b->read->value &&
           a->write->value == b->write->value && a->read->at_ns <= b->write->at_ns &&
           b->read->at_ns <= a->write->at_ns;
}

static bool is_earlier(const struct update *a, const struct update *b)
{
    return b->write == NULL || (a->write != NULL && a->write->at_ns < b->write->at_ns);
}

/** The first write of all, and the first that takes it back. */
static bool find_lost(const struct timeline *timeline, struct update *first,
                      struct update *second)
{
    *first = *second = (struct update){.write = NULL};
    for (size_t i = 1; i < timeline->lane_count; i++) {
        struct update update = first_update(timeline, i);

        if (is_earlier(&update, first))
            *first = update;
    }
    for (size_t i = 1; i < timeline->lane_count; i++) {
        struct update update = first_update(timeline, i);

        if (i != first->lane && is_lost(first, &update) && is_earlier(&update, second))
            *second = update;
    }
    return second->write != NULL;
}

static void describe(const struct mark *mark, bool sells, struct step *step)
{
    struct quantity value = count_text(mark->value);
    bool reads = mark->kind == EVENT_READ;

    step->at_ns = mark->at_ns;
    step->site = mark->site;
    snprintf(step->value, sizeof step->value, "%.23s", value.text);
    snprintf(step->words, sizeof step->words, "%s %.23s%s",
             sells && reads ? "sees"
             : sells        ? "sells 1,"
             : reads        ? "reads"
                            : "writes",
             value.text, sells ? " left" : "");
}

static bool belongs_to(const struct mark *mark, const struct update *update)
{
    return (mark->kind == EVENT_READ || mark->kind == EVENT_WRITE) &&
           mark->object == update->write->object && mark <= update->write;
}

/** What a lane read and wrote of it, up to its first write: the last of it, where there
 * is too much for both. */
static void add_steps(const struct timeline *timeline, const struct update *update,
                      bool sells, struct interleaving *interleaving)
{
    const struct mark *marks = timeline->lanes[update->lane].marks, *mark;
    size_t count = 0;

    for (mark = marks; mark <= update->write; mark++)
        count += belongs_to(mark, update);
    for (mark = marks; mark <= update->write; mark++) {
        struct step *step = &interleaving->steps[interleaving->step_count];

        if (!belongs_to(mark, update) || count-- > STEPS_MAX / 2)
            continue;
        step->lane = update->lane;
        describe(mark, sells, step);
        interleaving->step_count++;
    }
}

static int by_time(const void *a, const void *b)
{
    const struct step *x = a, *y = b;

    return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

bool race_interleaving(const struct report *report, size_t number,
                       struct interleaving *interleaving)
{
    const struct variant_report *variant = &report->variants[number];
    bool sells = race_sells(report);
    const struct timeline *timeline;
    struct update first, second;

    if (variant->run_count == 0)
        return false;
    timeline = &shown_run(variant)->timeline;
    if (!find_lost(timeline, &first, &second))
        return false;
    *interleaving = (struct interleaving){
        .run = variant->shown,
        .left = first.lane < second.lane ? first.lane : second.lane,
        .right = first.lane < second.lane ? second.lane : first.lane,
    };
    snprintf(interleaving->title, sizeof interleaving->title, "%s",
             sells ? "a seat that was sold twice" : "an update that was lost");
    snprintf(interleaving->value_heading, sizeof interleaving->value_heading, "%s",
             sells ? "seats left" : "count");
    add_steps(timeline, &first, sells, interleaving);
    add_steps(timeline, &second, sells, interleaving);
    qsort(interleaving->steps, interleaving->step_count, sizeof *interleaving->steps,
          by_time);
    snprintf(interleaving->steps[interleaving->step_count - 1].remark,
             sizeof interleaving->steps->remark, "%s",
             sells ? "two tickets, one seat" : "two counted, one kept");
    return true;
}

/* How many were lost, in how many runs ------------------------------------------ */

/** As many different values have a bin each; more share bins, by their digits. */
#define EXACT_BINS 6

static int by_value(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/** What each run lost that told, in order.  @return how many; the caller frees them. */
static size_t losses(const struct variant_report *variant, int64_t **lost)
{
    size_t count = 0;

    *lost = calloc(variant->run_count, sizeof **lost);
    if (*lost == NULL)
        return 0;
    for (size_t i = 0; i < variant->run_count; i++) {
        const json_t *outcome = variant->runs[i].outcome;

        if (json_integer_value(json_object_get(outcome, "runs")) > 0)
            (*lost)[count++] = json_integer_value(json_object_get(outcome, "lost"));
    }
    qsort(*lost, count, sizeof **lost, by_value);
    return count;
}

static size_t count_different(const int64_t *values, size_t count)
{
    size_t different = 0;

    for (size_t i = 0; i < count; i++)
        different += i == 0 || values[i] != values[i - 1];
    return different;
}

/** The least number with one digit more. */
static int64_t next_decade(int64_t value)
{
    int64_t decade = 1;

    while (decade <= value && decade < INT64_MAX / 10)
        decade *= 10;
    return decade;
}

/** A bin for all from `least` to below `end`; the last one there is room for takes all
 * that is more.  @return where it ends. */
static int64_t add_bin(struct histogram *histogram, int64_t least, int64_t end)
{
    struct bin *bin = &histogram->bins[histogram->bin_count++];
    struct quantity from = count_text((uint64_t)least);

    if (histogram->bin_count == BINS_MAX) {
        snprintf(bin->label, sizeof bin->label, "%.20s and more", from.text);
        return INT64_MAX;
    }
    if (end - least == 1)
        snprintf(bin->label, sizeof bin->label, "%.20s", from.text);
    else
        snprintf(bin->label, sizeof bin->label, "%.13s to %.13s", from.text,
                 count_text((uint64_t)(end - 1)).text);
    return end;
}

static void fill_exact(struct histogram *histogram, const int64_t *lost, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || lost[i] != lost[i - 1])
            add_bin(histogram, lost[i], lost[i] + 1);
        histogram->bins[histogram->bin_count - 1].count++;
    }
}

/** 0, then 1 to 9, 10 to 99, ...: from the least to the most, also those with no run.
 */
static void fill_decades(struct histogram *histogram, const int64_t *lost, size_t count)
{
    int64_t end = next_decade(lost[0]) / 10;

    for (size_t i = 0; i < count; i++) {
        while (end <= lost[i] && histogram->bin_count < BINS_MAX)
            end = add_bin(histogram, end, end == 0 ? 1 : next_decade(end));
        histogram->bins[histogram->bin_count - 1].count++;
    }
}

/** Of a variant that is right there is nothing to compare, unless it is not. */
static bool can_lose(const struct variant_report *variant)
{
    return variant->variant->extra || strcmp(variant->variant->name, "unsafe") == 0 ||
           outcome_of(variant, "lost") != 0;
}

bool race_histogram(const struct report *report, size_t number,
                    struct histogram *histogram)
{
    const struct variant_report *variant = &report->variants[number];
    int64_t *lost;
    size_t count;

    if (variant->run_count < 2 || !can_lose(variant))
        return false;
    count = losses(variant, &lost);
    if (count > 0) {
        *histogram = (struct histogram){.bin_count = 0};
        snprintf(histogram->title, sizeof histogram->title, "%s",
                 race_sells(report) ? "tickets too many" : "additions lost");
        if (count_different(lost, count) <= EXACT_BINS)
            fill_exact(histogram, lost, count);
        else
            fill_decades(histogram, lost, count);
    }
    free(lost);
    return count > 0;
}
