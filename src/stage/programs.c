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
    struct counted counted; /**< at the last look that has told something */
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
    int64_t now_ns = wall_ns();

    trace_open(&writer, the_trace, facts->lane);
    trace_set_started(&writer, facts->pid);
    trace_set_name(&writer, facts->name);
    trace_put_down(&writer);
    write_on(program, now_ns, EVENT_START, 0, 0);
    write_on(program, now_ns, EVENT_TASK_BEGIN, facts->task, WORK_CPU);
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
        programs[count] = (struct program){
            .facts = *facts, .looked_ns = facts->called_ns, .waits = false};
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
 * Whether it wants a core, for how long is not known: that is only counted when it has
 * got one.  It may have been woken just now, or have had none all the time: the next
 * look will tell.
 */
static bool is_open(const struct program *program, bool waits)
{
    return waits && !program->has_ended && process_state(program->facts.pid) == 'R';
}

/** It had no core in that time, as far as nothing of it has been told. */
static void tell_ready(struct program *program, int64_t from_ns, int64_t until_ns)
{
    if (from_ns < program->told_ns)
        from_ns = program->told_ns;
    if (until_ns > from_ns)
        write_on(program, from_ns, EVENT_READY, 0, (uint64_t)(until_ns - from_ns));
}

/** It had no core, and ran after that, up to now; who waited did until then. */
static void tell_busy(struct program *program, const struct counted *since,
                      int64_t now_ns)
{
    int64_t from_ns = now_ns - since->run_ns - since->ready_ns;

    if (!program->waits && from_ns > program->looked_ns)
        from_ns = program->looked_ns;
    if (program->waits)
        write_on(program, from_ns > program->told_ns ? from_ns : program->told_ns,
                 EVENT_SLEEP_END, 0, 0);
    tell_ready(program, from_ns, from_ns + since->ready_ns);
}

/** It had no core, ran after that, and then waited; who waited before has been told. */
static void tell_wait(struct program *program, const struct counted *since)
{
    int64_t ready_until_ns = program->looked_ns + since->ready_ns;
    int64_t run_until_ns = ready_until_ns + since->run_ns;

    if (program->waits)
        return;
    tell_ready(program, program->looked_ns, ready_until_ns);
    write_on(program, run_until_ns > program->told_ns ? run_until_ns : program->told_ns,
             EVENT_SLEEP_BEGIN, 0, 0);
}

/**
 * It waited if it neither had a core nor wanted one for the greater part of the time.
 * When in that time it had none is not known, which is less than can be seen.
 */
static void look_at(struct program *program)
{
    int64_t now_ns = wall_ns();
    struct counted counted, since;
    bool waits;

    if (!read_counted(program->facts.pid, &counted) || now_ns <= program->looked_ns)
        return;
    since.run_ns = counted.run_ns - program->counted.run_ns;
    since.ready_ns = counted.ready_ns - program->counted.ready_ns;
    waits = since.run_ns + since.ready_ns < (now_ns - program->looked_ns) / 2;
    if (is_open(program, waits))
        return;
    if (waits)
        tell_wait(program, &since);
    else
        tell_busy(program, &since, now_ns);
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
