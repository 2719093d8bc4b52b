// A KMS on the loopback interface that notes what it is asked, and answers what a test tells it to.
import { createServer } from "node:http";
import { scratch } from "./support.mjs";

export const CREDENTIALS = {
  HOME: scratch().path(),
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_REGION: "ap-northeast-2",
};

export async function loopbackKms() {
  const kms = {
    /** The target, the Region it was signed for, and the body of each request. */
    requests: [],
    /** Makes the response's body of a request's; `status` is that of HTTP. */
    respond: undefined,
    endpoint: undefined,
    close: () => server.close(),
    unref: () => server.unref(),
  };
  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()));
    const [, region] = /Credential=test\/\d+\/([^/]+)\/kms/.exec(request.headers.authorization);
    kms.requests.push({ target: request.headers["x-amz-target"], region, body });
    const { status = 200, ...answer } = kms.respond(body);
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(answer));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  kms.endpoint = `http://127.0.0.1:${server.address().port}`;
  return kms;
}
