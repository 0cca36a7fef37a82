// twitter-api-v2 over OAuth 2.0.
import { TwitterApi } from "twitter-api-v2";
import { CLIENT_ID, CLIENT_SECRET, serve } from "./app.mjs";

await serve((redirectUri) => {
  const client = new TwitterApi({ clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
  let link;
  return {
    begin() {
      link = client.generateOAuth2AuthLink(redirectUri, { scope: ["tweet.read", "users.read", "offline.access"] });
      return link.url;
    },
    async finish(query) {
      if (query.get("state") !== link.state) {
        throw new Error("another state");
      }
      const login = await client.loginWithOAuth2({ code: query.get("code"), codeVerifier: link.codeVerifier, redirectUri });
      const { data } = await login.client.v2.me();
      return { id: data.id, handle: data.username };
    },
  };
});
