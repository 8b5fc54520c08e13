// SPDX-License-Identifier: MIT
/** Files of a run, and a folder of those that a stage needs by their names, such as a
 * database: whatever ends the run, nothing of it stays.  For single-threaded processes.
 */

#ifndef CONC_STAGE_FOLDER_H
#define CONC_STAGE_FOLDER_H

#include <stdbool.h>

#define FOLDER_BYTES 4096

/** Where files of a run are made: $TMPDIR, or /tmp where that is not set.  `*is_given`:
 * whether it is. */
const char *folder_of_runs(bool *is_given);

/** A file of a real file system that is gone with its last descriptor, whatever
 * happens.
 * @return its descriptor, for appending, or a negative errno. */
int folder_file(void);

/** Make a folder there, for this user alone.  @return 0 or a negative errno; then
 * `path` is empty, as that of no folder is. */
int folder_make(char path[FOLDER_BYTES]);

/** Unlink the files in it; it holds no folders.  What cannot be done is left. */
void folder_empty(const char *path);

/** And the folder too; if that was done already, nothing. */
void folder_remove(const char *path);

#endif
