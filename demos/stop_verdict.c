// SPDX-License-Identifier: MIT
#include "stop_verdict.h"

#include "card.h"
#include "card_words.h"
#include "stop_facts.h"
#include "text/quantity.h"

#include <string.h>

/** What a verdict looks at. */
struct look {
    const struct report *report;
    const struct variant_report *variant;
    FILE *out;
};

static bool is_variant(const struct look *look, const char *name)
{
    return strcmp(look->variant->variant->name, name) == 0;
}

static bool computes(const struct look *look)
{
    return look->report->options->work == WORK_CPU;
}

static struct quantity count_of(const struct look *look, const char *key)
{
    return count_text((uint64_t)outcome_of(look->variant, key));
}

/** Whether every run's outcome has that. */
static bool is_known(const struct look *look, const char *key)
{
    for (size_t i = 0; i < look->variant->run_count; i++)
        if (json_object_get(look->variant->runs[i].outcome, key) == NULL)
            return false;
    return true;
}

/** The one that it is about, of a single run: "darthvader". */
static const char *name_of_last(const struct look *look)
{
    const struct run *run = shown_run(look->variant);
    struct ends ends;

    return ends_of(run, &ends) ? run->timeline.lanes[ends.last].name : "";
}

/** "both threads", "the process", "all 6 threads", "darthvader", "3 of 6 threads". */
static void say_who(const struct look *look, json_int_t count)
{
    const char *many = is_variant(look, "kill") ? "processes" : "threads";
    json_int_t all = outcome_of(look->variant, "tasks");
    bool once = look->variant->run_count == 1;

    if (count == all && all == 1)
        fprintf(look->out, "the %s", is_variant(look, "kill") ? "process" : "thread");
    else if (count == all)
        fprintf(look->out, "%s %s", all == 2 && once ? "both" : "all", many);
    else if (count == 1 && once)
        fputs(name_of_last(look), look->out);
    else
        fprintf(look->out, "%s of %s %s", count_text((uint64_t)count).text,
                count_text((uint64_t)all).text, many);
}

/** "in 20 runs, ", where there were several. */
static void say_runs(const struct look *look)
{
    if (look->variant->run_count > 1)
        fprintf(look->out, "in %s runs, ", count_text(look->variant->run_count).text);
}

/** "2 records that were being written are left half done". */
static void say_half(const struct look *look)
{
    json_int_t half = outcome_of(look->variant, "records_half");

    fprintf(look->out, "%s record%s left half done",
            count_of(look, "records_half").text,
            half == 1 ? " that was being written is" : "s that were being written are");
}

/** Whether it is no luck that nothing is left half done. */
static bool is_safe(const struct look *look)
{
    return is_variant(look, "flag") || is_variant(look, "wakeup") ||
           is_variant(look, "cancel");
}

/** What is not as it should be; a sentence. */
static void say_left(const struct look *look)
{
    bool is_counted = is_known(look, "records_half");
    json_int_t half = is_counted ? outcome_of(look->variant, "records_half") : 0;
    json_int_t locked = outcome_of(look->variant, "locks_left");

    if (!is_counted && locked == 0)
        return;
    fputc(' ', look->out);
    if (half == 0 && locked == 0) {
        fputs(is_safe(look) ? "Nothing is left half done."
                            : "This time no record is left half done.",
              look->out);
        return;
    }
    if (half > 0)
        say_half(look);
    if (locked > 0)
        fprintf(look->out, "%s%s lock%s locked for ever", half > 0 ? ", and " : "",
                count_of(look, "locks_left").text, locked == 1 ? " stays" : "s stay");
    fputc('.', look->out);
}

static void verdict_on_never(const struct look *look)
{
    json_int_t cut = outcome_of(look->variant, "cut_off");

    fputs("never: ", look->out);
    say_runs(look);
    if (cut == 0) {
        fputs("all threads had ended when main returned.", look->out);
        return;
    }
    fputs("nobody asked, and the program took ", look->out);
    say_who(look, cut);
    fputs(" with it.", look->out);
    say_left(look);
}

/** The longest that it took in any run. */
static int64_t longest_stop_ns(const struct look *look)
{
    const json_t *each = json_object_get(look->variant->outcome, "stopped_max_ns"),
                 *one;
    json_int_t longest = 0;
    size_t i;

    json_array_foreach(each, i, one)
    {
        if (json_integer_value(one) > longest)
            longest = json_integer_value(one);
    }
    return longest;
}

/** "both threads", or "1 thread had ended by itself; darthvader", or "4 threads had
 * ended by themselves; the other 3". */
static void say_asked(const struct look *look, json_int_t asked)
{
    json_int_t others = outcome_of(look->variant, "tasks") - asked;
    const char *one = is_variant(look, "kill") ? "process" : "thread";
    const char *many = is_variant(look, "kill") ? "processes" : "threads";

    if (others > 0)
        fprintf(look->out, "%s %s had ended by %s; ", number_text(others).text,
                others == 1 ? one : many, others == 1 ? "itself" : "themselves");
    if (others <= 0 || (asked == 1 && look->variant->run_count == 1))
        say_who(look, asked);
    else
        fprintf(look->out, "the other %s",
                asked == 1 ? "one" : number_text(asked).text);
}

/** "flag: both threads had ended 133 ms after main asked"; @return false: none was
 * there to be asked. */
static bool say_stopped(const struct look *look)
{
    json_int_t asked = outcome_of(look->variant, "asked");
    bool once = look->variant->run_count == 1;

    fprintf(look->out, "%s: ", look->variant->variant->name);
    say_runs(look);
    if (asked == 0) {
        say_who(look, outcome_of(look->variant, "tasks"));
        fputs(" had ended before main asked.", look->out);
        return false;
    }
    say_asked(look, asked);
    fprintf(look->out, " had ended %s%s after main asked", once ? "" : "at most ",
            duration_text(longest_stop_ns(look), false).text);
    return true;
}

/** Tasks that take no time neither sleep nor compute. */
static bool takes_time(const struct look *look)
{
    return longest_ttl_ns(&look->report->options->tasks) > 0;
}

/** How long a record takes: "200 ms to 400 ms", of computing or not. */
static void say_length(const struct look *look)
{
    const struct options *options = look->report->options;
    int64_t records = option_of(look->report->card, options, "--records");
    int64_t longest = longest_ttl_ns(&options->tasks) / records;
    int64_t shortest = shortest_ttl_ns(&options->tasks) / records;

    if (shortest < longest)
        fprintf(look->out, "%s to ", chosen_text(shortest).text);
    fputs(chosen_text(longest).text, look->out);
    if (computes(look))
        fputs(" of computing", look->out);
}

static void verdict_on_flag(const struct look *look)
{
    if (!say_stopped(look))
        return;
    fprintf(look->out, ": %s looks at the flag before a record",
            look->report->options->tasks.count == 1 ? "it" : "each");
    if (takes_time(look)) {
        fputs(", which takes ", look->out);
        say_length(look);
    }
    fputc('.', look->out);
    say_left(look);
}

/** ": a thread that sleeps is woken", where some slept, and were ended in it. */
static void say_why(const struct look *look, const char *of_sleep,
                    const char *of_computing)
{
    bool has_undone = !is_known(look, "records_undone") ||
                      outcome_of(look->variant, "records_undone") > 0;

    if (takes_time(look) && (computes(look) || has_undone))
        fprintf(look->out, ": %s", computes(look) ? of_computing : of_sleep);
}

/** " They undid 2 records.", where there are any. */
static void say_undone(const struct look *look, const char *one, const char *many)
{
    json_int_t undone = outcome_of(look->variant, "records_undone");

    if (!is_known(look, "records_undone") || undone == 0)
        return;
    fprintf(look->out, " %s undid %s record%s.",
            outcome_of(look->variant, "cleanups_run") == 1 ? one : many,
            count_of(look, "records_undone").text, undone == 1 ? "" : "s");
}

static void verdict_on_wakeup(const struct look *look)
{
    if (!say_stopped(look))
        return;
    say_why(look, "a thread that sleeps is woken",
            "a thread that computes does not sleep, and cannot be woken");
    fputc('.', look->out);
    say_undone(look, "It", "They");
    say_left(look);
}

static void verdict_on_cancel(const struct look *look)
{
    if (!say_stopped(look))
        return;
    say_why(look, "sleeping is a cancellation point",
            "computing is no cancellation point, but pthread_testcancel before a "
            "record is");
    fputc('.', look->out);
    say_undone(look, "A cleanup handler", "Cleanup handlers");
    say_left(look);
}

static void verdict_on_bare(const struct look *look)
{
    if (!say_stopped(look))
        return;
    fputs(". No cleanup handler was there to run.", look->out);
    say_left(look);
}

static void verdict_on_kill(const struct look *look)
{
    if (!say_stopped(look))
        return;
    fputs(outcome_of(look->variant, "asked") == 1
              ? ", wherever it was; its lock went with its memory."
              : ", wherever they were; their locks went with their memory.",
          look->out);
    say_left(look);
}

void stop_verdict(const struct report *report, size_t index, FILE *out)
{
    static const struct {
        const char *name;
        void (*say)(const struct look *look);
    } verdicts[] = {
        {"never", verdict_on_never},      {"flag", verdict_on_flag},
        {"wakeup", verdict_on_wakeup},    {"cancel", verdict_on_cancel},
        {"cancel-bare", verdict_on_bare}, {"kill", verdict_on_kill},
    };
    const struct look look = {
        .report = report, .variant = &report->variants[index], .out = out};

    if (look.variant->status != VARIANT_DONE || !is_known(&look, "asked"))
        return;
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (is_variant(&look, verdicts[i].name))
            verdicts[i].say(&look);
    if (computes(&look))
        say_busy(report, look.variant, out);
}
