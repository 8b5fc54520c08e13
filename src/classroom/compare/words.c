// SPDX-License-Identifier: MIT
#include "classroom/compare/view.h"

#include "text/width.h"
#include "view/prediction.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/** So many files, and values, are named; the rest is counted. */
#define FILES_NAMED  4
#define VALUES_NAMED 4

bool has_row_of_all(const struct compared_variant *variant)
{
    return variant->count >= COMPARE_ALL_FROM && variant->measured > 1;
}

struct quantity compare_label_of_all(const struct compared_variant *variant)
{
    struct quantity text = {""};
    snprintf(text.text, sizeof text.text, "all %.20s",
             count_text(variant->measured).text);
    return text;
}

unsigned compare_label_most(const struct style *style)
{
    return style->width / 4 > 8 ? style->width / 4 : 8;
}

/** How wide a label is when it is made safe. */
static unsigned label_width(const char *label, const struct style *style)
{
    char *safe = safe_copy(label, style);
    unsigned width = safe != NULL ? text_width(safe) : 0;
    free(safe);
    return width;
}

static unsigned greater(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

/** The widest of a demo's labels, without their first `from` bytes. */
static unsigned widest(const struct comparison *comparison,
                       const struct compared_demo *demo, const struct style *style,
                       size_t from)
{
    unsigned columns = 0;
    for (size_t i = 0; i < demo->variant_count; i++)
        if (has_row_of_all(&demo->variants[i]))
            columns = greater(
                columns,
                label_width(compare_label_of_all(&demo->variants[i]).text, style));
    for (size_t i = 0; i < demo->file_count; i++) {
        const char *label = comparison->files[demo->files[i]].label;
        columns = greater(columns, label_width(label + from, style));
    }
    return columns;
}

struct label_style compare_label_style(const struct comparison *comparison,
                                       const struct compared_demo *demo,
                                       const struct style *style, unsigned most)
{
    struct label_style labels = {.style = style};
    labels.columns = widest(comparison, demo, style, 0);
    if (labels.columns > most && demo->file_count > 1) {
        labels.from = demo->shared_bytes;
        labels.columns = widest(comparison, demo, style, labels.from);
    }
    labels.columns = labels.columns < most ? labels.columns : most;
    return labels;
}

char *compare_label(const struct label_style *labels, const char *label)
{
    return safe_cut(label + labels->from, labels->columns, labels->style);
}

/** Seconds to the millisecond: what is over an ideal is often as small. */
struct quantity compare_wall_text(int64_t ns, bool ascii)
{
    return time_unit_of(ns) == UNIT_S ? time_text(ns, UNIT_S, 3, ascii)
                                      : duration_text(ns, ascii);
}

struct quantity compare_runs_text(const struct entry *entry)
{
    struct quantity text = {""};
    if (entry->wall_count == entry->run_count)
        snprintf(text.text, sizeof text.text, "%s", count_text(entry->run_count).text);
    else
        snprintf(text.text, sizeof text.text, "%.20s of %.20s",
                 count_text(entry->wall_count).text, count_text(entry->run_count).text);
    return text;
}

/** Also what a race has counted: "150, was 98". */
static void say_counted(const struct entry *entry, bool ascii, FILE *out)
{
    fprintf(out, ", was %s", count_text((uint64_t)entry->counted_min).text);
    if (entry->counted_min < entry->counted_max)
        fprintf(out, "%s%s", ascii ? "-" : "–",
                count_text((uint64_t)entry->counted_max).text);
}

/** How many of a class are behind it: "13 votes", "9 of 13 votes". */
static void say_votes(const struct guess *guess, FILE *out)
{
    size_t alike = guess->value != 0 ? guess->ends : guess->votes - guess->ends;
    fputs(" (", out);
    if (guess->what == PREDICT_END)
        fprintf(out, "%s of ", count_text(alike).text);
    fprintf(out, "%s vote%s)", count_text(guess->votes).text,
            guess->votes == 1 ? "" : "s");
}

static void say_guess(const struct entry *entry, bool ascii, FILE *out)
{
    const struct guess *guess = &entry->guess;
    if (!guess->is_given)
        return;
    if (guess->before >= 0 && guess->before != guess->value)
        fprintf(out, "%s, then ",
                predicted_text(guess->what, guess->before, ascii).text);
    fputs(predicted_text(guess->what, guess->value, ascii).text, out);
    if (guess->what == PREDICT_COUNT && entry->counted_min >= 0)
        say_counted(entry, ascii, out);
    if (guess->votes > 0)
        say_votes(guess, out);
}

struct guess_text compare_guess_text(const struct entry *entry, bool ascii)
{
    struct guess_text text = {""};
    FILE *out = fmemopen(text.text, sizeof text.text, "w");
    if (out == NULL)
        return text;
    say_guess(entry, ascii, out);
    fclose(out);
    return text;
}

struct quantity compare_instead(const struct entry *entry)
{
    struct quantity text = {"not run"};
    if (entry->skipped)
        snprintf(text.text, sizeof text.text, "not run: past the limit");
    else if (entry->stuck > 0 && entry->run_count == 1)
        snprintf(text.text, sizeof text.text, "stuck, and ended");
    else if (entry->stuck > 0)
        snprintf(text.text, sizeof text.text, "stuck in %.20s of %.20s runs",
                 count_text(entry->stuck).text, count_text(entry->run_count).text);
    else if (entry->cut > 0)
        snprintf(text.text, sizeof text.text, "cut off");
    else if (entry->stopped > 0)
        snprintf(text.text, sizeof text.text, "stopped meanwhile: not to be compared");
    return text;
}

void compare_say_common(const struct comparison *comparison,
                        const struct compared_demo *demo, FILE *out)
{
    const struct compared_file *first = &comparison->files[demo->files[0]];
    fprintf(out, "%s file%s", count_text(demo->file_count).text,
            demo->file_count == 1 ? "" : "s");
    if (demo->same_machine)
        fprintf(out, ", on %s",
                first->machine.cpu[0] != '\0' ? first->machine.cpu : "one machine");
    if (demo->same_cores)
        fprintf(out, ", %u of %u core%s", first->cores_used, first->machine.cores,
                first->machine.cores == 1 ? "" : "s");
    if (demo->same_machine)
        return;
    fputs("; ", out);
    compare_say_difference(comparison, demo, &demo->machines, out);
}

static void say_files(const struct comparison *comparison,
                      const struct difference_value *value, FILE *out)
{
    size_t shown = value->count > FILES_NAMED ? FILES_NAMED - 1 : value->count;
    for (size_t i = 0; i < shown; i++)
        fprintf(out, "%s%s", i > 0 ? ", " : "",
                comparison->files[value->files[i]].label);
    if (shown < value->count)
        fprintf(out, " and %s more", count_text(value->count - shown).text);
}

void compare_say_difference(const struct comparison *comparison,
                            const struct compared_demo *demo,
                            const struct difference *difference, FILE *out)
{
    size_t count = difference->count;
    size_t shown = count > VALUES_NAMED ? VALUES_NAMED - 1 : count;
    fprintf(out, "%s: ", difference->what);
    for (size_t i = 0; i < shown; i++) {
        const struct difference_value *value = &difference->values[i];
        fprintf(out, "%s%s in ", i > 0 ? "; " : "", value->text);
        if (value->count == demo->file_count)
            fputs(demo->file_count == 1 ? "the file" : "all", out);
        else
            say_files(comparison, value, out);
    }
    if (shown < count)
        fprintf(out, "; %s more values", count_text(count - shown).text);
}

/** Which judgements there are among a demo's rows, and on how few runs. */
struct judged {
    bool noise, single;
    size_t least, other; /**< the fewest runs of a pair that lies apart; 0: none */
};

static void see(struct judged *judged, enum judgement is, size_t a, size_t b)
{
    judged->noise |= is == JUDGE_NOISE;
    judged->single |= is == JUDGE_SINGLE;
    if (is == JUDGE_APART &&
        (judged->least == 0 || luck_of(a, b) < luck_of(judged->least, judged->other))) {
        judged->least = a;
        judged->other = b;
    }
}

static struct judged judge_demo(const struct compared_demo *demo)
{
    struct judged judged = {.noise = false};
    for (size_t i = 0; i < demo->variant_count; i++)
        for (size_t j = 0; j < demo->variants[i].count; j++) {
            const struct entry *entry = demo->variants[i].entries[j];
            see(&judged, entry->speedup_is, entry->base_runs, entry->wall_count);
            see(&judged, entry->to_first_is, entry->first_runs, entry->wall_count);
        }
    return judged;
}

/** Luck as small as that is not spoken of: 5 runs and 5. */
#define RARE 126

static const struct compared_variant *first_with_all(const struct compared_demo *demo)
{
    for (size_t i = 0; i < demo->variant_count; i++)
        if (has_row_of_all(&demo->variants[i]))
            return &demo->variants[i];
    return NULL;
}

/** The first guess of a class; or NULL. */
static const struct guess *guess_of_class(const struct compared_demo *demo)
{
    for (size_t i = 0; i < demo->variant_count; i++)
        for (size_t j = 0; j < demo->variants[i].count; j++)
            if (demo->variants[i].entries[j]->guess.votes > 0)
                return &demo->variants[i].entries[j]->guess;
    return NULL;
}

static bool has_sweep(const struct compared_demo *demo)
{
    for (size_t i = 0; i < demo->variant_count; i++)
        for (size_t j = 0; j < demo->variants[i].count; j++)
            if (demo->variants[i].entries[j]->has_sweep)
                return true;
    return false;
}

void compare_say_limits(const struct compared_demo *demo, FILE *out)
{
    struct judged judged = judge_demo(demo);
    const struct compared_variant *all = first_with_all(demo);
    if (all != NULL)
        fprintf(out, "%s: each file's median counts as one run.\n",
                compare_label_of_all(all).text);
    const struct guess *guess = guess_of_class(demo);
    if (guess != NULL)
        fprintf(out, "predicted: of a class, %s.\n",
                guess->what == PREDICT_END ? "what most of its votes said"
                                           : "the median of its votes");
    if (has_sweep(demo))
        fputs(
            "Sweeps are not compared: \"conc replay FILE\" draws the one of a file.\n",
            out);
    if (judged.noise)
        fputs("noise: the runs of the two overlap, from the least to the greatest, so "
              "their difference may be luck.\n",
              out);
    if (judged.single)
        fputs("A single run has no spread: what is noise shows with --repeat 5.\n",
              out);
    double luck = judged.least > 0 ? luck_of(judged.least, judged.other) : RARE;
    if (luck < RARE)
        fprintf(out,
                "Where nothing differs, %zu and %zu runs still lie apart once in %.0f "
                "times; 5 and 5 once in %d (--repeat 5).\n",
                judged.least, judged.other, luck, RARE);
}

void compare_put_name(struct pen *pen, enum ink ink, const char *name)
{
    char *safe = safe_copy(name, pen->style);
    pen_put(pen, ink, safe != NULL ? safe : "");
    free(safe);
}

char *compare_close_safe(struct draft *draft, const struct style *style)
{
    char *text = draft_close(draft), *rest = text, *line;
    struct draft safe;
    if (text == NULL || draft_open(&safe) == NULL) {
        free(text);
        return NULL;
    }
    while ((line = strsep(&rest, "\n")) != NULL) {
        text_print_safe(line, !style->unicode, safe.file);
        if (rest != NULL)
            fputc('\n', safe.file);
    }
    free(text);
    return draft_close(&safe);
}

bool compare_range(const struct compared_demo *demo, int64_t *least, int64_t *greatest)
{
    bool any = false;
    for (size_t i = 0; i < demo->variant_count; i++)
        for (size_t j = 0; j < demo->variants[i].count; j++) {
            const struct entry *entry = demo->variants[i].entries[j];
            if (entry->wall_count == 0)
                continue;
            *least = any && *least < entry->wall.min ? *least : entry->wall.min;
            *greatest =
                any && *greatest > entry->wall.max ? *greatest : entry->wall.max;
            any = true;
        }
    return any;
}

/** A guess far from all runs is beside the axis: it must not press them together. */
static void widen_for_guesses(const struct compared_demo *demo, int64_t *from,
                              int64_t *to)
{
    int64_t room = *to - *from, low = *from, high = *to;
    for (size_t i = 0; i < demo->variant_count; i++)
        for (size_t j = 0; j < demo->variants[i].count; j++) {
            const struct guess *guess = &demo->variants[i].entries[j]->guess;
            if (!guess->is_given || guess->what != PREDICT_TIME)
                continue;
            if (guess->value < low && guess->value >= *from - room)
                low = guess->value;
            if (guess->value > high && guess->value <= *to + room)
                high = guess->value;
        }
    *from = low;
    *to = high;
}

void compare_axis_range(const struct compared_demo *demo, int64_t *from, int64_t *to)
{
    *from = *to = 0;
    if (!compare_range(demo, from, to))
        return;
    if (*from < *to / 2 || *from == *to)
        *from = 0;
    widen_for_guesses(demo, from, to);
    int64_t air = (*to - *from) / 25;
    *to += air;
    *from = *from > air ? *from - air : 0;
}
