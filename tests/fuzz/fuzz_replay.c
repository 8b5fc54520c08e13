// SPDX-License-Identifier: MIT
/**
 * Nonsense for those who read saved runs.  An eighth of the changes are made by
 * libFuzzer to the bytes, the others to what the JSON says, so that it often is a run
 * still.  Whatever it is: it is refused in one safe line, or every view can write it,
 * and what the JSON view writes is a run again.
 */

#include "change.h"
#include "fuzz.h"

#include "classroom/replay/inner.h"
#include "classroom/saved/saved.h"
#include "view/moment.h"
#include "view/view.h"

#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

/** What was made last: libFuzzer changes an input some times over. */
static struct {
    json_t *root;
    unsigned sum;
    size_t size;
} last;

static json_t *parse(const uint8_t *data, size_t size)
{
    if (last.root != NULL && last.size == size && last.sum == fuzz_sum(data, size))
        return last.root;
    json_decref(last.root);
    last.root = json_loadb((const char *)data, size, JSON_ALLOW_NUL, NULL);
    return last.root;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    json_t *root = seed % 8 != 0 ? parse(data, size) : NULL;
    if (root == NULL)
        return LLVMFuzzerMutate(data, size, max);
    for (unsigned i = 0; i <= seed / 8 % 3; i++)
        change_run(root, seed + i * 7919);
    last.size = json_dumpb(root, (char *)data, max, JSON_COMPACT);
    if (last.size > max || last.size == 0) {
        json_decref(last.root);
        last.root = NULL;
        return LLVMFuzzerMutate(data, size, max);
    }
    last.sum = fuzz_sum(data, last.size);
    return last.size;
}

static void check_refusal(const struct saved_error *error)
{
    size_t length = strnlen(error->text, sizeof error->text);
    INSIST(length > 0 && length < sizeof error->text);
}

/** As one view has it: all of them for each input would take too long. */
static void write_view(const struct report *report, unsigned choice)
{
    static const struct style styles[] = {
        {.width = 80, .palette = PALETTE_256, .unicode = true},
        {.width = 17, .palette = PALETTE_NONE},
    };
    size_t count = 0;
    while (views[count].name != NULL)
        count++;
    const struct view *view = &views[choice % count];
    const struct style *style = &styles[choice / count % 2];
    bool colored = style->palette != PALETTE_NONE && view->write == text_write;
    bool csv = view->write == csv_write;
    FILE *out = fuzz_sink(colored ? "\n\x1b" : csv ? "\n\r" : "\n");
    INSIST(view->write(report, style, out) == 0);
    fuzz_sink_end(out);
}

/** At its beginning, in its middle or at its end. */
static void write_moment(const struct report *report, unsigned choice)
{
    static const struct style style = {.width = 40, .height = 12, .unicode = true};
    size_t variant = choice / 3 % report->variant_count;
    int64_t length_ns = moment_length_ns(report, variant);
    struct moment moment;
    if (length_ns < 0)
        return;
    INSIST(moment_create(&moment, report, variant, length_ns / 2 * (choice % 3)) == 0);
    FILE *out = fuzz_sink("\n");
    INSIST(text_write_pictures(&moment.report, &style, out) == 0);
    fuzz_sink_end(out);
    moment_destroy(&moment);
}

static void write_list(const struct report *report)
{
    FILE *out = fuzz_sink("\n");
    INSIST(replay_list(report, true, out) == 0);
    fuzz_sink_end(out);
}

static char *as_json(const struct report *report, size_t *bytes)
{
    static const struct style style = {.width = 80, .unicode = true};
    char *text = NULL;
    FILE *out = open_memstream(&text, bytes);
    INSIST(out != NULL && json_write(report, &style, out) == 0);
    INSIST(fclose(out) == 0);
    return text;
}

/** What is written of it is a run again, and the same is written of that. */
static void check_round_trip(const struct report *report)
{
    struct saved_error error;
    struct saved *again = NULL;
    size_t bytes, bytes_again;
    char *text = as_json(report, &bytes);
    json_t *root = saved_parse_text(text, bytes, &error);
    INSIST(root != NULL && saved_read_json(&again, root, &error) == 0);
    char *text_again = as_json(&again->report, &bytes_again);
    INSIST(bytes == bytes_again && memcmp(text, text_again, bytes) == 0);
    saved_destroy(again);
    free(text_again);
    free(text);
}

/** Something of what is done with a run: all of it would take too long. */
static void use(struct saved *saved, unsigned choice)
{
    const struct report *report = &saved->report;
    switch (choice % 16) {
    case 0:
    case 1:
        write_moment(report, choice / 16);
        break;
    case 2:
    case 3:
        write_list(report);
        break;
    case 4:
    case 5:
    case 6:
        check_round_trip(report);
        break;
    case 7:
    case 8:
    case 9:
    case 10:
        saved->options.explain = choice / 16 % 2 == 0;
        write_view(report, choice / 32);
        break;
    default: /* to be read and forgotten */
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct saved_error error = {{0}};
    struct saved *saved;
    json_t *root = saved_parse_text((const char *)data, size, &error);
    if (root == NULL || saved_read_json(&saved, root, &error) != 0) {
        check_refusal(&error);
        return 0;
    }
    use(saved, fuzz_sum(data, size));
    saved_destroy(saved);
    return 0;
}
