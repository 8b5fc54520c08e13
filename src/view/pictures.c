// SPDX-License-Identifier: MIT
#include "view/pictures.h"
#include "text/quantity.h"
#include "text/width.h"
#include "view/legend.h"
#include "view/scene.h"

#include <stdlib.h>
#include <string.h>

static struct sentence total_of(const struct lane *lane, int state, bool ascii)
{
    struct sentence words;
    snprintf(words.text, sizeof words.text, "%s %s", state_name((enum state)state),
             duration_text(lane->in_state_ns[state], ascii).text);
    return words;
}

/** Which states are worth a word, and fit together; the largest ones first. */
static void choose_totals(const struct lane *lane, unsigned room, bool ascii,
                          bool *chosen)
{
    int64_t life = lane->end_ns - lane->start_ns;
    for (;;) {
        int best = STATE_COUNT;
        for (int state = 0; state < STATE_COUNT; state++) {
            int64_t ns = lane->in_state_ns[state];
            if (!chosen[state] && ns > 0 && ns >= life / 50 &&
                (best == STATE_COUNT || ns > lane->in_state_ns[best]))
                best = state;
        }
        if (best == STATE_COUNT)
            return;
        unsigned columns = text_width(total_of(lane, best, ascii).text);
        if (columns > room)
            return;
        chosen[best] = true;
        room -= columns + 2 < room ? columns + 2 : room;
    }
}

/** What each state took, the states in order, as many as fit. */
static void put_totals(struct pen *pen, const struct scene *scene,
                       const struct lane *lane)
{
    const struct layout *layout = &scene->layout;
    bool ascii = !pen->style->unicode, chosen[STATE_COUNT] = {false};
    choose_totals(lane, layout->totals - 2, ascii, chosen);
    pen_move(pen, layout->left + layout->columns + 2);
    for (int state = 0; state < STATE_COUNT; state++) {
        if (chosen[state]) {
            pen_put(pen, INK_FAINT, total_of(lane, state, ascii).text);
            pen_move(pen, pen->column + 2);
        }
    }
}

static void put_lane(struct pen *pen, const struct scene *scene,
                     const struct part *part, size_t shown)
{
    const struct layout *layout = &scene->layout;
    pen_move(pen, layout->indent);
    pen_put(pen, INK_PLAIN, part->names[shown]);
    picture_write(&part->bars[shown], &scene->axis, pen, layout->left);
    if (layout->totals > 0)
        put_totals(pen, scene, &part->run->timeline.lanes[part->lanes[shown]]);
    pen_newline(pen);
}

static void put_fold(struct pen *pen, const struct scene *scene,
                     const struct part *part)
{
    unsigned indent = scene->layout.indent, width = pen->style->width;
    bool ascii = !pen->style->unicode;
    struct sentence words = fold_words(
        &part->run->timeline, &part->fold, part->run->ending == ENDING_RUNNING,
        width > indent + 4 ? width - indent - 4 : 1, ascii);
    pen_move(pen, indent);
    pen_put(pen, INK_FAINT, ascii ? "..." : "…");
    pen_move(pen, pen->column + 1);
    pen_put(pen, INK_FAINT, words.text);
    pen_newline(pen);
}

/** Things to know of a run before reading its picture. */
static void put_remarks(struct pen *pen, const struct scene *scene,
                        const struct variant_report *variant, const struct run *run)
{
    bool ascii = !pen->style->unicode;
    unsigned indent = scene->layout.indent, width = pen->style->width;
    const struct run *failed = failed_run(variant);
    if (failed != NULL) {
        pen_move(pen, indent);
        pen_put(pen, INK_BLOCKED,
                glyph_text(GLYPH_CUT, STATE_BLOCKED, pen->style->unicode));
        if (variant->run_count > 1) {
            pen_format(pen, INK_PLAIN, " run %s:",
                       count_text((uint64_t)(failed - variant->runs) + 1).text);
        }
        char *words = failure_words(scene->report, failed, ascii);
        char *line = words != NULL ? safe_copy(words, pen->style) : NULL;
        pen_wrap(pen, INK_PLAIN, indent, width, line != NULL ? line : "failed");
        free(line);
        free(words);
    }
    if (run->disturbed) {
        pen_wrap(pen, INK_FAINT, indent, width,
                 "stopped and continued meanwhile: its times are not to be compared");
    }
    if (run->timeline.dropped_events > 0) {
        char line[160];
        snprintf(line, sizeof line,
                 "%s events did not fit in the trace and are not drawn",
                 count_text(run->timeline.dropped_events).text);
        pen_wrap(pen, INK_FAINT, indent, width, line);
    }
}

/** "run 3 of 50", while they go on. */
static void put_heading(struct pen *pen, const struct scene *scene,
                        const struct variant_report *variant, const struct run *run)
{
    const struct layout *layout = &scene->layout;
    bool running = run->ending == ENDING_RUNNING;
    char text[240], which[160] = "";
    if (running && scene->report->options->repeat > 1) {
        snprintf(which, sizeof which, "run %s of %s   ",
                 count_text(variant->run_count).text,
                 count_text(scene->report->options->repeat).text);
    }
    snprintf(text, sizeof text, "%s%s", which,
             duration_text(run->wall_ns, !pen->style->unicode).text);
    pen_put(pen, INK_STRONG, variant->variant->name);
    unsigned end = layout->left + layout->columns;
    if (pen->column + 1 + text_width(text) <= end) {
        pen_put_right(pen, INK_PLAIN, text, end);
        pen_newline(pen);
        return;
    }
    pen_newline(pen);
    if (text_width(text) > end) {
        pen_wrap(pen, INK_PLAIN, 0, end, text);
        return;
    }
    pen_put_right(pen, INK_PLAIN, text, end);
    pen_newline(pen);
}

/** A variant without a run: skipped, or its turn has not come. */
static void put_absent(struct pen *pen, const struct scene *scene,
                       const struct variant_report *variant, bool live)
{
    const char *name = variant->variant->name;
    if (variant->status == VARIANT_SKIPPED) {
        char line[640];
        snprintf(line, sizeof line, "%s",
                 skipped_words(scene->report, variant, !pen->style->unicode).text);
        pen_put(pen, INK_STRONG, name);
        pen_put(pen, INK_STRONG, ":");
        pen_wrap(pen, INK_PLAIN, 0, pen->style->width, line);
    } else if (live) {
        pen_put(pen, INK_FAINT, name);
        pen_newline(pen);
    } else {
        pen_put(pen, INK_STRONG, name);
        pen_put(pen, INK_STRONG, ":");
        pen_wrap(pen, INK_PLAIN, 0, pen->style->width, "not run");
    }
}

static void put_part(struct pen *pen, const struct scene *scene, size_t index,
                     bool live)
{
    const struct variant_report *variant = &scene->report->variants[index];
    const struct part *part = &scene->parts[index];
    if (part->run == NULL) {
        put_absent(pen, scene, variant, live);
        return;
    }
    put_heading(pen, scene, variant, part->run);
    for (size_t i = 0; i < part->lane_count; i++) {
        if (i == part->fold.first)
            put_fold(pen, scene, part);
        put_lane(pen, scene, part, i);
    }
    if (part->fold.hidden > 0 && part->fold.last == 0)
        put_fold(pen, scene, part);
    put_remarks(pen, scene, variant, part->run);
}

static int write_all(struct pen *pen, const struct report *report, bool live,
                     unsigned lines)
{
    struct scene scene;
    int result = scene_create(&scene, report, pen->style, live, lines);
    if (result != 0)
        return result;
    put_title(pen, report, scene.window_is_past);
    pen_newline(pen);
    bool drawn = false;
    for (size_t i = 0; i < report->variant_count; i++) {
        put_part(pen, &scene, i, live);
        drawn |= scene.parts[i].run != NULL;
    }
    if (drawn && scene.window_is_past)
        pen_wrap(pen, INK_FAINT, scene.layout.indent, pen->style->width,
                 "all is drawn: --from lies past the end");
    if (drawn) {
        axis_write(&scene.axis, pen, scene.layout.left);
        legend_write(pen, &scene);
    }
    scene_destroy(&scene);
    return 0;
}

/** Lanes that there are to draw. */
static size_t lanes_to_draw(const struct report *report)
{
    size_t lanes = 0;
    for (size_t i = 0; i < report->variant_count; i++) {
        const struct run *run = drawn_run(&report->variants[i]);
        lanes += run != NULL ? run->timeline.lane_count : 0;
    }
    return lanes;
}

/** Lines that the picture takes when lanes get so many of them. */
static int count_lines(const struct report *report, const struct style *style,
                       bool live, unsigned lanes, unsigned *lines)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (out == NULL)
        return UV_ENOMEM;
    struct pen pen = pen_on(out, style);
    int result = write_all(&pen, report, live, lanes);
    if (fclose(out) != 0)
        result = UV_ENOMEM;
    *lines = 0;
    for (size_t i = 0; result == 0 && i < bytes; i++)
        *lines += text[i] == '\n';
    free(text);
    return result;
}

/** How many lines are left for lanes; 0: as many as they like. */
static int lines_for_lanes(const struct report *report, const struct style *style,
                           bool live, unsigned *lanes)
{
    unsigned lines = 0;
    *lanes = 0;
    if (style->height == 0)
        return 0;
    int result = count_lines(report, style, live, 1, &lines);
    size_t wanted = lanes_to_draw(report);
    size_t free_lines = style->height >= lines ? style->height - lines + 1 : 1;
    *lanes = (unsigned)(wanted > 0 && wanted < free_lines ? wanted : free_lines);
    return result;
}

int pictures_write(struct pen *pen, const struct report *report, bool live)
{
    unsigned lanes;
    int result = lines_for_lanes(report, pen->style, live, &lanes);
    return result == 0 ? write_all(pen, report, live, lanes) : result;
}

int text_write_pictures(const struct report *report, const struct style *style,
                        FILE *out)
{
    struct pen pen = pen_on(out, style);
    return pictures_write(&pen, report, true);
}
