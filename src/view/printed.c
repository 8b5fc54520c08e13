// SPDX-License-Identifier: MIT
#include "view/printed.h"

#include "text/quantity.h"
#include "text/width.h"
#include "view/chosen_run.h"

#include <stdlib.h>
#include <string.h>

/** Of what a lesson printed so many lines are shown; of what a program did, so many. */
#define LESSON_LINES  20
#define PROGRAM_LINES 10
/** Of so many programs, of each variant; the others are added up. */
#define PROGRAMS_SHOWN 20
/** And so many bytes, where lines are long. */
#define PROGRAM_BYTES 400

/** The lines of a text, and how many bytes the first few take. */
struct measure {
    size_t lines, first_bytes;
};

static struct measure measure_of(const char *text, size_t bytes, size_t most)
{
    struct measure sum = {0, 0};
    const char *at = text, *end = text + bytes;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline != NULL ? newline + 1 : end;
        if (++sum.lines <= most)
            sum.first_bytes = (size_t)(at - text);
    }
    return sum;
}

static void put_more_lines(struct printed *printed, uint64_t lines)
{
    if (lines > 0)
        snprintf(printed->more[0], sizeof printed->more[0], "and %s more line%s",
                 count_text(lines).text, lines == 1 ? "" : "s");
}

static void of_lesson(const struct variant_report *variant, const struct run *run,
                      struct printed *printed)
{
    struct measure sum = measure_of(run->printed, run->printed_bytes, LESSON_LINES);
    snprintf(printed->who, sizeof printed->who, "%s", variant->variant->name);
    snprintf(printed->says, sizeof printed->says, " printed");
    printed->text = run->printed;
    printed->bytes = sum.first_bytes;
    put_more_lines(printed, sum.lines > LESSON_LINES ? sum.lines - LESSON_LINES : 0);
    if (run->printed_lost > 0)
        snprintf(printed->more[1], sizeof printed->more[1],
                 "and %s more that was not kept", bytes_text(run->printed_lost).text);
}

/** Where a text that is cut can be: not within a character. */
static size_t whole_bytes(const char *text, size_t bytes)
{
    size_t at = bytes;
    while (at > 0 && bytes - at < 3 && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static void say_how_much(struct printed *printed, uint64_t lines, uint64_t bytes)
{
    snprintf(printed->says, sizeof printed->says, " printed %s line%s, %s byte%s",
             count_text(lines).text, lines == 1 ? "" : "s", count_text(bytes).text,
             bytes == 1 ? "" : "s");
}

/** "sh printed 2 lines, 12 bytes"; where variants differ, also in which. */
static void title_program(const struct report *report, size_t number,
                          const struct captured *captured, bool is_alike,
                          struct printed *printed)
{
    const char *name = report->options->tasks.at[captured->task].name;
    snprintf(printed->who, sizeof printed->who, "%s%s%.*s",
             is_alike ? "" : report->variants[number].variant->name,
             is_alike ? "" : ": ", (int)text_fit_bytes(name, 64), name);
    say_how_much(printed, captured->lines, captured->bytes);
}

static void of_program(const struct captured *captured, struct printed *printed)
{
    printed->is_programs = true;
    struct measure sum =
        measure_of(captured->text, captured->text_bytes, PROGRAM_LINES);
    printed->text = captured->text;
    printed->bytes = sum.first_bytes;
    if (printed->bytes > PROGRAM_BYTES)
        printed->bytes = whole_bytes(captured->text, PROGRAM_BYTES);
    /* Read back from a file, the text may be longer than what was printed. */
    uint64_t left =
        captured->bytes > printed->bytes ? captured->bytes - printed->bytes : 0;
    uint64_t shown = measure_of(captured->text, printed->bytes, 0).lines;
    if (left > 0 && captured->lines > shown)
        put_more_lines(printed, captured->lines - shown);
    else if (left > 0)
        snprintf(printed->more[1], sizeof printed->more[1], "and %s more byte%s",
                 count_text(left).text, left == 1 ? "" : "s");
}

/** They stand in the order of the tasks. */
static const struct captured *find(const struct variant_report *variant, size_t task)
{
    const struct run *run = drawn_run(variant);
    size_t from = 0, to = run != NULL ? run->captured_count : 0;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (run->captured[middle].task == task)
            return &run->captured[middle];
        if (run->captured[middle].task < task)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

static bool is_same(const struct captured *one, const struct captured *other)
{
    return one != NULL && other != NULL && one->bytes == other->bytes &&
           one->cksum == other->cksum;
}

/** What is the same in all variants is shown once, of the first. */
static bool is_alike(const struct report *report, const struct captured *captured)
{
    for (size_t i = 0; i < report->variant_count; i++)
        if (!is_same(find(&report->variants[i], captured->task), captured))
            return false;
    return true;
}

static bool has_printed(const struct run *run)
{
    return run != NULL && run->printed != NULL && run->printed_bytes > 0;
}

/** What the programs printed together that are not shown one by one. */
struct others {
    size_t programs;
    uint64_t lines, bytes;
};

static void of_others(const struct others *others, struct printed *printed)
{
    printed->is_programs = true;
    snprintf(printed->who, sizeof printed->who, "%s more program%s",
             count_text(others->programs).text, others->programs == 1 ? "" : "s");
    say_how_much(printed, others->lines, others->bytes);
}

/** The program's part with that number; `number` is less by those that there are. */
static bool find_program(const struct report *report, size_t variant, size_t *number,
                         struct printed *printed)
{
    const struct run *run = drawn_run(&report->variants[variant]);
    struct others others = {.programs = 0};
    size_t shown = 0;
    for (size_t i = 0; run != NULL && i < run->captured_count; i++) {
        const struct captured *captured = &run->captured[i];
        bool alike = is_alike(report, captured);
        if (captured->text_bytes == 0 || (alike && variant > 0))
            continue;
        if (shown++ >= PROGRAMS_SHOWN) {
            others.programs++;
            others.lines += captured->lines;
            others.bytes += captured->bytes;
        } else if ((*number)-- == 0) {
            title_program(report, variant, captured, alike, printed);
            of_program(captured, printed);
            return true;
        }
    }
    if (others.programs == 0 || (*number)-- > 0)
        return false;
    of_others(&others, printed);
    return true;
}

bool printed_of_variant(const struct report *report, size_t variant, size_t number,
                        struct printed *printed)
{
    const struct run *run = drawn_run(&report->variants[variant]);
    *printed = (struct printed){.bytes = 0};
    if (!has_printed(run) || number-- > 0)
        return find_program(report, variant, &number, printed);
    of_lesson(&report->variants[variant], run, printed);
    return true;
}

bool printed_of_all(const struct report *report, size_t number, struct printed *printed)
{
    *printed = (struct printed){.bytes = 0};
    for (size_t i = 0; i < report->variant_count; i++) {
        const struct run *run = drawn_run(&report->variants[i]);
        if (!has_printed(run) || number-- > 0)
            continue;
        of_lesson(&report->variants[i], run, printed);
        return true;
    }
    for (size_t i = 0; i < report->variant_count; i++)
        if (find_program(report, i, &number, printed))
            return true;
    return false;
}

/** A copy in which a NUL is "\0". */
static char *copy_of(const char *text, size_t bytes)
{
    char *copy = malloc(2 * bytes + 1), *to = copy;
    if (copy == NULL)
        return NULL;
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] == '\0')
            to = stpcpy(to, "\\0");
        else
            *to++ = text[i];
    }
    *to = '\0';
    return copy;
}

bool printed_line(struct printed *printed, char **line)
{
    if (printed->bytes == 0)
        return false;
    const char *newline = memchr(printed->text, '\n', printed->bytes);
    size_t length =
        newline != NULL ? (size_t)(newline - printed->text) : printed->bytes;
    *line = copy_of(printed->text, length);
    length += newline != NULL;
    printed->text += length;
    printed->bytes -= length;
    return true;
}
