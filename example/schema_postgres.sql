-- Two servers may start at once: CREATE TABLE IF NOT EXISTS alone can then fail.
SELECT pg_advisory_xact_lock(7461001);
CREATE TABLE IF NOT EXISTS users (
	id                   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	twitter_id           TEXT UNIQUE,
	screen_name          TEXT,
	name                 TEXT,
	email                TEXT,
	profile_image        TEXT,
	sessions_valid_since BIGINT NOT NULL DEFAULT 0
);
