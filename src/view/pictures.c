// SPDX-License-Identifier: MIT
#include "view/pictures.h"
#include "text/quantity.h"
#include "text/width.h"
#include "view/chosen_run.h"
#include "view/endings.h"
#include "view/explanations.h"
#include "view/legend.h"
#include "view/prediction.h"
#include "view/scene.h"
#include "view/title.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct sentence total_of(const struct lane *lane, int state, bool ascii)
{
    struct sentence words;
    snprintf(words.text, sizeof words.text, "%s %s", state_name((enum state)state),
             duration_text(lane->in_state_ns[state], ascii).text);
    return words;
}

static bool is_worth_a_word(const struct lane *lane, int state)
{
    int64_t ns = lane->in_state_ns[state], life = lane->end_ns - lane->start_ns;
    return ns > 0 && ns >= life / 50;
}

/** What each state took; if not all fit, none, since a part looks like the whole. */
static void put_totals(struct pen *pen, const struct scene *scene,
                       const struct lane *lane)
{
    const struct layout *layout = &scene->layout;
    bool ascii = !pen->style->unicode;
    unsigned columns = 0;
    for (int state = 0; state < STATE_COUNT; state++)
        if (is_worth_a_word(lane, state))
            columns += 2 + text_width(total_of(lane, state, ascii).text);
    if (columns > layout->totals)
        return;
    pen_move(pen, layout->left + layout->columns);
    for (int state = 0; state < STATE_COUNT; state++) {
        if (is_worth_a_word(lane, state)) {
            pen_move(pen, pen->column + 2);
            pen_put(pen, INK_FAINT, total_of(lane, state, ascii).text);
        }
    }
}

static bool has_ended_before(const struct scene *scene, const struct lane *lane)
{
    return scene->axis.from_ns > 0 && lane->end_ns <= scene->axis.from_ns;
}

static bool is_outside(const struct scene *scene, const struct lane *lane)
{
    return has_ended_before(scene, lane) || lane->start_ns >= scene->axis.to_ns;
}

/** In place of a bar, why there is none in the window. */
static void put_outside(struct pen *pen, const struct scene *scene,
                        const struct lane *lane)
{
    const struct layout *layout = &scene->layout;
    bool ended = has_ended_before(scene, lane);
    char text[96];
    struct quantity at =
        duration_text(ended ? lane->end_ns : lane->start_ns, !pen->style->unicode);
    snprintf(text, sizeof text, "(%s at %s)",
             !ended      ? "starts"
             : lane->cut ? "cut off"
                         : "ended",
             at.text);
    if (text_width(text) > layout->columns)
        return;
    pen_move(pen, layout->left);
    if (ended)
        pen_put(pen, INK_FAINT, text);
    else
        pen_put_right(pen, INK_FAINT, text, layout->left + layout->columns);
}

static void put_lane(struct pen *pen, const struct scene *scene,
                     const struct part *part, size_t shown)
{
    const struct layout *layout = &scene->layout;
    pen_move(pen, layout->indent);
    pen_put(pen, INK_PLAIN, part->names[shown]);
    const struct lane *lane = &part->run->timeline.lanes[part->lanes[shown]];
    if (is_outside(scene, lane))
        put_outside(pen, scene, lane);
    else
        picture_write(&part->bars[shown], &scene->axis, pen, layout->left);
    if (layout->totals > 0)
        put_totals(pen, scene, lane);
    pen_newline(pen);
}

static void put_fold(struct pen *pen, const struct scene *scene,
                     const struct part *part)
{
    unsigned indent = scene->layout.indent, width = pen->style->width;
    bool ascii = !pen->style->unicode;
    struct sentence words = {"more"};
    if (!scene->is_draft)
        words = fold_words(&part->run->timeline, &part->fold,
                           part->run->ending == ENDING_RUNNING,
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
    const struct sentence notes[] = {disturbed_words(run), dropped_words(run)};
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (notes[i].text[0] != '\0')
            pen_wrap(pen, INK_FAINT, indent, width, notes[i].text);
}

/** So few cells tell nothing of what happens in them; of a deadlock not who waits. */
#define FEW_CELLS       2
#define FEW_CELLS_STUCK 6

/** A time to be typed, two digits of it, with some air for another run: "26ms". */
static struct quantity time_to_type(int64_t ns)
{
    static const struct {
        int64_t ns;
        const char *name;
    } units[] = {{1000000000, "s"}, {1000000, "ms"}, {1000, "us"}, {1, "ns"}};
    struct quantity text;
    size_t unit = 0;
    int64_t step = 1;
    ns += ns / 20;
    while (ns / step >= 100)
        step *= 10;
    ns = (ns + step - 1) / step * step;
    while (ns < units[unit].ns && units[unit].ns > 1)
        unit++;
    int64_t whole = ns / units[unit].ns,
            tenth = ns % units[unit].ns * 10 / units[unit].ns;
    if (tenth > 0)
        snprintf(text.text, sizeof text.text, "%" PRId64 ".%" PRId64 "%s", whole, tenth,
                 units[unit].name);
    else
        snprintf(text.text, sizeof text.text, "%" PRId64 "%s", whole, units[unit].name);
    return text;
}

/** How to see what is too short for this axis. */
static void put_zoom(struct pen *pen, const struct scene *scene,
                     const struct variant_report *variant, const struct run *run)
{
    const struct axis *axis = &scene->axis;
    int64_t end_ns = timeline_end_ns(&run->timeline), from_ns = axis->from_ns;
    unsigned cells = axis_column(axis, end_ns - 1) + 1;
    bool is_stuck = run->ending == ENDING_DEADLOCK;
    if ((run->ending != ENDING_RETURN && !is_stuck) || end_ns <= from_ns ||
        cells > (is_stuck ? FEW_CELLS_STUCK : FEW_CELLS) ||
        axis->columns < 4 * FEW_CELLS)
        return;
    static const char *const words[] = {"no cell",     "one cell",   "two cells",
                                        "three cells", "four cells", "five cells",
                                        "six cells"};
    char line[160];
    snprintf(line, sizeof line, "%s fits in %s: --to %s shows it",
             variant->variant->name, words[cells], time_to_type(end_ns).text);
    pen_wrap(pen, INK_FAINT, scene->layout.indent, pen->style->width, line);
}

/** How long it took, or that it got stuck; "run 3 of 50", while they go on. */
static void put_heading(struct pen *pen, const struct scene *scene,
                        const struct variant_report *variant, const struct run *run)
{
    const struct layout *layout = &scene->layout;
    bool running = run->ending == ENDING_RUNNING;
    char text[400], which[160] = "";
    if (running && scene->report->options->repeat > 1) {
        snprintf(which, sizeof which, "run %s of %s   ",
                 count_text(variant->run_count).text,
                 count_text(scene->report->options->repeat).text);
    }
    bool ascii = !pen->style->unicode;
    bool is_stuck = run->ending == ENDING_DEADLOCK && run->deadlock != NULL;
    if (is_stuck && variant->run_count > 1)
        snprintf(which, sizeof which,
                 "run %s: ", count_text((uint64_t)(run - variant->runs) + 1).text);
    snprintf(text, sizeof text, "%s%.150s", which,
             is_stuck ? ending_words(scene->report, run, ascii).text
                      : duration_text(run->wall_ns, ascii).text);
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

static bool is_explained(const struct scene *scene, bool live)
{
    return scene->report->options->explain && !live;
}

static int put_part(struct pen *pen, const struct scene *scene, size_t index, bool live)
{
    int result = 0;
    const struct variant_report *variant = &scene->report->variants[index];
    const struct part *part = &scene->parts[index];
    bool predicted =
        is_explained(scene, live) || !predictions_are_below_axis(scene->report);
    if (part->run == NULL) {
        put_absent(pen, scene, variant, live);
        if (live && predicted && variant->status != VARIANT_SKIPPED)
            prediction_put(pen, scene, variant);
        return 0;
    }
    put_heading(pen, scene, variant, part->run);
    for (size_t i = 0; i < part->lane_count; i++) {
        if (i == part->fold.first)
            put_fold(pen, scene, part);
        put_lane(pen, scene, part, i);
    }
    if (part->fold.hidden > 0 && part->fold.last == 0)
        put_fold(pen, scene, part);
    if (predicted)
        prediction_put(pen, scene, variant);
    if (is_explained(scene, live))
        result = explanations_put(pen, scene, part);
    if (!live)
        put_zoom(pen, scene, variant, part->run);
    put_remarks(pen, scene, variant, part->run);
    return result;
}

/** Below all pictures, with what was predicted of one alone. */
static void put_axis(struct pen *pen, const struct scene *scene)
{
    const struct report *report = scene->report;
    axis_write(&scene->axis, pen, scene->layout.left);
    for (size_t i = 0; predictions_are_below_axis(report) && i < report->variant_count;
         i++)
        prediction_put(pen, scene, &report->variants[i]);
}

/** @is_draft: words that are costly to find may be others, of as many lines. */
static int write_all(struct pen *pen, const struct report *report, bool live,
                     unsigned lines, bool is_draft)
{
    struct scene scene;
    int result = scene_create(&scene, report, pen->style, live, lines);
    if (result != 0)
        return result;
    scene.is_draft = is_draft;
    put_title(pen, report, scene.window_is_past);
    pen_newline(pen);
    bool drawn = false;
    for (size_t i = 0; i < report->variant_count && result == 0; i++) {
        result = put_part(pen, &scene, i, live);
        drawn |= scene.parts[i].run != NULL;
    }
    if (drawn && scene.window_is_past)
        pen_wrap(pen, INK_FAINT, scene.layout.indent, pen->style->width,
                 "all is drawn: --from lies past the end");
    if (drawn) {
        if (!is_explained(&scene, live))
            put_axis(pen, &scene);
        legend_write(pen, &scene);
    }
    scene_destroy(&scene);
    return result;
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
    int result = write_all(&pen, report, live, lanes, true);
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
    return result == 0 ? write_all(pen, report, live, lanes, false) : result;
}

int text_write_pictures(const struct report *report, const struct style *style,
                        FILE *out)
{
    struct pen pen = pen_on(out, style);
    return pictures_write(&pen, report, true);
}
