// SPDX-License-Identifier: MIT
/** Text from anywhere in XML, HTML and in the JSON of a script element. */

#include "view/html/texts.h"
#include "view/markup.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *written(const char *text, bool is_json, bool ascii)
{
    char *result = NULL;
    size_t bytes;
    FILE *out = open_memstream(&result, &bytes);
    assert_non_null(out);
    if (is_json)
        markup_json(out, text, strlen(text));
    else
        assert_int_equal(markup_text(out, text, ascii), 0);
    fclose(out);
    return result;
}

static void check_text(const char *text, bool ascii, const char *expected)
{
    char *result = written(text, false, ascii);
    assert_string_equal(result, expected);
    free(result);
}

static void text_is_text(void **state)
{
    (void)state;
    check_text("luke", false, "luke");
    check_text("<script>alert(1)</script>", false,
               "&lt;script&gt;alert(1)&lt;/script&gt;");
    check_text("\" onload='x' &amp;", false, "&quot; onload=&#39;x&#39; &amp;amp;");
    check_text("]]>-->", false, "]]&gt;--&gt;");
    check_text("日本", false, "日本");
    check_text("é", true, "\\u00e9");
}

/** None of these is a character of XML 1.0, or they would turn the text around them. */
static void no_control_characters(void **state)
{
    (void)state;
    check_text("a\x1b[31m\nb\x7f", false, "a\\x1b[31m\\nb\\x7f");
    check_text("\xff\xfe", false, "\\xff\\xfe");
    check_text("\xef\xbf\xbe", false, "\\ufffe");
    check_text("\xe2\x80\xae"
               "evil",
               false, "\\u202eevil");
    check_text("\xed\xa0\x80", false, "\\xed\\xa0\\x80");
}

static void json_cannot_end_its_element(void **state)
{
    (void)state;
    const char *json = "[\"</script><!-- & \xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xa6\"]";
    char *result = written(json, true, false);
    assert_null(strpbrk(result, "<>&"));
    assert_null(strstr(result, "\xe2\x80\xa8"));
    assert_null(strstr(result, "\xe2\x80\xa9"));
    json_t *before = json_loads(json, 0, NULL), *after = json_loads(result, 0, NULL);
    assert_non_null(after);
    assert_true(json_equal(before, after));
    json_decref(before);
    json_decref(after);
    free(result);
}

static void texts_are_kept_once(void **state)
{
    (void)state;
    struct texts texts = {.at = NULL};
    int result = 0;
    assert_int_equal(texts_number(&texts, "", &result), -1);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 1000; i++) {
            char text[32];
            snprintf(text, sizeof text, "text %d", i);
            assert_int_equal(texts_number(&texts, text, &result), i);
        }
    }
    assert_int_equal(texts.count, 1000);
    assert_string_equal(texts.at[999], "text 999");
    assert_int_equal(result, 0);
    texts_destroy(&texts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_text),
        cmocka_unit_test(no_control_characters),
        cmocka_unit_test(json_cannot_end_its_element),
        cmocka_unit_test(texts_are_kept_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
