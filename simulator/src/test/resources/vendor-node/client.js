'use strict';
// Sends the requests on standard input with the vendor's client, one after the other, and prints what it returns or throws.
const vendor = require('tencentcloud-sdk-nodejs');

async function send(requests, options) {
  const results = [];
  for (const { service, version, action, parameters } of requests) {
    const client = new vendor[service][version].Client(options);
    results.push(await client[action](parameters).then(
        response => ({ response }), ({ code, message, requestId }) => ({ code, message, requestId })));
  }
  return results;
}

send(JSON.parse(require('fs').readFileSync(0, 'utf8')), JSON.parse(process.argv[2]))
    .then(results => console.log(JSON.stringify(results)));
