"""Tweepy over OAuth 1.0a. An argument takes the place of the callback URL."""

import sys

import tweepy

import app


class Client:
    def __init__(self, callback_url):
        callback = sys.argv[1] if len(sys.argv) > 1 else callback_url
        self.handler = tweepy.OAuth1UserHandler(app.CONSUMER_KEY, app.CONSUMER_SECRET, callback=callback)

    def begin(self):
        return self.handler.get_authorization_url(signin_with_twitter=True)

    def finish(self, address, query):
        self.handler.get_access_token(query["oauth_verifier"])
        me = tweepy.API(self.handler).verify_credentials()
        return me.id_str, me.screen_name


app.serve(Client)
