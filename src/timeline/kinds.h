// SPDX-License-Identifier: MIT
/** What each kind of event means for a lane, as a table that building and labels share.
 */

#ifndef CONC_TIMELINE_KINDS_H
#define CONC_TIMELINE_KINDS_H

#include "timeline/timeline.h"

enum effect {
    EFFECT_NONE,  /**< the lane goes on as it was */
    EFFECT_BEGIN, /**< it is in `state` until the matching end */
    EFFECT_END
};

/** What `object` of an event is. */
enum referent { REFERS_NONE, REFERS_LANE, REFERS_TASK, REFERS_OBJECT };

struct kind_rule {
    enum effect effect;
    enum state state;
    enum referent referent;
    bool is_mark;
    const char *word; /**< of a mark: "unlock"; of a span, before the object: "wants" */
};

/** Any number is allowed; kinds that do not exist have a rule of nothing. */
const struct kind_rule *kind_rule(enum event_kind kind);

/** Its name in files: "lock-begin". */
const char *kind_name(enum event_kind kind);
/** @return whether there is a kind of that name. */
bool kind_named(const char *name, enum event_kind *kind);

#endif
