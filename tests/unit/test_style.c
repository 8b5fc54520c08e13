// SPDX-License-Identifier: MIT
#include "view/style.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>
#include <pty.h>

static int terminal = -1, master = -1, nothing[2];

static int open_all(void **state)
{
    (void)state;
    return openpty(&master, &terminal, NULL, NULL, NULL) != 0 || pipe(nothing) != 0;
}

static int close_all(void **state)
{
    (void)state;
    return close(master) | close(terminal) | close(nothing[0]) | close(nothing[1]);
}

static int clean(void **state)
{
    (void)state;
    unsetenv("NO_COLOR");
    unsetenv("COLORTERM");
    unsetenv("COLUMNS");
    return setenv("TERM", "xterm", 1);
}

static enum palette palette(enum when color, int fd)
{
    struct options options = {.color = color};
    return style_for(&options, fd).palette;
}

static unsigned width(unsigned asked, int fd)
{
    struct options options = {.width = asked};
    return style_for(&options, fd).width;
}

static void set_window(unsigned short columns, unsigned short rows)
{
    struct winsize window = {.ws_col = columns, .ws_row = rows};
    assert_int_equal(ioctl(master, TIOCSWINSZ, &window), 0);
}

static void colors(void **state)
{
    (void)state;
    assert_int_equal(palette(WHEN_AUTO, terminal), PALETTE_16);
    assert_int_equal(palette(WHEN_AUTO, nothing[1]), PALETTE_NONE);
    assert_int_equal(palette(WHEN_ALWAYS, nothing[1]), PALETTE_16);
    assert_int_equal(palette(WHEN_NEVER, terminal), PALETTE_NONE);
    setenv("TERM", "xterm-256color", 1);
    assert_int_equal(palette(WHEN_AUTO, terminal), PALETTE_256);
    setenv("TERM", "xterm", 1);
    setenv("COLORTERM", "truecolor", 1);
    assert_int_equal(palette(WHEN_AUTO, terminal), PALETTE_256);
}

static void no_colors(void **state)
{
    (void)state;
    setenv("NO_COLOR", "1", 1);
    assert_int_equal(palette(WHEN_AUTO, terminal), PALETTE_NONE);
    assert_int_equal(palette(WHEN_ALWAYS, terminal), PALETTE_16);
    setenv("NO_COLOR", "", 1);
    assert_int_equal(palette(WHEN_AUTO, terminal), PALETTE_16);
    setenv("TERM", "dumb", 1);
    assert_int_equal(palette(WHEN_AUTO, terminal), PALETTE_NONE);
    assert_false(style_can_move(terminal));
    unsetenv("TERM");
    assert_int_equal(palette(WHEN_AUTO, terminal), PALETTE_NONE);
    assert_false(style_can_move(terminal));
}

static void widths(void **state)
{
    (void)state;
    set_window(0, 0);
    assert_int_equal(width(0, terminal), 80);
    set_window(123, 45);
    assert_int_equal(width(0, terminal), 123);
    assert_int_equal(width(7, terminal), 7);
    set_window(999, 45);
    assert_int_equal(width(0, terminal), 300);
    assert_int_equal(width(0, nothing[1]), 80);
    setenv("COLUMNS", "55", 1);
    assert_int_equal(width(0, nothing[1]), 55);
    assert_int_equal(width(0, terminal), 300);
    setenv("COLUMNS", "99999999999999999999", 1);
    assert_int_equal(width(0, nothing[1]), 300);
    setenv("COLUMNS", "0", 1);
    assert_int_equal(width(0, nothing[1]), 80);
    setenv("COLUMNS", "12x", 1);
    assert_int_equal(width(0, nothing[1]), 80);
}

static void windows(void **state)
{
    (void)state;
    unsigned columns = 0, lines = 0;
    set_window(0, 0);
    style_window(terminal, &columns, &lines);
    assert_int_equal(columns, 80);
    assert_int_equal(lines, 24);
    set_window(40, 10);
    style_window(terminal, &columns, &lines);
    assert_int_equal(columns, 40);
    assert_int_equal(lines, 10);
    style_window(nothing[1], &columns, &lines);
    assert_int_equal(columns, 80);
    assert_int_equal(lines, 24);
    assert_true(style_can_move(terminal));
    assert_false(style_can_move(nothing[1]));
}

/** No setlocale() was called: the C locale, which has no more than ASCII. */
static void characters(void **state)
{
    (void)state;
    struct options options = {0};
    assert_false(style_for(&options, terminal).unicode);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(colors, clean),
        cmocka_unit_test_setup(no_colors, clean),
        cmocka_unit_test_setup(widths, clean),
        cmocka_unit_test_setup(windows, clean),
        cmocka_unit_test_setup(characters, clean),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
