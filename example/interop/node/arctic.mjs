// Arctic, which leaves the profile to the app.
import * as arctic from "arctic";
import { CLIENT_ID, CLIENT_SECRET, serve } from "./app.mjs";

await serve((redirectURI) => {
  const twitter = new arctic.Twitter(CLIENT_ID, CLIENT_SECRET, redirectURI);
  const state = arctic.generateState();
  const verifier = arctic.generateCodeVerifier();
  return {
    begin: () => twitter.createAuthorizationURL(state, verifier, ["users.read", "tweet.read"]),
    async finish(query) {
      if (query.get("state") !== state) {
        throw new Error("another state");
      }
      const tokens = await twitter.validateAuthorizationCode(query.get("code"), verifier);
      const response = await fetch("https://api.twitter.com/2/users/me", { headers: { Authorization: `Bearer ${tokens.accessToken()}` } });
      const { data } = await response.json();
      return { id: data.id, handle: data.username };
    },
  };
});
