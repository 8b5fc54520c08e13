// SPDX-License-Identifier: MIT
#include "view/sentences.h"
#include "text/quantity.h"
#include "text/width.h"

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

static void say_object(const struct speech *s, const struct mark *mark)
{
    char name[NAME_BYTES];
    mark_object(s->timeline, mark, name, sizeof name);
    say_name(s, name[0] != '\0' ? name : "something");
}

/** "darthvader", "darthvader, leia and han": not here; "those 9,988" is what we need.
 */
static void say_many(const struct speech *s)
{
    fprintf(s->out, "those %s", count_text(s->story->many.count).text);
}

/** "luke" of "joins luke" and of "waits for luke", whose name may hold spaces. */
static const char *name_of_joined(const char *label)
{
    static const char *const words[] = {"joins ", "waits for "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(label, words[i], strlen(words[i])) == 0)
            return label + strlen(words[i]);
    return "another";
}

static void say_wait(const struct speech *s, const struct span *span)
{
    char label[NAME_BYTES];
    span_label(s->timeline, span, label, sizeof label);
    const char *name = strrchr(label, ' ');
    switch (span->cause) {
    case EVENT_JOIN_BEGIN:
        fputs("waits for ", s->out);
        say_name(s, name_of_joined(label));
        fputs(" to end", s->out);
        break;
    case EVENT_LOCK_BEGIN:
        say_name(s, label);
        fputs(name != NULL ? ", which is taken" : " a lock that is taken", s->out);
        break;
    case EVENT_SLEEP_BEGIN:
        fprintf(s->out, "sleeps for %s",
                duration_text(span->end_ns - span->start_ns, s->ascii).text);
        break;
    default:
        say_name(s, label);
    }
}

/** "waiting 5.00 s", "computing 1.00 s, ready without a core for 0.98 s". */
static void say_sums(const struct speech *s, const int64_t *in_state_ns, bool computes)
{
    static const struct {
        enum state state;
        const char *words;
    } parts[] = {{STATE_WAIT, "waiting "},
                 {STATE_RUN, "computing "},
                 {STATE_BLOCKED, "being blocked for "},
                 {STATE_READY, "being ready without a core for "}};
    int64_t total_ns = 0;
    const char *before = " after ";
    for (unsigned state = 0; state < STATE_COUNT; state++)
        total_ns += in_state_ns[state];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        int64_t ns = in_state_ns[parts[i].state];
        bool worth_a_word = ns > 0 && ns >= total_ns / 100;
        if (!worth_a_word || (parts[i].state == STATE_RUN && !computes))
            continue;
        fprintf(s->out, "%s%s%s", before, parts[i].words,
                duration_text(ns, s->ascii).text);
        before = " and ";
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

/** "joins luke" for a thread; for a process, which has a status, "waits for luke". */
static void say_join(const struct speech *s, const struct mark *mark)
{
    const struct lane *lane = timeline_lane(s->timeline, mark->object);
    bool is_process = lane != NULL && lane->kind == LANE_PROCESS;
    fputs(is_process ? " waits for " : " joins ", s->out);
    say_object(s, mark);
    fputs(", which has ended", s->out);
}

/** What a mark is in a sentence: a verb, and what comes after the object. */
static void say_mark(const struct speech *s, const struct mark *mark)
{
    static const struct {
        const char *before, *after, *gave_up;
    } verbs[EVENT_KINDS] = {
        [EVENT_CREATE] = {"starts ", "", NULL},
        [EVENT_TASK_BEGIN] = {"begins ", "", NULL},
        [EVENT_JOIN_SEEN] = {"sees that ", " has ended", NULL},
        [EVENT_JOIN_FAIL] = {"finds ", " still alive", NULL},
        [EVENT_LOCK_END] = {"locks ", "", NULL},
        [EVENT_LOCK_FAIL] = {"tries ", ", which is taken", NULL},
        [EVENT_UNLOCK] = {"unlocks ", "", NULL},
        [EVENT_SEM_END] = {"takes ", "", "gives up waiting for "},
        [EVENT_SEM_POST] = {"posts ", "", NULL},
        [EVENT_COND_END] = {"is woken from ", "", "gives up waiting for "},
        [EVENT_COND_SIGNAL] = {"signals ", "", NULL},
        [EVENT_COND_BROADCAST] = {"signals all that wait for ", "", NULL},
        [EVENT_BARRIER_END] = {"passes ", "", NULL},
    };
    if (mark->kind == EVENT_VALUE) {
        say_value(s, mark);
    } else if (mark->kind == EVENT_STATE) {
        say_state(s, mark);
    } else if (mark->kind == EVENT_JOIN_END) {
        say_join(s, mark);
    } else if (verbs[mark->kind].before == NULL) {
        fputs(": ", s->out);
        say_name(s, mark_name(s->timeline, mark));
    } else {
        bool gave_up = verbs[mark->kind].gave_up != NULL && mark->value != 0;
        fprintf(s->out, " %s",
                gave_up ? verbs[mark->kind].gave_up : verbs[mark->kind].before);
        say_object(s, mark);
        fputs(verbs[mark->kind].after, s->out);
    }
}

/** "9,988 more threads start, task13 to task10000". */
static void say_many_start(const struct speech *s)
{
    static const char *const kinds[LANE_KINDS] = {"processes", "threads", "tasks"};
    const struct many *many = &s->story->many;
    fprintf(s->out, "%s more %s start, ", count_text(many->count).text,
            kinds[s->timeline->lanes[many->first].kind]);
    say_name(s, s->timeline->lanes[many->first].name);
    fputs(" to ", s->out);
    say_name(s, s->timeline->lanes[many->last].name);
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
    else
        say_range(s, " waited ", STATE_WAIT);
    if (many->most_ns[STATE_READY] > (many->end_ns - many->start_ns) / 100)
        say_range(s, ", was ready without a core for ", STATE_READY);
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
    fprintf(s->out, ", and is a zombie for %s, until ",
            duration_text(ns, s->ascii).text);
    say_name(s, parent->name);
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
    fputs(" is done with ", s->out);
    say_object(s, telling->mark);
    say_sums(s, telling->in_state_ns, telling->in_state_ns[STATE_WAIT] == 0);
}

static void say_of_lane(const struct speech *s, const struct telling *telling)
{
    say_name(s, s->lane->name);
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
