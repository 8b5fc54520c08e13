// SPDX-License-Identifier: MIT
#include "classroom/source/find.h"
#include "classroom/source/source.h"
#include "cli/diag.h"
#include "text/draft.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** A variant's function, and those that it hands over; no lesson has nearly as many. */
#define PICKS_MAX 64

struct picks {
    struct function at[PICKS_MAX];
    size_t count;
};

static int out_of_memory(void)
{
    diag_for("source", "out of memory");
    return EXIT_FAILURE;
}

/** ", with the times of run.json". */
static void put_run(FILE *out, const struct source_request *request)
{
    if (request->run == NULL)
        return;
    char *safe = safe_copy(request->run, &request->look.style);
    fprintf(out, ", with the times of %s", safe != NULL ? safe : "the run");
    free(safe);
}

static void put_line(struct page *page, const struct source *source, size_t line,
                     const struct source_request *request, const struct times *times)
{
    const struct place place = {source, line};
    bool ascii = !request->look.style.unicode;
    char *note = times != NULL ? times_note(times, source, line, ascii) : NULL;
    page_line(page, &place, note);
    free(note);
}

static size_t longest(const struct sources *sources)
{
    size_t lines = 0;
    for (size_t i = 0; i < sources->count; i++)
        if (sources->at[i].line_count > lines)
            lines = sources->at[i].line_count;
    return lines;
}

int source_show_all(const struct source_request *request, const struct sources *sources,
                    const struct times *times)
{
    struct page page;
    page_open(&page, stdout, &request->look, longest(sources));
    for (size_t i = 0; i < sources->count; i++) {
        const struct source *source = &sources->at[i];
        struct draft words;
        if (draft_open(&words) == NULL)
            return out_of_memory();
        fprintf(words.file, "%zu lines", source->line_count);
        put_run(words.file, request);
        char *rest = draft_close(&words);
        if (i > 0)
            pen_newline(&page.pen);
        page_head(&page, source->path, rest != NULL ? rest : "");
        free(rest);
        for (size_t line = 1; line <= source->line_count; line++)
            put_line(&page, source, line, request, times);
    }
    return EXIT_SUCCESS;
}

static bool is_picked(const struct picks *picks, const struct function *function)
{
    for (size_t i = 0; i < picks->count; i++)
        if (picks->at[i].source == function->source &&
            picks->at[i].head == function->head)
            return true;
    return false;
}

static int in_order(const void *one, const void *other)
{
    const struct function *a = one, *b = other;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    return a->head < b->head ? -1 : a->head > b->head;
}

/** The functions in which a line is named. */
static void pick_reached(const struct sources *sources, const struct times *times,
                         struct picks *picks)
{
    struct function function;
    for (size_t i = 0; i < sources->count; i++) {
        size_t from = 0;
        while (find_function(&sources->at[i], from, &function)) {
            bool is_reached = false;
            for (size_t line = function.lines.from; line <= function.lines.to; line++)
                is_reached = is_reached || times_has(times, function.source, line);
            if (is_reached && !is_picked(picks, &function) && picks->count < PICKS_MAX)
                picks->at[picks->count++] = function;
            from = function.end;
        }
    }
    qsort(picks->at, picks->count, sizeof *picks->at, in_order);
}

/** @return false: the table of variants is not as it should be. */
static bool pick(const struct sources *sources, const char *variant,
                 struct picks *picks)
{
    struct function function, other;
    enum naming naming;
    size_t from = 0;
    if (!find_variant(sources, variant, &function))
        return false;
    *picks = (struct picks){.at = {function}, .count = 1};
    while (picks->count < PICKS_MAX &&
           find_names(sources, &function, &from, &other, &naming))
        if (naming == NAMING_HAND && !is_picked(picks, &other))
            picks->at[picks->count++] = other;
    qsort(picks->at, picks->count, sizeof *picks->at, in_order);
    return true;
}

/** "lines 171-180 and 321-324". */
static void put_ranges(FILE *out, const struct picks *picks, bool ascii)
{
    fprintf(out, "lines ");
    for (size_t i = 0; i < picks->count; i++) {
        const struct lines *lines = &picks->at[i].lines;
        fprintf(out, "%s%zu%s%zu",
                i == 0                 ? ""
                : i + 1 < picks->count ? ", "
                                       : " and ",
                lines->from, ascii ? "-" : "–", lines->to);
    }
}

/** What the functions call besides, a line for each: "look() on line 58". */
static void put_calls(FILE *out, const struct sources *sources,
                      const struct picks *picks)
{
    struct picks told = *picks;
    const char *before = "It calls ";
    for (size_t i = 0; i < picks->count; i++) {
        const struct function *function = &picks->at[i];
        struct function other;
        enum naming naming;
        size_t from = 0;
        while (told.count < PICKS_MAX &&
               find_names(sources, function, &from, &other, &naming)) {
            if (is_picked(&told, &other))
                continue;
            told.at[told.count++] = other;
            fprintf(out, "%s%.*s(), line %zu", before, (int)other.name_length,
                    other.name, source_line_of(other.source, other.head));
            if (other.source != function->source)
                fprintf(out, " of %s", other.source->path);
            before = "; ";
        }
    }
    if (*before == ';')
        fprintf(out, ".");
}

static void show_picks(struct page *page, const struct source_request *request,
                       const struct picks *picks, const struct times *times)
{
    for (size_t i = 0; i < picks->count; i++) {
        const struct function *function = &picks->at[i];
        bool is_new = i > 0 && function->source != function[-1].source;
        if (i > 0)
            page_gap(page);
        if (is_new)
            page_head(page, function->source->path, "");
        for (size_t line = function->lines.from; line <= function->lines.to; line++)
            put_line(page, function->source, line, request, times);
    }
}

static int no_function(const char *variant)
{
    diag_for("source", "the function of %s is not found", variant);
    return EXIT_FAILURE;
}

int source_show_variant(const struct source_request *request,
                        const struct sources *sources, const struct times *times)
{
    struct page page;
    struct picks picks;
    struct draft head, calls;
    if (!pick(sources, request->variant, &picks))
        return no_function(request->variant);
    if (times != NULL)
        pick_reached(sources, times, &picks);
    page_open(&page, stdout, &request->look, longest(sources));
    if (draft_open(&head) == NULL)
        return out_of_memory();
    fprintf(head.file, "variant %s", request->variant);
    if (times == NULL) {
        fprintf(head.file, ", ");
        put_ranges(head.file, &picks, !request->look.style.unicode);
    }
    put_run(head.file, request);
    char *rest = draft_close(&head);
    page_head(&page, picks.at[0].source->path, rest != NULL ? rest : "");
    free(rest);
    show_picks(&page, request, &picks, times);
    if (draft_open(&calls) == NULL)
        return out_of_memory();
    put_calls(calls.file, sources, &picks);
    char *text = draft_close(&calls);
    if (text != NULL && *text != '\0') {
        pen_newline(&page.pen);
        page_words(&page, text);
    }
    free(text);
    return EXIT_SUCCESS;
}

/** The lines of a variant's functions, with the empty ones between them. */
static struct place *places_of(const struct picks *picks, size_t *count)
{
    size_t room = 0;
    for (size_t i = 0; i < picks->count; i++)
        room += picks->at[i].lines.to - picks->at[i].lines.from + 2;
    struct place *places = calloc(room + 1, sizeof *places);
    *count = 0;
    for (size_t i = 0; places != NULL && i < picks->count; i++) {
        const struct function *function = &picks->at[i];
        size_t last = function->lines.to, length;
        if (i + 1 < picks->count && last < function->source->line_count &&
            (source_line(function->source, last + 1, &length), length == 0))
            last++;
        for (size_t line = function->lines.from; line <= last; line++)
            places[(*count)++] = (struct place){function->source, line};
    }
    return places;
}

static void diff_head(struct page *page, const struct source_request *request,
                      const struct picks *left, const struct picks *right)
{
    const char *path = left->at[0].source->path, *other = right->at[0].source->path;
    bool ascii = !request->look.style.unicode;
    struct draft words;
    if (draft_open(&words) == NULL)
        return;
    fprintf(words.file, "%s, ", request->diff_a);
    put_ranges(words.file, left, ascii);
    fprintf(words.file, "; and %s%s%s, ", path == other ? "" : other,
            path == other ? "" : ", ", request->diff_b);
    put_ranges(words.file, right, ascii);
    char *rest = draft_close(&words);
    page_head(page, path, rest != NULL ? rest : "");
    free(rest);
}

/** So wide that each side has half of it. */
#define SIDES_FROM 100

int source_show_diff(const struct source_request *request,
                     const struct sources *sources)
{
    struct page page;
    struct picks left, right;
    struct pairs pairs;
    size_t left_count, right_count;
    if (!pick(sources, request->diff_a, &left))
        return no_function(request->diff_a);
    if (!pick(sources, request->diff_b, &right))
        return no_function(request->diff_b);
    struct place *left_places = places_of(&left, &left_count);
    struct place *right_places = places_of(&right, &right_count);
    bool is_fine =
        left_places != NULL && right_places != NULL &&
        diff_lines(left_places, left_count, right_places, right_count, &pairs);
    free(left_places);
    free(right_places);
    if (!is_fine)
        return out_of_memory();
    bool has_sides = request->look.style.width >= SIDES_FROM && !request->look.is_plain;
    struct look look = request->look;
    look.is_endless = look.is_endless && !has_sides;
    page_open(&page, stdout, &look, longest(sources));
    diff_head(&page, request, &left, &right);
    if (has_sides)
        page_pairs(&page, &pairs);
    else
        page_changes(&page, &pairs);
    free(pairs.at);
    return EXIT_SUCCESS;
}
