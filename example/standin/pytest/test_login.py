import pytest
import requests
from requests_oauthlib import OAuth1Session

CALLBACK = "http://127.0.0.1:8080/callback"


def begin(x):
    """Takes a request token and sends the browser to X. Returns the way back."""
    app = OAuth1Session(
        x.keys["TWITTER_CONSUMER_KEY"], x.keys["TWITTER_CONSUMER_SECRET"], callback_uri=CALLBACK
    )
    app.fetch_request_token(x.url + "/oauth/request_token")
    consent = app.authorization_url(x.url + "/oauth/authenticate")
    answer = requests.get(consent, allow_redirects=False, timeout=30)
    return app, answer.headers["Location"]


def sign_in(x):
    app, callback = begin(x)
    app.parse_authorization_response(callback)
    return app, app.fetch_access_token(x.url + "/oauth/access_token")


def test_a_person_signs_in(x):
    x.steer("sign-in-as", {"id": "77"})
    app, token = sign_in(x)
    assert token["screen_name"] == "mary"

    profile = app.get(x.url + "/1.1/account/verify_credentials.json?include_email=true")
    assert profile.json()["email"] == "mary@example.com"
    assert len(x.requests("verify_credentials")) == 1


def test_a_person_cancels(x):
    x.steer("sign-in-as", {"cancel": True})
    _, callback = begin(x)
    assert callback.startswith(CALLBACK + "?denied=")


def test_a_person_takes_the_approval_back(x):
    x.steer("sign-in-as", {"id": "77"})
    app, token = sign_in(x)
    x.steer("revoke", {"token": token["oauth_token"]})
    assert app.get(x.url + "/2/users/me").status_code == 401


@pytest.mark.parametrize("fault, status", [("rate-limited", 429), ("usage-capped", 429), ("access-level", 403)])
def test_x_refuses(x, fault, status):
    x.steer("sign-in-as", {"id": "77"})
    app, _ = sign_in(x)
    x.steer("fail", {"step": "users/me", "fault": fault, "times": 1})
    assert app.get(x.url + "/2/users/me").status_code == status
    assert app.get(x.url + "/2/users/me").json()["data"]["username"] == "mary"
