// SPDX-License-Identifier: MIT
// The pages of demos/webapp/: what a form has sent is read, and shown, as what it is.

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../demos/webapp/webapp.h"

static void letters_are_found_once_and_in_order(void **state)
{
    static const char *const cases[][3] = {
        {"luke", "aeiou", "e, u"},
        {"luke", "uue", "u, e"},
        {"luke", "xyz", ""},
        {"", "aeiou", ""},
        {"luke", "", ""},
        {"Luke", "lL", "L"},
        {"a,b", "ba", "b, a"},
        {"é", "\xc3", ""},
        {"café crème", "éa", "é, a"},
        {"é", "èéé", "é"},
        {"e", "é", ""},
        {"aあ𝄞", "𝄞あ", "𝄞, あ"},
    };
    char results[128];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        find_letters(cases[i][0], cases[i][1], results, sizeof results);
        assert_string_equal(results, cases[i][2]);
    }
}

static void results_that_do_not_fit_are_cut(void **state)
{
    char results[8];

    (void)state;
    find_letters("abcdefg", "abcdefg", results, sizeof results);
    assert_string_equal(results, "a, b, c");
}

static void values_of_a_form_are_decoded(void **state)
{
    static const struct {
        const char *form, *value;
        bool is_there;
    } cases[] = {
        {"phrase=luke", "luke", true},
        {"x=1&phrase=a+b%21&y=2", "a b!", true},
        {"phrase=", "", true},
        {"phrase=%4", "%4", true},
        {"phrase=%zz%", "%zz%", true},
        {"phrase=%00a%0Ab", " a b", true},
        {"phrase=%27%3C", "'<", true},
        {"xphrase=no", "", false},
        {"phrase", "", false},
        {"", "", false},
        {"&&&", "", false},
        {"phrase=first&phrase=second", "first", true},
    };
    char value[16];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *form = cases[i].form;

        ssize_t length = form_value(form, strlen(form), "phrase", value, sizeof value);

        assert_string_equal(value, cases[i].value);
        assert_int_equal(length, cases[i].is_there ? (ssize_t)strlen(value) : -1);
    }
}

static void a_long_value_is_cut(void **state)
{
    char value[4];

    (void)state;
    assert_int_equal(
        form_value("phrase=%41%42%43%44", 19, "phrase", value, sizeof value), 3);
    assert_string_equal(value, "ABC");
}

static void add(struct request *request, enum word word, const char *text)
{
    request_add(request, word, text, strlen(text));
}

static void words_are_kept_in_whatever_order(void **state)
{
    static const struct request nothing;
    struct request request = {.number = 7}, copy;

    (void)state;
    for (unsigned word = 0; word < WORDS; word++)
        assert_string_equal(request_word(&nothing, word), "");
    add(&request, RESULTS, "e, u");
    add(&request, ADDRESS, "");
    add(&request, PHRASE, "luke");
    add(&request, BROWSER, "curl");
    add(&request, LETTERS, "eu");
    memset(&copy, 'x', sizeof copy);
    memcpy(&copy, &request, request_bytes(&request));
    assert_int_equal(copy.number, 7);
    assert_string_equal(request_word(&copy, PHRASE), "luke");
    assert_string_equal(request_word(&copy, LETTERS), "eu");
    assert_string_equal(request_word(&copy, ADDRESS), "");
    assert_string_equal(request_word(&copy, BROWSER), "curl");
    assert_string_equal(request_word(&copy, RESULTS), "e, u");
}

/** The longest that a browser can send; and a word that ends in the midst of it. */
static void the_longest_words_fit(void **state)
{
    struct request request = {.number = 0};
    char text[1000];

    (void)state;
    memset(text, 'a', sizeof text);
    for (unsigned word = 0; word < WORDS; word++)
        assert_false(request_add(&request, word, text, sizeof text));
    assert_int_equal(request.size, sizeof request.words);
    assert_int_equal(strlen(request_word(&request, PHRASE)), 300);
    assert_int_equal(strlen(request_word(&request, LETTERS)), 90);
    assert_int_equal(strlen(request_word(&request, ADDRESS)), 47);
    assert_int_equal(strlen(request_word(&request, BROWSER)), 127);
    assert_int_equal(strlen(request_word(&request, RESULTS)), 268);
}

static void words_are_utf8_and_cut_between_characters(void **state)
{
    struct request request = {.number = 0};
    char text[] = "ééééééééééééééééééééééééé"; /* 25, of 50 bytes */

    (void)state;
    assert_false(request_add(&request, ADDRESS, text, strlen(text)));
    assert_int_equal(strlen(request_word(&request, ADDRESS)), 46);
    assert_true(request_add(&request, PHRASE,
                            "\xff"
                            "a\xc3",
                            3));
    assert_string_equal(request_word(&request, PHRASE), "\xef\xbf\xbd"
                                                        "a\xef\xbf\xbd");
}

static void as_many_letters_as_a_form_sends_are_found(void **state)
{
    char letters[LETTERS_BYTES + 1], results[RESULTS_BYTES + 1];

    (void)state;
    for (size_t i = 0; i < LETTERS_BYTES; i++)
        letters[i] = (char)('!' + i);
    letters[LETTERS_BYTES] = '\0';
    find_letters(letters, letters, results, sizeof results);
    assert_int_equal(strlen(results), RESULTS_BYTES);
}

static void what_html_means_is_escaped(void **state)
{
    struct request request = {.number = 0};
    char *page = NULL;
    size_t size;
    FILE *out = open_memstream(&page, &size);

    (void)state;
    assert_non_null(out);
    add(&request, PHRASE, "<script>&\"'</script>");
    add(&request, LETTERS, "<>");
    add(&request, RESULTS, "<, >");
    page_results(&request, out);
    fclose(out);
    assert_non_null(strstr(page, "&lt;script&gt;&amp;&quot;&#39;&lt;/script&gt;"));
    assert_non_null(strstr(page, "<b id=\"results\">&lt;, &gt;</b>"));
    assert_null(strstr(page, "<script"));
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_are_found_once_and_in_order),
        cmocka_unit_test(results_that_do_not_fit_are_cut),
        cmocka_unit_test(values_of_a_form_are_decoded),
        cmocka_unit_test(a_long_value_is_cut),
        cmocka_unit_test(words_are_kept_in_whatever_order),
        cmocka_unit_test(the_longest_words_fit),
        cmocka_unit_test(words_are_utf8_and_cut_between_characters),
        cmocka_unit_test(as_many_letters_as_a_form_sends_are_found),
        cmocka_unit_test(what_html_means_is_escaped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
