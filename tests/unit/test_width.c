// SPDX-License-Identifier: MIT
#include "text/width.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

#define E_ACUTE "e\xcc\x81"                  /* with a combining accent */
#define FAMILY  "\U0001f468\u200d\U0001f469" /* two faces, joined */
#define GERMANY "\U0001f1e9\U0001f1ea"

static void widths(void **state)
{
    static const struct {
        const char *text;
        unsigned columns;
    } cases[] = {
        {"", 0},
        {"luke", 4},
        {"天行者", 6},
        {E_ACUTE, 1},
        {"é", 1},
        {"█▒─░·├┼┤✗•", 10},
        {"…", 1},
        {FAMILY, 4},
        {GERMANY, 2},
        {"a\xff"
         "b",
         3},
        {"\xe5\xa4", 2},
        {"\u200b", 0},
        {"한국", 4},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(text_width(cases[i].text), cases[i].columns);
    }
}

static void fits_whole_characters(void **state)
{
    static const struct {
        const char *text;
        unsigned columns;
        size_t bytes;
    } cases[] = {
        {"luke", 0, 0},
        {"luke", 3, 3},
        {"luke", 9, 4},
        {"天行者", 1, 0},
        {"天行者", 5, 6},
        {"a" E_ACUTE "b", 2, 4},
        {"a" E_ACUTE, 1, 1},
        {FAMILY "x", 3, 0},
        {FAMILY "x", 4, 11},
        {GERMANY, 1, 0},
        {"a\xff"
         "b",
         2, 2},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(text_fit(cases[i].text, cases[i].columns), cases[i].bytes);
    }
    assert_int_equal(text_fit_bytes("天行者", 5), 3);
    assert_int_equal(text_fit_bytes("a" E_ACUTE, 2), 1);
    assert_int_equal(text_fit_bytes("luke", 15), 4);
}

static void printable(void **state)
{
    (void)state;
    assert_true(text_is_printable("天行者 \xc3\xa9 " FAMILY));
    assert_true(text_is_printable(""));
    assert_false(text_is_printable("a\tb"));
    assert_false(text_is_printable("\x1b[31m"));
    assert_false(text_is_printable("\x7f"));
    assert_false(text_is_printable("\xc2\x9b"
                                   "31m")); /* CSI in one character */
    assert_false(text_is_printable("a\xff"));
    assert_false(text_is_printable("\u202e"
                                   "abc")); /* turns the line round */
    assert_false(text_is_printable("\u2028"));
}

static char *safe(const char *text, bool ascii)
{
    char *copy;
    size_t bytes;
    FILE *out = open_memstream(&copy, &bytes);
    assert_non_null(out);
    text_print_safe(text, ascii, out);
    assert_int_equal(fclose(out), 0);
    return copy;
}

static void escapes(void **state)
{
    static const struct {
        const char *text;
        bool ascii;
        const char *printed;
    } cases[] = {
        {"luke", true, "luke"},
        {"a\nb\t\x1b[0m\x7f", false, "a\\nb\\t\\x1b[0m\\x7f"},
        {"\xff\xfe", false, "\\xff\\xfe"},
        {"\xc2\x9b", false, "\\u009b"},
        {"\u202e", false, "\\u202e"},
        {"天é", false, "天é"},
        {"天é", true, "\\u5929\\u00e9"},
        {"\U0001f468", true, "\\U0001f468"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *printed = safe(cases[i].text, cases[i].ascii);
        assert_string_equal(printed, cases[i].printed);
        free(printed);
    }
}

/** Whatever the bytes: what is printed is printable, and cuts fit and are whole. */
static void any_bytes(void **state)
{
    (void)state;
    uint64_t random = 42;
    for (int i = 0; i < 20000; i++) {
        char text[24] = "";
        random = random * 6364136223846793005u + 1442695040888963407u;
        size_t length = (random >> 40) % sizeof text;
        for (size_t j = 0; j < length; j++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            unsigned char byte = (unsigned char)(random >> 56);
            text[j] = (char)(byte == 0 ? 0xe5 : byte);
        }
        char *printed = safe(text, false), *ascii = safe(text, true);
        assert_true(text_is_printable(printed));
        assert_true(text_is_printable(ascii));
        assert_int_equal(text_width(ascii), strlen(ascii));
        for (unsigned columns = 0; columns < 30; columns++) {
            size_t bytes = text_fit(printed, columns);
            assert_true(bytes <= strlen(printed));
            char *beginning = strndup(printed, bytes);
            assert_true(text_is_printable(beginning));
            assert_true(text_width(beginning) <= columns);
            free(beginning);
        }
        free(printed);
        free(ascii);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths),    cmocka_unit_test(fits_whole_characters),
        cmocka_unit_test(printable), cmocka_unit_test(escapes),
        cmocka_unit_test(any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
