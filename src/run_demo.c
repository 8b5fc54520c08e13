// SPDX-License-Identifier: MIT

#include "run_demo.h"

#include "cli/diag.h"
#include "cli/help.h"
#include "cli/options.h"
#include "outputs.h"
#include "run_variants.h"
#include "signals.h"
#include "view/style.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool writes_to_stdout(const struct options *options)
{
    for (size_t i = 0; i < options->output_count; i++)
        if (strcmp(options->outputs[i].path, "-") == 0)
            return true;
    return false;
}

static bool draws_live(const struct options *options)
{
    if (options->live == WHEN_NEVER || options->plain || options->quiet ||
        writes_to_stdout(options))
        return false;
    return style_can_move(STDOUT_FILENO);
}

/** Ends a line, its colours, and a picture that hides the cursor. */
#define END_OF_DRAWING "\033[0m\033[?25h\r\n"

static int run(const struct card *card, const struct options *options,
               struct outputs *outputs, char **argv)
{
    struct report report;
    int argc = 0, status, written;

    while (argv[argc] != NULL)
        argc++;
    if (report_begin(&report, card, options, argc, argv) != 0) {
        diag_for(card->demo->name, "out of memory");
        report_destroy(&report);
        return EXIT_FAILURE;
    }
    if (style_can_move(STDOUT_FILENO) && !writes_to_stdout(options))
        leave_saying(END_OF_DRAWING);
    status = run_variants(&report, draws_live(options));
    written = outputs_write(outputs, &report);
    leave_saying(NULL);
    report_destroy(&report);
    return status != 0 ? status : written;
}

int run_demo(const struct card *card, int argc, char **argv, bool had_stdout)
{
    struct options options;
    struct outputs outputs = {
        .command = card->demo->name, .options = &options, .had_stdout = had_stdout};
    int status;

    switch (options_parse(&options, card, argc, argv)) {
    case CLI_HELP:
        help_demo(card, stdout);
        return outputs_finish_stdout(card->demo->name, had_stdout);
    case CLI_LIST:
        help_variants(card, stdout);
        return outputs_finish_stdout(card->demo->name, had_stdout);
    case CLI_BAD:
        return 2;
    case CLI_FAILED:
        return EXIT_FAILURE;
    case CLI_RUN:
        break;
    }
    leave_on_signals();
    status = outputs_open(&outputs);
    if (status == EXIT_SUCCESS)
        status = run(card, &options, &outputs, argv);
    outputs_close(&outputs);
    options_destroy(&options);
    return status;
}
