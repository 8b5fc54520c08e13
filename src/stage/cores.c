// SPDX-License-Identifier: MIT

#include "stage/cores.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

/** Room for machines that cpu_set_t, with its 1,024, is too small for. */
#define MOST_CORES 8192

union core_set {
    cpu_set_t set;
    unsigned char bytes[MOST_CORES / 8];
};

static int read_allowed(union core_set *cores)
{
    memset(cores, 0, sizeof *cores);
    return sched_getaffinity(0, sizeof *cores, &cores->set) == 0 ? 0 : -errno;
}

unsigned cores_allowed(void)
{
    union core_set cores;
    int count;

    if (read_allowed(&cores) != 0)
        return 1;
    count = CPU_COUNT_S(sizeof cores, &cores.set);
    return count > 0 ? (unsigned)count : 1;
}

/** Use only so many of the cores, leaving out the first ones. */
static int restrict_to(unsigned left_out, unsigned count)
{
    union core_set cores;
    int error = read_allowed(&cores);
    unsigned number = 0;

    if (error != 0)
        return error;
    for (size_t core = 0; core < MOST_CORES; core++) {
        if (!CPU_ISSET_S(core, sizeof cores, &cores.set))
            continue;
        if (number < left_out || number - left_out >= count)
            CPU_CLR_S(core, sizeof cores, &cores.set);
        number++;
    }
    return sched_setaffinity(0, sizeof cores, &cores.set) == 0 ? 0 : -errno;
}

int cores_restrict(unsigned count)
{
    return restrict_to(0, count);
}

int cores_pin(unsigned number)
{
    return restrict_to(number, 1);
}
