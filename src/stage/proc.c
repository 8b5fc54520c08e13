// SPDX-License-Identifier: MIT
#include "stage/proc.h"

#include <fcntl.h>
#include <unistd.h>

bool proc_read(const char *path, char *text, size_t size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 0;

    if (file >= 0) {
        got = read(file, text, size - 1);
        close(file);
    }
    text[got > 0 ? got : 0] = '\0';
    return got > 0;
}
