// SPDX-License-Identifier: MIT
/** Ending processes, so that none is left.  For single-threaded processes. */

#ifndef CONC_STAGE_PROCESS_H
#define CONC_STAGE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** Children that a process had before it became conc: `sleep 9 & exec conc …`. */
struct spared {
    pid_t *pids;
    size_t count;
};

/**
 * The children of the calling process now, as /proc lists them; none without /proc.
 * @return 0, or -ENOMEM with nothing in it.  To be given to process_forget().
 */
int process_children(struct spared *children);

/** Free what process_children() has listed. */
void process_forget(struct spared *children);

/**
 * Send a signal to a process group that was made for a child, for as long as it is
 * certain to be that one: a child of the calling process that is not reaped yet is in
 * it.  After that its number is free, for anybody's new group.
 * @return false when it was not sent.
 */
bool process_signal_group(pid_t pgid, int number);

/** What a process is doing, by the letter of proc(5): 'R' running, 'S' asleep, 'Z' a
 * zombie, ...; '\0': there is no such process, or no /proc.  On any thread. */
char process_state(pid_t pid);

/** How many threads a process has; 0: there is no such process, or no /proc. */
unsigned process_threads(pid_t pid);

/** Whether a thread, by its id as text, is about to be gone, or is: whoever joined it
 * may go on already, while the system still lists it for a moment. */
bool process_thread_ends(pid_t pid, const char *thread);

/** Whether all its threads are asleep, one looked at after the other.  One that was
 * woken is not, even before it gets a core. */
bool process_is_asleep(pid_t pid);

/**
 * Kill and reap all children of the calling process, and, as it is a subreaper
 * (PR_SET_CHILD_SUBREAPER in prctl(2)), all their descendants, which become its
 * children as their parents go: until none is left but the spared.  Processes that
 * stopped, took a session of their own, or changed parents are found too.  Needs /proc;
 * where that is not to be had, only the group `pgid` is killed, while its leader is not
 * reaped.  It gives up after 5 s.
 */
void process_end_all(pid_t pgid, const struct spared *spared);

#endif
