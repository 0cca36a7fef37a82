-- Writes, so that a file that cannot be written is refused at the start.
PRAGMA user_version = 1;
CREATE TABLE IF NOT EXISTS users (
	id                   INTEGER PRIMARY KEY AUTOINCREMENT,
	twitter_id           TEXT UNIQUE,
	screen_name          TEXT,
	name                 TEXT,
	email                TEXT,
	profile_image        TEXT,
	sessions_valid_since INTEGER NOT NULL DEFAULT 0
);
