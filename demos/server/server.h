// SPDX-License-Identifier: MIT
/** What the variants of demos/server/server.c share: the server's sockets, and how a
 * connection is served. */

#ifndef CONC_DEMOS_SERVER_H
#define CONC_DEMOS_SERVER_H

#include "demo.h"
#include "http/http.h"

struct server {
    /* Set before there is any worker, then only read. */
    const struct tasks *tasks; /* what may be asked for: "/0" is the first one */
    int listener;              /* where connections come in; it does not block */
    int gone;                  /* at its end when all clients have gone */
    char of_process[32];       /* who serves, as every response says */
    int64_t timeout_ns;        /* a request is there within this, or refused */
    bool has_thread_for_each;  /* nobody waits for whoever serves a connection */

    atomic_uint queued;   /* connections that are accepted, and that nobody serves */
    atomic_bool is_over;  /* whoever is still served has sent a request, or goes */
    _Atomic int64_t hits; /* requests answered: by any thread, but of this process */
};

/** Listen on 127.0.0.1, and let the clients come. */
void server_open(struct server *server, const struct tasks *tasks);

/** Responses say that they come from the calling process, from now on. */
void server_sign(struct server *server);

/** The next connection; -1: there will be none. */
int next_connection(struct server *server);

/** Answer the requests of one connection, and close it. */
void serve(struct server *server, int connection);

/** When all connections are closed. */
void server_close(struct server *server);

/** Which task a request asks for; NULL: none. */
const struct task *task_asked_for(const struct server *server,
                                  const struct http_request *request);

/** Count a request, and write its response; @return how many bytes. */
#define RESPONSE_MAX 1024
size_t write_response(struct server *server, const struct http_request *request,
                      bool closes, char bytes[RESPONSE_MAX]);

/** How many workers there are to be. */
unsigned server_workers(void);

/** Variants that stand in files of their own. */
void loop(const struct tasks *tasks);
void offload(const struct tasks *tasks);

#endif
