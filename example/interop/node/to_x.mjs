// Leads Node.js's connections for X to the stand-in, since Node.js before 24 takes no
// proxy from the environment. node --import=./node/to_x.mjs loads it before a client.
import net, { isIPv4 } from "node:net";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto; // Node.js 18, of Debian 12

const [standInHost, standInPort] = process.env.HTTPS_OF_X.split(":");
const connect = net.Socket.prototype.connect;

// Sockets of TLS inherit this method, and so the name for the certificate stays X's.
net.Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (!isIPv4(options.host ?? "")) {
    if (!process.env.NAMES_OF_X.split(",").includes(options.host) || Number(options.port) !== 443) {
      throw new Error(`a connection to ${options.host}:${options.port}, which is not X`);
    }
    options.host = standInHost;
    options.port = standInPort;
  }
  return connect.apply(this, args);
};
