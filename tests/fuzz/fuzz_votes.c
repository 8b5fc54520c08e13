// SPDX-License-Identifier: MIT
/**
 * Nonsense for a class's votes.  The first byte says what is voted on and, from 0xf0
 * on, that all is drawn, too, which is slow, so that of those only some are; the second
 * what is measured; and at the next byte 0xff, if there is one, the second vote begins.
 * Whatever it is: no crash, each name there once, sums and bins that hold them all, and
 * nothing in what is printed that a terminal would obey.
 */

#include "fuzz.h"

#include "classroom/class/view.h"
#include "classroom/class/votes.h"
#include "view/votes/sum.h"

#include <stdlib.h>
#include <string.h>

static const struct variant variants[] = {
    {.name = "first", .about = "one by one"},
    {.name = "second", .about = "all at once", .shape = SHAPE_CONCURRENT},
    {.name = NULL},
};
static const struct demo demo = {.name = "fake", .variants = variants};

static const char *question(const struct options *options)
{
    (void)options;
    return "How many?";
}

static int64_t counted(const struct report *report, const struct run *run)
{
    (void)report;
    return run->wall_ns;
}

/** Lines come in order, but for names that come again, which follow. */
static void tell(void *data, size_t line, const char *why)
{
    size_t *told = data;
    INSIST(line > 0 && why[0] != '\0' && strlen(why) < 256);
    ++*told;
}

static void read_votes(struct votes *votes, enum predicted kind, const char *text,
                       size_t length)
{
    size_t told = 0, lines = 1;
    struct votes_faults faults = {.tell = tell, .data = &told};
    INSIST(votes_parse(votes, kind, text, length, &faults) == 0);
    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n';
    INSIST(votes->count + told <= lines);
    for (size_t i = 0; i < votes->count; i++) {
        const struct vote *vote = &votes->at[i];
        INSIST(vote->name[0] != '\0' && vote->value >= 0);
        INSIST(vote->line >= 1 && vote->line <= lines);
        INSIST(vote_of(votes, vote->name) == vote);
        INSIST(i == 0 || strcmp(votes->at[i - 1].name, vote->name) < 0);
        INSIST(vote->reason == NULL || vote->reason[0] != '\0');
    }
}

static void check_bins(enum predicted kind, const struct votes *first,
                       const struct votes *again, int64_t measured)
{
    struct class_sum sums[2];
    INSIST(class_sum_up(&sums[0], first) == 0 && class_sum_up(&sums[1], again) == 0);
    INSIST(sums[0].least <= sums[0].low && sums[0].low <= sums[0].median);
    INSIST(sums[0].median <= sums[0].high && sums[0].high <= sums[0].most);
    struct class_bins bins = class_bins_for(kind, &sums[0], &sums[1], measured);
    INSIST(bins.count >= 1 && bins.count <= CLASS_BINS_MAX);
    for (size_t i = 0; i < first->count; i++)
        INSIST(class_bin_of(&bins, first->at[i].value) < bins.count);
    struct class_moves moves = class_moves_of(first, again, measured);
    INSIST(moves.closer + moves.farther + moves.same == moves.both);
    INSIST(moves.both <= first->count && moves.both <= again->count);
}

static void show(const struct report *report, unsigned width, bool plain)
{
    FILE *out = fuzz_sink("\n");
    struct style style = {.width = width, .unicode = width % 2 == 0};
    struct pen pen = pen_on(out, &style);
    struct class_view view = {
        .report = report, .plain = plain, .is_over = report->variant_count > 0};
    INSIST(class_put_votes(&pen, &view) == 0);
    fuzz_sink_end(out);
}

/** Before the run, and after one that took `measured`. */
static void show_all(enum predicted kind, const struct votes *first,
                     const struct votes *again, int64_t measured)
{
    const struct card card = {.demo = &demo,
                              .predicts = kind,
                              .count_question = question,
                              .counted = counted};
    struct options options = {
        .card = &card, .repeat = 1, .votes = first, .again = again, .voted_on = 1};
    struct run run = {.wall_ns = measured, .ending = ENDING_RETURN};
    struct variant_report variant = {.variant = &variants[1],
                                     .status = VARIANT_DONE,
                                     .runs = &run,
                                     .run_count = 1,
                                     .comparable = 1,
                                     .wall = {measured, measured, measured}};
    struct report report = {.card = &card, .options = &options, .variants = &variant};
    show(&report, 60, false);
    report.variant_count = 1;
    show(&report, 80, false);
    show(&report, 35, true);
    options.again = NULL;
    show(&report, 12, false);
}

/** Of inputs that ask for it a sixteenth, always the same ones. */
static bool is_drawn(const uint8_t *data, size_t size)
{
    return data[0] >= 0xf0 && fuzz_sum(data, size) % 16 == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum predicted kinds[] = {PREDICT_TIME, PREDICT_COUNT, PREDICT_END};
    struct votes first, again;
    if (size < 2)
        return 0;
    enum predicted kind = kinds[data[0] % 3];
    int64_t measured = (int64_t)1 << data[1] % 50;
    const char *text = (const char *)data + 2;
    size_t length = size - 2;
    const char *part = memchr(text, 0xff, length);
    size_t first_length = part != NULL ? (size_t)(part - text) : length;
    size_t rest = part != NULL ? first_length + 1 : length;
    read_votes(&first, kind, text, first_length);
    read_votes(&again, kind, text + rest, length - rest);
    check_bins(kind, &first, &again, kind == PREDICT_END ? measured % 2 : measured);
    if (first.count > 0 && is_drawn(data, size))
        show_all(kind, &first, &again, measured);
    votes_destroy(&first);
    votes_destroy(&again);
    return 0;
}
