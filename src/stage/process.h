// SPDX-License-Identifier: MIT
/** Ending processes, so that none is left.  For single-threaded processes. */

#ifndef CONC_STAGE_PROCESS_H
#define CONC_STAGE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** Children that a process had before it became conc: `sleep 9 & exec conc …`. */
struct spared {
    pid_t pids[32];
    size_t count;
};

/** The children of the calling process now, as /proc lists them. */
void process_children(struct spared *children);

/**
 * Kill and reap all children of the calling process, and, as it is a subreaper
 * (PR_SET_CHILD_SUBREAPER in prctl(2)), all their descendants, which become its
 * children as their parents go: until none is left but the spared.  Processes that
 * stopped, took a session of their own, or changed parents are found too.  Needs /proc;
 * where that is not to be had, only the group `pgid` is killed.  It gives up after 5 s.
 */
void process_end_all(pid_t pgid, const struct spared *spared);

#endif
