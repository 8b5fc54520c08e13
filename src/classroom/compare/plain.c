// SPDX-License-Identifier: MIT
#include "classroom/compare/view.h"

#include "text/width.h"
#include "view/words.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

static void say_times(const struct entry *entry, bool ascii, FILE *out)
{
    struct quantity median = compare_wall_text(entry->wall.median, ascii);
    fputs(median.text, out);
    if (entry->wall_count > 1)
        fprintf(out, ", the median of %s runs, from %s", compare_runs_text(entry).text,
                spread_words(&entry->wall, median.text, " to ", ascii).text);
    else if (entry->run_count > 1)
        fprintf(out, ", %s runs", compare_runs_text(entry).text);
    if (entry->ideal_ns < 0)
        return;
    int64_t over = entry->wall.median - entry->ideal_ns;
    struct quantity by = overhead_text(over, ascii);
    fprintf(out, "; %s %s the ideal", by.text + (over != 0),
            over < 0 ? "under" : "over");
}

/** "1.50 times as fast as sequential": no sign that a screen reader stumbles on. */
static void say_ratio(double ratio, enum judgement is, const char *than, FILE *out)
{
    if (is == JUDGE_NONE || ratio <= 0)
        return;
    struct quantity text = ratio_text(ratio, true);
    text.text[strcspn(text.text, "x")] = '\0';
    fprintf(out, "; %s times as fast as %s", text.text, than);
    if (is == JUDGE_NOISE)
        fputs(", which is noise", out);
}

static void say_guess(const struct entry *entry, bool ascii, FILE *out)
{
    const struct guess *guess = &entry->guess;
    if (!guess->is_given)
        return;
    fprintf(out, "; predicted: %s", compare_guess_text(entry, ascii).text);
    if (guess->reason == NULL || guess->reason[0] == '\0')
        return;
    fputs(", \"", out);
    text_print_safe(guess->reason, ascii, out);
    fputs("\"", out);
}

static void say_entry(const struct comparison *comparison,
                      const struct compared_demo *demo, const struct entry *entry,
                      bool ascii, FILE *out)
{
    const struct compared_file *file = &comparison->files[entry->file];
    fprintf(out, "%s, %s, %s: ", demo->name, entry->name, file->label);
    if (entry->wall_count > 0)
        say_times(entry, ascii, out);
    else
        fputs(compare_instead(entry).text, out);
    say_ratio(entry->speedup, entry->speedup_is, file->entries[0].name, out);
    say_ratio(entry->to_first, entry->to_first_is, "the first file", out);
    say_guess(entry, ascii, out);
    if (!demo->same_machine || !demo->same_cores)
        fprintf(out, "; on %s, %u of %u cores", file->machine.cpu, file->cores_used,
                file->machine.cores);
    fputs(".\n", out);
}

static void say_demo(const struct comparison *comparison,
                     const struct compared_demo *demo, bool ascii, FILE *out)
{
    fprintf(out, "%s: ", demo->name);
    compare_say_common(comparison, demo, out);
    fputs(".\n", out);
    for (size_t i = 0; i < demo->difference_count; i++) {
        fputs("Not alike: ", out);
        compare_say_difference(comparison, demo, &demo->differences[i], out);
        fputs(".\n", out);
    }
    for (size_t i = 0; i < demo->variant_count; i++)
        for (size_t j = 0; j < demo->variants[i].count; j++)
            say_entry(comparison, demo, demo->variants[i].entries[j], ascii, out);
    compare_say_limits(demo, out);
}

int compare_write_plain(const struct comparison *comparison, const struct style *style,
                        FILE *out)
{
    for (size_t i = 0; i < comparison->demo_count; i++) {
        struct draft said;
        if (draft_open(&said) == NULL)
            return UV_ENOMEM;
        say_demo(comparison, &comparison->demos[i], !style->unicode, said.file);
        char *text = compare_close_safe(&said, style);
        if (text == NULL)
            return UV_ENOMEM;
        fputs(text, out);
        free(text);
    }
    return 0;
}
