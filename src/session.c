// SPDX-License-Identifier: MIT
#include "session.h"

#include "card.h"
#include "cli/diag.h"
#include "view/endings.h"

#include <stdlib.h>

void session_turn(struct session *session, struct variant_report *variant)
{
    session->variant = variant;
    session->frames.variant = variant;
}

bool session_is_over(const struct session *session)
{
    const struct variant_report *variant = session->variant;

    if (stage_interrupted(session->stage) != 0 || session->no_stage)
        return true;
    return variant != NULL && variant->run_count > 0 &&
           variant->runs[variant->run_count - 1].ending == ENDING_KEEPER;
}

void session_tell(struct session *session, const char *format, ...)
{
    va_list arguments;

    session->status = EXIT_FAILURE;
    frames_suspend(&session->frames);
    va_start(arguments, format);
    vdiag_for(session->report->card->demo->name, format, arguments);
    va_end(arguments);
}

void session_tell_error(struct session *session, const char *what, int error)
{
    session_tell(session, "%s: %s", what, uv_strerror(error));
}

void session_tell_ending(struct session *session, const char *whose, const char *about,
                         const struct run *run)
{
    char *words = failure_words(session->report, run, false);

    session_tell(session, "%s: %s%s", whose, about, words != NULL ? words : "failed");
    free(words);
}
