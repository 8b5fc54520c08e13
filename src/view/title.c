// SPDX-License-Identifier: MIT
#include "view/title.h"
#include "card.h"
#include "text/draft.h"
#include "text/quantity.h"
#include "text/width.h"
#include "view/chosen_run.h"
#include "view/command_line.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/** So many tasks are named one by one. */
#define NAMED_TASKS 10

/** And so much of each program. */
#define PROGRAM_BYTES 40

static struct quantity number_word(size_t count)
{
    static const char *const words[] = {"no",    "one",  "two", "three",
                                        "four",  "five", "six", "seven",
                                        "eight", "nine", "ten"};
    struct quantity word = {""};
    if (count < sizeof words / sizeof *words) {
        snprintf(word.text, sizeof word.text, "%s", words[count]);
        return word;
    }
    return count_text(count);
}

static void ttl_range(const struct tasks *tasks, int64_t *least, int64_t *most)
{
    *least = *most = tasks->count > 0 ? tasks->at[0].ttl_ns : 0;
    for (size_t i = 1; i < tasks->count; i++) {
        int64_t ttl = tasks->at[i].ttl_ns;
        *least = ttl < *least ? ttl : *least;
        *most = ttl > *most ? ttl : *most;
    }
}

/** "two tasks that wait", "eight tasks that compute 1 s each", "20 tasks that wait 1 s
 * to 5 s". */
static void put_sum_of_tasks(FILE *out, const struct options *options, bool with_ttls,
                             bool ascii)
{
    const struct tasks *tasks = &options->tasks;
    bool one = tasks->count == 1;
    int64_t least, most;
    if (options->programs != NULL) {
        fprintf(out, "%s program%s", number_word(tasks->count).text, one ? "" : "s");
        return;
    }
    ttl_range(tasks, &least, &most);
    fprintf(out, "%s task%s that %s%s", number_word(tasks->count).text, one ? "" : "s",
            options->work == WORK_CPU ? "compute" : "wait", one ? "s" : "");
    if (with_ttls && least == most) {
        fprintf(out, " %s%s", short_ttl_text(least, ascii).text, one ? "" : " each");
    } else if (with_ttls) {
        fprintf(out, " %s", short_ttl_text(least, ascii).text);
        fprintf(out, " %s %s", tasks->count == 2 ? "and" : "to",
                short_ttl_text(most, ascii).text);
    }
}

/** "sh -c 'exit 3'": as it was given, cut where it is long. */
static void put_program(char **argv, bool ascii, FILE *out)
{
    struct draft draft;
    FILE *words = draft_open(&draft);
    if (words != NULL)
        command_words(argv, words);
    char *text = draft_close(&draft);
    if (text == NULL)
        return;
    size_t cut = text_fit_bytes(text, PROGRAM_BYTES);
    bool is_cut = text[cut] != '\0';
    text[cut] = '\0';
    text_print_safe(text, ascii, out);
    fputs(is_cut ? "..." : "", out);
    free(text);
}

/** The tasks by name, for a few. */
static void put_tasks(FILE *out, const struct options *options, bool ascii)
{
    const struct tasks *tasks = &options->tasks;
    int64_t least, most;
    ttl_range(tasks, &least, &most);
    bool same = least == most && tasks->count > 1;
    put_sum_of_tasks(out, options, same, ascii);
    for (size_t i = 0; i < tasks->count; i++) {
        fputs(i == 0 ? ": " : ", ", out);
        if (options->programs != NULL) {
            put_program(options->programs[i], ascii, out);
            continue;
        }
        text_print_safe(tasks->at[i].name, ascii, out);
        if (!same)
            fprintf(out, " %s", short_ttl_text(tasks->at[i].ttl_ns, ascii).text);
    }
}

void put_task_words(const struct options *options, bool ascii, FILE *out)
{
    if (options->tasks.count <= NAMED_TASKS)
        put_tasks(out, options, ascii);
    else
        put_sum_of_tasks(out, options, true, ascii);
}

static char *tasks_text(const struct options *options, bool by_name, bool ascii)
{
    struct draft draft;
    FILE *out = draft_open(&draft);
    if (out != NULL && by_name)
        put_tasks(out, options, ascii);
    else if (out != NULL)
        put_sum_of_tasks(out, options, true, ascii);
    return draft_close(&draft);
}

/** The tasks in words, by name where they are few and that takes `columns` at most. */
static char *tasks_words(const struct options *options, unsigned columns, bool ascii)
{
    if (options->tasks.count <= NAMED_TASKS) {
        char *text = tasks_text(options, true, ascii);
        if (text != NULL && text_width(text) <= columns)
            return text;
        free(text);
    }
    return tasks_text(options, false, ascii);
}

/** Whether it is not as it would be had nobody asked.  Times stand in the picture. */
static bool is_worth_saying(const struct own_option *own, const struct tasks *tasks,
                            int64_t value)
{
    return own->kind != OWN_TIME && value != own_preset(own, tasks);
}

static void put_own_word(const struct own_option *own, int64_t value, FILE *out)
{
    size_t length;
    const char *word = own_word(own, value, &length);
    fprintf(out, " %.*s", (int)length, word);
}

bool put_own_options(const struct report *report, const char *before, FILE *out)
{
    const struct own_option *own = report->card->options;
    const int64_t *value = report->options->own;
    bool any = false;
    for (; own != NULL && value != NULL && own->name != NULL; own++, value++) {
        if (!is_worth_saying(own, &report->options->tasks, *value))
            continue;
        fprintf(out, "%s%s", any ? " " : before, own->name);
        if (own->kind == OWN_NUMBER)
            fprintf(out, " %" PRId64, *value);
        if (own->kind == OWN_WORD)
            put_own_word(own, *value, out);
        if (own->kind == OWN_RANGE)
            fprintf(out, " %u..%u", own_range(*value).from, own_range(*value).to);
        any = true;
    }
    return any;
}

bool put_window(const struct options *options, bool ascii, FILE *out)
{
    int64_t from_ns = options->from_ns > 0 ? options->from_ns : 0;
    if (from_ns == 0 && options->to_ns < 0)
        return false;
    fprintf(out, "%s to ", from_ns > 0 ? short_ttl_text(from_ns, ascii).text : "0");
    fputs(options->to_ns < 0 ? "the end" : short_ttl_text(options->to_ns, ascii).text,
          out);
    return true;
}

void put_cores(const struct report *report, FILE *out)
{
    unsigned cores = report->options->cores;
    const struct machine *machine = &report->machine;
    fprintf(out, "%u of %u core%s", cores, machine->cores,
            machine->cores == 1 ? "" : "s");
    if (machine->cpu_quota > 0 && machine->cpu_quota < cores)
        fprintf(out, ", limited to %.3g by a cgroup", machine->cpu_quota);
}

void put_notes(const struct report *report, bool whole, bool ascii, FILE *out)
{
    const struct options *options = report->options;
    const char *between = "";
    if (options->work == WORK_CPU || options->cores < report->machine.cores) {
        put_cores(report, out);
        between = "; ";
    }
    if (options->repeat > 1) {
        fprintf(out, "%seach variant %s times, the median%s is drawn", between,
                count_text(options->repeat).text,
                any_stuck(report) ? ", or the first that got stuck," : "");
        between = "; ";
    }
    if (options->speed > 1) {
        fprintf(out, "%sall times %s shorter", between,
                factor_text(options->speed, ascii).text);
        between = "; ";
    } else if (options->speed < 1 && options->speed > 0) {
        fprintf(out, "%sall times %s longer", between,
                factor_text(1 / options->speed, ascii).text);
        between = "; ";
    }
    if (put_own_options(report, between[0] != '\0' ? "; with " : "with ", out))
        between = "; ";
    if (!whole && (options->from_ns > 0 || options->to_ns >= 0)) {
        fprintf(out, "%sdrawn: ", between);
        put_window(options, ascii, out);
    }
}

void put_title(struct pen *pen, const struct report *report, bool whole)
{
    bool ascii = !pen->style->unicode;
    const char *demo = report->card->demo->name;
    unsigned width = pen->style->width, indent = 5 + (unsigned)strlen(demo) + 4;
    char notes[256] = "";
    char *tasks =
        tasks_words(report->options, 2 * (width > indent ? width - indent : 1), ascii);
    FILE *memory = fmemopen(notes, sizeof notes, "w");
    if (memory != NULL) {
        put_notes(report, whole, ascii, memory);
        fclose(memory);
    }
    pen_format(pen, INK_STRONG, "conc %s", demo);
    if (width < 60) {
        pen_newline(pen);
        indent = 0;
    }
    pen_move(pen, indent);
    pen_wrap(pen, INK_PLAIN, indent, width, tasks != NULL ? tasks : "");
    if (notes[0] != '\0')
        pen_wrap(pen, INK_FAINT, indent, width, notes);
    free(tasks);
}
