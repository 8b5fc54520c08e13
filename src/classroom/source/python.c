// SPDX-License-Identifier: MIT
#include "classroom/source/code.h"
#include "classroom/source/source.h"

#include <stdlib.h>
#include <string.h>

/** What a call of C is in Python; arrays, so that nothing is left to the loader. */
struct pair_of_names {
    char c[28];
    char python[52];
    char seen_as[24]; /* what stands in a twin that has it */
};

/** Of those with the same Python, the first that a lesson has is shown. */
static const struct pair_of_names names[] = {
    {"fork", "os.fork()", "os.fork("},
    {"waitpid", "os.waitpid(pid, 0)", "os.waitpid("},
    {"_exit", "os._exit(status)", "os._exit("},
    {"WEXITSTATUS", "os.waitstatus_to_exitcode(status)", "waitstatus_to_exitcode("},
    {"uv_thread_create", "threading.Thread(target=f, args=(x,)).start()", "Thread("},
    {"uv_thread_create_ex", "threading.Thread(target=f, args=(x,)).start()", "Thread("},
    {"uv_thread_join", "Thread.join()", "Thread("},
    {"pthread_clockjoin_np", "Thread.join(timeout), which returns None", "is_alive("},
    {"pthread_tryjoin_np", "Thread.is_alive()", "is_alive("},
    {"pthread_detach", "threading.Thread(daemon=True)", "daemon="},
    {"pthread_setname_np", "threading.Thread(name=\"luke\")", "name="},
    {"uv_mutex_init", "threading.Lock()", "Lock("},
    {"uv_mutex_lock", "Lock.acquire(), or: with lock:", "Lock("},
    {"uv_mutex_unlock", "Lock.release(), or the end of with", "Lock("},
    {"uv_mutex_trylock", "Lock.acquire(blocking=False)", "blocking=False"},
    {"atomic_fetch_add_explicit", "nothing; with lock: count += 1", "with book.lock"},
    {"gap_wait", "Barrier.wait(timeout)", "Barrier("},
    {"pool_open", "ThreadPoolExecutor(max_workers=n)", "ThreadPoolExecutor("},
    {"pool", "ThreadPoolExecutor(max_workers=n)", "ThreadPoolExecutor("},
    {"processes", "ProcessPoolExecutor(max_workers=n)", "ProcessPoolExecutor("},
    {"submit", "Executor.submit(f, x)", ".submit("},
    {"result", "Future.result()", "future.result"},
    {"uv_cond_timedwait", "Event.wait(timeout), which is true if set",
     ".wait(timeout="},
    {"uv_cond_broadcast", "Event.set()", "asked.set("},
    {"kill", "Process.kill()", "process.kill("},
    {"copy", "copy.copy(request)", "copy.copy("},
    {"posix_spawnp", "subprocess.Popen([...], stdout=PIPE)", "stdout="},
    {"captured", "Popen.communicate()", ".communicate("},
    {"not_started", "except OSError as error:", "except OSError"},
    {"WIFSIGNALED", "Popen.returncode < 0", ".returncode"},
    {"posix_spawn", "subprocess.Popen([...])", "Popen("},
    {"uv_timer_start", "await asyncio.sleep(seconds)", "asyncio.sleep("},
    {"uv_run", "asyncio.run(main())", "asyncio.run("},
    {"uv_queue_work", "await asyncio.to_thread(f)", "to_thread("},
    {"gil_step", "the interpreter's; sys.getswitchinterval()", "getswitchinterval("},
    {"sqlite3_open_v2", "sqlite3.connect(path)", "sqlite3.connect("},
    {"sqlite3_step", "Connection.execute(sql, values)", ".execute("},
    {"sqlite3_close", "Connection.close()", "closing("},
    {"http_next", "http.server.BaseHTTPRequestHandler", "BaseHTTPRequestHandler"},
    {"accept4", "socket.accept()", ".accept("},
    {"uv_listen", "await asyncio.start_server(f, sock=s)", "start_server("},
    {"pause_ns", "time.sleep(seconds)", "time.sleep("},
    {"work", "time.sleep(seconds)", "time.sleep("},
};

/** Whether a name stands in there as code. */
static bool has_name(const struct sources *sources, const char *name)
{
    size_t wanted = strlen(name);
    for (size_t i = 0; i < sources->count; i++) {
        const struct source *source = &sources->at[i];
        for (size_t at = 0; at < source->size; at++)
            if (source->text[at] == *name && code_name_at(source, at) == wanted &&
                memcmp(source->text + at, name, wanted) == 0)
                return true;
    }
    return false;
}

static bool has_text(const struct sources *sources, const char *text)
{
    for (size_t i = 0; i < sources->count; i++)
        if (memmem(sources->at[i].text, sources->at[i].size, text, strlen(text)))
            return true;
    return false;
}

/** A comment of Python's, so that all of the output can be run. */
static void put_names(struct page *page, const struct sources *python,
                      const struct sources *c)
{
    pen_newline(&page->pen);
    pen_newline(&page->pen);
    pen_put(&page->pen, INK_FAINT, "# in C");
    pen_move(&page->pen, 24);
    pen_put(&page->pen, INK_FAINT, "in Python");
    pen_newline(&page->pen);
    const char *last = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i].python, last) == 0 || !has_name(c, names[i].c) ||
            !has_text(python, names[i].seen_as))
            continue;
        last = names[i].python;
        pen_put(&page->pen, INK_FAINT, "# ");
        pen_put(&page->pen, INK_STRONG, names[i].c);
        pen_move(&page->pen, 24);
        pen_put(&page->pen, INK_PLAIN, names[i].python);
        pen_newline(&page->pen);
    }
}

int source_show_python(const struct source_request *request,
                       const struct sources *sources)
{
    struct sources python;
    struct page page;
    bool is_fine = sources_open(&python, request->card->demo->name, true);
    page_open(&page, stdout, &request->look, 1);
    for (size_t i = 0; is_fine && i < python.count; i++) {
        const struct source *source = &python.at[i];
        for (size_t line = 1; line <= source->line_count; line++)
            page_bare_line(&page, &(struct place){source, line});
    }
    if (is_fine)
        put_names(&page, &python, sources);
    sources_close(&python);
    return is_fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
