// SPDX-License-Identifier: MIT
/**
 * The clients of a lesson that is a server: clients_begin() and clients_end() of
 * demo.h.  One process, one thread, and an epoll(7) for all connections, so that it
 * takes as little as can be from the server that it measures.
 *
 * Where the stage is drawn, each task is asked for once.  Where it is not, which is
 * what stage_load() is for, they ask as fast as they are answered: each connection
 * sends its next request when it has the answer to the one before (a closed loop, as
 * wrk's).
 */

#ifndef CONC_STAGE_CLIENTS_H
#define CONC_STAGE_CLIENTS_H

#include "report.h"
#include "stage/shared.h"

/** On the stage, before clients_begin() of demo.h: what clients see is left in the page
 * that is shared. */
void clients_open(const struct staging *staging);

/** What they saw, for the watcher; all 0 until they have gone. */
struct load clients_seen(const struct shared *shared);

#endif
