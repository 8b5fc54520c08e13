// SPDX-License-Identifier: MIT
#include "view/turns.h"

#include <string.h>

void turn_begin(struct turn *turn)
{
    memset(turn->here, 0, sizeof turn->here);
    turn->length_ns = 0;
    turn->is_chosen = false;
}

void turn_add(struct turn *turn, enum state state, int64_t ns)
{
    turn->here[state] += ns;
    turn->owed[state] += ns;
    turn->length_ns += ns;
}

bool turn_competes(const struct turn *turn)
{
    return turn->here[STATE_RUN] > 0 && turn->here[STATE_READY] > 0;
}

/** The state that there is most of here. */
static enum state most_here(const struct turn *turn)
{
    enum state best = STATE_RUN;
    for (enum state state = best; state < STATE_COUNT; state++)
        best = turn->here[state] > turn->here[best] ? state : best;
    return best;
}

/** The state that most is owed of; of equal ones that which there is more of here. */
static enum state most_owed(const struct turn *turn, bool may_run)
{
    enum state best = may_run ? STATE_RUN : STATE_READY;
    for (enum state state = best; state < STATE_COUNT; state++) {
        int64_t more = turn->owed[state] - turn->owed[best];
        if (more > 0 || (more == 0 && turn->here[state] > turn->here[best]))
            best = state;
    }
    return best;
}

static void choose(struct turn *turn, enum state state)
{
    turn->owed[state] -= turn->length_ns;
    turn->state = state;
    turn->is_chosen = true;
}

void turn_choose_alone(struct turn *turn, int64_t least_ns)
{
    enum state best = most_owed(turn, true);
    bool can_wait = turn->length_ns > 0 && turn->owed[best] < least_ns;
    choose(turn, can_wait ? most_here(turn) : best);
}

/** The one that competes and is owed most running; NULL when there is none. */
static struct turn *next_to_run(struct turn *turns, size_t count)
{
    struct turn *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (turn_competes(&turns[i]) && !turns[i].is_chosen &&
            (best == NULL || turns[i].owed[STATE_RUN] > best->owed[STATE_RUN]))
            best = &turns[i];
    return best;
}

void turns_choose_competing(struct turn *turns, size_t count)
{
    int64_t budget_ns = 0;
    for (size_t i = 0; i < count; i++)
        budget_ns += turn_competes(&turns[i]) ? turns[i].owed[STATE_RUN] : 0;
    for (struct turn *turn; (turn = next_to_run(turns, count)) != NULL;) {
        enum state other = most_owed(turn, false);
        int64_t length_ns = turn->length_ns, owed_ns = turn->owed[STATE_RUN];
        bool runs = turn->owed[other] <= 0 ||
                    (budget_ns >= length_ns / 2 && owed_ns > 0) || owed_ns >= length_ns;
        budget_ns -= runs ? length_ns : 0;
        choose(turn, runs ? STATE_RUN : other);
    }
}
