"""Authlib over OAuth 2.0 with PKCE."""

from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session

import app

X = "https://api.x.com"


class Client:
    def __init__(self, callback_url):
        self.oauth = OAuth2Session(
            app.CLIENT_ID,
            app.CLIENT_SECRET,
            scope="tweet.read users.read",
            redirect_uri=callback_url,
            code_challenge_method="S256",
        )

    def begin(self):
        self.verifier = generate_token(48)
        address, self.state = self.oauth.create_authorization_url(
            "https://x.com/i/oauth2/authorize", code_verifier=self.verifier
        )
        return address

    def finish(self, address, query):
        self.oauth.fetch_token(
            X + "/2/oauth2/token", authorization_response=address, state=self.state, code_verifier=self.verifier
        )
        profile = self.oauth.get(X + "/2/users/me")
        profile.raise_for_status()
        return profile.json()["data"]["id"], profile.json()["data"]["username"]


app.serve(Client)
