// The Node functions of the comparison, with a client of the Lambda Runtime API.

import http from "node:http";
import zlib from "node:zlib";

const ok = (record, text) =>
  ({ recordId: record.recordId, result: "Ok", data: Buffer.from(text).toString("base64") });
const dropped = (record) => ({ recordId: record.recordId, result: "Dropped" });
const envelope = (record) => JSON.parse(zlib.gunzipSync(Buffer.from(record.data, "base64")));
const json = (record) => JSON.parse(Buffer.from(record.data, "base64"));

const EMAIL = /[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}/g;
const IPV4 = /\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b/g;
const CARD = /\b(?:\d[ -]?){12,18}\d\b/g;

function luhn(number) {
  const digits = [...number].filter((it) => it >= "0" && it <= "9").map(Number).reverse();
  const sum = digits.reduce((sum, digit, index) =>
    sum + (index % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2), 0);
  return sum % 10 === 0;
}

const transforms = {
  cloudwatch_logs_events(record) {
    const logs = envelope(record);
    if (logs.messageType !== "DATA_MESSAGE") return dropped(record);
    const { logGroup, logStream, owner } = logs;
    const lines = logs.logEvents.map((event) =>
      JSON.stringify({ logGroup, logStream, owner, ...event }) + "\n");
    return ok(record, lines.join(""));
  },
  cloudwatch_logs_messages(record) {
    const logs = envelope(record);
    if (logs.messageType !== "DATA_MESSAGE") return dropped(record);
    return ok(record, logs.logEvents.map((event) => event.message + "\n").join(""));
  },
  jq_fields(record) {
    const { field00, field01, ...item } = json(record);
    if (item.level === "DEBUG") return dropped(record);
    return ok(record, JSON.stringify({ ...item, renamed: field01, source: "orders" }) + "\n");
  },
  jq_compute(record) {
    const item = json(record);
    for (const key in item) {
      if (typeof item[key] === "number") item[key] *= item[key];
    }
    return ok(record, JSON.stringify(item) + "\n");
  },
  redact(record) {
    const item = json(record);
    item.message = item.message
      .replace(EMAIL, "[REDACTED:email]")
      .replace(IPV4, "[REDACTED:ipv4]")
      .replace(CARD, (found) => (luhn(found) ? "[REDACTED:credit_card]" : found));
    return ok(record, JSON.stringify(item) + "\n");
  },
};

const transform = transforms[process.argv[2]];
const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "Content-Length": body.length };
    const request = http.request({ hostname, port, agent, method, path, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve([response.headers, Buffer.concat(chunks)]));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

for (;;) {
  const [headers, event] = await call("GET", "/2018-06-01/runtime/invocation/next");
  const id = headers["lambda-runtime-aws-request-id"];
  const records = JSON.parse(event).records.map(transform);
  const body = Buffer.from(JSON.stringify({ records }));
  await call("POST", `/2018-06-01/runtime/invocation/${id}/response`, body);
}
