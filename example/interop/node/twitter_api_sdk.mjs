// twitter-api-sdk, with the challenge method that the first argument names.
import { auth, Client } from "twitter-api-sdk";
import { CLIENT_ID, CLIENT_SECRET, serve } from "./app.mjs";

const challenge = { s256: { code_challenge_method: "s256" }, plain: { code_challenge_method: "plain", code_challenge: "a challenge" } };

await serve((callback) => {
  const user = new auth.OAuth2User({
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    callback,
    scopes: ["tweet.read", "users.read", "offline.access"],
  });
  const client = new Client(user);
  return {
    begin: () => user.generateAuthURL({ state: "my-state", ...challenge[process.argv[2]] }),
    async finish(query) {
      await user.requestAccessToken(query.get("code"));
      const { data } = await client.users.findMyUser();
      return { id: data.id, handle: data.username };
    },
  };
});
