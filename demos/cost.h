// SPDX-License-Identifier: MIT
/** What demos/cost.c, demos/cost_switch.c and demos/cost_floors.c share. */

#ifndef CONC_DEMOS_COST_H
#define CONC_DEMOS_COST_H

#include "demo.h"

/** Before libuv's pool is first used: so many threads it has, whatever the environment
 * says. */
void size_pool(const char *threads);

/** A loop that nothing waits on. */
uv_loop_t *the_loop(void);

/** From one flow to the other, so many times. */
void process_switches(uint64_t times);
void program_switches(uint64_t times);
void thread_switches(uint64_t times);
void pool_switches(uint64_t times);
void loop_switches(uint64_t times);

/** Memory for one, of many that wait. */
int64_t process_bytes(void);
int64_t program_bytes(void);
int64_t thread_bytes(void);
int64_t pool_bytes(void);
int64_t loop_bytes(void);

/** What the machine takes for what all these are made of: the bare calls. */
void clock_readings(uint64_t times);
void system_calls(uint64_t times);
void bare_processes(uint64_t times);
void bare_threads(uint64_t times);
void pipe_bytes(uint64_t times);
void semaphore_pairs(uint64_t times);

#endif
