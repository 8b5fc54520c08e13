// SPDX-License-Identifier: MIT
/**
 * Writing to a terminal without being held up by it: one that was stopped (Ctrl-S), or
 * is slow, must not stop the watcher.  What did not go out is kept and goes first.
 */

#ifndef CONC_VIEW_TERMINAL_H
#define CONC_VIEW_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

/** In memory that is shared with processes forked later: for whoever is left. */
struct terminal_modes {
    struct termios found; /**< when what is typed was hidden last */
    struct termios set;   /**< what that made of them */
    _Atomic bool hidden;  /**< whether it is */
};

struct terminal {
    int fd;
    struct terminal_modes *modes;
    char *pending; /**< what is still to be written */
    size_t pending_bytes;
};

/**
 * Open the terminal behind `fd` once more, so that writes need not block; `fd` and its
 * flags, which the shell shares, are left alone.
 * @return 0, or a negative errno where the system does not allow it: another user's
 * terminal, as after su(1), or no /proc; or no memory.
 */
int terminal_open(struct terminal *terminal, int fd);

/**
 * Do not show what is typed, which would move the cursor; and show it again, with all
 * modes as they were found, unless somebody has set others meanwhile: a shell that has
 * the terminal again.  Also in the background, and in a process forked since
 * terminal_open(), for one that cannot any more.
 */
void terminal_echo_off(struct terminal *terminal);
void terminal_echo_back(const struct terminal *terminal);

/** @return what is still pending, as a string that the caller frees; NULL: nothing. */
char *terminal_close(struct terminal *terminal);

/**
 * Write what is pending, and wait `patience_ms` in all for the terminal to take it.
 * @return 0 when all went out, 1 when some is left, a negative errno when it is lost.
 */
int terminal_flush(struct terminal *terminal, int patience_ms);

/** Write text after what is pending.  @return as terminal_flush(), or UV_ENOMEM. */
int terminal_write(struct terminal *terminal, const char *text, size_t bytes,
                   int patience_ms);

#endif
