// passport-twitter, with sessions that are kept in memory.
import { randomUUID } from "node:crypto";
import { Passport } from "passport";
import { Strategy } from "passport-twitter";
import { CONSUMER_KEY, CONSUMER_SECRET, listen, ready } from "./app.mjs";

const passport = new Passport();
const sessions = new Map();

// What Express and express-session do for a request, as far as Passport needs it.
function prepare(request, response) {
  const id = /sid=([^;]+)/.exec(request.headers.cookie ?? "")?.[1] ?? randomUUID();
  if (!sessions.has(id)) {
    sessions.set(id, {});
    response.setHeader("Set-Cookie", `sid=${id}; Path=/; HttpOnly; SameSite=Lax`);
  }
  const address = new URL(request.url, origin);
  request.session = sessions.get(id);
  request.originalUrl = request.url;
  request.query = Object.fromEntries(address.searchParams);
  response.redirect = (to) => response.writeHead(302, { Location: to }).end();
  return address;
}

const origin = await listen((request, response) => {
  const address = prepare(request, response);
  const finished = (error, user, info) => {
    if (error || !user) {
      response.writeHead(500).end(String(error ?? info?.message ?? "no user"));
      return;
    }
    response.end(JSON.stringify(user));
  };
  if (address.pathname === "/login" || address.pathname === "/callback") {
    passport.authenticate("twitter", { session: false }, finished)(request, response, finished);
    return;
  }
  response.writeHead(404).end();
});

passport.use(
  new Strategy(
    { consumerKey: CONSUMER_KEY, consumerSecret: CONSUMER_SECRET, callbackURL: `${origin}/callback` },
    (token, secret, profile, done) => done(null, { id: profile.id, handle: profile.username }),
  ),
);

ready(`${origin}/login`);
