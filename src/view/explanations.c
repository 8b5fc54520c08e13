// SPDX-License-Identifier: MIT
#include "view/explanations.h"
#include "text/draft.h"
#include "text/quantity.h"
#include "text/width.h"
#include "view/explain.h"
#include "view/time_column.h"

#include <stdlib.h>
#include <string.h>

/** So many events of a variant are explained; of those that the lesson named, half. */
#define EXPLAINED_MAX 20
#define NAMED_MAX     (EXPLAINED_MAX / 2)

/** Sentences longer than this are hard to read, however wide the terminal. */
#define READING_WIDTH 92

struct chosen {
    const struct telling *tellings[EXPLAINED_MAX]; /**< in the order of time */
    size_t count, left_out;
};

/* Which events --------------------------------------------------------------------- */

/** What is told first where not all can be. */
enum rank {
    RANK_FIRST, /**< the first of its kind */
    RANK_NAMED, /**< the lesson named it, and it is a dot in the picture */
    RANK_MAIN,  /**< what main waits for, and its end */
    RANK_TURN,  /**< what others wait for, and their ends */
    RANK_START, /**< another lane, a task */
    RANK_OTHER,
    RANKS
};

/** How far the events have been gone through. */
struct ranking {
    bool seen_telling[TELLINGS], seen_mark[EVENT_KINDS], seen_wait[EVENT_KINDS];
    size_t count[RANKS];
};

static bool is_in_window(const struct scene *scene, const struct telling *telling)
{
    const struct axis *axis = &scene->axis;
    bool is_zoomed =
        scene->report->options->from_ns >= 0 || scene->report->options->to_ns >= 0;
    return !is_zoomed || scene->window_is_past ||
           (telling->at_ns >= axis->from_ns && telling->at_ns <= axis->to_ns);
}

static bool is_mark(const struct telling *telling)
{
    return telling->kind == TELL_MARK || telling->kind == TELL_DONE;
}

static bool *seen_of(struct ranking *ranking, const struct telling *telling)
{
    if (is_mark(telling))
        return &ranking->seen_mark[telling->mark->kind];
    if (telling->kind == TELL_WAITS)
        return &ranking->seen_wait[telling->span->cause];
    return &ranking->seen_telling[telling->kind];
}

static enum rank rank_of(const struct story *story, const struct telling *telling,
                         struct ranking *ranking)
{
    bool *seen = seen_of(ranking, telling), is_first = !*seen;
    *seen = true;
    if (is_first)
        return RANK_FIRST;
    if (is_mark(telling) && telling->mark->kind == EVENT_MARK)
        return RANK_NAMED;
    if (!is_mark(telling))
        return story->timeline->lanes[telling->lane].parent == LANE_NONE ? RANK_MAIN
                                                                         : RANK_TURN;
    bool starts =
        telling->mark->kind == EVENT_CREATE || telling->mark->kind == EVENT_TASK_BEGIN;
    return starts ? RANK_START : RANK_OTHER;
}

/** How many of each rank are told: of the first one all, if they fit, then the next. */
static void share_out(const size_t *count, size_t *told)
{
    size_t left = EXPLAINED_MAX;
    for (unsigned rank = 0; rank < RANKS; rank++) {
        size_t most = rank == RANK_NAMED && left > NAMED_MAX ? NAMED_MAX : left;
        told[rank] = count[rank] < most ? count[rank] : most;
        left -= told[rank];
    }
}

/** Of a rank that is not told whole the first ones, and some of the last. */
static bool is_told(size_t number, size_t told, size_t count)
{
    size_t last = told < count ? told / 4 : 0;
    return number < told - last || number >= count - last;
}

static struct chosen choose(const struct scene *scene, const struct story *story)
{
    struct chosen chosen = {.count = 0};
    struct ranking all = {.count = {0}}, so_far = {.count = {0}};
    size_t told[RANKS];
    for (size_t i = 0; i < story->count; i++)
        if (is_in_window(scene, &story->tellings[i]))
            all.count[rank_of(story, &story->tellings[i], &all)]++;
    share_out(all.count, told);
    for (size_t i = 0; i < story->count; i++) {
        const struct telling *telling = &story->tellings[i];
        if (!is_in_window(scene, telling))
            continue;
        enum rank rank = rank_of(story, telling, &so_far);
        if (is_told(so_far.count[rank]++, told[rank], all.count[rank]))
            chosen.tellings[chosen.count++] = telling;
        else
            chosen.left_out++;
    }
    return chosen;
}

/* Numbers below the lanes ---------------------------------------------------------- */

/** Events so close together that they have one place. */
struct group {
    size_t first, last; /**< their numbers, from 1 */
    unsigned column;
};

static struct quantity group_text(const struct group *group, bool unicode)
{
    struct quantity text;
    if (group->first == group->last)
        snprintf(text.text, sizeof text.text, "%zu", group->first);
    else
        snprintf(text.text, sizeof text.text, "%zu%s%zu", group->first,
                 unicode ? "–" : "-", group->last);
    return text;
}

/** Where its text ends; near the end of the axis it is moved to the left. */
static unsigned group_end(struct group *group, unsigned columns, bool unicode)
{
    unsigned width = text_width(group_text(group, unicode).text);
    if (group->column + width > columns)
        group->column = columns > width ? columns - width : 0;
    return group->column + width;
}

static size_t group_events(const struct chosen *chosen, const struct axis *axis,
                           bool unicode, struct group *groups)
{
    size_t count = 0;
    for (size_t i = 0; i < chosen->count; i++) {
        struct group next = {i + 1, i + 1,
                             axis_column(axis, chosen->tellings[i]->at_ns)};
        group_end(&next, axis->columns, unicode);
        groups[count++] = next;
        /* Two that would touch become one, which may then touch the one before. */
        while (count > 1 && group_end(&groups[count - 2], axis->columns, unicode) >=
                                groups[count - 1].column) {
            groups[count - 2].last = groups[count - 1].last;
            count--;
            group_end(&groups[count - 1], axis->columns, unicode);
        }
    }
    return count;
}

static void put_numbers(struct pen *pen, const struct scene *scene,
                        const struct chosen *chosen)
{
    struct group groups[EXPLAINED_MAX];
    bool unicode = pen->style->unicode;
    size_t count = group_events(chosen, &scene->axis, unicode, groups);
    for (size_t i = 0; i < count; i++) {
        pen_move(pen, scene->layout.left + groups[i].column);
        pen_put(pen, INK_STRONG, group_text(&groups[i], unicode).text);
    }
    pen_newline(pen);
}

/* The list ------------------------------------------------------------------------- */

static int put_sentence(struct pen *pen, const struct story *story,
                        const struct telling *telling, unsigned indent, unsigned width)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out != NULL)
        explain_event(story, telling, !pen->style->unicode, out);
    char *text = draft_close(&draft);
    if (text == NULL)
        return UV_ENOMEM;
    pen_wrap(pen, INK_PLAIN, indent, width, text);
    free(text);
    return 0;
}

static int put_list(struct pen *pen, const struct scene *scene,
                    const struct story *story, const struct chosen *chosen)
{
    struct time_column column = time_column_of(scene->report, !pen->style->unicode);
    unsigned width =
        pen->style->width < READING_WIDTH ? pen->style->width : READING_WIDTH;
    unsigned numbers = chosen->count > 9 ? 2 : 1, left = scene->layout.indent;
    unsigned times = left + numbers + 2, words = times + column.columns + 2;
    unsigned indent = words <= width / 3 ? words : times;
    int result = 0;
    for (size_t i = 0; i < chosen->count && result == 0; i++) {
        struct quantity number = count_text(i + 1);
        pen_move(pen, left + numbers - text_width(number.text));
        pen_put(pen, INK_STRONG, number.text);
        pen_move(pen, times);
        pen_put(pen, INK_FAINT,
                time_in_column(&column, chosen->tellings[i]->at_ns).text);
        pen_move(pen, indent == words ? words : pen->column + 1);
        result = put_sentence(pen, story, chosen->tellings[i], indent, width);
    }
    return result;
}

static void put_left_out(struct pen *pen, const struct scene *scene,
                         const struct chosen *chosen)
{
    char line[160];
    if (chosen->left_out == 0)
        return;
    snprintf(line, sizeof line,
             "and %s more event%s: --plain --explain tells all, --from and --to choose",
             count_text(chosen->left_out).text, chosen->left_out == 1 ? "" : "s");
    pen_wrap(pen, INK_FAINT, scene->layout.indent, pen->style->width, line);
}

int explanations_put(struct pen *pen, const struct scene *scene,
                     const struct part *part)
{
    struct story story;
    int result = story_explain(&story, &part->run->timeline);
    if (result == 0) {
        struct chosen chosen = choose(scene, &story);
        put_numbers(pen, scene, &chosen);
        axis_write(&scene->axis, pen, scene->layout.left);
        result = put_list(pen, scene, &story, &chosen);
        put_left_out(pen, scene, &chosen);
        pen_newline(pen);
    }
    story_destroy(&story);
    return result;
}
