// SPDX-License-Identifier: MIT
#include "view/drawing/drawing.h"
#include "card.h"
#include "view/bar.h"
#include "view/chosen_run.h"
#include "view/drawing/blocks.h"
#include "view/prediction.h"

#include <stdlib.h>
#include <string.h>

/** Lanes of a variant that are shown; a few more fit as well. */
#define LANES_SHOWN             12
#define LANES_NOT_WORTH_FOLDING 14

/** More of a reason is not shown: it is one line of a person's. */
#define REASON_COLUMNS 160

/** Places of marks on an axis' whole length that leave the states to be seen; so many
 * dots there is room for, and those in the same one are one; and never more marks. */
#define BEATS_MOST 50
#define DOTS_MOST  150
#define MARKS_MOST 200

/** A prediction farther out than so many times the longest run is not on the axis. */
#define FARTHEST_PREDICTION 3

int64_t predicted_time_ns(const struct report *report, size_t variant)
{
    const struct prediction *prediction =
        report_prediction(report, &report->variants[variant]);
    bool is_time = prediction != NULL && report->card->predicts == PREDICT_TIME;
    return is_time ? prediction->value : -1;
}

char *prediction_words(const struct report *report, size_t variant, bool ascii)
{
    const struct prediction *prediction =
        report_prediction(report, &report->variants[variant]);
    struct style style = {.width = 80, .unicode = !ascii};
    const char *given = prediction->reason != NULL ? prediction->reason : "";
    char *words = NULL, *reason = safe_cut(given, REASON_COLUMNS, &style);
    struct quantity said =
        predicted_text(report->card->predicts, prediction->value, ascii);
    if (reason != NULL &&
        asprintf(&words, reason[0] != '\0' ? "%s, you: %s, \"%s\"" : "%s, you: %s",
                 report->variants[variant].variant->name, said.text, reason) < 0)
        words = NULL;
    free(reason);
    return words;
}

/** `folded`: how many of those that are not shown; NULL: those that are. */
static int choose_lanes(struct drawn_part *part, const size_t *folded)
{
    size_t count = part->run != NULL ? part->run->timeline.lane_count : 0;
    part->fold =
        fold_lanes(count, count <= LANES_NOT_WORTH_FOLDING ? count : LANES_SHOWN);
    part->lane_count = folded != NULL ? *folded : part->fold.first + part->fold.last;
    part->lanes = calloc(part->lane_count + 1, sizeof *part->lanes);
    if (part->lanes == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < part->lane_count; i++)
        if (folded != NULL)
            part->lanes[i].lane = part->fold.first + i;
        else
            part->lanes[i].lane = i < part->fold.first ? i : i + part->fold.hidden;
    return 0;
}

static int64_t longer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/** The longest run, and what was predicted, if that is not far out. */
static int64_t longest_ns(const struct drawing *drawing)
{
    int64_t longest = 0, predicted = 0;
    for (size_t i = 0; i < drawing->report->variant_count; i++) {
        const struct run *run = drawing->parts[i].run;
        if (run == NULL)
            continue;
        longest = longer(longest, run->wall_ns);
        longest = longer(longest, timeline_end_ns(&run->timeline));
        predicted = longer(predicted, predicted_time_ns(drawing->report, i));
    }
    if (longest < INT64_MAX / FARTHEST_PREDICTION && predicted > longest &&
        predicted <= FARTHEST_PREDICTION * longest)
        return predicted + predicted / 50;
    return longest;
}

/** As scene_create() has it: both show the same window. */
static void make_axis(struct drawing *drawing, bool whole)
{
    const struct options *options = drawing->report->options;
    int64_t longest = longest_ns(drawing), from = whole ? -1 : options->from_ns;
    int64_t to = !whole && options->to_ns >= 0 ? options->to_ns : longest;
    drawing->window_is_past = from > 0 && from >= longest;
    if (drawing->window_is_past) {
        from = -1;
        to = longest;
    }
    struct axis axis;
    axis_init(&axis, from, to, 1);
    drawing->from_ns = axis.from_ns;
    drawing->to_ns = axis.to_ns;
}

static void forget_blocks(struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->report->variant_count; i++)
        for (size_t j = 0; j < drawing->parts[i].lane_count; j++)
            drawing->parts[i].lanes[j].block_count = 0;
}

static int draw_parts(struct drawing *drawing, bool exact)
{
    int result = 0;
    forget_blocks(drawing);
    drawing->block_count = 0;
    drawing->is_exact = true;
    for (size_t i = 0; i < drawing->report->variant_count && result == 0; i++) {
        struct drawn_part *part = &drawing->parts[i];
        if (part->run != NULL)
            result = exact ? blocks_copy(drawing, part) : blocks_draw(drawing, part);
    }
    return result;
}

static int draw(struct drawing *drawing, const struct drawing_wish *wish)
{
    int result = draw_parts(drawing, wish->exact);
    while (result == 0 && !wish->exact && drawing->block_count > wish->blocks_max &&
           drawing->columns > 1) {
        drawing->columns /= 2;
        result = draw_parts(drawing, false);
    }
    return result;
}

static int draw_stretches(struct drawing *drawing)
{
    int result = 0;
    for (size_t i = 0; i < drawing->report->variant_count && result == 0; i++) {
        const struct drawn_part *part = &drawing->parts[i];
        for (size_t j = 0; j < part->lane_count && result == 0; j++)
            result = stretches_draw(drawing, part->run, &part->lanes[j]);
    }
    return result;
}

static void note_state(struct legend *legend, const struct lane *lane, enum state state)
{
    legend->state[state] = true;
    legend->no_turn |= state == STATE_READY && lane->kind == LANE_TASK;
    legend->no_core |= state == STATE_READY && lane->kind != LANE_TASK;
}

bool drawing_shows(const struct drawing *drawing, const struct mark *mark)
{
    return mark->kind == EVENT_MARK && mark->at_ns >= drawing->from_ns &&
           mark->at_ns <= drawing->to_ns;
}

/** Whether there are marks that the lane has room for. */
static bool has_beats(const struct drawing *drawing, const struct lane *lane)
{
    double share =
        drawing_place(drawing, lane->end_ns) - drawing_place(drawing, lane->start_ns);
    int last = -1;
    size_t count = 0, places = 0;
    for (size_t i = 0; i < lane->mark_count; i++) {
        if (!drawing_shows(drawing, &lane->marks[i]))
            continue;
        int place = (int)(drawing_place(drawing, lane->marks[i].at_ns) * DOTS_MOST);
        places += place != last;
        last = place;
        count++;
    }
    return count > 0 && count <= MARKS_MOST && (double)places <= share * BEATS_MOST + 1;
}

static void note_beats(struct drawing *drawing, const struct run *run,
                       struct drawn_lane *drawn)
{
    const struct lane *lane = &run->timeline.lanes[drawn->lane];
    drawn->has_beats = has_beats(drawing, lane);
    for (size_t i = 0; i < lane->mark_count && drawn->has_beats; i++)
        if (drawing_shows(drawing, &lane->marks[i]))
            legend_name_beat(&drawing->legend,
                             mark_name(&run->timeline, &lane->marks[i]));
}

/** What of a lane can be seen: slivers are not in the legend. */
static void note_lane(struct drawing *drawing, const struct run *run,
                      struct drawn_lane *drawn)
{
    const struct lane *lane = &run->timeline.lanes[drawn->lane];
    int64_t least_ns =
        (drawing->to_ns - drawing->from_ns) / (int64_t)drawing->columns / 2;
    for (size_t i = 0; i < drawn->block_count; i++) {
        const struct block *block = &drawn->blocks[i];
        if (block->end_ns - block->start_ns >= least_ns)
            note_state(&drawing->legend, lane, block->state);
    }
    note_beats(drawing, run, drawn);
    drawing->legend.cut |=
        lane_is_cut_off(&run->timeline, lane) && run->ending != ENDING_RUNNING &&
        lane->end_ns >= drawing->from_ns && lane->end_ns <= drawing->to_ns;
}

static void make_legend(struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->report->variant_count; i++) {
        struct drawn_part *part = &drawing->parts[i];
        for (size_t j = 0; j < part->lane_count; j++)
            note_lane(drawing, part->run, &part->lanes[j]);
    }
}

int drawing_create(struct drawing *drawing, const struct report *report,
                   const struct drawing_wish *wish)
{
    *drawing = (struct drawing){.report = report, .columns = wish->columns};
    drawing->parts = calloc(report->variant_count + 1, sizeof *drawing->parts);
    int result = drawing->parts != NULL ? 0 : UV_ENOMEM;
    for (size_t i = 0; i < report->variant_count && result == 0; i++) {
        drawing->parts[i].run = drawn_run(&report->variants[i]);
        result = choose_lanes(&drawing->parts[i],
                              wish->folded != NULL ? &wish->folded[i] : NULL);
    }
    if (result == 0) {
        make_axis(drawing, wish->whole);
        result = draw(drawing, wish);
    }
    if (result == 0)
        result = draw_stretches(drawing);
    if (result == 0)
        make_legend(drawing);
    else
        drawing_destroy(drawing);
    return result;
}

void drawing_destroy(struct drawing *drawing)
{
    for (size_t i = 0; drawing->parts != NULL && i < drawing->report->variant_count;
         i++) {
        struct drawn_part *part = &drawing->parts[i];
        for (size_t j = 0; part->lanes != NULL && j < part->lane_count; j++) {
            free(part->lanes[j].blocks);
            free(part->lanes[j].stretches);
        }
        free(part->lanes);
    }
    free(drawing->parts);
    drawing->parts = NULL;
}

double drawing_place(const struct drawing *drawing, int64_t at_ns)
{
    if (at_ns <= drawing->from_ns)
        return 0;
    if (at_ns >= drawing->to_ns)
        return 1;
    return (double)(at_ns - drawing->from_ns) /
           (double)(drawing->to_ns - drawing->from_ns);
}
