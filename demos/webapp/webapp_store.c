// SPDX-License-Identifier: MIT
/**
 * The log of demos/webapp/webapp.c: a table in SQLite.
 *
 * Whatever a visitor has typed goes to the database as a bound value, never as part of
 * the SQL: a phrase such as "'); DROP TABLE log; --" is logged as what it is.  Nobody
 * here waits for a lock for ever: a connection that finds the database locked tries
 * again for a while, and then says so.
 */

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "demo.h"

#include "webapp.h"

/** How often a connection tries again while others have the lock: for 5 s in all; and
 * where it is never given up, 63 ms. */
#define TRIES     160
#define FEW_TRIES 6

/** By one statement of so many rows, a row takes 0.3 us; by one of its own, 0.5 us. */
#define ROWS_AT_ONCE 32

/** As the card has them. */
enum fault { FAULT_NONE, FAULT_LOCKED, FAULT_READ_ONLY, FAULT_DELETED };

static const char tables[] =
    "PRAGMA journal_mode = WAL;"
    "CREATE TABLE log (phrase TEXT NOT NULL, letters TEXT NOT NULL,"
    " address TEXT NOT NULL, browser TEXT NOT NULL, results TEXT NOT NULL);"
    "CREATE TABLE visitors (name TEXT NOT NULL);";

static enum fault fault(void)
{
    return (enum fault)option("--fault");
}

static void database_path(char path[4200], const char *end)
{
    snprintf(path, 4200, "%s/webapp.db%s", stage_folder(), end);
}

/** Less and less often, up to 32 ms apart: they may be many.  @return whether to try
 * again: not when rows are given up, since threads line up for that, one by one. */
static int wait_for_lock(void *unused, int tries)
{
    uint64_t gives_up_at = site_gives_up_at();

    (void)unused;
    if (tries >= (fault() == FAULT_LOCKED ? FEW_TRIES : TRIES))
        return 0;
    if (gives_up_at != 0 && uv_hrtime() > gives_up_at)
        return 0;
    pause_ns(INT64_C(1000000) << (tries < 5 ? tries : 5));
    return 1;
}

/** What was committed outlives the process, but not the power: nobody waits for a disk.
 */
static int open_with(sqlite3 **db, int flags)
{
    char path[4200];
    int error;

    database_path(path, "");
    error = sqlite3_open_v2(path, db, flags, NULL);
    if (error == SQLITE_OK)
        error = sqlite3_busy_handler(*db, wait_for_lock, NULL);
    if (error == SQLITE_OK)
        error = sqlite3_exec(*db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
    return error;
}

/** Each thread, and each request, has a connection of its own. */
int store_open(sqlite3 **db)
{
    return open_with(db, fault() == FAULT_READ_ONLY ? SQLITE_OPEN_READONLY
                                                    : SQLITE_OPEN_READWRITE);
}

/** Without a database there is no log from the start. */
static void must_sqlite(int error, const char *call)
{
    int why = error == SQLITE_FULL    ? UV_ENOSPC
              : error == SQLITE_NOMEM ? UV_ENOMEM
                                      : UV_EIO;

    must(error == SQLITE_OK ? 0 : why, call);
}

/** What --fault asked for, for real; of a lock, until the stage ends. */
void store_break(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    static sqlite3 *holder;
    char path[4200];

    if (fault() == FAULT_LOCKED) {
        must_sqlite(store_open(&holder), "sqlite3_open_v2");
        must_sqlite(sqlite3_exec(holder, "BEGIN IMMEDIATE", NULL, NULL, NULL),
                    "sqlite3_exec");
    }
    for (size_t i = 0; fault() == FAULT_DELETED && i < sizeof ends / sizeof *ends;
         i++) {
        database_path(path, ends[i]);
        unlink(path);
    }
}

/** Of all requests: the time that it is held is short. */
static uv_mutex_t request_lock;

/** The database has one writer at a time.  Here threads line up for that, and do not
 * have to ask again and again. */
static uv_mutex_t write_lock;

void store_create(void)
{
    sqlite3 *db;

    must(uv_mutex_init(&request_lock), "uv_mutex_init");
    must(uv_mutex_init(&write_lock), "uv_mutex_init");
    must_sqlite(open_with(&db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE),
                "sqlite3_open_v2");
    must_sqlite(sqlite3_exec(db, tables, NULL, NULL, NULL), "CREATE TABLE");
    sqlite3_close(db);
}

void store_make_unique(void)
{
    sqlite3 *db;

    if (store_open(&db) == SQLITE_OK)
        sqlite3_exec(db, "CREATE UNIQUE INDEX names ON visitors (name)", NULL, NULL,
                     NULL);
    sqlite3_close(db);
}

void store_put(struct request *to, const struct request *from)
{
    uv_mutex_lock(&request_lock);
    memcpy(to, from, request_bytes(from));
    uv_mutex_unlock(&request_lock);
}

static int run(sqlite3 *db, const char *sql, const char *word)
{
    sqlite3_stmt *statement;
    int error = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

    if (error == SQLITE_OK && word != NULL)
        error = sqlite3_bind_text(statement, 1, word, -1, SQLITE_STATIC);
    if (error == SQLITE_OK && (error = sqlite3_step(statement)) == SQLITE_DONE)
        error = SQLITE_OK;
    sqlite3_finalize(statement);
    return error;
}

int store_begin(sqlite3 *db, const struct task *task)
{
    int error = run(db, "BEGIN", NULL);

    if (error == SQLITE_OK) {
        work(task);
        uv_mutex_lock(&write_lock);
    }
    return error;
}

/** An INSERT of so many rows. */
static int prepare_insert(sqlite3 *db, size_t rows, sqlite3_stmt **statement)
{
    static const char begin[] = "INSERT INTO log VALUES ", row[] = "(?, ?, ?, ?, ?),";
    char sql[sizeof begin + ROWS_AT_ONCE * sizeof row];
    size_t length = sizeof begin - 1;

    memcpy(sql, begin, length);
    for (; rows > 0; rows--) {
        memcpy(sql + length, row, sizeof row - 1);
        length += sizeof row - 1;
    }
    return sqlite3_prepare_v2(db, sql, (int)length - 1, statement, NULL);
}

/** The request's words in place of the question marks of a row. */
static int bind_row(sqlite3_stmt *statement, size_t row, const struct request *request)
{
    int error = SQLITE_OK;

    for (int word = 0; word < WORDS && error == SQLITE_OK; word++)
        error = sqlite3_bind_text(statement, (int)row * WORDS + word + 1,
                                  request_word(request, (enum word)word), -1,
                                  SQLITE_STATIC);
    return error;
}

/** All of these rows, by a statement that is prepared for so many when it is first
 * used: that takes longer than to run it. */
static int insert_rows(sqlite3 *db, sqlite3_stmt **statement,
                       const struct request *const *rows, size_t count)
{
    int error = SQLITE_OK;

    if (*statement == NULL)
        error = prepare_insert(db, count, statement);
    for (size_t i = 0; i < count && error == SQLITE_OK; i++)
        error = bind_row(*statement, i, rows[i]);
    if (error == SQLITE_OK)
        error = sqlite3_step(*statement);
    sqlite3_reset(*statement);
    return error == SQLITE_DONE ? SQLITE_OK : error;
}

int store_add(sqlite3 *db, const struct later *first)
{
    const struct request *rows[ROWS_AT_ONCE];
    sqlite3_stmt *many = NULL, *one = NULL;
    int error = SQLITE_OK;
    size_t count = 0;

    for (; first != NULL && error == SQLITE_OK; first = first->next) {
        rows[count++] = first->request;
        if (count == ROWS_AT_ONCE) {
            error = insert_rows(db, &many, rows, count);
            count = 0;
        }
    }
    for (size_t i = 0; i < count && error == SQLITE_OK; i++)
        error = insert_rows(db, &one, &rows[i], 1);
    sqlite3_finalize(many);
    sqlite3_finalize(one);
    return error;
}

int store_end(sqlite3 *db, int error)
{
    if (error == SQLITE_OK)
        error = run(db, "COMMIT", NULL);
    if (error != SQLITE_OK)
        run(db, "ROLLBACK", NULL);
    uv_mutex_unlock(&write_lock);
    return error;
}

/** The visitor too, where there is an INSERT for him: in one transaction, so that both
 * rows are kept, or none. */
static int insert_both(sqlite3 *db, const struct task *task,
                       const struct request *request, const char *insert_visitor)
{
    int error = store_begin(db, task);
    struct request row;

    if (error != SQLITE_OK)
        return error;
    store_put(&row, request);
    error = store_add(db, &(struct later){.request = &row});
    if (error == SQLITE_OK && insert_visitor != NULL)
        error = run(db, insert_visitor, request_word(&row, BROWSER));
    return store_end(db, error);
}

int store_insert(sqlite3 *db, const struct task *task, const struct request *request)
{
    return insert_both(db, task, request, NULL);
}

/** One number that the database is asked for; -1: it does not say. */
static int64_t ask(sqlite3 *db, const char *sql, const char *word)
{
    sqlite3_stmt *statement;
    int64_t number = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        return -1;
    if (word != NULL)
        sqlite3_bind_text(statement, 1, word, -1, SQLITE_STATIC);
    if (sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

/**
 * UNSAFE: check, then insert (check-then-act).  What was true when it was checked need
 * not be true any more when the row is inserted, however short the time between.
 *
 *     luke                                  darthvader
 *     SELECT: no visitor of that name
 *                                           SELECT: no visitor of that name
 *     INSERT
 *                                           INSERT: the name is there twice
 */
int store_check_insert(sqlite3 *db, const struct task *task,
                       const struct request *request)
{
    bool is_new = ask(db, "SELECT count(*) FROM visitors WHERE name = ?",
                      request_word(request, BROWSER)) == 0;

    return insert_both(db, task, request,
                       is_new ? "INSERT INTO visitors VALUES (?)" : NULL);
}

/** The database itself does both at once, since the key is UNIQUE. */
int store_insert_once(sqlite3 *db, const struct task *task,
                      const struct request *request)
{
    return insert_both(db, task, request, "INSERT OR IGNORE INTO visitors VALUES (?)");
}

/** The columns of the table are the words, in their order. */
static void take_row(sqlite3_stmt *statement, struct request *row)
{
    row->size = 0;
    for (int word = 0; word < WORDS; word++) {
        const char *text = (const char *)sqlite3_column_text(statement, word);

        request_add(row, (enum word)word, text, text != NULL ? strlen(text) : 0);
    }
}

/** In one transaction, so that the rows and their number are of one moment. */
int64_t store_select(int most, void (*row)(const struct request *row, void *data),
                     void *data)
{
    struct request one;
    sqlite3_stmt *statement;
    int64_t count = -1;
    sqlite3 *db;
    int step;

    if (store_open(&db) != SQLITE_OK ||
        sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK ||
        (count = ask(db, "SELECT count(*) FROM log", NULL)) < 0 ||
        sqlite3_prepare_v2(db, "SELECT * FROM log ORDER BY rowid DESC LIMIT ?", -1,
                           &statement, NULL) != SQLITE_OK) {
        sqlite3_close(db);
        return -1;
    }
    sqlite3_bind_int(statement, 1, most);
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        take_row(statement, &one);
        row(&one, data);
    }
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return step == SQLITE_DONE ? count : -1;
}

/* What is in the log, and what should be ------------------------------------------ */

struct check {
    const struct tasks *tasks;
    bool *is_kept;
    int64_t right, wrong;
};

/** Right is a row that is one of the searches, with its results, and is there once. */
static void check_row(const struct request *row, void *data)
{
    struct check *check = data;
    const char *phrase = request_word(row, PHRASE);
    char results[RESULTS_BYTES + 1];

    find_letters(phrase, request_word(row, LETTERS), results, sizeof results);
    for (size_t i = 0; i < check->tasks->count; i++)
        if (!check->is_kept[i] && strcmp(check->tasks->at[i].name, phrase) == 0 &&
            strcmp(results, request_word(row, RESULTS)) == 0) {
            check->is_kept[i] = true;
            check->right++;
            return;
        }
    check->wrong++;
}

void store_tell(const struct tasks *tasks)
{
    struct check check = {tasks, must_alloc(tasks->count, sizeof(bool)), 0, 0};
    int64_t rows = store_select(INT32_MAX, check_row, &check);

    store_tell_lost();
    if (rows >= 0)
        note("rows", rows);
    free(check.is_kept);
    if (option("--serve") != 0)
        return;
    note("rows_right", check.right);
    note("rows_wrong", check.wrong);
}

void store_tell_visitors(void)
{
    int64_t count = -1;
    sqlite3 *db;

    if (store_open(&db) == SQLITE_OK)
        count = ask(db, "SELECT count(*) FROM visitors", NULL);
    sqlite3_close(db);
    if (count >= 0)
        note("visitors", count);
}
