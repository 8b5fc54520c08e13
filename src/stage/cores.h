// SPDX-License-Identifier: MIT
/**
 * The cores that a process may use: those of its affinity mask, sched_setaffinity(2),
 * and no more of them than its cgroup has time for.  Any thread.
 */

#ifndef CONC_STAGE_CORES_H
#define CONC_STAGE_CORES_H

/** How many the calling process may use: at least 1.  A part of a core counts as one.
 */
unsigned cores_allowed(void);

/**
 * How much of the cores' time the cgroups of the calling process let it have: 1.5 is
 * that of one and a half.  The least of its own and of those above it, from cpu.max, or
 * cpu.cfs_quota_us in the first version of cgroups.  0: as much as there is.
 * @root is "" but in tests: the folder with "proc/self/cgroup" and "sys/fs/cgroup".
 * See cgroups(7) and the kernel's Documentation/admin-guide/cgroup-v2.rst.
 */
double cores_quota(const char *root);

/**
 * Let the calling thread, and all that it starts, use only the first `count` of the
 * cores in its affinity mask.  @return 0, also where there are no more than that, or a
 * negative errno.
 */
int cores_restrict(unsigned count);

/** Let it use only the one that it is on.  @return as above. */
int cores_stay(void);

/** Let it use only one of those: that of the number, from 0.  @return as above. */
int cores_pin(unsigned number);

#endif
