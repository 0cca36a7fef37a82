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
	began_as_guest       BOOLEAN NOT NULL DEFAULT FALSE
);
