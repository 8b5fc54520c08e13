// SPDX-License-Identifier: MIT
#include "stage/programs.h"

#include "array.h"
#include "options.h"
#include "stage/clock.h"
#include "stage/proc.h"
#include "stage/process.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/** Where there are many programs, looking takes a hundredth of a core at most. */
#define LOOK_NS   (10 * NS_PER_MS)
#define LOOK_PART 100

/** From the end of its output to that of a program there is a moment. */
#define SOON_NS (200 * NS_PER_US)
#define NEVER   INT64_MAX

/** What the scheduler has counted of a process's first thread. */
struct counted {
    int64_t run_ns, ready_ns;
};

struct program {
    struct program_facts facts;
    struct counted counted; /**< at the last look */
    int64_t looked_ns;
    int64_t told_ns; /**< of its last event; a stretch without a core: its end */
    bool waits;      /**< its lane says so */
    bool has_ended;
};

/** Whether there ever was one: a lock that is taken after each fork() has its page
 * copied each time. */
static atomic_bool are_any;

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static struct trace *the_trace;
static struct program *programs; /* all below under the guard */
static size_t count, room;
static int64_t next_look_ns;
static int64_t end_expected_ns = NEVER; /* when one that has closed its output ends */

static struct program *find(pid_t pid)
{
    for (size_t i = 0; i < count; i++)
        if (programs[i].facts.pid == pid)
            return &programs[i];
    return NULL;
}

/** proc(5): /proc/PID/schedstat has both, in ns.  @return false: not known. */
static bool read_counted(pid_t pid, struct counted *counted)
{
    char path[40], text[96], *end;

    snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
    if (!proc_read(path, text, sizeof text))
        return false;
    counted->run_ns = strtoll(text, &end, 10);
    if (*end != ' ')
        return false;
    counted->ready_ns = strtoll(end, &end, 10);
    return *end == ' ';
}

static void write_on(struct program *program, int64_t at_ns, enum event_kind kind,
                     uint64_t object, uint64_t value)
{
    struct trace_writer writer = {.trace = NULL};

    trace_take_up(&writer, the_trace, program->facts.lane);
    writer.processor = UINT32_MAX;
    trace_write(&writer, at_ns, kind,
                kind == EVENT_TASK_BEGIN ? program->facts.site : SITE_NONE, object,
                value);
    trace_put_down(&writer);
    program->told_ns = at_ns + (kind == EVENT_READY ? (int64_t)value : 0);
}

static void begin_lane(struct program *program)
{
    const struct program_facts *facts = &program->facts;
    struct trace_writer writer = {.trace = NULL};

    trace_open(&writer, the_trace, facts->lane);
    trace_set_started(&writer, facts->pid);
    trace_set_name(&writer, facts->name);
    trace_put_down(&writer);
    write_on(program, program->looked_ns, EVENT_START, 0, 0);
    write_on(program, program->looked_ns, EVENT_TASK_BEGIN, facts->task, WORK_CPU);
}

void programs_add(struct trace *trace, const struct program_facts *facts)
{
    struct program *grown;

    pthread_mutex_lock(&guard);
    the_trace = trace;
    atomic_store(&are_any, true);
    grown = array_grow(programs, count, &room, sizeof *programs);
    if (grown != NULL) {
        programs = grown;
        programs[count] =
            (struct program){.facts = *facts, .looked_ns = wall_ns(), .waits = false};
        begin_lane(&programs[count++]);
    }
    pthread_mutex_unlock(&guard);
}

bool programs_any(void)
{
    bool any;

    pthread_mutex_lock(&guard);
    any = count > 0;
    pthread_mutex_unlock(&guard);
    return any;
}

bool programs_has(pid_t pid)
{
    bool has;

    if (!atomic_load(&are_any))
        return false;
    pthread_mutex_lock(&guard);
    has = find(pid) != NULL;
    pthread_mutex_unlock(&guard);
    return has;
}

/**
 * It waited if it neither had a core nor wanted one for the greater part of the time,
 * nor wants one now: for how long it does is only counted when it has got one.  When in
 * that time it had none is not known, which is less than can be seen.
 */
static bool has_waited(const struct program *program, int64_t busy_ns, int64_t now_ns)
{
    return busy_ns < (now_ns - program->looked_ns) / 2 &&
           (program->has_ended || process_state(program->facts.pid) != 'R');
}

/** It had no core, up to now, for so long; but no longer than since the last event. */
static void tell_ready(struct program *program, int64_t ready_ns, int64_t now_ns)
{
    if (ready_ns > now_ns - program->told_ns)
        ready_ns = now_ns - program->told_ns;
    if (ready_ns > 0)
        write_on(program, now_ns - ready_ns, EVENT_READY, 0, (uint64_t)ready_ns);
}

static void look_at(struct program *program)
{
    int64_t now_ns = wall_ns(), run_ns, ready_ns;
    struct counted counted;
    bool waits;

    if (!read_counted(program->facts.pid, &counted) || now_ns <= program->looked_ns)
        return;
    run_ns = counted.run_ns - program->counted.run_ns;
    ready_ns = counted.ready_ns - program->counted.ready_ns;
    waits = has_waited(program, run_ns + ready_ns, now_ns);
    if (waits != program->waits)
        write_on(program, program->looked_ns,
                 waits ? EVENT_SLEEP_BEGIN : EVENT_SLEEP_END, 0, 0);
    if (!waits)
        tell_ready(program, ready_ns, now_ns);
    program->waits = waits;
    program->counted = counted;
    program->looked_ns = now_ns;
}

/** Its end is told when it is seen, whenever it will be waited for. */
static void end_lane(struct program *program, const siginfo_t *info)
{
    int64_t now_ns = wall_ns();

    program->has_ended = true;
    look_at(program);
    if (info->si_code == CLD_EXITED) {
        write_on(program, now_ns, EVENT_TASK_END, program->facts.task,
                 (uint64_t)program->counted.run_ns);
        write_on(program, now_ns, EVENT_END, 0, (uint64_t)info->si_status);
    } else {
        write_on(program, now_ns, EVENT_KILLED, 0, (uint64_t)info->si_status);
    }
}

static void see(struct program *program)
{
    siginfo_t info = {.si_pid = 0};

    if (program->has_ended)
        return;
    if (waitid(P_PID, (id_t)program->facts.pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
            0 &&
        info.si_pid != 0)
        end_lane(program, &info);
    else
        look_at(program);
}

void programs_look(void)
{
    int64_t begun_ns, cpu_begun_ns, between_ns;

    if (!programs_any())
        return;
    begun_ns = wall_ns();
    pthread_mutex_lock(&guard);
    if (begun_ns >= next_look_ns || begun_ns >= end_expected_ns) {
        cpu_begun_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
        for (size_t i = 0; i < count; i++)
            see(&programs[i]);
        between_ns = (clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu_begun_ns) * LOOK_PART;
        between_ns = between_ns < LOOK_NS ? LOOK_NS : between_ns;
        next_look_ns = begun_ns + between_ns;
        end_expected_ns = NEVER;
    }
    pthread_mutex_unlock(&guard);
}

static bool any_runs_but(pid_t pid)
{
    for (size_t i = 0; i < count; i++)
        if (!programs[i].has_ended && programs[i].facts.pid != pid)
            return true;
    return false;
}

int programs_pause_ms(pid_t awaited)
{
    int64_t look_ns, ns;

    pthread_mutex_lock(&guard);
    look_ns = next_look_ns;
    if (end_expected_ns < look_ns && any_runs_but(awaited))
        look_ns = end_expected_ns;
    pthread_mutex_unlock(&guard);
    ns = look_ns - wall_ns();
    return ns > 0 ? (int)(ns / NS_PER_MS) + 1 : 1;
}

void programs_expect_end(void)
{
    int64_t soon_ns = wall_ns() + SOON_NS;

    pthread_mutex_lock(&guard);
    if (end_expected_ns > soon_ns)
        end_expected_ns = soon_ns;
    pthread_mutex_unlock(&guard);
}

void programs_last_look(pid_t pid)
{
    struct program *program;

    pthread_mutex_lock(&guard);
    program = find(pid);
    if (program != NULL)
        see(program);
    pthread_mutex_unlock(&guard);
}

void programs_end(pid_t pid, const struct program_spent *spent)
{
    struct trace_writer writer = {.trace = NULL};
    struct program *program;

    pthread_mutex_lock(&guard);
    program = find(pid);
    if (program != NULL) {
        trace_take_up(&writer, the_trace, program->facts.lane);
        trace_set_ended(&writer, spent->cpu_ns, spent->voluntary, spent->involuntary);
        *program = programs[--count];
        if (count == 0)
            end_expected_ns = NEVER;
    }
    pthread_mutex_unlock(&guard);
}
