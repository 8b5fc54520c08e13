// SPDX-License-Identifier: MIT
/**
 * Where a report is written to: the files of -o, opened before the run so that a path
 * which cannot be written fails at once, and standard output.  Main thread.
 */

#ifndef CONC_OUTPUTS_H
#define CONC_OUTPUTS_H

#include "report.h"

#include <stdbool.h>
#include <stdio.h>

/** The exit status when whoever read standard output has gone: what a shell reports for
 * a program that SIGPIPE has ended, 128 + 13. */
#define EXIT_READER_GONE 141

struct outputs {
    const char *command; /**< for messages */
    const struct options *options;
    bool had_stdout;    /**< standard output was open when conc was started */
    bool leaves_stdout; /**< others write to it, and finish it */
    bool empties_later; /**< files stay as they are until outputs_empty() */
    FILE **files;       /**< one for each of options->outputs */
    int error;          /**< an errno: what was written to standard output is lost */
};

/**
 * Nothing that stands in the files is lost before all of them are open.
 * @return an exit status: 0; 1 or, where two of them are the same file, 2 after a line
 * was printed that names the file.
 */
int outputs_open(struct outputs *outputs);

/** Empty what is open, where that was to wait.  @return an exit status: 0 or 1. */
int outputs_empty(struct outputs *outputs);

/**
 * Write the report to every file and, where none of those is standard output, as text
 * there.  @return an exit status: 0; 1 after a line on what was lost;
 * EXIT_READER_GONE.
 */
int outputs_write(struct outputs *outputs, const struct report *report);

/** Flush, check and close one of the files, once all is in it, for those who write
 * something else than a report.  @return an exit status, as above. */
int outputs_finish_file(struct outputs *outputs, size_t index);

/** Finish standard output, unless others do.  @return an exit status, as above. */
int outputs_finish(const struct outputs *outputs);

/** What has been written to standard output so far is out.  @return an exit status. */
int outputs_flush_stdout(const char *command);

/** Close what is still open. */
void outputs_close(struct outputs *outputs);

/**
 * Flush and check standard output, as every command does at its end.
 * @return an exit status, as above.
 */
int outputs_finish_stdout(const char *command, bool had_stdout);

#endif
