// A native app with AppAuth-JS, as it comes. The Node flow has the loopback
// redirect; a private scheme and a claimed link come from the operating system, as
// to an app in Electron, here by a line of standard input.
"use strict";

const {
  AuthorizationError, AuthorizationNotifier, AuthorizationRequest, AuthorizationRequestHandler,
  AuthorizationResponse, AuthorizationServiceConfiguration, BaseTokenRequestHandler,
  BasicQueryStringUtils, GRANT_TYPE_AUTHORIZATION_CODE, TokenRequest,
} = require("@openid/appauth");
const { NodeBasedHandler, NodeCrypto, NodeRequestor } = require("@openid/appauth/built/node_support");
const opener = require("opener"); // what NodeBasedHandler opens the browser with
const { redirectFromSystem, finish } = require("./system.js");

const { ROUTES, REDIRECT_URI } = process.env;

class SystemHandler extends AuthorizationRequestHandler {
  constructor() {
    super(new BasicQueryStringUtils(), new NodeCrypto());
  }
  async performAuthorizationRequest(configuration, request) {
    await request.setupCodeVerifier();
    opener(this.buildRequestUrl(configuration, request));
    const values = new URL(await redirectFromSystem()).searchParams;
    const [code, state, error] = ["code", "state", "error"].map((name) => values.get(name) ?? undefined);
    this.answer = {
      request,
      response: error ? null : new AuthorizationResponse({ code, state }),
      error: error ? new AuthorizationError({ error, state }) : null,
    };
    await this.completeAuthorizationRequestIfPossible();
  }
  async completeAuthorizationRequest() {
    return this.answer;
  }
}

const configuration = new AuthorizationServiceConfiguration({
  authorization_endpoint: ROUTES + "/authorize",
  token_endpoint: ROUTES + "/token",
  revocation_endpoint: "",
});
const request = new AuthorizationRequest({
  client_id: "any",
  redirect_uri: REDIRECT_URI,
  scope: "any",
  response_type: AuthorizationRequest.RESPONSE_TYPE_CODE,
}, new NodeCrypto());

const handler = REDIRECT_URI.startsWith("http:") ? new NodeBasedHandler(Number(new URL(REDIRECT_URI).port)) : new SystemHandler();
const notifier = new AuthorizationNotifier();
handler.setAuthorizationNotifier(notifier);
notifier.setAuthorizationListener(async (request, response, error) => {
  if (error) {
    return finish({ error: error.error });
  }
  if (response.state !== request.state) {
    return finish({ error: "another state" });
  }
  const exchange = () => new BaseTokenRequestHandler(new NodeRequestor()).performTokenRequest(configuration, new TokenRequest({
    client_id: "any",
    redirect_uri: REDIRECT_URI,
    grant_type: GRANT_TYPE_AUTHORIZATION_CODE,
    code: response.code,
    refresh_token: undefined,
    extras: { code_verifier: request.internal.code_verifier },
  }));
  try {
    const { accessToken, tokenType, expiresIn } = await exchange();
    const again = await exchange().then(() => "accepted", (e) => e.message); // the status text: AppAuth-JS drops the body
    finish({ accessToken, tokenType, expiresIn, again });
  } catch (e) {
    finish({ error: e.message });
  }
});
handler.performAuthorizationRequest(configuration, request);
