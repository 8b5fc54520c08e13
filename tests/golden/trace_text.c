// SPDX-License-Identifier: MIT
#include "trace_text_inner.h"

#include "cli/options.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

void fixture_fail(const struct fixture *f, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s:%u: ", f->file, f->line);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

static void *need(const struct fixture *f, void *memory)
{
    if (memory == NULL)
        fixture_fail(f, "out of memory");
    return memory;
}

/** Room for one more item at the end of an array that has no capacity to care for. */
void *fixture_more(const struct fixture *f, void *items, size_t count, size_t size)
{
    char *grown = need(f, realloc(items, (count + 1) * size));
    memset(grown + count * size, 0, size);
    return grown;
}

const char *fixture_word(struct fixture *f, const char *what)
{
    if (f->at >= f->count)
        fixture_fail(f, "%s is missing", what);
    return f->words[f->at++];
}

bool fixture_accept(struct fixture *f, const char *text)
{
    if (f->at >= f->count || strcmp(f->words[f->at], text) != 0)
        return false;
    f->at++;
    return true;
}

char *fixture_rest(struct fixture *f, const char *what)
{
    const char *text = f->whole + strspn(f->whole, " \t");
    for (size_t i = 0; i < f->at; i++) {
        text += strcspn(text, " \t");
        text += strspn(text, " \t");
    }
    if (what != NULL && *text == '\0')
        fixture_fail(f, "%s is missing", what);
    f->at = f->count;
    return need(f, strdup(text));
}

/** The rest of the line as it stands, after the first word; the caller owns it. */
static char *rest(struct fixture *f)
{
    f->at = 1;
    return fixture_rest(f, NULL);
}

unsigned long fixture_number(struct fixture *f, const char *what)
{
    char *end;
    const char *text = fixture_word(f, what);
    unsigned long value = strtoul(text, &end, 0);
    if (*end != '\0')
        fixture_fail(f, "%s: no number: %s", what, text);
    return value;
}

/** "1.5", "20ms": by whole digits, so that no rounding of binary fractions shows. */
bool fixture_parse_time(const char *text, int64_t *ns)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"", NS_PER_S},
                 {"s", NS_PER_S},
                 {"ms", NS_PER_MS},
                 {"us", NS_PER_US},
                 {"ns", 1}};
    int64_t whole = 0, part = 0, scale = 1;
    bool digits = false;
    for (; isdigit((unsigned char)*text); text++, digits = true)
        whole = whole * 10 + (*text - '0');
    if (*text == '.')
        for (text++; isdigit((unsigned char)*text); text++, scale *= 10, digits = true)
            part = part * 10 + (*text - '0');
    for (size_t i = 0; digits && i < sizeof units / sizeof *units; i++)
        if (strcmp(text, units[i].name) == 0) {
            *ns = whole * units[i].ns + part * units[i].ns / scale;
            return true;
        }
    return false;
}

int64_t fixture_time(struct fixture *f, const char *what)
{
    int64_t ns;
    const char *text = fixture_word(f, what);
    if (!fixture_parse_time(text, &ns))
        fixture_fail(f, "%s: no time: %s", what, text);
    return ns;
}

struct variant_report *fixture_variant(struct fixture *f)
{
    if (f->report.variant_count == 0)
        fixture_fail(f, "no variant yet");
    return &f->report.variants[f->report.variant_count - 1];
}

static struct run *run_now(struct fixture *f)
{
    struct variant_report *variant = fixture_variant(f);
    if (variant->run_count == 0)
        fixture_fail(f, "no run yet");
    return &variant->runs[variant->run_count - 1];
}

/* The fake card has only its fixture to speak from; one at a time. */
static const struct fixture *speaking;

static void say_verdict(const struct report *report, size_t variant, FILE *out)
{
    const struct variant *chosen = report->variants[variant].variant;
    const char *text = speaking->verdicts[chosen - speaking->variants];
    if (text != NULL)
        fputs(text, out);
}

static void say_next(const struct report *report, FILE *out)
{
    (void)report;
    const char *bar = speaking->next != NULL ? strstr(speaking->next, " | ") : NULL;
    if (bar != NULL)
        fprintf(out, "%.*s\t%s", (int)(bar - speaking->next), speaking->next, bar + 3);
}

static bool show_interleaving(const struct report *report, size_t variant,
                              struct interleaving *interleaving)
{
    (void)report;
    *interleaving = speaking->exhibits[variant].interleaving;
    return interleaving->step_count > 0;
}

static bool show_histogram(const struct report *report, size_t variant,
                           struct histogram *histogram)
{
    (void)report;
    *histogram = speaking->exhibits[variant].histogram;
    return histogram->bin_count > 0;
}

static json_t *no_outcome(const struct report *report, const struct run *run)
{
    (void)report;
    (void)run;
    return json_object();
}

static void add_task(struct fixture *f, const char *name, int64_t ttl_ns)
{
    size_t number = f->options.tasks.count;
    f->tasks = fixture_more(f, f->tasks, number, sizeof *f->tasks);
    f->views = fixture_more(f, f->views, number, sizeof *f->views);
    f->tasks[number].name = need(f, strdup(name));
    f->tasks[number].ttl_ns = ttl_ns;
    f->tasks[number].number = number;
    snprintf(f->tasks[number].thread_name, sizeof f->tasks[number].thread_name, "%.15s",
             name);
    f->views[number] = (struct task_view){f->tasks[number].name, ttl_ns};
    f->options.tasks = (struct tasks){number + 1, f->tasks};
}

static void read_tasks(struct fixture *f)
{
    unsigned long count = fixture_number(f, "count");
    int64_t ttl_ns = fixture_time(f, "ttl");
    for (unsigned long i = 1; i <= count; i++) {
        char name[32];
        snprintf(name, sizeof name, "task%lu", i);
        add_task(f, name, ttl_ns);
    }
}

static void read_site(struct fixture *f)
{
    if (fixture_number(f, "number") != f->site_count || f->site_count == MAX_SITES)
        fixture_fail(f, "the next site is %zu of %d", f->site_count, MAX_SITES);
    struct site *site = &f->sites[f->site_count++];
    site->file = need(f, strdup(fixture_word(f, "file")));
    site->line = (int)fixture_number(f, "line");
    site->call = need(f, strdup(fixture_word(f, "call")));
    site->text = need(f, strdup(f->at < f->count ? fixture_word(f, "text") : ""));
}

static void sum(struct fixture *f);

static void read_variant(struct fixture *f)
{
    if (f->report.variant_count == 16)
        fixture_fail(f, "no more than 16 variants");
    struct variant *variant = &f->variants[f->report.variant_count];
    struct variant_report *entry = &f->report.variants[f->report.variant_count++];
    variant->name = need(f, strdup(fixture_word(f, "name")));
    variant->about = "a variant of a test";
    variant->shape = fixture_accept(f, "serial") ? SHAPE_SERIAL : SHAPE_CONCURRENT;
    fixture_accept(f, "concurrent");
    variant->extra = fixture_accept(f, "extra");
    variant->other_work = fixture_accept(f, "other_work");
    entry->variant = variant;
    entry->status = fixture_accept(f, "skipped")   ? VARIANT_SKIPPED
                    : fixture_accept(f, "pending") ? VARIANT_PENDING
                    : fixture_accept(f, "running") ? VARIANT_RUNNING
                                                   : VARIANT_DONE;
    sum(f);
}

/** Figures of the variant so far, as the commands would have them made. */
static void sum(struct fixture *f)
{
    if (report_sum(&f->report, f->report.variant_count - 1) < 0)
        fixture_fail(f, "out of memory");
}

static enum ending ending_of(struct fixture *f)
{
    static const char *const names[] = {
        [ENDING_RETURN] = "return",     [ENDING_RUNNING] = "running",
        [ENDING_LIMIT] = "limit",       [ENDING_INTERRUPT] = "interrupt",
        [ENDING_SIGNAL] = "signal",     [ENDING_EXIT] = "exit",
        [ENDING_REFUSED] = "refused",   [ENDING_KEEPER] = "keeper",
        [ENDING_DEADLOCK] = "deadlock",
    };
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (fixture_accept(f, names[i]))
            return (enum ending)i;
    return ENDING_RETURN;
}

static void read_run(struct fixture *f)
{
    struct variant_report *variant = fixture_variant(f);
    variant->runs =
        fixture_more(f, variant->runs, variant->run_count, sizeof *variant->runs);
    struct run *run = &variant->runs[variant->run_count++];
    run->cpu_ns = -1;
    run->ending = ending_of(f);
    if (f->at < f->count && isdigit((unsigned char)f->words[f->at][0]))
        run->number = (int)fixture_number(f, "number");
    run->disturbed = fixture_accept(f, "disturbed");
    f->now_ns = f->last_ns = f->seen_ns = -1;
    if (trace_create(&f->trace, TRACE_BYTES) < 0)
        fixture_fail(f, "no memory for a trace");
}

/** The run's text has ended: make its timeline, and its variant's figures. */
static void end_run(struct fixture *f)
{
    if (f->trace == NULL)
        return;
    struct run *run = run_now(f);
    struct timeline_input input = {
        .trace = f->trace,
        .sites = f->sites,
        .site_count = f->site_count,
        .tasks = f->views,
        .task_count = f->options.tasks.count,
        .now_ns = EPOCH_NS + (f->now_ns >= 0 ? f->now_ns : f->last_ns),
    };
    if (timeline_build(&run->timeline, &input) < 0)
        fixture_fail(f, "no memory for a timeline");
    run->wall_ns = run->timeline.wall_ns;
    if (run->outcome == NULL && run->ending != ENDING_RUNNING)
        run->outcome = no_outcome(NULL, run);
    if (run->ending == ENDING_DEADLOCK)
        fixture_find_deadlock(f, run);
    struct variant_report *variant = fixture_variant(f);
    if (run->ending != ENDING_RETURN && run->ending != ENDING_RUNNING &&
        run->ending != ENDING_DEADLOCK)
        variant->status = VARIANT_PARTIAL;
    trace_destroy(f->trace);
    free(f->writers);
    f->trace = NULL;
    f->writers = NULL;
    f->lane_count = 0;
    sum(f);
}

static void read_run_fact(struct fixture *f, const char *first)
{
    struct run *run = run_now(f);
    if (strcmp(first, "cpu") == 0) {
        run->cpu_ns = fixture_time(f, "cpu");
    } else if (strcmp(first, "now") == 0) {
        f->now_ns = fixture_time(f, "now");
    } else if (strcmp(first, "seen") == 0) {
        f->seen_ns = fixture_time(f, "seen");
        f->threads = f->at < f->count ? (unsigned)fixture_number(f, "threads") : 0;
    } else if (strcmp(first, "detail") == 0) {
        run->detail = rest(f);
    } else if (strcmp(first, "printed") == 0) {
        run->printed = rest(f);
        run->printed_bytes = strlen(run->printed);
    } else if (strcmp(first, "outcome") == 0) {
        char *text = rest(f);
        run->outcome = json_loads(text, 0, NULL);
        free(text);
        if (run->outcome == NULL)
            fixture_fail(f, "outcome: no JSON");
    } else {
        fixture_fail(f, "what is \"%s\"?", first);
    }
}

static void read_argv(struct fixture *f)
{
    struct report *report = &f->report;
    while (f->at < f->count) {
        report->argv =
            fixture_more(f, report->argv, (size_t)report->argc, sizeof(char *));
        report->argv[report->argc++] = need(f, strdup(fixture_word(f, "word")));
    }
}

/** A line that is about the whole report.  @return whether it was. */
static bool read_setting(struct fixture *f, const char *first)
{
    struct options *options = &f->options;
    if (strcmp(first, "demo") == 0)
        snprintf(f->demo_name, sizeof f->demo_name, "%s", fixture_word(f, "name"));
    else if (strcmp(first, "argv") == 0)
        read_argv(f);
    else if (strcmp(first, "work") == 0)
        options->work = fixture_accept(f, "cpu") ? WORK_CPU : WORK_WAIT;
    else if (strcmp(first, "cores") == 0)
        options->cores = (unsigned)fixture_number(f, "cores");
    else if (strcmp(first, "repeat") == 0)
        options->repeat = (unsigned)fixture_number(f, "repeat");
    else if (strcmp(first, "limit") == 0)
        options->limit_ns = fixture_time(f, "limit");
    else if (strcmp(first, "speed") == 0)
        options->speed = (double)fixture_number(f, "speed");
    else if (strcmp(first, "next") == 0)
        f->next = rest(f);
    else if (strcmp(first, "operation") == 0)
        f->card.operation = f->operation = rest(f);
    else if (strcmp(first, "task") == 0)
        add_task(f, f->words[1], (f->at = 2, fixture_time(f, "ttl")));
    else if (strcmp(first, "tasks") == 0)
        read_tasks(f);
    else if (strcmp(first, "site") == 0)
        read_site(f);
    else
        return false;
    fixture_accept(f, "wait");
    return true;
}

static void read_prediction(struct fixture *f)
{
    struct options *options = &f->options;
    size_t variant = (size_t)(fixture_variant(f)->variant - f->variants);
    int64_t said = fixture_time(f, "time");
    char *reason = f->at < f->count ? fixture_rest(f, NULL) : NULL;
    if (!predictions_add(options, variant, said, reason))
        fixture_fail(f, "out of memory");
    free(reason);
}

static void read_line(struct fixture *f)
{
    const char *first = fixture_word(f, "word");
    if (strcmp(first, "variant") == 0) {
        end_run(f);
        read_variant(f);
    } else if (strcmp(first, "run") == 0) {
        end_run(f);
        read_run(f);
    } else if (strcmp(first, "predict") == 0) {
        read_prediction(f);
    } else if (strcmp(first, "verdict") == 0) {
        f->verdicts[fixture_variant(f)->variant - f->variants] = rest(f);
    } else if (!read_setting(f, first) && !fixture_read_exhibit(f, first) &&
               !fixture_read_trace(f, first)) {
        read_run_fact(f, first);
    }
    if (f->at < f->count)
        fixture_fail(f, "what is \"%s\"?", f->words[f->at]);
}

static void split(struct fixture *f, char *line)
{
    f->count = f->at = 0;
    snprintf(f->whole, sizeof f->whole, "%s", line);
    for (char *save, *at = strtok_r(line, " \t", &save);
         at != NULL && f->count < MAX_WORDS; at = strtok_r(NULL, " \t", &save))
        f->words[f->count++] = at;
    f->words[f->count] = NULL;
}

/** What a text need not say. */
static void set_defaults(struct fixture *f)
{
    strcpy(f->demo_name, "threads");
    f->demo.name = f->demo_name;
    f->variants = need(f, calloc(17, sizeof *f->variants));
    f->verdicts = need(f, calloc(17, sizeof *f->verdicts));
    f->exhibits = need(f, calloc(17, sizeof *f->exhibits));
    f->options = (struct options){.cores = 2,
                                  .repeat = 1,
                                  .speed = 1,
                                  .limit_ns = 60 * NS_PER_S,
                                  .seed = 1,
                                  .from_ns = -1,
                                  .to_ns = -1};
    f->options.chosen = need(f, calloc(17, sizeof *f->options.chosen));
    f->report = (struct report){
        .card = &f->card,
        .options = &f->options,
        .started = "2026-11-20T08:18:00Z",
        .machine = {.os = "Test OS 1",
                    .kernel = "1.2.3",
                    .cpu = "Test CPU",
                    .cores = 2},
        .calibration_error = -1,
    };
    f->report.variants = need(f, calloc(16, sizeof *f->report.variants));
    memset(f->options.chosen, true, 17);
    f->card = (struct card){.demo = &f->demo,
                            .summary = "a test",
                            .question = "What does a test show?",
                            .outcome = no_outcome,
                            .verdict = say_verdict,
                            .interleaving = show_interleaving,
                            .histogram = show_histogram,
                            .next = say_next};
}

struct fixture *fixture_read(FILE *in, const char *name)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (f == NULL)
        abort();
    char line[sizeof f->whole];
    f->file = name;
    set_defaults(f);
    while (fgets(line, sizeof line, in) != NULL) {
        f->line++;
        line[strcspn(line, "\n")] = '\0';
        split(f, line);
        if (f->count > 0 && f->words[0][0] != '#')
            read_line(f);
    }
    end_run(f);
    f->demo.variants = f->variants;
    f->report.complete = true;
    for (size_t i = 0; i < f->report.variant_count; i++)
        for (size_t j = 0; j < f->report.variants[i].run_count; j++)
            if (f->report.variants[i].runs[j].ending == ENDING_RUNNING ||
                f->report.variants[i].runs[j].ending == ENDING_INTERRUPT)
                f->report.complete = false;
    if (f->report.argc == 0) {
        f->report.argv = fixture_more(f, NULL, 0, sizeof(char *));
        f->report.argv[f->report.argc++] = need(f, strdup(f->demo.name));
    }
    return f;
}

struct report *fixture_report(struct fixture *fixture)
{
    speaking = fixture;
    return &fixture->report;
}

void fixture_free(struct fixture *f)
{
    for (int i = 0; i < f->report.argc; i++)
        free(f->report.argv[i]);
    free(f->report.argv);
    report_destroy(&f->report);
    for (size_t i = 0; i < f->options.tasks.count; i++)
        free((void *)(uintptr_t)f->tasks[i].name);
    for (size_t i = 0; i < f->site_count; i++) {
        free((void *)(uintptr_t)f->sites[i].file);
        free((void *)(uintptr_t)f->sites[i].call);
        free((void *)(uintptr_t)f->sites[i].text);
    }
    for (size_t i = 0; i < GAUGES_MAX; i++) /* its chart's name lies in the same text */
        free((void *)(uintptr_t)f->gauges[i].name);
    for (size_t i = 0; i < 16; i++) {
        free((void *)(uintptr_t)f->variants[i].name);
        free(f->verdicts[i]);
    }
    for (size_t i = 0; i < f->options.prediction_count; i++)
        free(f->options.predictions[i].reason);
    free(f->options.predictions);
    free(f->options.chosen);
    free(f->tasks);
    free(f->views);
    free(f->variants);
    free(f->verdicts);
    free(f->next);
    free(f->operation);
    free(f->exhibits);
    free(f);
}
