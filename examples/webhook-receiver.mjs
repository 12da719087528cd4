// Takes webhooks, checks that they are Planwright's, and prints each message once.
//   npm install standardwebhooks
//   WEBHOOK_SECRET=whsec_… node webhook-receiver.mjs
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
/** Keep these where they outlive the process, for as long as messages are repeated: four days, and whenever one is replayed. */
const seen = new Set();

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  // The signature holds for the bytes as they came: not for JSON that was parsed and written again.
  const body = Buffer.concat(chunks).toString();
  let message;
  try {
    message = webhook.verify(body, request.headers);
  } catch (error) {
    return response.writeHead(401).end(error.message);
  }
  const id = request.headers['webhook-id'];
  if (!seen.has(id)) console.log(id, message.type, message.timestamp, JSON.stringify(message.data));
  seen.add(id);
  // Answer at once and work afterwards: after 15 seconds without an answer the message comes again.
  response.writeHead(204).end();
}).listen(Number(process.env.PORT ?? 4000), '127.0.0.1', function () {
  console.log(`waiting at http://127.0.0.1:${this.address().port}/`);
});
