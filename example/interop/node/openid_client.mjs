// openid-client, with X's endpoints written down because X has no discovery.
import * as client from "openid-client";
import { CLIENT_ID, CLIENT_SECRET, serve } from "./app.mjs";

const server = {
  issuer: "https://x.com",
  authorization_endpoint: "https://x.com/i/oauth2/authorize",
  token_endpoint: "https://api.x.com/2/oauth2/token",
};

await serve((redirectURI) => {
  const config = new client.Configuration(server, CLIENT_ID, undefined, client.ClientSecretBasic(CLIENT_SECRET));
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  return {
    begin: async () =>
      client.buildAuthorizationUrl(config, {
        redirect_uri: redirectURI,
        scope: "tweet.read users.read",
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        state,
      }),
    async finish(query, address) {
      const tokens = await client.authorizationCodeGrant(config, address, { pkceCodeVerifier: verifier, expectedState: state });
      const response = await client.fetchProtectedResource(config, tokens.access_token, new URL("https://api.x.com/2/users/me"), "GET");
      const { data } = await response.json();
      return { id: data.id, handle: data.username };
    },
  };
});
