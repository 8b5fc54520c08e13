// SPDX-License-Identifier: MIT
/**
 * Nonsense for conc compare.  The input's bytes 0xff, which no JSON has, part it into
 * files.  Whatever they hold: no crash, a line for each that is skipped, and nothing in
 * what is printed that a terminal would obey.
 */

#include "fuzz.h"

#include "classroom/compare/view.h"

#include <stdlib.h>
#include <string.h>

#define FILES_MAX 4

static void check_writer(const struct comparison *comparison, compare_writer *writer,
                         const struct style *style, const char *allowed)
{
    FILE *out = fuzz_sink(allowed);
    INSIST(writer(comparison, style, out) == 0);
    fuzz_sink_end(out);
}

static void check_entry(const struct entry *entry)
{
    INSIST(entry->wall_count + entry->stuck + entry->cut + entry->stopped ==
           entry->run_count);
    for (size_t i = 1; i < entry->wall_count; i++)
        INSIST(entry->walls[i - 1] <= entry->walls[i]);
    if (entry->wall_count > 0)
        INSIST(entry->wall.min <= entry->wall.median &&
               entry->wall.median <= entry->wall.max);
    INSIST(entry->speedup >= 0 && entry->to_first >= 0);
}

static void check_comparison(const struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->skipped_count; i++)
        INSIST(comparison->skipped[i].error.text[0] != '\0');
    for (size_t i = 0; i < comparison->file_count; i++)
        for (size_t j = 0; j < comparison->files[i].entry_count; j++)
            check_entry(&comparison->files[i].entries[j]);
}

/** One way a time, so that there is time for more inputs. */
static void write_it(const struct comparison *comparison, unsigned choice)
{
    static const struct {
        compare_writer *write;
        const char *allowed;
    } ways[] = {{compare_write_text, "\n"},  {compare_write_plain, "\n"},
                {compare_write_csv, "\r\n"}, {compare_write_json, "\n"},
                {compare_write_svg, "\n"},   {compare_write_html, "\n"},
                {compare_write_text, "\n"},  {compare_write_text, "\n"}};
    const struct style style = {
        .width = 1 + choice % 100, .unicode = choice % 2 == 0, .palette = PALETTE_NONE};
    size_t way = choice / 100 % (sizeof ways / sizeof *ways);
    check_writer(comparison, ways[way].write, &style, ways[way].allowed);
}

/** To leave lanes out must not make a file worse. */
static void check_parsing(const char *text, size_t length)
{
    struct saved_error error = {""}, other = {""};
    char *copy = malloc(length + 1);
    INSIST(copy != NULL);
    memcpy(copy, text, length);
    json_t *whole = saved_parse_text(text, length, &error);
    json_t *figures = saved_parse_figures_text(copy, length, &other);
    INSIST(whole == NULL || figures != NULL);
    INSIST((whole == NULL) == (error.text[0] != '\0'));
    INSIST((figures == NULL) == (other.text[0] != '\0'));
    json_decref(whole);
    json_decref(figures);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct comparison comparison = {.ascii = size % 2 == 1};
    const char *text = (const char *)data;
    size_t left = size, count = 0;
    unsigned choice = fuzz_sum(data, size);
    while (left > 0 && count < FILES_MAX) {
        const char *end = memchr(text, 0xff, left);
        size_t length = end != NULL ? (size_t)(end - text) : left;
        char path[32];
        snprintf(path, sizeof path, "class/file%zu.json", count++);
        if (choice % 16 == 0)
            check_parsing(text, length);
        INSIST(compare_add_text(&comparison, path, text, length) == 0);
        length += end != NULL;
        text += length;
        left -= length;
    }
    INSIST(comparison.file_count + comparison.skipped_count == count);
    INSIST(compare_sum(&comparison) == 0);
    check_comparison(&comparison);
    if (comparison.file_count > 0)
        write_it(&comparison, choice);
    compare_destroy(&comparison);
    return 0;
}
