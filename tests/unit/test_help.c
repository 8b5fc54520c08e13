// SPDX-License-Identifier: MIT
// The short page, however many commands there are.

#include "cli/help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 60, TOOLS = 5, LINES = 23 };

static const struct card card = {
    .summary = "do what nobody has done yet, with as many tasks as there are here",
    .examples = (const char *const[]){"demo1 --ttl 1 2", "demo1 --tasks 5", NULL},
};

/** The short page with so many demos, named demo1, demo2, ... */
static char *short_page(size_t demos)
{
    static char names[MANY + TOOLS][32];
    struct command table[MANY + TOOLS + 1] = {{.name = NULL}};
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    for (size_t i = 0; i < demos + TOOLS; i++) {
        bool is_demo = i < demos;
        snprintf(names[i], sizeof names[i], "%s%zu", is_demo ? "demo" : "tool",
                 is_demo ? i + 1 : i + 1 - demos);
        table[i].name = names[i];
        table[i].card = is_demo ? &card : NULL;
    }
    help_short(out, table);
    fclose(out);
    return text;
}

static size_t count_lines(const char *text)
{
    size_t count = 0;

    for (; *text; text += strcspn(text, "\n") + 1) {
        size_t width = strcspn(text, "\n");
        if (width > 80 || (width > 0 && text[width - 1] == ' '))
            fail_msg("'%.*s'", (int)width, text);
        count++;
    }
    return count;
}

static void has_every_demo_and_tool_once(void **state)
{
    (void)state;
    for (size_t demos = 1; demos <= MANY; demos++) {
        char *text = short_page(demos), *list = strstr(text, "Demos:\n");
        for (size_t i = 1; i <= demos; i++) {
            char name[16], *found;
            size_t length = (size_t)snprintf(name, sizeof name, " demo%zu", i);
            found = strstr(list, name);
            while (found && found[length] >= '0' && found[length] <= '9')
                found = strstr(found + 1, name);
            if (!found || strchr(" ,\n", found[length]) == NULL)
                fail_msg("of %zu demos there is no%s in\n%s", demos, name, text);
        }
        assert_non_null(strstr(list, "\nTools:\n  tool1, tool2, tool3, tool4, tool5, "
                                     "help\n\nRead on:\n"));
        free(text);
    }
}

static void fits_a_terminal_with_the_prompt(void **state)
{
    (void)state;
    for (size_t demos = 1; demos <= MANY; demos++) {
        char *text = short_page(demos);
        size_t lines = count_lines(text);
        if (lines > LINES)
            fail_msg("%zu lines with %zu demos:\n%s", lines, demos, text);
        free(text);
    }
}

static void sums_demos_up_while_there_is_room(void **state)
{
    static const struct {
        size_t demos, summaries;
        const char *names;
    } cases[] = {
        {1, 1, "\n\nTools:"},
        {9, 9, "\n\nTools:"},
        {10, 8, "\n  and demo9, demo10\n\nTools:"},
        {15, 8, "\n  and demo9, demo10, demo11, demo12, demo13, demo14, demo15\n\n"},
        {16, 7, "\n  and demo8, demo9, "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = short_page(cases[i].demos), *at = text;
        size_t summaries = 0;
        while ((at = strstr(at, card.summary)) != NULL) {
            summaries++;
            at++;
        }
        assert_int_equal(summaries, cases[i].summaries);
        if (!strstr(text, cases[i].names))
            fail_msg("with %zu demos no '%s' in\n%s", cases[i].demos, cases[i].names,
                     text);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_every_demo_and_tool_once),
        cmocka_unit_test(fits_a_terminal_with_the_prompt),
        cmocka_unit_test(sums_demos_up_while_there_is_room),
    };

    return cmocka_run_group_tests_name("help", tests, NULL, NULL);
}
