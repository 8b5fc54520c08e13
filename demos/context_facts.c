// SPDX-License-Identifier: MIT
#include "context_facts.h"

#include "card_words.h"
#include "text/quantity.h"
#include "text/width.h"

#include <string.h>

static bool is_mark(const struct timeline *timeline, const struct mark *mark,
                    const char *what)
{
    return mark->kind == EVENT_MARK && strcmp(mark_name(timeline, mark), what) == 0;
}

/* Outcome -------------------------------------------------------------------- */

/** Marks of one kind, on all lanes: how many, and the sum of their times. */
struct moments {
    json_int_t count;
    int64_t sum_ns, last_ns;
};

static struct moments moments_of(const struct timeline *timeline, const char *what)
{
    struct moments moments = {.count = 0};

    for (size_t i = 0; i < timeline->lane_count; i++)
        for (size_t k = 0; k < timeline->lanes[i].mark_count; k++) {
            const struct mark *mark = &timeline->lanes[i].marks[k];

            if (!is_mark(timeline, mark, what))
                continue;
            moments.count++;
            moments.sum_ns += mark->at_ns;
            if (mark->at_ns > moments.last_ns)
                moments.last_ns = mark->at_ns;
        }
    return moments;
}

/**
 * The first request comes when main begins, each other one with the reply to the one
 * before.  So the times that all callers waited add up to that of the last reply; and
 * how long after its request a row was written is told, in sum, by sums alone.
 */
static int set_times(json_t *figures, const struct moments *replies,
                     const struct moments *rows)
{
    int64_t asked_ns = replies->sum_ns - replies->last_ns;

    return json_object_set_new(figures, "replied_ns", json_integer(replies->last_ns)) |
           json_object_set_new(figures, "written_ns",
                               json_integer(rows->sum_ns - asked_ns));
}

json_t *context_outcome(const struct report *report, const struct run *run)
{
    const struct timeline *timeline = &run->timeline;
    struct moments replies = moments_of(timeline, "replies");
    struct moments rows = moments_of(timeline, "row written");
    json_int_t requests = (json_int_t)report->options->tasks.count;
    bool is_told = run->ending == ENDING_RETURN && has_figure(timeline, "wrong");
    json_int_t wrong = is_told ? told_figure(timeline, "wrong") : 0;
    json_t *figures = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "requests", requests,
                                "replies", replies.count, "rows_written", rows.count,
                                "rows_wrong", wrong, "runs", (json_int_t)is_told,
                                "runs_with_wrong", (json_int_t)(wrong > 0));

    if (figures != NULL && is_told && replies.count == requests &&
        rows.count == requests && set_times(figures, &replies, &rows) != 0) {
        json_decref(figures);
        return NULL;
    }
    return figures;
}

/* How one row became wrong --------------------------------------------------- */

/** What is known of a row that is wrong: its lane, and when its writer looked. */
struct wrong_row {
    size_t lane;
    uint64_t task;           /**< whose row it is */
    uint64_t found;          /**< whose words were in the slot */
    const struct mark *look; /**< it has the lock */
};

/** Whether a request goes into the slot there: of main's locks only that one is taken
 * in this variant. */
static bool is_receipt(const struct mark *mark)
{
    return mark->kind == EVENT_LOCK_END;
}

/** How many requests had come by then; the last of them is in the slot. */
static uint64_t received_until(const struct lane *main_lane, int64_t at_ns)
{
    uint64_t count = 0;

    for (size_t i = 0; i < main_lane->mark_count; i++)
        count += is_receipt(&main_lane->marks[i]) && main_lane->marks[i].at_ns <= at_ns;
    return count;
}

static const struct mark *first_of(const struct lane *lane, enum event_kind kind)
{
    for (size_t i = 0; i < lane->mark_count; i++)
        if (lane->marks[i].kind == kind)
            return &lane->marks[i];
    return NULL;
}

/** The first row that is wrong, by the lanes; and how many there are. */
static json_int_t find_wrong(const struct timeline *timeline, struct wrong_row *row)
{
    json_int_t count = 0;

    for (size_t i = 1; i < timeline->lane_count; i++) {
        const struct mark *begin = first_of(&timeline->lanes[i], EVENT_TASK_BEGIN);
        const struct mark *look = first_of(&timeline->lanes[i], EVENT_LOCK_END);
        uint64_t received;

        if (begin == NULL || look == NULL)
            continue;
        received = received_until(&timeline->lanes[0], look->at_ns);
        if (received == 0 || received > timeline->task_count ||
            received - 1 == begin->object)
            continue;
        if (count++ == 0)
            *row = (struct wrong_row){i, begin->object, received - 1, look};
    }
    return count;
}

/** A name, cut to what a step has room for. */
struct short_name {
    char text[16];
};

static struct short_name name_of(const struct timeline *timeline, uint64_t task)
{
    const char *name = task < timeline->task_count ? timeline->tasks[task].name : "?";
    struct short_name cut = {.text = ""};

    memcpy(cut.text, name, text_fit_bytes(name, sizeof cut.text - 1));
    return cut;
}

static struct step *add_step(struct interleaving *interleaving, size_t lane,
                             const struct mark *mark)
{
    struct step *step = &interleaving->steps[interleaving->step_count++];

    step->lane = lane;
    step->at_ns = mark->at_ns;
    step->site = mark->site;
    return step;
}

/** As many requests as are shown: the writer's own, and the last of those after it. */
#define REQUESTS_MAX 5

/** Which requests came from that one on, until the writer looked: the last of them,
 * where there are too many. */
static void add_requests(const struct timeline *timeline, const struct wrong_row *row,
                         struct interleaving *interleaving)
{
    const struct lane *lane = &timeline->lanes[0];
    uint64_t number = 0, first = row->task + 1;

    if (row->found >= row->task + REQUESTS_MAX)
        first = row->found - (REQUESTS_MAX - 2);

    for (size_t i = 0; i < lane->mark_count; i++) {
        const struct mark *mark = &lane->marks[i];
        uint64_t task;
        struct short_name name;
        struct step *step;

        if (!is_receipt(mark))
            continue;
        task = number++;
        if (task != row->task && (task < first || task > row->found))
            continue;
        name = name_of(timeline, task);
        step = add_step(interleaving, 0, mark);
        snprintf(step->words, sizeof step->words, "receives");
        snprintf(step->value, sizeof step->value, "%s", name.text);
        if (task == first && first > row->task + 1)
            snprintf(step->remark, sizeof step->remark, "after %.20s others",
                     count_text(first - row->task - 1).text);
    }
}

static void add_look(const struct timeline *timeline, const struct wrong_row *row,
                     struct interleaving *interleaving)
{
    struct short_name owner = name_of(timeline, row->task);
    struct short_name found = name_of(timeline, row->found);
    struct step *step = add_step(interleaving, row->lane, row->look);

    snprintf(step->words, sizeof step->words, "logs it");
    snprintf(step->value, sizeof step->value, "%s", found.text);
    snprintf(step->remark, sizeof step->remark, "%s's row, %s's words", owner.text,
             found.text);
}

bool context_interleaving(const struct report *report, size_t number,
                          struct interleaving *interleaving)
{
    const struct variant_report *variant = &report->variants[number];
    const struct timeline *timeline;
    struct wrong_row row = {.look = NULL};

    if (variant->run_count == 0)
        return false;
    timeline = &shown_run(variant)->timeline;
    if (find_wrong(timeline, &row) != told_figure(timeline, "wrong") ||
        row.look == NULL)
        return false;
    *interleaving = (struct interleaving){
        .run = variant->shown,
        .left = 0,
        .right = row.lane,
    };
    snprintf(interleaving->title, sizeof interleaving->title,
             "a row with somebody else's words");
    snprintf(interleaving->value_heading, sizeof interleaving->value_heading, "slot");
    add_requests(timeline, &row, interleaving);
    add_look(timeline, &row, interleaving);
    return true;
}
