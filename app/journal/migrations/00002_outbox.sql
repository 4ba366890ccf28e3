-- +goose Up
CREATE TABLE outbox (key TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE outbox;
