// @auth/core, its provider Twitter, as Auth.js for some framework runs it.
import { Auth, raw, skipCSRFCheck } from "@auth/core";
import Twitter from "@auth/core/providers/twitter";
import { CLIENT_ID, CLIENT_SECRET, listen, ready, send, toWeb } from "./app.mjs";

const config = {
  providers: [Twitter({ clientId: CLIENT_ID, clientSecret: CLIENT_SECRET })],
  basePath: "/auth",
  secret: "of a test",
  trustHost: true,
  callbacks: {
    jwt: ({ token, account, profile }) => (profile ? { id: account.providerAccountId, handle: profile.data.username } : token),
    session: ({ token }) => ({ id: token.id, handle: token.handle, expires: "" }),
  },
};

const origin = await listen(async (request, response) => {
  const asked = await toWeb(request, origin);
  if (request.url === "/login") {
    await login(asked, response);
    return;
  }
  await send(response, await Auth(asked, config));
});

// login is what the function signIn of a framework's Auth.js does.
async function login(asked, response) {
  const form = new URLSearchParams({ callbackUrl: `${origin}/auth/session` });
  const start = new Request(`${origin}/auth/signin/twitter`, { method: "POST", headers: asked.headers, body: form });
  const { redirect, cookies } = await Auth(start, { ...config, raw, skipCSRFCheck });
  const set = cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}; Path=/; HttpOnly; SameSite=Lax`);
  response.writeHead(302, { Location: redirect, "Set-Cookie": set }).end();
}

ready(`${origin}/login`);
