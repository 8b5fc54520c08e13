// SPDX-License-Identifier: MIT

#include "stage/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char *folder_of_runs(bool *is_given)
{
    const char *folder = getenv("TMPDIR");

    *is_given = folder != NULL && *folder != '\0';
    return *is_given ? folder : "/tmp";
}

/** Where files have to have a name at first: no signal may end conc while it is there.
 */
static int open_and_unlink(const char *folder)
{
    char path[FOLDER_BYTES];
    sigset_t all, before;
    int file, error;

    if (snprintf(path, sizeof path, "%s/conc-XXXXXX", folder) >= (int)sizeof path)
        return -ENAMETOOLONG;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    file = mkostemp(path, O_APPEND | O_CLOEXEC);
    error = errno;
    if (file >= 0)
        unlink(path);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return file < 0 ? -error : file;
}

int folder_file(void)
{
    bool is_given;
    const char *folder = folder_of_runs(&is_given);
    int file = open(folder, O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600);

    return file < 0 ? open_and_unlink(folder) : file;
}

int folder_make(char path[FOLDER_BYTES])
{
    bool is_given;
    int error = 0;

    if (snprintf(path, FOLDER_BYTES, "%s/conc-XXXXXX", folder_of_runs(&is_given)) >=
        FOLDER_BYTES)
        error = -ENAMETOOLONG;
    else if (mkdtemp(path) == NULL)
        error = -errno;
    if (error != 0)
        path[0] = '\0';
    return error;
}

void folder_empty(const char *path)
{
    DIR *folder = path[0] != '\0' ? opendir(path) : NULL;
    struct dirent *entry;

    if (folder == NULL)
        return;
    while ((entry = readdir(folder)) != NULL)
        unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
}

void folder_remove(const char *path)
{
    folder_empty(path);
    if (path[0] != '\0')
        rmdir(path);
}
