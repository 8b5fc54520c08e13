#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The site of `conc webapp` in Flask, for ./dev bench: a search, and a row 50 ms later, by
a thread with a copy of what it needs.

    flask_search.py PORT FOLDER
"""

import html
import logging
import sqlite3
import sys
import threading
import time

import flask

DATABASE = f"{sys.argv[2]}/flask.db"
app = flask.Flask(__name__)


def log(*row):
    time.sleep(0.05)
    db = sqlite3.connect(DATABASE, timeout=30)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("INSERT INTO log VALUES (?, ?, ?, ?, ?)", row)
    db.commit()
    db.close()


@app.post("/search")
def search():
    phrase, letters = flask.request.form["phrase"], flask.request.form["letters"]
    results = ", ".join(letter for letter in letters if letter in phrase)
    threading.Thread(target=log, args=(
        phrase, letters, flask.request.remote_addr, str(flask.request.user_agent),
        results)).start()
    return f"<p>{html.escape(phrase)}: <b>{html.escape(results)}</b></p>"


if __name__ == "__main__":
    created = sqlite3.connect(DATABASE)
    created.execute("PRAGMA journal_mode = WAL")
    created.execute("CREATE TABLE log (phrase, letters, address, browser, results)")
    created.close()
    logging.getLogger("werkzeug").disabled = True
    app.run("127.0.0.1", int(sys.argv[1]), threaded=True)
