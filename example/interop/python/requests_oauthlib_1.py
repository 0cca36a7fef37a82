"""requests-oauthlib over OAuth 1.0a, as its documentation has it for Twitter."""

from requests_oauthlib import OAuth1Session

import app

X = "https://api.twitter.com"


class Client:
    def __init__(self, callback_url):
        self.oauth = OAuth1Session(app.CONSUMER_KEY, client_secret=app.CONSUMER_SECRET, callback_uri=callback_url)

    def begin(self):
        self.oauth.fetch_request_token(X + "/oauth/request_token")
        return self.oauth.authorization_url(X + "/oauth/authorize")

    def finish(self, address, query):
        self.oauth.parse_authorization_response(address)
        self.oauth.fetch_access_token(X + "/oauth/access_token")
        profile = self.oauth.get(X + "/1.1/account/verify_credentials.json")
        profile.raise_for_status()
        return profile.json()["id_str"], profile.json()["screen_name"]


app.serve(Client)
