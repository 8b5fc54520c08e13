// SPDX-License-Identifier: MIT
/** A class's votes: read from texts that may hold anything, and what they come to. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "classroom/class/votes.h"
#include "view/votes/sum.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

/** What was told of lines: "4 6 ", and the last reason. */
struct told {
    size_t count;
    char lines[256];
    char why[256];
};

static void tell(void *data, size_t line, const char *why)
{
    struct told *told = data;
    size_t used = strlen(told->lines);
    told->count++;
    snprintf(told->lines + used, sizeof told->lines - used, "%zu ", line);
    snprintf(told->why, sizeof told->why, "%s", why);
}

static struct told parse(struct votes *votes, enum predicted kind, const char *text,
                         size_t length)
{
    struct told told = {.count = 0};
    struct votes_faults faults = {.tell = tell, .data = &told};
    /* A copy without a NUL behind it, so that reading too far is seen. */
    char *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    memcpy(copy, text, length);
    assert_int_equal(votes_parse(votes, kind, copy, length, &faults), 0);
    free(copy);
    return told;
}

static struct told parse_text(struct votes *votes, enum predicted kind,
                              const char *text)
{
    return parse(votes, kind, text, strlen(text));
}

static void check_vote(const struct votes *votes, const char *name, int64_t value,
                       const char *reason)
{
    const struct vote *vote = vote_of(votes, name);
    assert_non_null(vote);
    assert_int_equal(vote->value, value);
    if (reason)
        assert_string_equal(vote->reason, reason);
    else
        assert_null(vote->reason);
}

static void test_lines_are_votes(void **state)
{
    struct votes votes;
    (void)state;
    struct told told = parse_text(&votes, PREDICT_TIME,
                                  "ann, 3, one, after, the other\n"
                                  "ben,2s\r\n"
                                  "\n   \t\n"
                                  "  cat  ,  0.5 s  ,  so it is  \n"
                                  "dan,300ms,,");
    assert_int_equal(told.count, 0);
    assert_int_equal(votes.count, 4);
    check_vote(&votes, "ann", 3 * SECOND, "one, after, the other");
    check_vote(&votes, "ben", 2 * SECOND, NULL);
    check_vote(&votes, "cat", SECOND / 2, "so it is");
    check_vote(&votes, "dan", 300 * SECOND / 1000, ",");
    assert_null(vote_of(&votes, "eve"));
    votes_destroy(&votes);
    assert_null(vote_of(&votes, "ann"));
}

/** As spreadsheets write what has a comma in it. */
static void test_fields_in_quotes(void **state)
{
    struct votes votes;
    (void)state;
    struct told told = parse_text(&votes, PREDICT_TIME,
                                  "\"Doe, Ann\",\"2s\",\"she said \"\"no\"\", twice\"\n"
                                  "\"ben\" , 1 , \"so\", he said\n"
                                  "\"\",1\n"
                                  "cat,\"\"\n"
                                  "\"dan,3,x\n"
                                  "\"eve\" e,4,\"\"\n"
                                  "ben,5\n");
    assert_string_equal(told.lines, "3 4 7 ");
    check_vote(&votes, "Doe, Ann", 2 * SECOND, "she said \"no\", twice");
    check_vote(&votes, "ben", SECOND, "\"so\", he said");
    check_vote(&votes, "\"eve\" e", 4 * SECOND, NULL);
    check_vote(&votes, "\"dan", 3 * SECOND, "x");
    votes_destroy(&votes);
}

static void test_counts_and_ends(void **state)
{
    struct votes votes;
    (void)state;
    struct told told =
        parse_text(&votes, PREDICT_COUNT, "a,2\nb,1.5\nc,1000000\nd,-1\n");
    assert_string_equal(told.lines, "2 4 ");
    check_vote(&votes, "c", 1000000, NULL);
    votes_destroy(&votes);
    told = parse_text(&votes, PREDICT_END, "a,ends\nb,hangs,x\nc,maybe\nd,Ends\n");
    assert_string_equal(told.lines, "3 ");
    assert_non_null(strstr(told.why, "\"ends\" or \"hangs\""));
    check_vote(&votes, "b", 0, "x");
    check_vote(&votes, "d", 1, NULL);
    votes_destroy(&votes);
}

static void test_bad_lines_are_told_and_skipped(void **state)
{
    static const char text[] = "\xef\xbb\xbf"
                               "ann,1\n"
                               "ben\n"
                               ",1\n"
                               "cat,\n"
                               "dan,soon,x\n"
                               "eve,1e308\n"
                               "fay,nan\n"
                               "gil,1\0,x\n"
                               "hal,25000m\n"
                               ",,,\n"
                               "\xff\xfe,2,\xff\n"
                               "\x1b[31mida,2\n";
    struct votes votes;
    (void)state;
    struct told told = parse(&votes, PREDICT_TIME, text, sizeof text - 1);
    assert_string_equal(told.lines, "2 3 4 5 6 7 8 9 10 ");
    assert_int_equal(votes.count, 3);
    check_vote(&votes, "ann", SECOND, NULL);
    check_vote(&votes, "\xff\xfe", 2 * SECOND, "\xff");
    check_vote(&votes, "\x1b[31mida", 2 * SECOND, NULL);
    votes_destroy(&votes);
}

static void test_one_vote_a_name(void **state)
{
    struct votes votes;
    (void)state;
    struct told told =
        parse_text(&votes, PREDICT_TIME, "zoe,1\nann,1\nann,2\nzoe,3\nann,4\n");
    assert_string_equal(told.lines, "3 4 5 ");
    assert_string_equal(told.why, "that name has voted on line 2 already");
    assert_int_equal(votes.count, 2);
    check_vote(&votes, "ann", SECOND, NULL);
    check_vote(&votes, "zoe", SECOND, NULL);
    votes_destroy(&votes);
}

/** Without a NUL behind it. */
static void put(char *to, const char *text)
{
    while (*text != '\0')
        *to++ = *text++;
}

static void test_long_lines(void **state)
{
    size_t length = VOTES_LINE_MAX + 100;
    char *text = malloc(length + 32);
    struct votes votes;
    (void)state;
    assert_non_null(text);
    memset(text, 'x', length);
    put(text, "ann,1,");
    put(text + length, "\nben,2\n");
    struct told told = parse(&votes, PREDICT_TIME, text, length + 7);
    assert_string_equal(told.lines, "1 ");
    assert_string_equal(told.why, "is longer than 4000 bytes");
    assert_int_equal(votes.count, 1);
    votes_destroy(&votes);
    free(text);
}

static void test_nothing(void **state)
{
    struct votes votes;
    (void)state;
    assert_int_equal(parse_text(&votes, PREDICT_TIME, "").count, 0);
    assert_int_equal(votes.count, 0);
    votes_destroy(&votes);
    assert_int_equal(parse_text(&votes, PREDICT_TIME, "\n\n\r\n").count, 0);
    assert_int_equal(votes.count, 0);
    votes_destroy(&votes);
}

static void test_a_whole_city(void **state)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    struct votes votes;
    (void)state;
    for (unsigned i = 0; i < 100000; i++)
        fprintf(out, "name%u, %u, because of %u\n", i * 7919 % 100000, i % 9 + 1, i);
    fclose(out);
    assert_int_equal(parse(&votes, PREDICT_TIME, text, length).count, 0);
    assert_int_equal(votes.count, 100000);
    check_vote(&votes, "name7919", 2 * SECOND, "because of 1");
    votes_destroy(&votes);
    free(text);
}

static void test_files_that_never_end(void **state)
{
    struct told told = {.count = 0};
    struct votes_faults faults = {.tell = tell, .data = &told};
    struct votes votes;
    (void)state;
    int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    assert_int_equal(votes_read(&votes, PREDICT_TIME, fd, &faults), UV_EFBIG);
    close(fd);
    votes_destroy(&votes);
    fd = open("/", O_RDONLY | O_CLOEXEC);
    assert_int_equal(votes_read(&votes, PREDICT_TIME, fd, &faults), UV_EISDIR);
    close(fd);
    votes_destroy(&votes);
}

static void test_a_file(void **state)
{
    struct told told = {.count = 0};
    struct votes_faults faults = {.tell = tell, .data = &told};
    struct votes votes;
    int fd = memfd_create("votes", MFD_CLOEXEC);
    (void)state;
    dprintf(fd, "ann,1\nben,x\n");
    lseek(fd, 0, SEEK_SET);
    assert_int_equal(votes_read(&votes, PREDICT_TIME, fd, &faults), 0);
    assert_int_equal(votes.count, 1);
    assert_string_equal(told.lines, "2 ");
    votes_destroy(&votes);
    close(fd);
}

/* Sums ---------------------------------------------------------------------- */

static struct class_sum sum_of(enum predicted kind, const char *text)
{
    struct votes votes;
    struct class_sum sum;
    assert_int_equal(parse_text(&votes, kind, text).count, 0);
    assert_int_equal(class_sum_up(&sum, &votes), 0);
    votes_destroy(&votes);
    return sum;
}

static void test_the_middle(void **state)
{
    (void)state;
    struct class_sum sum = sum_of(PREDICT_COUNT, "a,5\nb,1\nc,9\nd,3\ne,7\n");
    assert_int_equal(sum.count, 5);
    assert_int_equal(sum.least, 1);
    assert_int_equal(sum.low, 3);
    assert_int_equal(sum.median, 5);
    assert_int_equal(sum.high, 7);
    assert_int_equal(sum.most, 9);
    sum = sum_of(PREDICT_COUNT, "a,2\nb,4\n");
    assert_int_equal(sum.median, 3);
    sum = sum_of(PREDICT_COUNT, "a,2\n");
    assert_int_equal(sum.low, 2);
    assert_int_equal(sum.high, 2);
    sum = sum_of(PREDICT_END, "a,ends\nb,hangs\nc,ends\n");
    assert_int_equal(sum.ends, 2);
}

/** Labels of the bins, with how many of the values are in each: "about 1 s:3". */
static char *bins_text(enum predicted kind, const char *text, int64_t measured)
{
    struct votes votes;
    struct class_sum sum;
    char *found = NULL;
    size_t length, counts[CLASS_BINS_MAX] = {0};
    parse_text(&votes, kind, text);
    assert_int_equal(class_sum_up(&sum, &votes), 0);
    struct class_bins bins = class_bins_for(kind, &sum, NULL, measured);
    assert_in_range(bins.count, 1, CLASS_BINS_MAX);
    for (size_t i = 0; i < votes.count; i++)
        counts[class_bin_of(&bins, votes.at[i].value)]++;
    FILE *out = open_memstream(&found, &length);
    for (size_t i = 0; i < bins.count; i++)
        fprintf(out, "%s%s:%zu", i > 0 ? ", " : "",
                class_bin_label(&bins, i, true).text, counts[i]);
    fclose(out);
    votes_destroy(&votes);
    return found;
}

static void check_bins(enum predicted kind, const char *text, int64_t measured,
                       const char *expected)
{
    char *found = bins_text(kind, text, measured);
    assert_string_equal(found, expected);
    free(found);
}

static void test_bins_are_round(void **state)
{
    (void)state;
    check_bins(PREDICT_TIME, "a,1\nb,1.5\nc,2\nd,2.2\ne,3\n", -1,
               "about 1 s:1, about 1.5 s:1, about 2 s:2, about 2.5 s:0, about 3 s:1");
    check_bins(PREDICT_TIME, "a,2\nb,2\n", -1, "about 2 s:2");
    check_bins(PREDICT_TIME, "a,0\n", -1, "about 0 s:1");
    /* What was measured has its place, too: with those who said as much. */
    check_bins(
        PREDICT_TIME, "a,2\n", SECOND,
        "about 1 s:0, about 1.25 s:0, about 1.5 s:0, about 1.75 s:0, about 2 s:1");
    check_bins(PREDICT_TIME, "a,7.5\nb,10\nc,15\nd,15\n", -1,
               "about 7.5 s:1, about 10 s:1, about 12.5 s:0, about 15 s:2");
    check_bins(PREDICT_TIME, "a,2\nb,2.24\nc,1.75\nd,2.25\ne,4\n", 2 * SECOND - 1000,
               "about 2 s:3, about 2.5 s:1, about 3 s:0, about 3.5 s:0, about 4 s:1");
    check_bins(PREDICT_COUNT, "a,1\nb,2\nc,2\n", 1, "1:1, 2:2");
    check_bins(PREDICT_COUNT, "a,100\nb,200\nc,150\n", -1,
               "100 to 119:1, 120 to 139:0, 140 to 159:1, 160 to 179:0, "
               "180 to 199:0, 200 to 219:1");
    check_bins(PREDICT_END, "a,ends\nb,hangs\nc,ends\n", -1, "ends:2, hangs:1");
}

static void test_who_is_far_out_spoils_nothing(void **state)
{
    (void)state;
    check_bins(PREDICT_COUNT, "a,1\nb,2\nc,2\nd,3\ne,1000000000000000\n", -1,
               "1:1, 2:2, 3:1, 4:0, 5:0, 6:0, 7:0, 8:0, 9:0, 10 and more:1");
    check_bins(PREDICT_TIME, "a,0\nb,0\nc,0\nd,0\ne,24m\n", -1,
               "about 0 s:4, 500 ns and more:1");
}

static void test_any_values_have_bins(void **state)
{
    static const char *const values[] = {"0",
                                         "1",
                                         "2",
                                         "3",
                                         "9",
                                         "10",
                                         "99",
                                         "1000000",
                                         "999999999999999",
                                         "1000000000000000"};
    const size_t count = sizeof values / sizeof *values;
    char text[100];
    (void)state;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            for (size_t k = 0; k < count; k++) {
                snprintf(text, sizeof text, "a,%s\nb,%s\n", values[i], values[j]);
                free(bins_text(PREDICT_COUNT, text, strtoll(values[k], NULL, 10)));
            }
}

static void test_who_moved(void **state)
{
    struct votes first, again;
    (void)state;
    parse_text(&first, PREDICT_COUNT, "a,1\nb,5\nc,3\nd,4\ngone,1\n");
    parse_text(&again, PREDICT_COUNT, "a,2\nb,6\nc,3\nd,2\nnew,3\n");
    struct class_moves moves = class_moves_of(&first, &again, 3);
    assert_int_equal(moves.both, 4);
    assert_int_equal(moves.closer, 1);  /* a */
    assert_int_equal(moves.farther, 1); /* b */
    assert_int_equal(moves.same, 2);    /* c; and d, on the other side */
    votes_destroy(&first);
    votes_destroy(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_votes),
        cmocka_unit_test(test_fields_in_quotes),
        cmocka_unit_test(test_counts_and_ends),
        cmocka_unit_test(test_bad_lines_are_told_and_skipped),
        cmocka_unit_test(test_one_vote_a_name),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_a_whole_city),
        cmocka_unit_test(test_files_that_never_end),
        cmocka_unit_test(test_a_file),
        cmocka_unit_test(test_the_middle),
        cmocka_unit_test(test_bins_are_round),
        cmocka_unit_test(test_who_is_far_out_spoils_nothing),
        cmocka_unit_test(test_any_values_have_bins),
        cmocka_unit_test(test_who_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
