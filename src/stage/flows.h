// SPDX-License-Identifier: MIT
/**
 * Which lane a thread or a process has, by the id that the system gave it: what a join
 * needs to say whom it waits for.  Fixed in size; any thread may call; an id that is
 * used again takes the place of the one before.
 */

#ifndef CONC_STAGE_FLOWS_H
#define CONC_STAGE_FLOWS_H

#include <pthread.h>
#include <stdint.h>
#include <sys/types.h>

/** Before processes are forked that are to be known.  Once is enough. */
void flows_begin(void);

void flows_add_thread(pthread_t thread, uint32_t lane);
void flows_add_process(pid_t pid, uint32_t lane);

/** @return LANE_NONE where it is not known. */
uint32_t flows_thread(pthread_t thread);
uint32_t flows_process(pid_t pid);

#endif
