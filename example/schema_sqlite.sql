-- Writes, so that a file that cannot be written is refused at the start.
PRAGMA user_version = 1;
-- AUTOINCREMENT: without it SQLite gives the ID of the user who was deleted last
-- to the next one, and a cookie that is still around names the user by this ID.
CREATE TABLE IF NOT EXISTS users (
	id                   INTEGER PRIMARY KEY AUTOINCREMENT,
	twitter_id           TEXT UNIQUE,
	screen_name          TEXT,
	name                 TEXT,
	email                TEXT,
	profile_image        TEXT,
	sessions_valid_since INTEGER NOT NULL DEFAULT 0,
	began_as_guest       BOOLEAN NOT NULL DEFAULT FALSE,
	onboarded_at         INTEGER
);
-- A database of an earlier version lacks it. Its people sign in once more, because
-- their sessions have no row. Times are microseconds of Unix time.
CREATE TABLE IF NOT EXISTS sessions (
	id             TEXT PRIMARY KEY,
	user_id        INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	agent          TEXT NOT NULL,
	address        TEXT NOT NULL,
	stay_logged_in BOOLEAN NOT NULL,
	created        INTEGER NOT NULL,
	seen           INTEGER NOT NULL,
	expires        INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS sessions_user_id ON sessions (user_id);
CREATE INDEX IF NOT EXISTS sessions_expires ON sessions (expires);
-- The token by which this site calls X for a user, sealed for that user. A database
-- of an earlier version lacks the table; a user's next login fills in the row.
-- lease and lease_until: which renewal has the row, and until when.
CREATE TABLE IF NOT EXISTS tokens (
	user_id     INTEGER NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
	sealed      TEXT NOT NULL,
	lease       TEXT NOT NULL DEFAULT '',
	lease_until INTEGER NOT NULL DEFAULT 0
);
-- What a user, or a guest, is about to buy.
CREATE TABLE IF NOT EXISTS cart_items (
	user_id  INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	item     TEXT NOT NULL,
	quantity INTEGER NOT NULL,
	PRIMARY KEY (user_id, item)
);
-- Invitations that have made an account. They stay used when the account is deleted.
CREATE TABLE IF NOT EXISTS used_invitations (
	code    TEXT PRIMARY KEY,
	used_by INTEGER REFERENCES users (id) ON DELETE SET NULL,
	used_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS used_invitations_used_by ON used_invitations (used_by);
