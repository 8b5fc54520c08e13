// SPDX-License-Identifier: MIT
/** Frames on a terminal that nobody reads for a while: none waits, none is lost in
 * part. */

#include "card.h"
#include "view/live.h"
#include "view/style.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pty.h>

#define FRAMES 500

static const struct variant variants[] = {{.name = "sequential"}, {0}};
static const struct demo demo = {.name = "threads", .variants = variants};
static const struct card card = {.demo = &demo};

/** A run of one lane that has been waiting for so long. */
static struct report *report_at(int64_t now_ns)
{
    static struct task task = {"luke", "luke", 1000000000, 0};
    static const struct task_view seen[] = {{"luke", 1000000000}};
    static struct options options;
    static char main_name[] = "main";
    static struct span span;
    static struct lane lane;
    static struct run run;
    static struct variant_report variant;
    static struct report report;

    options = (struct options){.tasks = {1, &task},
                               .cores = 1,
                               .repeat = 1,
                               .speed = 1,
                               .from_ns = -1,
                               .to_ns = -1};
    span = (struct span){.end_ns = now_ns, .state = STATE_WAIT, .site = SITE_NONE};
    lane = (struct lane){.parent = LANE_NONE,
                         .end_ns = now_ns,
                         .cut = true,
                         .name = main_name,
                         .spans = &span,
                         .span_count = 1};
    run = (struct run){.wall_ns = now_ns, .ending = ENDING_RUNNING};
    run.timeline = (struct timeline){.wall_ns = now_ns,
                                     .lanes = &lane,
                                     .lane_count = 1,
                                     .tasks = seen,
                                     .task_count = 1};
    variant = (struct variant_report){.variant = variants,
                                      .status = VARIANT_RUNNING,
                                      .runs = &run,
                                      .run_count = 1,
                                      .ideal_ns = 1000000000};
    report = (struct report){
        .card = &card, .options = &options, .variants = &variant, .variant_count = 1};
    report.machine.cores = 1;
    return &report;
}

struct stream {
    int master, terminal;
    char *text;
    size_t bytes;
};

/** Read what is there. */
static void drain(struct stream *stream)
{
    for (;;) {
        stream->text = realloc(stream->text, stream->bytes + 4097);
        assert_non_null(stream->text);
        ssize_t got = read(stream->master, stream->text + stream->bytes, 4096);
        if (got <= 0) {
            break;
        }
        stream->bytes += (size_t)got;
    }
    stream->text[stream->bytes] = '\0';
}

static void open_stream(struct stream *stream, unsigned short columns,
                        unsigned short rows)
{
    struct winsize window = {.ws_col = columns, .ws_row = rows};
    *stream = (struct stream){0};
    assert_int_equal(openpty(&stream->master, &stream->terminal, NULL, NULL, &window),
                     0);
    assert_int_equal(fcntl(stream->master, F_SETFL, O_NONBLOCK), 0);
}

static void close_stream(struct stream *stream)
{
    close(stream->master);
    close(stream->terminal);
    free(stream->text);
}

/** The cursor goes up by exactly the lines that came since it went up before. */
static size_t check_moves(const char *text)
{
    size_t frames = 0, lines = 0;
    for (const char *at = text; *at != '\0'; at++) {
        lines += *at == '\n';
        char *end;
        if (strncmp(at, "\x1b[", 2) != 0) {
            continue;
        }
        unsigned long number = strtoul(at + 2, &end, 10);
        if (*end == 'A') {
            assert_int_equal(number, lines);
            lines = 0;
            frames++;
        }
    }
    return frames;
}

static size_t count(const char *text, const char *part)
{
    size_t found = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++) {
        found++;
    }
    return found;
}

static const struct style style = {.width = 80, .unicode = true};

static void frames_follow_each_other(void **state)
{
    (void)state;
    struct stream stream;
    struct live *live;
    open_stream(&stream, 80, 24);
    assert_int_equal(live_open(&live, stream.terminal, &style, 0), 0);
    for (int i = 0; i < FRAMES; i++) {
        assert_int_equal(live_draw(live, report_at(i * 3000000)), 0);
        drain(&stream);
    }
    free(live_close(live));
    drain(&stream);
    assert_int_equal(check_moves(stream.text), FRAMES);
    assert_int_equal(count(stream.text, "\x1b[?25l"), 1);
    assert_int_equal(count(stream.text, "\x1b[?25h"), 1);
    assert_int_equal(count(stream.text, "sequential"), FRAMES);
    close_stream(&stream);
}

static void nobody_reads_for_a_while(void **state)
{
    (void)state;
    struct stream stream;
    struct live *live;
    open_stream(&stream, 80, 24);
    assert_int_equal(live_open(&live, stream.terminal, &style, 0), 0);
    for (int i = 0; i < FRAMES; i++) {
        assert_int_equal(live_draw(live, report_at(i * 3000000)), 0);
        if (i > FRAMES / 2) {
            drain(&stream);
        }
    }
    drain(&stream);
    free(live_close(live));
    drain(&stream);
    size_t frames = check_moves(stream.text);
    assert_true(frames > FRAMES / 2 && frames < FRAMES);
    assert_int_equal(count(stream.text, "sequential"), frames);
    assert_non_null(strstr(stream.text, "1.50 s"));
    assert_int_equal(count(stream.text, "\x1b[?25h"), 1);
    close_stream(&stream);
}

/** Nobody will ever read: it ends all the same. */
static void nobody_reads_at_all(void **state)
{
    (void)state;
    struct stream stream;
    struct live *live;
    open_stream(&stream, 80, 24);
    assert_int_equal(live_open(&live, stream.terminal, &style, 0), 0);
    for (int i = 0; i < FRAMES; i++) {
        assert_int_equal(live_draw(live, report_at(i * 3000000)), 0);
    }
    free(live_close(live));
    close_stream(&stream);
}

static void terminal_is_gone(void **state)
{
    (void)state;
    struct stream stream;
    struct live *live;
    open_stream(&stream, 80, 24);
    assert_int_equal(live_open(&live, stream.terminal, &style, 0), 0);
    assert_int_equal(live_draw(live, report_at(1)), 0);
    drain(&stream);
    close(stream.master);
    assert_true(live_draw(live, report_at(2)) < 0);
    free(live_close(live));
    stream.master = open("/dev/null", O_RDONLY);
    close_stream(&stream);
}

static void a_stop_wipes_the_frame(void **state)
{
    (void)state;
    struct stream stream;
    struct live *live;
    open_stream(&stream, 80, 24);
    assert_int_equal(live_open(&live, stream.terminal, &style, 0), 0);
    live_suspend(live);
    drain(&stream);
    assert_int_equal(stream.bytes, 0);
    live_draw(live, report_at(1));
    live_suspend(live);
    live_draw(live, report_at(2));
    free(live_close(live));
    drain(&stream);
    assert_int_equal(check_moves(stream.text), 2);
    assert_int_equal(count(stream.text, "\x1b[?25l"), 2);
    assert_int_equal(count(stream.text, "\x1b[J\x1b[?25h"), 2);
    close_stream(&stream);
}

static void windows_of_any_size(void **state)
{
    (void)state;
    struct stream stream;
    struct live *live;
    open_stream(&stream, 0, 0);
    assert_int_equal(live_open(&live, stream.terminal, &style, 0), 0);
    for (unsigned short i = 0; i < 200; i++) {
        struct winsize window = {.ws_col = (unsigned short)(i * 37 % 301),
                                 .ws_row = (unsigned short)(i * 11 % 50)};
        assert_int_equal(ioctl(stream.master, TIOCSWINSZ, &window), 0);
        live_resized(live);
        assert_int_equal(live_draw(live, report_at(i * 3000000)), 0);
        drain(&stream);
    }
    free(live_close(live));
    drain(&stream);
    assert_int_equal(count(stream.text, "\x1b[?25h"), 1);
    close_stream(&stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_follow_each_other),
        cmocka_unit_test(nobody_reads_for_a_while),
        cmocka_unit_test(nobody_reads_at_all),
        cmocka_unit_test(terminal_is_gone),
        cmocka_unit_test(a_stop_wipes_the_frame),
        cmocka_unit_test(windows_of_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
