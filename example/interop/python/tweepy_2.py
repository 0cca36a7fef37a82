"""Tweepy over OAuth 2.0."""

import tweepy

import app


class Client:
    def __init__(self, callback_url):
        self.handler = tweepy.OAuth2UserHandler(
            client_id=app.CLIENT_ID,
            client_secret=app.CLIENT_SECRET,
            redirect_uri=callback_url,
            scope=["tweet.read", "users.read"],
        )

    def begin(self):
        return self.handler.get_authorization_url()

    def finish(self, address, query):
        token = self.handler.fetch_token(address)
        me = tweepy.Client(token["access_token"]).get_me(user_auth=False)
        return me.data.id, me.data.username


app.serve(Client)
