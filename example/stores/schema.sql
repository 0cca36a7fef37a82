-- An identity column never gives an ID again, not even that of a deleted user,
-- whom a cookie may still name.
CREATE TABLE users (
	id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	twitter_id TEXT UNIQUE, -- NULL: a user without an X account
	handle     TEXT,
	email      TEXT
);

CREATE TABLE sessions (
	id      TEXT PRIMARY KEY,
	user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	agent   TEXT NOT NULL,
	begun   TIMESTAMPTZ NOT NULL,
	expires TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_user_id ON sessions (user_id);

CREATE TABLE tokens (
	user_id BIGINT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
	oauth2  BOOLEAN NOT NULL,
	sealed  TEXT NOT NULL -- twitterauth.SealToken
);
