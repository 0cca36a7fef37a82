-- Two servers may start at once: CREATE TABLE IF NOT EXISTS alone can then fail.
SELECT pg_advisory_xact_lock(7461001);
-- An identity column never gives an ID again, not even that of a deleted user:
-- a cookie that is still around names the user by this ID.
CREATE TABLE IF NOT EXISTS users (
	id                   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	twitter_id           TEXT UNIQUE,
	screen_name          TEXT,
	name                 TEXT,
	email                TEXT,
	profile_image        TEXT,
	sessions_valid_since BIGINT NOT NULL DEFAULT 0,
	began_as_guest       BOOLEAN NOT NULL DEFAULT FALSE,
	onboarded_at         BIGINT
);
-- A table of an earlier version lacks them.
ALTER TABLE users ADD COLUMN IF NOT EXISTS began_as_guest BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN IF NOT EXISTS onboarded_at BIGINT;
-- A database of an earlier version lacks it. Its people sign in once more, because
-- their sessions have no row. Times are microseconds of Unix time.
CREATE TABLE IF NOT EXISTS sessions (
	id             TEXT PRIMARY KEY,
	user_id        BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	agent          TEXT NOT NULL,
	address        TEXT NOT NULL,
	stay_logged_in BOOLEAN NOT NULL,
	created        BIGINT NOT NULL,
	seen           BIGINT NOT NULL,
	expires        BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS sessions_user_id ON sessions (user_id);
CREATE INDEX IF NOT EXISTS sessions_expires ON sessions (expires);
-- The token by which this site calls X for a user, sealed for that user. A database
-- of an earlier version lacks the table; a user's next login fills in the row.
CREATE TABLE IF NOT EXISTS tokens (
	user_id BIGINT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
	sealed  TEXT NOT NULL
);
-- What a user, or a guest, is about to buy.
CREATE TABLE IF NOT EXISTS cart_items (
	user_id  BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	item     TEXT NOT NULL,
	quantity INTEGER NOT NULL,
	PRIMARY KEY (user_id, item)
);
-- Invitations that have made an account. They stay used when the account is deleted.
CREATE TABLE IF NOT EXISTS used_invitations (
	code    TEXT PRIMARY KEY,
	used_by BIGINT REFERENCES users (id) ON DELETE SET NULL,
	used_at BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS used_invitations_used_by ON used_invitations (used_by);
