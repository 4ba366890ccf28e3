-- +goose Up
-- What operators' numbers are linked to. A row is found by a pairwise handle,
-- HMAC(operator, internal id), and lies by it: rows of two operators cannot be
-- joined, and none says when it came.

CREATE TABLE service (
    operator          TEXT NOT NULL REFERENCES operator (code),
    code              TEXT NOT NULL,
    name              TEXT NOT NULL,
    word              TEXT NOT NULL, -- the operator's own, for the number
    card              TEXT NOT NULL, -- and for its card
    rule              TEXT NOT NULL, -- JSON
    registration_auth TEXT NOT NULL CHECK (registration_auth IN ('none', 'pin')),
    shared            INTEGER NOT NULL CHECK (shared IN (0, 1)),
    PRIMARY KEY (operator, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE link (
    handle  BLOB NOT NULL CHECK (length(handle) = 32),
    service TEXT NOT NULL,
    number  BLOB NOT NULL CHECK (length(number) = 32), -- as in service_number
    sealed  BLOB NOT NULL, -- the service ID under the operator's key; all of one length
    PRIMARY KEY (handle, service)
) STRICT, WITHOUT ROWID;

-- Which handle has a number. place is empty, so that the key itself keeps a
-- number to one handle; where the service lets people share one it is the handle.
CREATE TABLE service_number (
    operator TEXT NOT NULL,
    service  TEXT NOT NULL,
    number   BLOB NOT NULL CHECK (length(number) = 32), -- HMAC(operator, service, service ID)
    place    BLOB NOT NULL CHECK (length(place) IN (0, 32)),
    handle   BLOB NOT NULL CHECK (length(handle) = 32),
    PRIMARY KEY (operator, service, number, place),
    FOREIGN KEY (operator, service) REFERENCES service (operator, code)
) STRICT, WITHOUT ROWID;

-- MyKey IDs that are never given out again, by a keyed hash.
CREATE TABLE withdrawn (
    hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;

CREATE INDEX holder_id ON holder (id);

-- +goose Down
DROP INDEX holder_id;
DROP TABLE withdrawn;
DROP TABLE service_number;
DROP TABLE link;
DROP TABLE service;
