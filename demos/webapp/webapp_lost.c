// SPDX-License-Identifier: MIT
/** Rows of the log of demos/webapp/webapp.c that were lost: how many, and why. */

#include <sqlite3.h>
#include <stdatomic.h>

#include "demo.h"

#include "webapp.h"

enum reason { LOCKED, READ_ONLY, FULL, NOT_OPENED, REFUSED, TOO_LATE, ELSE, REASONS };

static atomic_int_fast64_t lost[REASONS];

static enum reason reason_of(int error)
{
    switch (error & 0xff) { /* the primary one */
    case SQLITE_BUSY:
        return LOCKED;
    case SQLITE_READONLY:
        return READ_ONLY;
    case SQLITE_FULL:
        return FULL;
    case SQLITE_CANTOPEN:
        return NOT_OPENED;
    case SQLITE_ERROR:
        return REFUSED;
    case STORE_TOO_LATE:
        return TOO_LATE;
    default:
        return ELSE;
    }
}

/** The reply was right, and is gone: nobody is left to be told but the operator. */
void store_lost(int error)
{
    atomic_fetch_add(&lost[reason_of(error)], 1);
}

void store_tell_lost(void)
{
    note("lost: the database is locked", atomic_load(&lost[LOCKED]));
    note("lost: the database is read-only", atomic_load(&lost[READ_ONLY]));
    note("lost: the disk is full", atomic_load(&lost[FULL]));
    note("lost: the database cannot be opened", atomic_load(&lost[NOT_OPENED]));
    note("lost: a transaction is refused", atomic_load(&lost[REFUSED]));
    note("lost: the server was told to end", atomic_load(&lost[TOO_LATE]));
    note("lost: for another reason", atomic_load(&lost[ELSE]));
}
