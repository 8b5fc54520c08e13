// SPDX-License-Identifier: MIT
#include "view/scene.h"
#include "text/width.h"
#include "view/chosen_run.h"

#include <stdlib.h>
#include <string.h>

/** Lines for the lanes of a variant where the height is free; a few more fit as well.
 */
#define LANES_ON_A_PAGE         12
#define LANES_NOT_WORTH_FOLDING 14

static size_t lanes_of(const struct part *part)
{
    return part->run != NULL ? part->run->timeline.lane_count : 0;
}

/** Deal `lines` out to the variants, the one that runs first, until all have enough. */
static void deal_lines(const struct scene *scene, size_t *dealt, unsigned lines)
{
    size_t count = scene->report->variant_count, running = 0;
    for (size_t i = 0; i < count; i++)
        if (scene->report->variants[i].status == VARIANT_RUNNING)
            running = i;
    for (bool given = true; given && lines > 0;) {
        given = false;
        for (size_t i = 0; i < count && lines > 0; i++) {
            size_t at = (running + i) % count;
            if (dealt[at] < lanes_of(&scene->parts[at])) {
                dealt[at]++;
                lines--;
                given = true;
            }
        }
    }
}

static int choose_lanes(struct part *part, size_t lines)
{
    size_t count = lanes_of(part);
    part->fold = fold_lanes(count, lines);
    part->lane_count = part->fold.first + part->fold.last;
    part->lanes = calloc(part->lane_count + 1, sizeof *part->lanes);
    part->names = calloc(part->lane_count + 1, sizeof *part->names);
    part->bars = malloc((part->lane_count + 1) * sizeof *part->bars);
    if (part->lanes == NULL || part->names == NULL || part->bars == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < part->lane_count; i++)
        part->lanes[i] = i < part->fold.first ? i : i + part->fold.hidden;
    return 0;
}

static size_t lines_on_a_page(const struct part *part)
{
    size_t lanes = lanes_of(part);
    return lanes <= LANES_NOT_WORTH_FOLDING ? lanes : LANES_ON_A_PAGE;
}

static int choose_all_lanes(struct scene *scene, unsigned lines)
{
    size_t count = scene->report->variant_count;
    size_t *dealt = calloc(count + 1, sizeof *dealt);
    int result = dealt == NULL ? UV_ENOMEM : 0;
    if (result == 0 && lines > 0)
        deal_lines(scene, dealt, lines);
    for (size_t i = 0; i < count && result == 0; i++) {
        struct part *part = &scene->parts[i];
        result = choose_lanes(part, lines > 0 ? dealt[i] : lines_on_a_page(part));
    }
    free(dealt);
    return result;
}

/** A name that is cut keeps the number at its end: "uv wor… 2".  To free. */
static char *cut_name(const char *name, unsigned most, const struct style *style)
{
    size_t number = strlen(name);
    while (number > 0 && name[number - 1] >= '0' && name[number - 1] <= '9')
        number--;
    number -= number > 0 && name[number] != '\0' && name[number - 1] == ' ';
    unsigned kept = text_width(name + number);
    if (text_width(name) <= most || kept == 0 || kept >= most)
        return safe_cut(name, most, style);
    char *head = strndup(name, number), *cut = NULL;
    char *shorter = head != NULL ? safe_cut(head, most - kept, style) : NULL;
    if (shorter != NULL && asprintf(&cut, "%s%s", shorter, name + number) < 0)
        cut = NULL;
    free(shorter);
    free(head);
    return cut;
}

/** Names as they are printed, and the columns of the widest. */
static int name_lanes(struct scene *scene, unsigned most, unsigned *widest)
{
    *widest = 0;
    for (size_t i = 0; i < scene->report->variant_count; i++) {
        struct part *part = &scene->parts[i];
        for (size_t j = 0; j < part->lane_count; j++) {
            const struct lane *lane = &part->run->timeline.lanes[part->lanes[j]];
            part->names[j] =
                cut_name(lane->name != NULL ? lane->name : "", most, scene->style);
            if (part->names[j] == NULL)
                return UV_ENOMEM;
            unsigned columns = text_width(part->names[j]);
            *widest = columns > *widest ? columns : *widest;
        }
    }
    return 0;
}

/**
 * Lanes that will come are mostly named after the tasks: with room for those from the
 * first frame on, the axis stays as it is.
 */
static unsigned widest_to_come(const struct scene *scene)
{
    const struct tasks *tasks = &scene->report->options->tasks;
    unsigned widest = 0;
    bool comes = false;
    for (size_t i = 0; i < scene->report->variant_count; i++) {
        const struct variant_report *variant = &scene->report->variants[i];
        comes |= variant->variant->shape != SHAPE_SERIAL &&
                 variant->status != VARIANT_SKIPPED;
    }
    for (size_t i = 0; i < tasks->count && comes; i++) {
        if (i < LANES_ON_A_PAGE || i + LANES_ON_A_PAGE >= tasks->count) {
            unsigned columns = text_width(tasks->at[i].thread_name);
            widest = columns > widest ? columns : widest;
        }
    }
    return widest;
}

/** The bars get what the names leave, and give some to totals where there is plenty. */
static int lay_out(struct scene *scene, bool live)
{
    struct layout *layout = &scene->layout;
    unsigned width = scene->style->width, gap = width < 20 ? 1 : 2;
    unsigned most = width < 16 ? 0 : width / 4;
    most = most > 24 ? 24 : most;
    int result = name_lanes(scene, most, &layout->name);
    if (live) {
        unsigned come = widest_to_come(scene);
        come = come < most ? come : most;
        layout->name = come > layout->name ? come : layout->name;
    }
    layout->indent = width < 20 ? 0 : 2;
    layout->left = layout->name > 0 ? layout->indent + layout->name + gap : 0;
    layout->totals = width < 100 ? 0 : width < 140 ? 32 : 46;
    layout->columns = width - layout->left - layout->totals;
    return result;
}

static bool is_unfinished(const struct variant_report *variant)
{
    return variant->status == VARIANT_PENDING || variant->status == VARIANT_RUNNING;
}

/** How long the axis is: the longest run, or what is known that it will be. */
static int64_t longest_ns(const struct scene *scene, bool live)
{
    int64_t longest = 0, ideal = 0;
    for (size_t i = 0; i < scene->report->variant_count; i++) {
        const struct variant_report *variant = &scene->report->variants[i];
        const struct run *run = scene->parts[i].run;
        if (run != NULL) {
            longest = run->wall_ns > longest ? run->wall_ns : longest;
            int64_t end_ns = timeline_end_ns(&run->timeline);
            longest = end_ns > longest ? end_ns : longest;
        }
        if ((is_unfinished(variant) || run != NULL) && variant->ideal_ns > ideal)
            ideal = variant->ideal_ns;
    }
    if (!live || ideal == 0)
        return longest;
    /* In steps, so that the axis does not creep while a run takes longer than it could.
     */
    int64_t end = ideal + ideal / 100;
    while (end < longest && end < INT64_MAX / 2)
        end += end / 4 + 1;
    return end;
}

static void make_axis(struct scene *scene, bool live)
{
    const struct options *options = scene->report->options;
    int64_t longest = longest_ns(scene, live), from = options->from_ns;
    int64_t to = options->to_ns >= 0 ? options->to_ns : longest;
    scene->window_is_past = !live && from > 0 && from >= longest;
    if (scene->window_is_past) {
        from = -1;
        to = longest;
    }
    axis_init(&scene->axis, from, to, scene->layout.columns);
}

static int draw(struct scene *scene)
{
    int result = 0;
    for (size_t i = 0; i < scene->report->variant_count && result == 0; i++) {
        struct part *part = &scene->parts[i];
        if (part->run == NULL)
            continue;
        result = picture_draw(&(struct picture){
            .timeline = &part->run->timeline,
            .running = part->run->ending == ENDING_RUNNING,
            .axis = &scene->axis,
            .style = scene->style,
            .lanes = part->lanes,
            .lane_count = part->lane_count,
            .bars = part->bars,
            .legend = &scene->legend,
        });
    }
    return result;
}

int scene_create(struct scene *scene, const struct report *report,
                 const struct style *style, bool live, unsigned lines)
{
    *scene = (struct scene){.report = report, .style = style};
    scene->parts = calloc(report->variant_count + 1, sizeof *scene->parts);
    if (scene->parts == NULL)
        return UV_ENOMEM;
    for (size_t i = 0; i < report->variant_count; i++)
        scene->parts[i].run = drawn_run(&report->variants[i]);
    int result = choose_all_lanes(scene, lines);
    if (result == 0)
        result = lay_out(scene, live);
    if (result == 0) {
        make_axis(scene, live);
        result = draw(scene);
    }
    if (result != 0)
        scene_destroy(scene);
    return result;
}

void scene_destroy(struct scene *scene)
{
    for (size_t i = 0; scene->parts != NULL && i < scene->report->variant_count; i++) {
        struct part *part = &scene->parts[i];
        for (size_t j = 0; part->names != NULL && j < part->lane_count; j++)
            free(part->names[j]);
        free(part->names);
        free(part->lanes);
        free(part->bars);
    }
    free(scene->parts);
    scene->parts = NULL;
}
