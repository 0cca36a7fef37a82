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
	began_as_guest       BOOLEAN NOT NULL DEFAULT FALSE
);
-- A table of an earlier version lacks it.
ALTER TABLE users ADD COLUMN IF NOT EXISTS began_as_guest BOOLEAN NOT NULL DEFAULT FALSE;
