// SPDX-License-Identifier: MIT
/**
 * SQLite, loaded when it is first called.  Linked as usual, it and what it needs would
 * be loaded at every start of conc, which would take a quarter longer; and one demo
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

/** The library's own functions. */
static struct {
    __typeof__(sqlite3_open_v2) *open_v2;
    __typeof__(sqlite3_close) *close;
    __typeof__(sqlite3_busy_handler) *busy_handler;
    __typeof__(sqlite3_exec) *exec;
    __typeof__(sqlite3_prepare_v2) *prepare_v2;
    __typeof__(sqlite3_bind_text) *bind_text;
    __typeof__(sqlite3_bind_int) *bind_int;
    __typeof__(sqlite3_step) *step;
    __typeof__(sqlite3_reset) *reset;
    __typeof__(sqlite3_finalize) *finalize;
    __typeof__(sqlite3_column_text) *column_text;
    __typeof__(sqlite3_column_int64) *column_int64;
} sqlite;

/** What dlsym() returns may be the address of a function (dlsym(3)), but C has no cast
 * from data to code. */
static void find(void *library, const char *name, void *function)
{
    void *found = dlsym(library, name);

    must(found != NULL ? 0 : UV_ENOENT, name);
    memcpy(function, &found, sizeof found);
}

static void load(void)
{
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

    must(library != NULL ? 0 : UV_ENOENT, "dlopen of " LIBRARY);
    find(library, "sqlite3_open_v2", &sqlite.open_v2);
    find(library, "sqlite3_close", &sqlite.close);
    find(library, "sqlite3_busy_handler", &sqlite.busy_handler);
    find(library, "sqlite3_exec", &sqlite.exec);
    find(library, "sqlite3_prepare_v2", &sqlite.prepare_v2);
    find(library, "sqlite3_bind_text", &sqlite.bind_text);
    find(library, "sqlite3_bind_int", &sqlite.bind_int);
    find(library, "sqlite3_step", &sqlite.step);
    find(library, "sqlite3_reset", &sqlite.reset);
    find(library, "sqlite3_finalize", &sqlite.finalize);
    find(library, "sqlite3_column_text", &sqlite.column_text);
    find(library, "sqlite3_column_int64", &sqlite.column_int64);
}

/* Nothing can be called before a database is open: this alone loads the library. */
int sqlite3_open_v2(const char *path, sqlite3 **db, int flags, const char *system)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, load);
    return sqlite.open_v2(path, db, flags, system);
}

/** Of none, as where opening has failed, it does nothing. */
int sqlite3_close(sqlite3 *db)
{
    return db == NULL ? SQLITE_OK : sqlite.close(db);
}

int sqlite3_busy_handler(sqlite3 *db, int (*handler)(void *data, int count), void *data)
{
    return sqlite.busy_handler(db, handler, data);
}

int sqlite3_exec(sqlite3 *db, const char *sql,
                 int (*row)(void *data, int count, char **values, char **names),
                 void *data, char **error)
{
    return sqlite.exec(db, sql, row, data, error);
}

int sqlite3_prepare_v2(sqlite3 *db, const char *sql, int bytes,
                       sqlite3_stmt **statement, const char **rest)
{
    return sqlite.prepare_v2(db, sql, bytes, statement, rest);
}

int sqlite3_bind_text(sqlite3_stmt *statement, int number, const char *text, int bytes,
                      void (*destroy)(void *text))
{
    return sqlite.bind_text(statement, number, text, bytes, destroy);
}

int sqlite3_bind_int(sqlite3_stmt *statement, int number, int value)
{
    return sqlite.bind_int(statement, number, value);
}

int sqlite3_step(sqlite3_stmt *statement)
{
    return sqlite.step(statement);
}

int sqlite3_reset(sqlite3_stmt *statement)
{
    return sqlite.reset(statement);
}

int sqlite3_finalize(sqlite3_stmt *statement)
{
    return statement == NULL ? SQLITE_OK : sqlite.finalize(statement);
}

const unsigned char *sqlite3_column_text(sqlite3_stmt *statement, int number)
{
    return sqlite.column_text(statement, number);
}

sqlite3_int64 sqlite3_column_int64(sqlite3_stmt *statement, int number)
{
    return sqlite.column_int64(statement, number);
}
