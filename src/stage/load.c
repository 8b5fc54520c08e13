// SPDX-License-Identifier: MIT
/** Processes that keep the stage's cores busy: the load_cores() of demo.h. */

#include "demo.h"
#include "stage/cores.h"

#include <signal.h>
#include <sys/prctl.h>

/** Its end comes with that of the stage's first process, or of its group. */
static _Noreturn void compute_for_ever(pid_t stage, unsigned core)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != stage)
        _exit(EXIT_FAILURE); /* it died before this one could be told */
    prctl(PR_SET_NAME, "conc-load");
    cores_pin(core);
    for (;;)
        continue;
}

void load_cores(unsigned processes_each)
{
    unsigned cores = cores_allowed();
    pid_t stage = getpid();

    for (unsigned i = 0; i < cores * processes_each; i++) {
        pid_t pid = fork();

        must_posix(pid, "fork, for the load");
        if (pid == 0)
            compute_for_ever(stage, i % cores);
    }
}
