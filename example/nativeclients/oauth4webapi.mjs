// A native app with oauth4webapi, as it comes. The library leaves the browser and
// the loopback listener to the app.
import * as http from "node:http";
import { spawn } from "node:child_process";
import { webcrypto } from "node:crypto";
import * as oauth from "oauth4webapi";
import system from "./system.js";

const { ROUTES, REDIRECT_URI } = process.env;
globalThis.crypto ??= webcrypto; // Node.js 18, of Debian 12

// It refuses plain http without this option, which is for tests only.
const options = ROUTES.startsWith("http:") ? { [oauth.allowInsecureRequests]: true } : {};
const server = { issuer: new URL(ROUTES).origin, authorization_endpoint: ROUTES + "/authorize", token_endpoint: ROUTES + "/token" };
const client = { client_id: "any" };
const verifier = oauth.generateRandomCodeVerifier();
const state = oauth.generateRandomState();

function redirectToLoopback() {
  return new Promise((resolve) => {
    const { hostname, port, pathname } = new URL(REDIRECT_URI);
    const listener = http.createServer((request, response) => {
      const address = new URL(request.url, REDIRECT_URI);
      if (address.pathname !== pathname) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, { "Content-Type": "text/html", Connection: "close" }).end("<!doctype html><title>App</title><h1>Back in the app</h1>");
      listener.close();
      resolve(address);
    });
    listener.listen(Number(port), hostname.replace(/[[\]]/g, ""), openBrowser);
  });
}

function openBrowser() {
  const address = new URL(server.authorization_endpoint);
  for (const [name, value] of Object.entries({
    response_type: "code", client_id: client.client_id, redirect_uri: REDIRECT_URI, state, code_challenge_method: "S256",
  })) {
    address.searchParams.set(name, value);
  }
  oauth.calculatePKCECodeChallenge(verifier).then((challenge) => {
    address.searchParams.set("code_challenge", challenge);
    spawn("xdg-open", [address.href]);
  });
}

async function signIn() {
  let back;
  if (REDIRECT_URI.startsWith("http:")) {
    back = await redirectToLoopback();
  } else {
    openBrowser();
    back = new URL(await system.redirectFromSystem());
  }
  const values = oauth.validateAuthResponse(server, client, back, state);
  const exchange = async () => oauth.processAuthorizationCodeResponse(server, client,
    await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), values, REDIRECT_URI, verifier, options));
  const { access_token: accessToken, token_type: tokenType, expires_in: expiresIn } = await exchange();
  const again = await exchange().then(() => "accepted", (e) => e.error);
  return { accessToken, tokenType, expiresIn, again };
}

system.finish(await signIn().catch((e) => ({ error: e.error ?? e.message })));
