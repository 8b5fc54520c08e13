// SPDX-License-Identifier: MIT
#include "classroom/source/code.h"
#include "classroom/source/diff.h"
#include "classroom/source/find.h"
#include "classroom/source/times.h"
#include "commands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What each character belongs to -------------------------------------------------- */

/** A letter for each character: blank where it is plain. */
static void check_tokens(const char *path, const char *text, const char *letters)
{
    static const char letter_of[] = {
        [TOKEN_PLAIN] = ' ',  [TOKEN_KEYWORD] = 'k',      [TOKEN_COMMENT] = 'c',
        [TOKEN_STRING] = 's', [TOKEN_PREPROCESSOR] = '#', [TOKEN_PRIMITIVE] = 'P'};
    struct source source;
    char *found = calloc(strlen(text) + 1, 1);
    assert_non_null(found);
    assert_true(source_open(&source, path, text, strlen(text)));
    for (size_t i = 0; i < source.size; i++)
        found[i] = letter_of[source.tokens[i]];
    assert_string_equal(found, letters);
    free(found);
    source_close(&source);
}

static void c_has_words(void **state)
{
    (void)state;
    check_tokens("a.c", "if (uv_mutex_lock(&x))\n", "kk  PPPPPPPPPPPPP      ");
    check_tokens("a.c", "uv_mutex_t a;\n", "              ");
    check_tokens("a.c", "pid = fork();\n", "      PPPP    ");
    check_tokens("a.c", "spoon fork;\n", "            ");
    check_tokens("a.c", "iffy = 5if;\n", "            ");
    check_tokens("a.c", "_Atomic int a;\n", "kkkkkkk kkk    ");
    check_tokens("a.c", "unlock(pthread_join(t));\n", "       PPPPPPPPPPPP      ");
}

static void c_has_strings(void **state)
{
    (void)state;
    check_tokens("a.c", "f(\"a\\\"if\", 'if');\n", "  sssssss  ssss   ");
    check_tokens("a.c", "'\\'' + '\"' if\n", "ssss   sss kk ");
    check_tokens("a.c", "\"not closed\nif\n", "sssssssssss kk ");
    check_tokens("a.c", "\"/* no */\" if\n", "ssssssssss kk ");
    check_tokens("a.c", "\"\\", "ss");
}

static void c_has_comments(void **state)
{
    (void)state;
    check_tokens("a.c", "if /* if\n\"if */ if\n", "kk cccccccccccc kk ");
    check_tokens("a.c", "if // if \"if\nif\n", "kk ccccccccc kk ");
    check_tokens("a.c", "/**/if/*", "cccckkcc");
    check_tokens("a.c", "a / b * c\n", "          ");
}

static void c_has_directives(void **state)
{
    (void)state;
    check_tokens("a.c", "#include <a.h>\nif\n", "############## kk ");
    check_tokens("a.c", "#define A /* b */ if\n", "##########ccccccc kk ");
    check_tokens("a.c", "#define A \\\n  if\nif\n", "################ kk ");
    check_tokens("a.c", "  # if\na # b\n", "  ####       ");
}

static void python_has_them_too(void **state)
{
    (void)state;
    check_tokens("a.py", "def f(): # if\n", "kkk      cccc ");
    check_tokens("a.py", "\"\"\"if\n\"if\"\"\" if\n", "ssssssssssss kk ");
    check_tokens("a.py", "x = 'a#\\'' if\n", "    ssssss kk ");
    check_tokens("a.py", "flow.join()\n", "     PPPP   ");
    check_tokens("a.py", "\"\"\"open", "sssssss");
}

/* Functions ----------------------------------------------------------------------- */

static const char program[] =
    "#include <uv.h>\n"                              /* 1 */
    "\n"                                             /* 2 */
    "/** Not the comment of what follows. */\n"      /* 3 */
    "\n"                                             /* 4 */
    "struct job {\n"                                 /* 5 */
    "    void (*how)(struct job *job);\n"            /* 6 */
    "};\n"                                           /* 7 */
    "\n"                                             /* 8 */
    "static void later(void *arg);\n"                /* 9 */
    "\n"                                             /* 10 */
    "/** One, \"quoted\" { and more.\n"              /* 11 */
    " */\n"                                          /* 12 */
    "static struct job *one(struct job *job,\n"      /* 13 */
    "                       void (*how)(int a))\n"   /* 14 */
    "{\n"                                            /* 15 */
    "    if (job) { char c = '}'; later(\"}\"); }\n" /* 16 */
    "}\n"                                            /* 17 */
    "static int count = 5, two_too = (3);\n"         /* 18 */
    "static void later(void *arg)\n"                 /* 19 */
    "{\n"                                            /* 20 */
    "    later(later);\n"                            /* 21 */
    "    one(arg, count), two(one);\n"               /* 22 */
    "}\n"                                            /* 23 */
    "\n"                                             /* 24 */
    "static void two(int a)\n"                       /* 25 */
    "{\n"                                            /* 26 */
    "    int one = a; /* later(one) */\n"            /* 27 */
    "    create(&one, later, \"one\");\n"            /* 28 */
    "}\n"                                            /* 29 */
    "\n"                                             /* 30 */
    "static const struct variant variants[] = {\n"   /* 31 */
    "    {\"a-b\", \"x, \\\"y\\\"\", one, .shape = f(1, 2)},\n"
    "    {.shape = 2, .run = two, .name = \"b\"},\n"
    "    {\"gone\", \"about\", nowhere},\n"
    "    {0},\n"
    "};\n";

static void open_program(struct sources *sources)
{
    static struct source source;
    assert_true(source_open(&source, "a.c", program, sizeof program - 1));
    *sources = (struct sources){.at = &source, .count = 1};
}

static void check_function(const struct function *function, const char *name,
                           size_t from, size_t to)
{
    assert_int_equal(function->name_length, strlen(name));
    assert_memory_equal(function->name, name, strlen(name));
    assert_int_equal(function->lines.from, from);
    assert_int_equal(function->lines.to, to);
}

static void functions_are_found(void **state)
{
    (void)state;
    struct sources sources;
    struct function function;
    size_t from = 0;
    open_program(&sources);
    assert_true(find_function(sources.at, from, &function));
    check_function(&function, "one", 11, 17);
    assert_true(find_function(sources.at, function.end, &function));
    check_function(&function, "later", 19, 23);
    assert_true(find_function(sources.at, function.end, &function));
    check_function(&function, "two", 25, 29);
    assert_false(find_function(sources.at, function.end, &function));
    assert_false(find_named(&sources, "on", 2, &function));
    assert_false(find_named(&sources, "job", 3, &function));
    source_close(sources.at);
}

static void variants_are_found(void **state)
{
    (void)state;
    struct sources sources;
    struct function function;
    open_program(&sources);
    assert_true(find_variant(&sources, "a-b", &function));
    check_function(&function, "one", 11, 17);
    assert_true(find_variant(&sources, "b", &function));
    check_function(&function, "two", 25, 29);
    assert_false(find_variant(&sources, "gone", &function));
    assert_false(find_variant(&sources, "a", &function));
    assert_false(find_variant(&sources, "about", &function));
    source_close(sources.at);
}

static void names_are_found(void **state)
{
    (void)state;
    struct sources sources;
    struct function function, other;
    enum naming naming;
    size_t from = 0;
    open_program(&sources);
    assert_true(find_named(&sources, "later", 5, &function));
    assert_true(find_names(&sources, &function, &from, &other, &naming));
    check_function(&other, "one", 11, 17);
    assert_int_equal(naming, NAMING_CALL);
    assert_true(find_names(&sources, &function, &from, &other, &naming));
    check_function(&other, "two", 25, 29);
    assert_int_equal(naming, NAMING_CALL);
    assert_true(find_names(&sources, &function, &from, &other, &naming));
    check_function(&other, "one", 11, 17);
    assert_int_equal(naming, NAMING_HAND);
    assert_false(find_names(&sources, &function, &from, &other, &naming));

    from = 0;
    assert_true(find_named(&sources, "two", 3, &function));
    assert_true(find_names(&sources, &function, &from, &other, &naming));
    check_function(&other, "later", 19, 23);
    assert_int_equal(naming, NAMING_HAND);
    assert_false(find_names(&sources, &function, &from, &other, &naming));
    source_close(sources.at);
}

/** What a mutilated lesson is taken for does not matter, as long as all comes to an end
 * within the text. */
static void any_beginning_will_do(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof program; size++) {
        char *text = malloc(size + 1);
        struct source source;
        struct sources sources = {.at = &source, .count = 1};
        struct function function, other;
        enum naming naming;
        size_t from = 0;
        assert_non_null(text);
        memcpy(text, program, size);
        text[size] = '\n'; /* all sources end with one */
        assert_true(source_open(&source, "a.c", text, size + 1));
        find_variant(&sources, "b", &function);
        while (find_function(&source, from, &function)) {
            size_t at = 0;
            while (find_names(&sources, &function, &at, &other, &naming))
                assert_true(at <= source.size);
            assert_true(function.end > from && function.end <= source.size);
            from = function.end;
        }
        source_close(&source);
        free(text);
    }
}

/** All that are in the tree. */
static void every_variant_has_a_function(void **state)
{
    (void)state;
    size_t count = 0;
    for (const struct command *command = commands; command->name; command++) {
        struct sources sources;
        if (!command->card)
            continue;
        assert_true(sources_open(&sources, command->name, false));
        assert_true(sources.count > 0);
        const struct variant *variant = command->card->demo->variants;
        for (; variant->name; variant++, count++) {
            struct function function;
            assert_true(find_variant(&sources, variant->name, &function));
            const char *tasks = "(const struct tasks *tasks)\n{";
            assert_memory_equal(function.name + function.name_length, tasks,
                                strlen(tasks));
        }
        sources_close(&sources);
        assert_true(sources_open(&sources, command->name, true));
        assert_int_equal(sources.count, 1);
        sources_close(&sources);
    }
    assert_true(count > 40);
}

/* Differences --------------------------------------------------------------------- */

/** Two texts of one letter a line; what comes of them as "aa -b +c". */
static void check_diff(const char *left_text, const char *right_text,
                       const char *expected)
{
    struct source left, right;
    struct place lefts[16], rights[16];
    struct pairs pairs;
    char found[128] = "";
    assert_true(source_open(&left, "a.c", left_text, strlen(left_text)));
    assert_true(source_open(&right, "b.c", right_text, strlen(right_text)));
    for (size_t i = 0; i < left.line_count; i++)
        lefts[i] = (struct place){&left, i + 1};
    for (size_t i = 0; i < right.line_count; i++)
        rights[i] = (struct place){&right, i + 1};
    assert_true(diff_lines(lefts, left.line_count, rights, right.line_count, &pairs));
    for (size_t i = 0; i < pairs.count; i++) {
        const struct pair *pair = &pairs.at[i];
        size_t length;
        char one = '.', other = '.';
        if (pair->left.line > 0)
            one = *source_line(pair->left.source, pair->left.line, &length);
        if (pair->right.line > 0)
            other = *source_line(pair->right.source, pair->right.line, &length);
        size_t end = strlen(found);
        snprintf(found + end, sizeof found - end, "%s%c%c%s", i > 0 ? " " : "", one,
                 other, pair->is_same ? "" : "!");
    }
    assert_string_equal(found, expected);
    free(pairs.at);
    source_close(&left);
    source_close(&right);
}

static void lines_are_paired(void **state)
{
    (void)state;
    check_diff("", "", "");
    check_diff("a\nb\n", "a\nb\n", "aa bb");
    check_diff("a\nb\nc\n", "a\nc\n", "aa b.! cc");
    check_diff("a\nc\n", "a\nb\nc\n", "aa .b! cc");
    check_diff("a\nx\nc\n", "a\ny\nc\n", "aa xy! cc");
    check_diff("a\n", "", "a.!");
    check_diff("", "a\n", ".a!");
    check_diff("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n",
               "a.! b.! cc a.! bb .a! bb aa .c!");
    check_diff("1\n2\n3\nz\n", "4\nz\n", "1.! 2.! 34! zz");
}

static void huge_differences_are_refused(void **state)
{
    (void)state;
    struct source source;
    struct place *places = calloc(5000, sizeof *places);
    struct pairs pairs;
    assert_non_null(places);
    assert_true(source_open(&source, "a.c", "a\n", 2));
    for (size_t i = 0; i < 5000; i++)
        places[i] = (struct place){&source, 1};
    assert_false(diff_lines(places, 5000, places, 5000, &pairs));
    assert_null(pairs.at);
    free(places);
    source_close(&source);
}

/* Times --------------------------------------------------------------------------- */

static void nothing(const struct tasks *tasks)
{
    (void)tasks;
}

static const struct variant two_variants[] = {
    {.name = "a-b", .run = nothing}, {.name = "b", .run = nothing}, {0}};
static const struct demo demo = {.name = "a", .variants = two_variants};

/** The note on line 16 of the program; "" where there is none. */
static void check_note(const char *json, const char *variant, const char *expected)
{
    struct sources sources;
    json_t *root = json_loads(json, 0, NULL);
    assert_non_null(root);
    open_program(&sources);
    struct times *times = times_read(root, &demo, variant, &sources);
    assert_non_null(times);
    char *note = times_note(times, sources.at, 16, false);
    assert_string_equal(note != NULL ? note : "", expected);
    assert_int_equal(times_has(times, sources.at, 16), *expected != '\0');
    free(note);
    times_destroy(times);
    source_close(sources.at);
    json_decref(root);
}

#define VARIANT(name, wall, lanes)                                             \
    "{\"name\":\"" name "\",\"wall_ns\":" wall ",\"runs\":[{\"wall_ns\":" wall \
    ",\"lanes\":[" lanes "]}]}"
#define LANE(name, spans, marks) \
    "{\"name\":\"" name "\",\"spans\":[" spans "],\"marks\":[" marks "]}"
#define SPAN(from, to) "{\"start_ns\":" from ",\"end_ns\":" to ",\"source\":\"a.c:16\"}"
#define MARK(at)       "{\"at_ns\":" at ",\"source\":\"a.c:16\"}"
#define RUN(variants)  "{\"variants\":[" variants "]}"

static void times_are_told(void **state)
{
    (void)state;
    check_note(RUN(VARIANT("b", "2000000000",
                           LANE("luke", "", MARK("0")) "," LANE("han", "", MARK("9")))),
               NULL, "0.000 s luke, han");
    check_note(RUN(VARIANT("b", "2000000000",
                           LANE("main", SPAN("0", "500000000"), MARK("500000000")))),
               NULL, "0.000–0.500 s main");
    check_note(RUN(VARIANT("b", "20000000",
                           LANE("main", "", MARK("1000000") "," MARK("2000000")))),
               NULL, "1.00, 2.00 ms main");
    check_note(RUN(VARIANT("b", "20000", LANE("main", "", MARK("1500")))), NULL,
               "1.5 µs main");
}

static void variants_are_told_apart(void **state)
{
    (void)state;
    const char *both =
        RUN(VARIANT("a-b", "2000000000", LANE("main", "", MARK("0"))) "," VARIANT(
            "b", "3000000", LANE("luke", "", MARK("1000000"))));
    check_note(both, NULL, "a-b: 0.000 s main; b: 1.00 ms luke");
    check_note(both, "b", "1.00 ms luke");
    check_note(both, "none", "");
}

static void the_median_run_is_told(void **state)
{
    (void)state;
    check_note("{\"variants\":[{\"name\":\"b\",\"wall_ns\":3000000000,\"runs\":["
               "{\"wall_ns\":2000000000,\"lanes\":[" LANE(
                   "one", "", MARK("1")) "]},"
                                         "{\"wall_ns\":3000000000,\"lanes\":[" LANE(
                                             "two", "", MARK("1")) "]}]}]}",
               NULL, "0.000 s two");
}

static void many_are_counted(void **state)
{
    (void)state;
    check_note(
        RUN(VARIANT(
            "b", "9000000000",
            LANE("a", "", MARK("0")) "," LANE("b", "", MARK("0")) "," LANE(
                "c", "",
                MARK("0")) "," LANE("d", "",
                                    MARK("0")) "," LANE("e", "",
                                                        MARK("0")) "," LANE("f", "",
                                                                            MARK(
                                                                                "0")))),
        NULL, "0.000 s a, b, c, d and 2 more");
    check_note(
        RUN(VARIANT(
            "b", "9000000000",
            LANE("a", "",
                 MARK("1000000000") "," MARK("2000000000") "," MARK(
                     "3000000000") "," MARK("4000000000") "," MARK("5000000000")))),
        NULL, "5 times in 1.000–5.000 s a");
    check_note(
        RUN(VARIANT(
            "b", "9000000000",
            LANE("a", "", MARK("1000000000")) "," LANE("b", "", MARK("2000000000")) "," LANE(
                "c", "",
                MARK("3000000000")) "," LANE("d", "",
                                             MARK("4000000000")) "," LANE("e", "",
                                                                          MARK(
                                                                              "40000000"
                                                                              "00")))),
        NULL, "1.000 s a, 2.000 s b, 3.000 s c, and 2 others");
}

static void marks_within_many_spans_are_not_counted(void **state)
{
    (void)state;
    check_note(
        RUN(VARIANT(
            "b", "9000000000",
            LANE("a",
                 SPAN("0", "1000000000") "," SPAN("2000000000", "3000000000") "," SPAN(
                     "4000000000",
                     "5000000000") "," SPAN("6000000000",
                                            "7000000000") "," SPAN("8000000000",
                                                                   "8500000000"),
                 MARK("0") "," MARK("4500000000") "," MARK("8500000000")))),
        NULL, "5 times in 0.000–8.500 s a");
}

static void nonsense_is_passed_over(void **state)
{
    (void)state;
    static const char *const files[] = {
        "{}",
        "[]",
        "[1,2]",
        "{\"variants\":7}",
        "{\"variants\":[7,null,[],{}]}",
        "{\"variants\":[{\"name\":7},{\"name\":\"b\"},{\"name\":\"b\",\"runs\":7}]}",
        "{\"variants\":[{\"name\":\"b\",\"runs\":[7]}]}",
        "{\"variants\":[{\"name\":\"b\",\"runs\":[{\"lanes\":7}]}]}",
        "{\"variants\":[{\"name\":\"b\",\"runs\":[{\"lanes\":[7,{},[]]}]}]}",
        RUN(VARIANT("b", "9", "{\"name\":7,\"marks\":[" MARK("1") "]}")),
        RUN(VARIANT("b", "9", "{\"name\":\"a\",\"marks\":7,\"spans\":{\"a\":1}}")),
        RUN(VARIANT("b", "9", LANE("a", SPAN("5", "4"), MARK("-1")))),
        RUN(VARIANT("b", "9", LANE("a", SPAN("null", "4"), MARK("\"1\"")))),
        RUN(VARIANT("b", "9", LANE("a", "", MARK("9223372036854775807")))),
        RUN(VARIANT("b", "9", LANE("a", "", "{\"at_ns\":1,\"source\":\"a.c:0\"}"))),
        RUN(VARIANT("b", "9", LANE("a", "", "{\"at_ns\":1,\"source\":\"a.c:16x\"}"))),
        RUN(VARIANT("b", "9", LANE("a", "", "{\"at_ns\":1,\"source\":\"a.c:\"}"))),
        RUN(VARIANT("b", "9", LANE("a", "", "{\"at_ns\":1,\"source\":\"a.c\"}"))),
        RUN(VARIANT("b", "9", LANE("a", "", "{\"at_ns\":1,\"source\":\"a.c:-16\"}"))),
        RUN(VARIANT(
            "b", "9",
            LANE("a", "", "{\"at_ns\":1,\"source\":\"a.c:99999999999999999\"}"))),
        RUN(VARIANT("b", "9", LANE("a", "", "{\"at_ns\":1,\"source\":\"x.c:16\"}"))),
        RUN(VARIANT("b", "9", LANE("a", "", "{\"at_ns\":1,\"source\":7}"))),
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        check_note(files[i], NULL, "");
    check_note(RUN(VARIANT("b", "9000000000", LANE("a", "", MARK("1"))) "," VARIANT(
                   "b", "9", LANE("again", "", MARK("1")))),
               NULL, "0.000 s a");
}

static void strays_are_counted(void **state)
{
    (void)state;
    struct sources sources;
    json_t *root =
        json_loads(RUN(VARIANT("b", "9",
                               LANE("a", "",
                                    MARK("1") ",{\"at_ns\":1,\"source\":\"a.c:999\"},"
                                              "{\"at_ns\":1,\"source\":\"b.c:1\"}"))),
                   0, NULL);
    assert_non_null(root);
    open_program(&sources);
    struct times *times = times_read(root, &demo, NULL, &sources);
    assert_non_null(times);
    assert_int_equal(times_strays(times), 2);
    assert_int_equal(times_lines(times), 1);
    assert_int_equal(times_variants(times), 1);
    times_destroy(times);
    source_close(sources.at);
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(c_has_words),
        cmocka_unit_test(c_has_strings),
        cmocka_unit_test(c_has_comments),
        cmocka_unit_test(c_has_directives),
        cmocka_unit_test(python_has_them_too),
        cmocka_unit_test(functions_are_found),
        cmocka_unit_test(variants_are_found),
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(any_beginning_will_do),
        cmocka_unit_test(every_variant_has_a_function),
        cmocka_unit_test(lines_are_paired),
        cmocka_unit_test(huge_differences_are_refused),
        cmocka_unit_test(times_are_told),
        cmocka_unit_test(variants_are_told_apart),
        cmocka_unit_test(the_median_run_is_told),
        cmocka_unit_test(many_are_counted),
        cmocka_unit_test(marks_within_many_spans_are_not_counted),
        cmocka_unit_test(nonsense_is_passed_over),
        cmocka_unit_test(strays_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
