// Better Auth, its social provider "twitter", with a database in memory.
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { CLIENT_ID, CLIENT_SECRET, cookiesOf, listen, ready, send, toWeb } from "./app.mjs";

let auth;
const origin = await listen(async (request, response) => {
  const asked = await toWeb(request, origin);
  switch (new URL(asked.url).pathname) {
    case "/login":
      await login(asked, response);
      break;
    case "/me":
      await me(asked, response);
      break;
    default:
      await send(response, await auth.handler(asked));
  }
});

auth = betterAuth({
  baseURL: origin,
  secret: "of a test, with the 32 characters that it wants at least",
  database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
  user: { additionalFields: { handle: { type: "string", required: false } } },
  socialProviders: {
    twitter: { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, mapProfileToUser: (profile) => ({ handle: profile.data.username }) },
  },
  telemetry: { enabled: false },
});

async function login(asked, response) {
  const start = await auth.api.signInSocial({ body: { provider: "twitter", callbackURL: "/me" }, headers: asked.headers, asResponse: true });
  const { url } = await start.json();
  response.writeHead(302, { Location: url, "Set-Cookie": cookiesOf(start) }).end();
}

async function me({ headers }, response) {
  const session = await auth.api.getSession({ headers });
  const [account] = await auth.api.listUserAccounts({ headers });
  response.end(JSON.stringify({ id: account.accountId, handle: session.user.handle }));
}

ready(`${origin}/login`);
