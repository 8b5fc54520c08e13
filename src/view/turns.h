// SPDX-License-Identifier: MIT
/**
 * Which one state stands for a piece of the picture in which a lane was in several: a
 * column of cells, or what is too narrow to be seen.  Over many pieces each state gets
 * as much of the picture as it had of the time; and of lanes that share cores, no more
 * are drawn running than ran.  Pure functions, for one thread at a time.
 */

#ifndef CONC_VIEW_TURNS_H
#define CONC_VIEW_TURNS_H

#include "timeline/timeline.h"

#include <stdbool.h>
#include <stddef.h>

/** A lane's turn in the piece at hand; all 0 before its first one. */
struct turn {
    int64_t here[STATE_COUNT]; /**< ns in each state within the piece */
    int64_t owed[STATE_COUNT]; /**< ns lived less ns drawn, up to here */
    int64_t length_ns;         /**< of the piece: all that is `here` */
    bool is_chosen;
    enum state state; /**< what is chosen for the piece */
};

/** The next piece begins, and nothing is in it yet. */
void turn_begin(struct turn *turn);

/** The lane was in that state for so long within the piece. */
void turn_add(struct turn *turn, enum state state, int64_t ns);

/** It both ran and was ready within the piece: it shared a core. */
bool turn_competes(const struct turn *turn);

/** Choose for a lane that competes with none.  A state that is owed less than
 * `least_ns` can wait: then it is the one that there is most of. */
void turn_choose_alone(struct turn *turn, int64_t least_ns);

/**
 * Choose for all lanes that compete for cores: together they run in their pieces for as
 * long as they did, those first that are owed most, so that one core is drawn once.
 */
void turns_choose_competing(struct turn *turns, size_t count);

#endif
