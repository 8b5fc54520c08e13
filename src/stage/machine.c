// SPDX-License-Identifier: MIT

#include "stage/machine.h"

#include "stage/cores.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

/** Copy what follows `separator` on the first line of `path` that begins with `key`. */
static void read_value(const char *path, const char *key, char separator, char *value,
                       size_t size)
{
    char line[512];
    FILE *file = fopen(path, "re");

    snprintf(value, size, "unknown");
    if (file == NULL)
        return;
    while (fgets(line, sizeof line, file) != NULL) {
        char *start = strchr(line, separator);

        if (strncmp(line, key, strlen(key)) != 0 || start == NULL)
            continue;
        start += 1 + strspn(start + 1, " \t\"");
        start[strcspn(start, "\"\n")] = '\0';
        snprintf(value, size, "%s", start);
        break;
    }
    fclose(file);
}

void machine_read(struct machine *machine)
{
    struct utsname name;

    read_value("/etc/os-release", "PRETTY_NAME=", '=', machine->os, sizeof machine->os);
    read_value("/proc/cpuinfo", "model name", ':', machine->cpu, sizeof machine->cpu);
    snprintf(machine->kernel, sizeof machine->kernel, "unknown");
    if (uname(&name) == 0)
        snprintf(machine->kernel, sizeof machine->kernel, "%s %.60s", name.sysname,
                 name.release);
    machine->cores = cores_allowed();
    machine->cpu_quota = cores_quota("");
}
