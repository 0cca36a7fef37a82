// A web app on loopback.
import http from "node:http";

export const { CONSUMER_KEY, CONSUMER_SECRET, CLIENT_ID, CLIENT_SECRET } = process.env;

// listen serves handler(request, response) and returns the app's origin. ready is to be
// called once the app takes logins.
export async function listen(handler) {
  const server = http.createServer(async (request, response) => {
    try {
      await handler(request, response);
    } catch (error) {
      response.writeHead(500).end(JSON.stringify({ error: String(error), cause: String(error.cause ?? ""), data: error.data }));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${server.address().port}`;
}

export function ready(loginAddress) {
  console.log(`READY ${loginAddress}`);
}

// serve runs a client(callbackURL), which has a method begin that returns X's address and
// a method finish(query, address) that returns { id, handle }.
export async function serve(client) {
  let app;
  const origin = await listen(async (request, response) => {
    const address = new URL(request.url, origin);
    switch (address.pathname) {
      case "/login":
        response.writeHead(302, { Location: String(await app.begin()) }).end();
        break;
      case "/callback":
        response.end(JSON.stringify(await app.finish(address.searchParams, address)));
        break;
      default:
        response.writeHead(404).end();
    }
  });
  app = await client(`${origin}/callback`);
  ready(`${origin}/login`);
}

// toWeb makes a Request of the Fetch standard, and send answers with a Response.
export async function toWeb(request, origin) {
  const body = [];
  for await (const chunk of request) {
    body.push(chunk);
  }
  return new Request(new URL(request.url, origin), {
    method: request.method,
    headers: request.headers,
    body: body.length > 0 ? Buffer.concat(body) : undefined,
  });
}

export async function send(response, answer) {
  const headers = [...answer.headers].filter(([name]) => name !== "set-cookie");
  response.writeHead(answer.status, Object.fromEntries([...headers, ["set-cookie", cookiesOf(answer)]]));
  response.end(await answer.text());
}

// cookiesOf returns the headers Set-Cookie of a Response. Node.js 18, of Debian 12, joins
// them with commas, and an Expires has a comma too.
export function cookiesOf({ headers }) {
  return headers.getSetCookie?.() ?? headers.get("set-cookie")?.split(/, (?=[^;,\s]+=)/) ?? [];
}
