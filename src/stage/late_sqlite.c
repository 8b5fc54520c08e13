// SPDX-License-Identifier: MIT
/**
 * SQLite, loaded when it is first called.  Linked as usual, it and what it needs would
 * be loaded at every start of conc, which takes a third as long again; and one demo
 * uses it.  So what that demo calls stands here under the same names, and goes on to
 * the library.  (A static build has the library itself instead.)
 */

#include "demo.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

/** By the name that says which calls it has (its SONAME). */
#define LIBRARY "libsqlite3.so.0"

static void *library;

static void load(void)
{
    library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    must(library != NULL ? 0 : UV_ENOENT, "dlopen of " LIBRARY);
}

/** Its function of that name; the stage ends where there is none. */
static void *late(const char *name)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    void *function;

    pthread_once(&once, load);
    function = dlsym(library, name);
    must(function != NULL ? 0 : UV_ENOENT, name);
    return function;
}

/** A function that looks its namesake up, once a process, and calls it. */
#define LATE(type, name, parameters, arguments)                                      \
    type name parameters                                                             \
    {                                                                                \
        static _Atomic(void *) found;                                                \
        void *function = atomic_load(&found);                                        \
        type(*call) parameters;                                                      \
                                                                                     \
        if (function == NULL) {                                                      \
            function = late(#name);                                                  \
            atomic_store(&found, function);                                          \
        }                                                                            \
        memcpy(&call, &function, sizeof call); /* C has no cast from data to code */ \
        return call arguments;                                                       \
    }

LATE(int, sqlite3_open_v2,
     (const char *path, sqlite3 **db, int flags, const char *system),
     (path, db, flags, system))
LATE(int, sqlite3_close, (sqlite3 * db), (db))
LATE(int, sqlite3_busy_handler,
     (sqlite3 * db, int (*handler)(void *data, int count), void *data),
     (db, handler, data))
LATE(int, sqlite3_exec,
     (sqlite3 * db, const char *sql,
      int (*row)(void *data, int count, char **values, char **names), void *data,
      char **error),
     (db, sql, row, data, error))
LATE(int, sqlite3_prepare_v2,
     (sqlite3 * db, const char *sql, int bytes, sqlite3_stmt **statement,
      const char **rest),
     (db, sql, bytes, statement, rest))
LATE(int, sqlite3_bind_text,
     (sqlite3_stmt * statement, int number, const char *text, int bytes,
      void (*destroy)(void *text)),
     (statement, number, text, bytes, destroy))
LATE(int, sqlite3_bind_int, (sqlite3_stmt * statement, int number, int value),
     (statement, number, value))
LATE(int, sqlite3_step, (sqlite3_stmt * statement), (statement))
LATE(int, sqlite3_finalize, (sqlite3_stmt * statement), (statement))
LATE(const unsigned char *, sqlite3_column_text, (sqlite3_stmt * statement, int number),
     (statement, number))
LATE(sqlite3_int64, sqlite3_column_int64, (sqlite3_stmt * statement, int number),
     (statement, number))
