// SPDX-License-Identifier: MIT
/** What the files of demos/webapp/ share: a request, the store of the log, the site
 * that answers, and the client that asks. */

#ifndef CONC_DEMOS_WEBAPP_H
#define CONC_DEMOS_WEBAPP_H

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>

#include "demo.h"

#include "http/http.h"

/** A site that stays up may have any number of searches: so many are drawn. */
#define DRAWN_SEARCHES 1000

struct later;

/* webapp_request.c: a search ------------------------------------------------------ */

/** What was asked, what came out, and who asked: a row of the log. */
enum word { PHRASE, LETTERS, ADDRESS, BROWSER, RESULTS, WORDS };

/** Of each word, in bytes: what the form lets a browser send, 100 and 30 units of
 * UTF-16, of 3 bytes at most; and all letters, with ", " between them. */
#define PHRASE_BYTES  300
#define LETTERS_BYTES 90
#define ADDRESS_BYTES 47
#define BROWSER_BYTES 127
#define RESULTS_BYTES (3 * LETTERS_BYTES - 2)

/**
 * One search.  Its words stand one after the other, in whatever order they were added,
 * each with a 0 at its end, so that a copy takes no more room than they do: rows wait
 * by the thousand.  All zero, it is one without words.
 */
struct request {
    uint64_t number, came_ns; /* on the clock of uv_hrtime() */
    uint16_t at[WORDS], size; /* where each begins, and all end */
    char words[PHRASE_BYTES + LETTERS_BYTES + ADDRESS_BYTES + BROWSER_BYTES +
               RESULTS_BYTES + WORDS];
};

/** Each word once, as UTF-8, whatever it was: a byte that is none becomes U+FFFD.  Of a
 * long one, as many characters as fit.  @return whether all did. */
bool request_add(struct request *request, enum word word, const char *text,
                 size_t length);

/** @return the word, as long as the request stays where it is. */
const char *request_word(const struct request *request, enum word word);

/** How much of the struct a copy needs. */
size_t request_bytes(const struct request *request);

/** The letters that are in the phrase, in their order, each once: "e, o".  A letter is
 * a character of UTF-8.  @return how many bytes they take. */
size_t find_letters(const char *phrase, const char *letters, char *results,
                    size_t size);

/** The bytes that a form has sent under a name, decoded, cut to fit.  @return how many
 * they are; -1: it has sent nothing. */
ssize_t form_value(const char *form, size_t length, const char *name, char *value,
                   size_t size);

/** What is searched for, by which browser, and its results, into a request.  @return
 * false: it is more than the form lets anybody send. */
struct http_request;
bool read_search(const struct http_request *from, struct request *request);

/* webapp_store.c: the log, a database -------------------------------------------- */

/** A new database, without rows; and from now on no two visitors may have one name. */
void store_create(void);
void store_make_unique(void);

/** Do to it what --fault asks for. */
void store_break(void);

/** A connection to it.  @return SQLITE_OK, or why there is none. */
int store_open(sqlite3 **db);

/** Copy a request.  The handler uses one again for each search, and threads may still
 * look at it, by store_insert(): hence a lock, which both take. */
void store_put(struct request *to, const struct request *from);

/** INSERT a row by a connection, which takes the task's time.  @return SQLITE_OK, or
 * why there is no row. */
typedef int webapp_insert(sqlite3 *db, const struct task *task,
                          const struct request *request);
webapp_insert store_insert;

/**
 * Its parts: a transaction, which is all of it, or nothing.  What makes it slow is done
 * in its midst, before the first INSERT takes the database's lock.  store_add() INSERTs
 * all rows of a list.  Unless store_begin() fails, store_end() ends it, by COMMIT, or
 * for an error by ROLLBACK.
 */
int store_begin(sqlite3 *db, const struct task *task);
int store_add(sqlite3 *db, const struct later *first);
int store_end(sqlite3 *db, int error);

/** And note that the visitor was here, unless that is noted already: in two steps, or
 * in one. */
webapp_insert store_check_insert, store_insert_once;

/** SELECT the latest rows, so many at most, and call for each.  @return how many rows
 * there are in all; -1: they could not be read. */
int64_t store_select(int most, void (*row)(const struct request *row, void *data),
                     void *data);

/** Tell conc what is in the log, beside what was asked; and how many visitors. */
void store_tell(const struct tasks *tasks);
void store_tell_visitors(void);

/* webapp_lost.c: rows that are not in the log ------------------------------------- */

/** Count a row that is lost, and why. */
void store_lost(int error);

/** The row was not tried: the server was told to end. */
#define STORE_TOO_LATE SQLITE_ABORT

/** Tell conc. */
void store_tell_lost(void);

/* webapp_site.c: the server ------------------------------------------------------ */

/** How a search is logged. */
typedef void webapp_log(const struct task *task, const struct request *request);

/** Listen, let a client search, for each task once, and make the database.  With
 * --serve there is no client: whoever wants to is one. */
void site_open(const struct tasks *tasks);

/** Answer until the client has gone; with --serve, until SIGTERM comes. */
void site_answer(const struct tasks *tasks, webapp_log *log);

/** When rows that are still to be written are given up, on the clock of uv_hrtime();
 * 0: never. */
uint64_t site_gives_up_at(void);

/* webapp_visitors.c: who is connected --------------------------------------------- */

struct visitor {
    int socket;
    uint64_t heard_ns; /* when he came, or had his last reply; of uv_hrtime() */
    char address[48];
    bool is_leaving; /* what still comes is read, and dropped */
    struct http_input input;
};

/** Let them come, until the other descriptor is readable.  Both stay the caller's. */
void visitors_open(int listener, int end);

/** Wait until somebody sends something, or comes, and serve who has; whoever is not to
 * be kept is hung up on.  @return false: at the end. */
bool visitors_serve(bool (*serve)(struct visitor *visitor));

/** Whether others wait for a place, and there is none. */
bool visitors_wait(void);

void visitors_close(void);

/* webapp_pages.c: what a browser shows ------------------------------------------- */

void page_form(FILE *out);
void page_results(const struct request *request, FILE *out);

/** When a search came, had its reply, and its row was written, or lost, in ns; 0: not
 * yet. */
struct times {
    uint64_t number;
    char phrase[32]; /* as much of it as fits */
    int64_t came_ns, replied_ns, row_ns;
    bool is_lost;
};

/** A picture of these, the oldest first. */
void page_timeline(const struct times *searches, size_t count, int64_t now_ns,
                   FILE *out);

/** @return how many rows the log has now; -1: it could not be read, and the page says
 * so. */
int64_t page_log(FILE *out);

/* webapp.c: who writes a row, and when --------------------------------------------- */

/** A row to write, and all that it takes. */
struct later {
    const struct task *task; /* how long it takes */
    uint64_t number;         /* of the search */
    const struct request *request;
    webapp_insert *insert;
    sqlite3 *db; /* NULL: a connection of its own */
    uv_thread_t thread;
    bool looks; /* somebody will look for its error */
    int error;  /* written by who inserts; of a thread, read when it was joined */
    atomic_bool is_done;
    struct later *next;
};

/** With a copy of the request behind it: the handler returns, and its own is used
 * again, for the next search.  Whoever is done with it frees both at once. */
struct later *later_for(const struct task *task, const struct request *request);

/** The job: all variants call it, so what differs is only who, and when.  @return
 * SQLITE_OK, or why there is no row. */
int insert(const struct later *later);

/** The row is written; or it is lost, and counted: the reply does not depend on it. */
void look(const struct later *later, int error);

void insert_and_look(const struct later *later);

/* webapp_queue.c: one thread that writes ------------------------------------------- */

void queue(const struct tasks *tasks);
void batch(const struct tasks *tasks);

/* webapp_times.c: what the timeline shows ----------------------------------------- */

void times_open(void);

/** A search has come, or has its reply; or its row is written now, or, with an error,
 * lost.  From any thread. */
void times_came(const struct request *request);
void times_replied(uint64_t number, uint64_t at_ns);
void times_row(uint64_t number, int error);

/** With --serve: whether a search has come whose row is neither written nor lost.  From
 * any thread, and from a handler of a signal. */
bool times_has_more(void);

/** The page of the latest searches. */
void times_show(FILE *page);

/* webapp_client.c: a person at a browser ----------------------------------------- */

/** Search at that port, for each task once, look at the log, and tell all times. */
void client_search(unsigned port, const struct tasks *tasks);

#endif
