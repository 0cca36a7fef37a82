// twitter-api-v2 over OAuth 1.0a.
import { TwitterApi } from "twitter-api-v2";
import { CONSUMER_KEY, CONSUMER_SECRET, serve } from "./app.mjs";

const app = { appKey: CONSUMER_KEY, appSecret: CONSUMER_SECRET };

await serve((callbackURL) => {
  let link;
  return {
    async begin() {
      link = await new TwitterApi(app).generateAuthLink(callbackURL);
      return link.url;
    },
    async finish(query) {
      const client = new TwitterApi({ ...app, accessToken: link.oauth_token, accessSecret: link.oauth_token_secret });
      const login = await client.login(query.get("oauth_verifier"));
      const { data } = await login.client.v2.me();
      return { id: data.id, handle: data.username };
    },
  };
});
