// SPDX-License-Identifier: MIT
#include "view/fold.h"
#include "text/quantity.h"
#include "text/width.h"

#include <string.h>

struct fold fold_lanes(size_t lanes, size_t lines)
{
    if (lanes <= lines || lines == 0)
        return (struct fold){.first = lines == 0 ? 0 : lanes};
    size_t shown = lines - 1;
    return (struct fold){
        .first = (shown + 1) / 2,
        .hidden = lanes - shown,
        .last = shown / 2,
    };
}

/** What the hidden lanes did. */
struct sum {
    int64_t total[STATE_COUNT], least[STATE_COUNT], most[STATE_COUNT];
    size_t cut;
};

static struct sum sum_of(const struct timeline *timeline, const struct fold *fold)
{
    struct sum sum = {.cut = 0};
    for (int state = 0; state < STATE_COUNT; state++)
        sum.least[state] = fold->hidden > 0 ? INT64_MAX : 0;
    for (size_t i = 0; i < fold->hidden; i++) {
        const struct lane *lane = &timeline->lanes[fold->first + i];
        for (int state = 0; state < STATE_COUNT; state++) {
            int64_t ns = lane->in_state_ns[state];
            sum.total[state] += ns;
            sum.least[state] = ns < sum.least[state] ? ns : sum.least[state];
            sum.most[state] = ns > sum.most[state] ? ns : sum.most[state];
        }
        sum.cut += lane_is_cut_off(timeline, lane);
    }
    return sum;
}

/** "all waited 1.00 s", "ran 0.98 s to 1.02 s". */
static int put_state(char *text, size_t size, const struct sum *sum, enum state state,
                     bool ascii)
{
    static const char *const verbs[STATE_COUNT] = {
        "ran", "were ready", "waited", "were blocked", "were idle", "were zombies for"};
    struct quantity least = duration_text(sum->least[state], ascii);
    struct quantity most = duration_text(sum->most[state], ascii);
    if (strcmp(least.text, most.text) == 0)
        return snprintf(text, size, "all %s %s", verbs[state], most.text);
    return snprintf(text, size, "%s %s to %s", verbs[state], least.text, most.text);
}

/** States that make up a twentieth or more of the time, the largest always. */
static void put_states(char *text, size_t size, const struct sum *sum, bool ascii)
{
    int64_t all = 0;
    enum state largest = STATE_RUN;
    for (int state = 0; state < STATE_COUNT; state++) {
        all += sum->total[state];
        largest = sum->total[state] > sum->total[largest] ? (enum state)state : largest;
    }
    size_t used = 0;
    for (int i = 0; i < STATE_COUNT && used + 2 < size; i++) {
        enum state state = (enum state)i;
        if (state != largest && sum->total[state] <= all / 20)
            continue;
        if (used > 0) {
            text[used++] = ',';
            text[used++] = ' ';
        }
        used += (size_t)put_state(text + used, size - used, sum, state, ascii);
    }
}

struct sentence fold_words(const struct timeline *timeline, const struct fold *fold,
                           bool running, unsigned columns, bool ascii)
{
    struct sentence words = {""};
    struct sum sum = sum_of(timeline, fold);
    struct quantity hidden = count_text(fold->hidden);
    char states[256] = "", open[128] = "";
    put_states(states, sizeof states, &sum, ascii);
    if (sum.cut > 0) {
        snprintf(open, sizeof open, "; %s %s",
                 sum.cut == fold->hidden ? "all" : count_text(sum.cut).text,
                 running ? "still alive" : "cut off");
    }
    snprintf(words.text, sizeof words.text, "%s more: %s%s", hidden.text, states, open);
    if (text_width(words.text) > columns)
        snprintf(words.text, sizeof words.text, "%s more%s", hidden.text, open);
    if (text_width(words.text) > columns)
        snprintf(words.text, sizeof words.text, "%s more", hidden.text);
    return words;
}
