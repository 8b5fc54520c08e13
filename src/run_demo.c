// SPDX-License-Identifier: MIT

#include "run_demo.h"

#include "card.h"
#include "classroom/predict.h"
#include "cli/diag.h"
#include "cli/help.h"
#include "cli/options.h"
#include "outputs.h"
#include "report_begin.h"
#include "run_variants.h"
#include "signals.h"
#include "view/style.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool run_writes_to_stdout(const struct options *options)
{
    for (size_t i = 0; i < options->output_count; i++)
        if (strcmp(options->outputs[i].path, "-") == 0)
            return true;
    return false;
}

static bool draws_live(const struct options *options)
{
    if (options->live == WHEN_NEVER || options->plain || options->quiet ||
        serving(options) != NULL || run_writes_to_stdout(options))
        return false;
    return style_can_move(STDOUT_FILENO);
}

/** Ends a line, its colours, and a picture that hides the cursor. */
#define END_OF_DRAWING "\033[0m\033[?25h\r\n"

static int out_of_memory(const struct report *report)
{
    diag_for(report->card->demo->name, "out of memory");
    return EXIT_FAILURE;
}

/** Let the person at the terminal, or the tool's people, have their say. */
static int ask(const struct report *report, struct options *options,
               const struct run_company *company)
{
    int error;

    if (company != NULL)
        return company->before(company->data, report, options);
    if (!predict_wants_any(options))
        return EXIT_SUCCESS;
    leave_saying("\n");
    error = predict_ask(report, options);
    leave_saying(NULL);
    return error == 0 ? EXIT_SUCCESS : out_of_memory(report);
}

static int run_and_write(struct report *report, struct outputs *outputs)
{
    int status, written;

    if (style_can_move(STDOUT_FILENO) && !run_writes_to_stdout(report->options))
        leave_saying(END_OF_DRAWING);
    status = run_variants(report, draws_live(report->options));
    written = outputs_write(outputs, report);
    leave_saying(NULL);
    return status != 0 ? status : written;
}

static int run(struct options *options, struct outputs *outputs, char **argv,
               const struct run_company *company)
{
    struct report report;
    int argc = 0, status, after = EXIT_SUCCESS;

    while (argv[argc] != NULL)
        argc++;
    if (report_begin(&report, options->card, options, argc, argv) != 0)
        status = out_of_memory(&report);
    else
        status = ask(&report, options, company);
    if (status == EXIT_SUCCESS)
        status = outputs_empty(outputs);
    if (status == EXIT_SUCCESS) {
        status = run_and_write(&report, outputs);
        if (company != NULL && !run_writes_to_stdout(options) && report.complete)
            after = company->after(company->data, &report);
    }
    report_destroy(&report);
    return status != EXIT_SUCCESS ? status : after;
}

/** Whether somebody is to be asked who is not there.  @return an exit status. */
static int check(const struct options *options, const struct run_company *company)
{
    if (company != NULL)
        return company->check(company->data, options);
    if (!predict_wants_any(options) || predict_can_ask())
        return EXIT_SUCCESS;
    diag_for(options->card->demo->name,
             "--predict asks on a terminal; without one, say --predict=VARIANT=VALUE");
    return 2;
}

static int run_command(const struct card *card, int argc, char **argv, bool had_stdout,
                       const struct run_company *company)
{
    struct options options;
    struct outputs outputs = {
        .command = card->demo->name,
        .options = &options,
        .had_stdout = had_stdout,
        .leaves_stdout = company != NULL,
        .empties_later = true, /* who leaves when asked has lost nothing */
    };
    int status;

    switch (options_parse(&options, card, argc, argv)) {
    case CLI_HELP:
        help_demo(card, stdout);
        return outputs_finish(&outputs);
    case CLI_LIST:
        help_variants(card, stdout);
        return outputs_finish(&outputs);
    case CLI_BAD:
        return 2;
    case CLI_FAILED:
        return EXIT_FAILURE;
    case CLI_RUN:
        break;
    }
    leave_on_signals();
    status = check(&options, company);
    if (status == EXIT_SUCCESS)
        status = outputs_open(&outputs);
    if (status == EXIT_SUCCESS)
        status = run(&options, &outputs, argv, company);
    outputs_close(&outputs);
    options_destroy(&options);
    return status;
}

int run_demo(const struct card *card, int argc, char **argv, bool had_stdout)
{
    return run_command(card, argc, argv, had_stdout, NULL);
}

int run_demo_for(const struct card *card, int argc, char **argv,
                 const struct run_company *company)
{
    return run_command(card, argc, argv, true, company);
}
