"""Starts the stand-in for X once, on a free port, and resets it for each test."""

import os
import pathlib
import shlex
import signal
import subprocess

import pytest
import requests

FOLDER = pathlib.Path(__file__).parent
COMMAND = ["go", "run", "../../../twitterauth/twittertest/standin"]


class StandIn:
    def __init__(self, keys):
        self.keys = keys
        self.url = keys["TWITTER_API_URL"]

    def steer(self, action, body):
        requests.post(f"{self.url}/_control/{action}", json=body, timeout=30).raise_for_status()

    def requests(self, step):
        asked = requests.get(f"{self.url}/_control/requests", timeout=30).json()
        return [request for request in asked if request["step"] == step]


@pytest.fixture(scope="session")
def started():
    process = subprocess.Popen(
        COMMAND + ["-addr", "127.0.0.1:0", "-people", "../people.json"],
        cwd=FOLDER,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    keys = {}
    for line in process.stdout:
        words = shlex.split(line)
        if words[0] == "export":
            name, value = words[1].split("=", 1)
            keys[name] = value
        elif words[0] == "curl":  # the last line
            break
    yield StandIn(keys)
    os.killpg(process.pid, signal.SIGTERM)
    process.wait()


@pytest.fixture
def x(started):
    started.steer("reset", {})
    return started
