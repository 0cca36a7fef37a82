"""requests-oauthlib over OAuth 2.0, as X's sample code has it: the app makes the
verifier and the challenge."""

import base64
import hashlib
import os
import re

from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

import app

X = "https://api.x.com"


class Client:
    def __init__(self, callback_url):
        self.oauth = OAuth2Session(app.CLIENT_ID, redirect_uri=callback_url, scope=["tweet.read", "users.read"])

    def begin(self):
        self.verifier = re.sub("[^a-zA-Z0-9]+", "", base64.urlsafe_b64encode(os.urandom(60)).decode())
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")
        address, self.state = self.oauth.authorization_url(
            "https://x.com/i/oauth2/authorize", code_challenge=challenge, code_challenge_method="S256"
        )
        return address

    def finish(self, address, query):
        assert query["state"] == self.state
        self.oauth.fetch_token(
            token_url=X + "/2/oauth2/token",
            code=query["code"],
            auth=HTTPBasicAuth(app.CLIENT_ID, app.CLIENT_SECRET),
            client_id=app.CLIENT_ID,
            include_client_id=True,
            code_verifier=self.verifier,
        )
        profile = self.oauth.get(X + "/2/users/me")
        profile.raise_for_status()
        return profile.json()["data"]["id"], profile.json()["data"]["username"]


app.serve(Client)
