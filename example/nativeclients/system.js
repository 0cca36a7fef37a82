// What the operating system does for a native app, played by the test.
"use strict";

const readline = require("node:readline");

// redirectFromSystem returns the address with which the system opens the app.
exports.redirectFromSystem = () => new Promise((resolve) => {
  readline.createInterface({ input: process.stdin }).once("line", resolve);
});

// finish gives the result to the test and ends the app.
exports.finish = (result) => {
  process.stdout.write("RESULT " + JSON.stringify(result) + "\n", () => process.exit(0));
};
