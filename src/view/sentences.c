// SPDX-License-Identifier: MIT
#include "view/sentences.h"
#include "text/quantity.h"
#include "view/speech.h"

#include <string.h>
#include <sys/wait.h>

/** ": waited 5.00 s", ": computed 1.00 s, ready without a core 0.98 s". */
static void say_sums(const struct speech *s, const int64_t *in_state_ns, bool computes)
{
    const struct {
        enum state state;
        const char *words;
    } parts[] = {{STATE_WAIT, "waited "},
                 {STATE_RUN, "computed "},
                 {STATE_BLOCKED, "blocked "},
                 {STATE_READY, ready_words(s->lane)}};
    int64_t total_ns = 0;
    const char *before = ": ";
    for (unsigned state = 0; state < STATE_COUNT; state++)
        total_ns += in_state_ns[state];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        int64_t ns = in_state_ns[parts[i].state];
        bool worth_a_word = ns > 0 && ns >= total_ns / 100;
        bool runs = parts[i].state == STATE_RUN && !computes;
        if (!worth_a_word || (runs && ns < total_ns / 10))
            continue;
        fprintf(s->out, "%s%s%s", before, runs ? "ran " : parts[i].words,
                duration_text(ns, s->ascii).text);
        before = ", ";
    }
}

static bool computes(const struct lane *lane)
{
    for (size_t i = 0; i < lane->span_count; i++)
        if (lane->spans[i].cause == EVENT_TASK_BEGIN &&
            lane->spans[i].state == STATE_RUN)
            return true;
    return false;
}

/** "9,988 more threads start, task13 to task10000". */
static void say_many_start(const struct speech *s)
{
    static const char *const kinds[LANE_KINDS] = {"processes", "threads", "tasks"};
    const struct many *many = &s->story->many;
    fprintf(s->out, "%s more %s start, ", count_text(many->count).text,
            kinds[s->timeline->lanes[many->first].kind]);
    say_lane(s, &s->timeline->lanes[many->first]);
    fputs(" to ", s->out);
    say_lane(s, &s->timeline->lanes[many->last]);
}

static void say_range(const struct speech *s, const char *words, enum state state)
{
    const struct many *many = &s->story->many;
    struct quantity least = duration_text(many->least_ns[state], s->ascii);
    struct quantity most = duration_text(many->most_ns[state], s->ascii);
    fprintf(s->out, "%s%s", words, least.text);
    if (strcmp(least.text, most.text) != 0)
        fprintf(s->out, " to %s", most.text);
}

static void say_many_end(const struct speech *s)
{
    const struct many *many = &s->story->many;
    fputs("the last of ", s->out);
    say_many(s);
    fputs(many->cut == many->count ? " is cut off; each" : " ends; each", s->out);
    if (computes(s->lane))
        say_range(s, " computed ", STATE_RUN);
    else if (many->most_ns[STATE_WAIT] == 0 && many->most_ns[STATE_BLOCKED] > 0)
        say_range(s, " was blocked for ", STATE_BLOCKED);
    else
        say_range(s, " waited ", STATE_WAIT);
    if (many->most_ns[STATE_READY] > (many->end_ns - many->start_ns) / 100) {
        fputs(", ", s->out);
        say_range(s, ready_words(s->lane), STATE_READY);
    }
    if (many->cut > 0 && many->cut < many->count)
        fprintf(s->out, "; %s of them were cut off", count_text(many->cut).text);
}

/** From its end on; the system has said so. */
static void say_zombie(const struct speech *s)
{
    const struct lane *parent = timeline_lane(s->timeline, s->lane->parent);
    int64_t ns = s->lane->in_state_ns[STATE_ZOMBIE];
    if (ns == 0 || parent == NULL)
        return;
    fprintf(s->out, "; it is a zombie for %s, until ",
            duration_text(ns, s->ascii).text);
    say_lane(s, parent);
    fputs(s->lane->reaped_ns >= 0 ? " waits for it" : " ends", s->out);
}

static void say_end(const struct speech *s)
{
    const struct lane *lane = s->lane;
    int64_t in_state_ns[STATE_COUNT];
    fputs(" ends", s->out);
    if (lane->parent == LANE_NONE)
        return;
    if (lane->status >= 0 && WIFEXITED(lane->status))
        fprintf(s->out, " with status %d", WEXITSTATUS(lane->status));
    memcpy(in_state_ns, lane->in_state_ns, sizeof in_state_ns);
    in_state_ns[STATE_ZOMBIE] = 0;
    say_sums(s, in_state_ns, computes(lane));
    say_zombie(s);
}

static void say_cut(const struct speech *s)
{
    const struct lane *lane = s->lane;
    const struct span *last =
        lane->span_count > 0 ? &lane->spans[lane->span_count - 1] : NULL;
    if (lane->status >= 0 && WIFSIGNALED(lane->status))
        fprintf(s->out, " is killed by signal %d (%s)", WTERMSIG(lane->status),
                strsignal(WTERMSIG(lane->status)));
    else
        fputs(lane_is_cut_off(s->timeline, lane) ? " is cut off"
                                                 : " ends with its process",
              s->out);
    if (last == NULL)
        return;
    struct quantity since = duration_text(last->end_ns - last->start_ns, s->ascii);
    if (last->cause == EVENT_TASK_BEGIN && last->state == STATE_WAIT)
        fprintf(s->out, ", having waited %s", since.text);
    else if (last->state == STATE_BLOCKED)
        fprintf(s->out, ", having been blocked for %s", since.text);
}

static void say_goes_on(const struct speech *s, const struct telling *telling)
{
    fputs(" goes on", s->out);
    if (telling->span == NULL && !telling->then_many)
        return;
    fputs(", ", s->out);
    if (telling->span != NULL) {
        say_wait(s, telling->span);
    } else {
        fputs("waits for ", s->out);
        say_many(s);
        fputs(" to end", s->out);
    }
}

static void say_done(const struct speech *s, const struct telling *telling)
{
    fputs(" is done with the task ", s->out);
    say_object(s, telling->mark);
    say_sums(s, telling->in_state_ns, telling->in_state_ns[STATE_WAIT] == 0);
}

static void say_of_lane(const struct speech *s, const struct telling *telling)
{
    say_lane(s, s->lane);
    switch (telling->kind) {
    case TELL_GOES_ON:
        say_goes_on(s, telling);
        break;
    case TELL_MARK:
        say_mark(s, telling->mark);
        break;
    case TELL_DONE:
        say_done(s, telling);
        break;
    case TELL_WAITS:
        putc(' ', s->out);
        say_wait(s, telling->span);
        break;
    case TELL_READY:
        fprintf(s->out, " is %sfor the first time", ready_words(s->lane));
        break;
    case TELL_MANY_WAITED:
        fputs(" waits for ", s->out);
        say_many(s);
        fputs(" to end", s->out);
        break;
    case TELL_LEFT_OUT:
        fprintf(s->out, " did %s more than is told here",
                count_text(telling->count).text);
        break;
    case TELL_END:
        say_end(s);
        break;
    default:
        say_cut(s);
    }
}

void sentence_of_event(const struct story *story, const struct telling *telling,
                       bool ascii, FILE *out)
{
    struct speech s = {
        .story = story,
        .timeline = story->timeline,
        .lane = &story->timeline->lanes[telling->lane],
        .out = out,
        .ascii = ascii,
    };
    if (telling->kind == TELL_MANY_START)
        say_many_start(&s);
    else if (telling->kind == TELL_MANY_END)
        say_many_end(&s);
    else
        say_of_lane(&s, telling);
}
