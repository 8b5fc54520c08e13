// SPDX-License-Identifier: MIT
/**
 * Lanes of programs that know nothing of conc.  What each does is asked of the system,
 * some hundred times a second, while the stage waits for it: whether it computed, had
 * no core, or waited.  All functions may be called from any thread of the stage.
 */

#ifndef CONC_STAGE_PROGRAMS_H
#define CONC_STAGE_PROGRAMS_H

#include "stage/trace.h"

#include <stdbool.h>
#include <sys/types.h>

/** What is known of a program that was just started. */
struct program_facts {
    pid_t pid;
    int64_t called_ns; /**< when the call began: what it did is counted from there */
    uint32_t lane;
    uint64_t task; /**< its number */
    const char *name;
    uint16_t site;
};

/** Begin its lane; it runs from now on. */
void programs_add(struct trace *trace, const struct program_facts *facts);

/** Whether there is any that has not been waited for; or this one is such. */
bool programs_any(void);
bool programs_has(pid_t pid);

/** Ask for all of them what they did since the last look, if that was long ago. */
void programs_look(void);

/**
 * So many milliseconds it is to the next look.  The end of `awaited` (0: of none) wakes
 * the caller, and needs no early one: in a virtual machine a timer that comes before
 * the next tick costs as much as all else that is traced of a short program.
 */
int programs_pause_ms(pid_t awaited);

/** A program has closed its output, and will end soon: look then. */
void programs_expect_end(void);

/** It has ended, and nobody has waited for it yet: a last look. */
void programs_last_look(pid_t pid);

/** CPU time and switches of a program that was waited for, and of those it waited for.
 */
struct program_spent {
    int64_t cpu_ns, voluntary, involuntary;
};

/** It was waited for. */
void programs_end(pid_t pid, const struct program_spent *spent);

#endif
