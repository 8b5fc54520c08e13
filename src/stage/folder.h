// SPDX-License-Identifier: MIT
/** A folder of files that a stage needs by their names, such as a database: whatever
 * ends the run, it does not stay. */

#ifndef CONC_STAGE_FOLDER_H
#define CONC_STAGE_FOLDER_H

#include <stdbool.h>

#define FOLDER_BYTES 4096

/** Where files of a run are made: $TMPDIR, or /tmp where that is not set. */
const char *folder_of_runs(bool *is_given);

/** Make one there, for this user alone.  @return 0 or a negative errno; then `path` is
 * empty, as that of no folder is. */
int folder_make(char path[FOLDER_BYTES]);

/** Unlink the files in it; it holds no folders.  What cannot be done is left. */
void folder_empty(const char *path);

/** And the folder too; if that was done already, nothing. */
void folder_remove(const char *path);

#endif
