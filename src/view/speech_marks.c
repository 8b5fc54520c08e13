// SPDX-License-Identifier: MIT
#include "text/quantity.h"
#include "text/width.h"
#include "timeline/kinds.h"
#include "view/speech.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

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

static void say_signal(const struct speech *s, const struct mark *mark)
{
    bool is_known = mark->value > 0 && mark->value < NSIG;
    fputs(" sends ", s->out);
    say_object(s, mark);
    fprintf(s->out, " signal %" PRIu64, mark->value);
    if (is_known)
        fprintf(s->out, " (%s)", strsignal((int)mark->value));
}

static void say_task(const struct speech *s, const struct mark *mark)
{
    bool takes = s->story->numbers != NULL && story_is_namesake(s->timeline, s->lane);
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

void say_mark(const struct speech *s, const struct mark *mark)
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
        [EVENT_CANCEL] = {"asks ", " to end", NULL},
    };
    if (mark->kind == EVENT_VALUE) {
        say_value(s, mark);
    } else if (mark->kind == EVENT_STATE) {
        say_state(s, mark);
    } else if (mark->kind == EVENT_KILL) {
        say_signal(s, mark);
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
