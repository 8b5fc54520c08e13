// SPDX-License-Identifier: MIT
#include "view/sentences.h"
#include "text/quantity.h"
#include "text/width.h"
#include "timeline/kinds.h"

#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>

/** Enough for a name of a lane, a lock, a task. */
#define NAME_BYTES 512

/** Who says it, to whom, and how. */
struct speech {
    const struct story *story;
    const struct timeline *timeline;
    const struct lane *lane;
    FILE *out;
    bool ascii;
};

static void say_name(const struct speech *s, const char *name)
{
    text_print_safe(name, s->ascii, s->out);
}

static const char *const kind_names[LANE_KINDS] = {"process", "thread", "task"};

/** "luke"; "thread 2" where names do not tell one from another. */
static void say_lane(const struct speech *s, const struct lane *lane)
{
    if (lane == NULL || lane->name[0] == '\0') {
        fputs("another", s->out);
        return;
    }
    if (!s->story->numbered || lane->parent == LANE_NONE) {
        say_name(s, lane->name);
        return;
    }
    uint64_t number = 1;
    for (const struct lane *other = s->timeline->lanes; other < lane; other++)
        number += other->kind == lane->kind && other->parent != LANE_NONE;
    fprintf(s->out, "%s %s", kind_names[lane->kind], count_text(number).text);
}

static void say_object(const struct speech *s, const struct mark *mark)
{
    char name[NAME_BYTES];
    if (kind_rule(mark->kind)->referent == REFERS_LANE) {
        say_lane(s, timeline_lane(s->timeline, mark->object));
        return;
    }
    mark_object(s->timeline, mark, name, sizeof name);
    say_name(s, name[0] != '\0' ? name : "something");
}

/** "those 9,988". */
static void say_many(const struct speech *s)
{
    fprintf(s->out, "those %s", count_text(s->story->many.count).text);
}

/** ", which luke holds". */
static void say_holder(const struct speech *s, const struct span *span)
{
    const struct held_lock *held = timeline_holder(s->timeline, span);
    const struct lane *holder = held != NULL ? &s->timeline->lanes[held->lane] : NULL;
    if (holder == NULL) {
        fputs(", which is taken", s->out);
    } else if (holder == s->lane) {
        fputs(", which it holds itself", s->out);
    } else {
        fputs(", which ", s->out);
        say_lane(s, holder);
        fputs(" holds", s->out);
    }
}

static void say_wait(const struct speech *s, const struct span *span)
{
    char label[NAME_BYTES];
    span_label(s->timeline, span, label, sizeof label);
    const char *name = strrchr(label, ' ');
    switch (span->cause) {
    case EVENT_JOIN_BEGIN:
        fputs("waits for ", s->out);
        say_lane(s, timeline_lane(s->timeline, span->object));
        fputs(" to end", s->out);
        break;
    case EVENT_LOCK_BEGIN:
        say_name(s, label);
        fputs(name != NULL ? "" : " a lock", s->out);
        say_holder(s, span);
        break;
    case EVENT_SLEEP_BEGIN:
        fprintf(s->out, "sleeps for %s",
                duration_text(span->end_ns - span->start_ns, s->ascii).text);
        break;
    default:
        say_name(s, label);
    }
}

/** What a lane that is ready has none of: on a loop, it is not its turn. */
static const char *ready_words(const struct lane *lane)
{
    return lane->kind == LANE_TASK ? "ready without a turn " : "ready without a core ";
}

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

static void say_value(const struct speech *s, const struct mark *mark)
{
    fputs(" tells ", s->out);
    say_name(s, mark_name(s->timeline, mark));
    fprintf(s->out, " = %" PRId64, (int64_t)mark->value);
}

/** The letters of proc(5), and of ps(1). */
static const char *state_word(char letter)
{
    static const struct {
        char letter;
        const char *word;
    } words[] = {{'R', "running"},  {'S', "asleep"},  {'D', "asleep in the system"},
                 {'Z', "a zombie"}, {'T', "stopped"}, {'t', "stopped by a debugger"},
                 {'X', "dead"},     {'I', "idle"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].letter == letter)
            return words[i].word;
    return "in a state of its own";
}

static void say_state(const struct speech *s, const struct mark *mark)
{
    char letter[2] = {(char)mark->value, '\0'};
    fputs(" finds ", s->out);
    say_object(s, mark);
    fprintf(s->out, " %s (state ", state_word(letter[0]));
    say_name(s, letter);
    putc(')', s->out);
}

static void say_task(const struct speech *s, const struct mark *mark)
{
    bool takes = s->story->numbered && story_is_namesake(s->timeline, s->lane);
    size_t lane = (size_t)(s->lane - s->timeline->lanes);
    fputs(takes ? " takes the task " : " begins the task ", s->out);
    say_object(s, mark);
    if (takes && story_takes_again(s->timeline, lane, mark->object))
        fputs(", taken before", s->out);
}

/** Its own words; "main is free" needs no "main: " before. */
static void say_moment(const struct speech *s, const struct mark *mark)
{
    const char *words = mark_name(s->timeline, mark);
    size_t length = strlen(s->lane->name);
    if (strncmp(words, s->lane->name, length) == 0 && words[length] == ' ') {
        say_name(s, words + length);
        return;
    }
    fputs(": ", s->out);
    say_name(s, words);
}

/** What was read from a variable, written to it, or stood there before an addition. */
static void say_access(const struct speech *s, const struct mark *mark)
{
    int64_t value = (int64_t)mark->value;
    if (mark->kind == EVENT_READ)
        fprintf(s->out, " reads %" PRId64 " from ", value);
    else if (mark->kind == EVENT_WRITE)
        fprintf(s->out, " writes %" PRId64 " to ", value);
    else
        fputs(" adds to ", s->out);
    say_object(s, mark);
    if (mark->kind == EVENT_ADD)
        fprintf(s->out, ", which was %" PRId64, value);
}

static bool is_access(const struct mark *mark)
{
    return mark->kind == EVENT_READ || mark->kind == EVENT_WRITE ||
           mark->kind == EVENT_ADD;
}

/** What a mark is in a sentence: a verb, and what comes after the object. */
static void say_mark(const struct speech *s, const struct mark *mark)
{
    static const struct {
        const char *before, *after, *gave_up;
    } verbs[EVENT_KINDS] = {
        [EVENT_CREATE] = {"starts ", "", NULL},
        [EVENT_JOIN_END] = {"waits for ", ", which had ended already", NULL},
        [EVENT_JOIN_SEEN] = {"sees that ", " has ended", NULL},
        [EVENT_JOIN_FAIL] = {"finds ", " still alive", "waits in vain for "},
        [EVENT_LOCK_END] = {"locks ", "", NULL},
        [EVENT_LOCK_FAIL] = {"tries ", ", which is taken", NULL},
        [EVENT_UNLOCK] = {"unlocks ", "", NULL},
        [EVENT_SEM_END] = {"takes ", "", "gives up waiting for "},
        [EVENT_SEM_POST] = {"posts ", "", NULL},
        [EVENT_COND_END] = {"is woken from ", "", "gives up waiting for "},
        [EVENT_COND_SIGNAL] = {"signals ", "", NULL},
        [EVENT_COND_BROADCAST] = {"signals all that wait for ", "", NULL},
        [EVENT_BARRIER_END] = {"passes ", "", NULL},
        [EVENT_QUEUED] = {"puts ", " in the queue", NULL},
    };
    if (mark->kind == EVENT_VALUE) {
        say_value(s, mark);
    } else if (mark->kind == EVENT_STATE) {
        say_state(s, mark);
    } else if (mark->kind == EVENT_TASK_BEGIN) {
        say_task(s, mark);
    } else if (is_access(mark)) {
        say_access(s, mark);
    } else if (verbs[mark->kind].before == NULL) {
        say_moment(s, mark);
    } else {
        bool gave_up = verbs[mark->kind].gave_up != NULL && mark->value != 0;
        fprintf(s->out, " %s",
                gave_up ? verbs[mark->kind].gave_up : verbs[mark->kind].before);
        say_object(s, mark);
        fputs(gave_up ? "" : verbs[mark->kind].after, s->out);
    }
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
        fputs(" is cut off", s->out);
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
