-- name: UpsertUser :one
INSERT INTO users (twitter_id, handle, email) VALUES ($1, $2, $3)
ON CONFLICT (twitter_id) DO UPDATE SET
	handle = excluded.handle,
	email  = COALESCE(excluded.email, users.email)
RETURNING id;

-- name: UpdateUser :one
UPDATE users SET handle = $2, email = COALESCE(sqlc.narg(email), email)
WHERE twitter_id = $1
RETURNING id;

-- name: GetUser :one
SELECT * FROM users WHERE id = $1;

-- name: LinkUser :execrows
UPDATE users SET twitter_id = $2, handle = $3, email = COALESCE(sqlc.narg(email), email)
WHERE id = $1 AND (twitter_id IS NULL OR twitter_id = $2);

-- name: InsertGuest :one
INSERT INTO users DEFAULT VALUES RETURNING id;

-- name: InsertSession :exec
INSERT INTO sessions (id, user_id, agent, begun, expires) VALUES ($1, $2, $3, $4, $5);

-- name: GetUserBySession :one
SELECT users.* FROM sessions JOIN users ON users.id = sessions.user_id WHERE sessions.id = $1;

-- name: DeleteSession :exec
DELETE FROM sessions WHERE id = $1;

-- A login that confirms who is signed in may go over OAuth 1.0a where ordinary logins
-- go over OAuth 2.0: it replaces a token of the same protocol only.
-- name: UpsertToken :exec
INSERT INTO tokens (user_id, oauth2, sealed) VALUES ($1, $2, $3)
ON CONFLICT (user_id) DO UPDATE SET oauth2 = excluded.oauth2, sealed = excluded.sealed
WHERE NOT sqlc.arg(confirms)::boolean OR tokens.oauth2 = excluded.oauth2;

-- name: GetToken :one
SELECT sealed FROM tokens WHERE user_id = $1;

-- name: LockToken :one
SELECT sealed FROM tokens WHERE user_id = $1 FOR UPDATE;

-- name: UpdateToken :exec
UPDATE tokens SET oauth2 = $2, sealed = $3 WHERE user_id = $1;
