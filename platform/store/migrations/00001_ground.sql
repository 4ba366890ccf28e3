-- +goose Up
-- One key per table. The MyKey ID stands in mykey alone: it is never a foreign
-- key. Nothing here says when or where a person used anything.

CREATE TABLE mykey (
    mykey_id TEXT NOT NULL PRIMARY KEY CHECK (length(mykey_id) = 8),
    id       BLOB NOT NULL UNIQUE CHECK (length(id) = 16), -- random
    state    TEXT NOT NULL DEFAULT 'live' CHECK (state IN ('live')),
    version  INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

-- A set per person: card, phone, the renewed certificate.
CREATE TABLE holder (
    handle      BLOB NOT NULL PRIMARY KEY CHECK (length(handle) = 32), -- HMAC(issuer key hash, serial)
    key_version INTEGER NOT NULL,
    id          BLOB NOT NULL REFERENCES mykey (id) ON DELETE CASCADE,
    chip        BLOB CHECK (length(chip) = 32), -- HMAC(card image number), once a card proved it
    ends        TEXT NOT NULL CHECK (ends LIKE '____-03-31' OR ends LIKE '____-09-30')
) STRICT, WITHOUT ROWID;

-- SHA-256 of the records; a generation is never used twice.
CREATE TABLE card (
    id                   BLOB NOT NULL PRIMARY KEY REFERENCES mykey (id) ON DELETE CASCADE,
    confirmed_generation INTEGER NOT NULL DEFAULT 0,
    confirmed            BLOB CHECK (length(confirmed) = 32),
    offered_generation   INTEGER NOT NULL DEFAULT 0,
    offered              BLOB CHECK (length(offered) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE stop (
    id     BLOB NOT NULL PRIMARY KEY REFERENCES mykey (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    until  INTEGER -- seconds since 1970; NULL: until it is reinstated
) STRICT, WITHOUT ROWID;

CREATE TABLE operator (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE desk (
    id       TEXT NOT NULL PRIMARY KEY,
    operator TEXT NOT NULL REFERENCES operator (code),
    office   TEXT NOT NULL,
    counter  TEXT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('invited', 'waiting', 'live', 'revoked')),
    csr      BLOB CHECK (length(csr) = 32) -- SHA-256 of the request it enrolled with
) STRICT, WITHOUT ROWID;

CREATE TABLE desk_role (
    desk        TEXT NOT NULL REFERENCES desk (id) ON DELETE CASCADE,
    role        TEXT NOT NULL CHECK (role IN ('municipal', 'reception', 'resident')),
    legal_basis TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (desk, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrolment (
    selector TEXT NOT NULL PRIMARY KEY, -- the code's public part
    desk     TEXT NOT NULL REFERENCES desk (id) ON DELETE CASCADE,
    secret   BLOB NOT NULL CHECK (length(secret) = 32), -- SHA-256 of the code's 80 bits
    expires  INTEGER NOT NULL,
    tries    INTEGER NOT NULL DEFAULT 0,
    used     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Who asks: a certificate names a desk, and the clerk who is signed in there.
CREATE TABLE authentication (
    fingerprint BLOB NOT NULL PRIMARY KEY CHECK (length(fingerprint) = 32), -- SHA-256 of the certificate
    desk        TEXT NOT NULL REFERENCES desk (id) ON DELETE CASCADE,
    clerk       TEXT NOT NULL DEFAULT '',
    not_after   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Changes only, 24 hours. transaction_id and person are keyed hashes.
CREATE TABLE idempotency (
    key            BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32),
    request        BLOB NOT NULL,
    transaction_id BLOB NOT NULL,
    person         BLOB NOT NULL,
    outcome        TEXT NOT NULL,
    expires        INTEGER NOT NULL -- a full hour
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_transaction ON idempotency (transaction_id);
CREATE INDEX idempotency_expires ON idempotency (expires);

-- Who changed operators, desks, rules. Each row's hash covers the row before.
CREATE TABLE administration (
    seq      INTEGER NOT NULL PRIMARY KEY,
    at       INTEGER NOT NULL,
    who      TEXT NOT NULL,
    what     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    hash     BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE administration;
DROP TABLE idempotency;
DROP TABLE authentication;
DROP TABLE enrolment;
DROP TABLE desk_role;
DROP TABLE desk;
DROP TABLE operator;
DROP TABLE stop;
DROP TABLE card;
DROP TABLE holder;
DROP TABLE mykey;
