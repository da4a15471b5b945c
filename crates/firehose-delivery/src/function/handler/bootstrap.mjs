// Runs a handler in JavaScript as a Lambda function, over the Lambda Runtime API.
//
// Usage: node bootstrap.mjs HANDLER, in the folder of the code. Uses AWS's runtime client if the package
// `aws-lambda-ric` is installed beside the code. Otherwise uses the API itself, and reports errors with
// the same fields as aws-lambda-ric 3.3: https://github.com/aws/aws-lambda-nodejs-runtime-interface-client.

import { existsSync, readFileSync, statSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { format, types } from "node:util";

const API = "/2018-06-01/runtime/";
const OWN_FILE = fileURLToPath(import.meta.url);
const taskRoot = process.env.LAMBDA_TASK_ROOT ?? process.cwd();

/** An error that the runtime itself reports, such as a handler that cannot be imported. */
class RuntimeFault extends Error {
  constructor(kind, message) {
    super(message);
    this.name = `Runtime.${kind}`;
  }
}

/** The client of the Lambda Runtime API: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. */
class RuntimeApi {
  constructor(address) {
    [this.host, this.port] = address.split(":");
    // An idle connection does not keep the event loop alive, so `beforeExit` can be seen.
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  }

  async next() {
    const { headers, body } = await this.request("GET", "invocation/next");
    return { headers, event: body };
  }

  post(path, body, headers = {}) {
    const bytes = Buffer.from(body);
    const all = { "Content-Type": "application/json", "Content-Length": bytes.length, ...headers };
    return this.request("POST", path, bytes, all);
  }

  report(path, error) {
    const report = errorReport(error);
    const ascii = (text) => text.replace(/[^\x20-\x7e]/g, "?");
    return this.post(path, JSON.stringify(report), {
      "Lambda-Runtime-Function-Error-Type": ascii(String(report.errorType)),
      // AWS's client sends the error in this header too, without its causes.
      "Lambda-Runtime-Function-XRay-Error-Cause": ascii(JSON.stringify({ exceptions: chain(error) })),
    });
  }

  request(method, path, body, headers) {
    const { host, port, agent } = this;
    const options = { host, port, agent, method, headers, path: API + path };
    return new Promise((resolve, reject) => {
      const request = http.request(options, (response) => {
        const pieces = [];
        response.on("data", (piece) => pieces.push(piece));
        response.on("error", reject);
        response.on("end", () => {
          resolve({ headers: response.headers, body: Buffer.concat(pieces).toString("utf8") });
        });
      });
      request.on("error", reject);
      request.end(body);
    });
  }
}

/** Returns the report of an error, or of any other value that a handler throws. */
function errorReport(error) {
  const isError = types.isNativeError(error) || (error?.name && error?.message && error?.stack);
  try {
    if (!isError) {
      return { errorType: typeof error, errorMessage: error.toString(), trace: [] };
    }
    return { errorType: error.name, errorMessage: error.message, trace: trace(error) };
  } catch {
    const errorMessage = "the handler failed with a value without a readable name, message or stack";
    return { errorType: "handled", errorMessage };
  }
}

/** Returns the type and the message of an error and of the errors that caused it. */
function chain(error) {
  const exceptions = [];
  try {
    for (let at = error; at instanceof Error && exceptions.length < 5; at = at.cause) {
      exceptions.push({ type: String(at.name), message: String(at.message).slice(0, 300) });
    }
  } catch {
    // An error without a readable name, message or cause.
  }
  return exceptions;
}

/** Returns the lines of the stack, without those of this file. */
function trace(error) {
  return String(error.stack).split("\n").filter((line) => !line.includes(OWN_FILE));
}

let requestId;

/** Writes a line of the log as Lambda does with the log format JSON. */
function log(level, ...values) {
  const line = { timestamp: new Date().toISOString(), level, requestId };
  line.message = values.length === 1 ? values[0] : format(...values);
  const error = values.length > 1 && values.find((value) => value instanceof Error);
  const fields = (value) => ({
    errorType: value.constructor?.name ?? "UnknownError",
    errorMessage: value.message,
    stackTrace: trace(value),
    ...value,
  });
  if (error) {
    Object.assign(line, fields(error));
  }
  let text;
  try {
    text = JSON.stringify(line, (_, value) => (value instanceof Error ? fields(value) : value));
  } catch {
    text = JSON.stringify({ ...line, message: format(line.message) });
  }
  process.stdout.write(text + "\n");
}

function replaceConsole() {
  const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"];
  const lowest = levels.indexOf((process.env.AWS_LAMBDA_LOG_LEVEL ?? "TRACE").toUpperCase());
  for (const [number, level] of levels.entries()) {
    const method = level.toLowerCase();
    console[method] = number < lowest ? () => {} : (...values) => log(level, ...values);
  }
  console.log = console.info;
}

/** Returns `true` if the closest package.json says that a .js file is an ES module. */
function isEsModule(folder) {
  for (let at = folder; !at.endsWith("/node_modules"); at = path.dirname(at)) {
    const file = path.join(at, "package.json");
    // A pipe would wait without end for a writer.
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) {
      try {
        return JSON.parse(readFileSync(file)).type === "module";
      } catch {
        return false;
      }
    }
    if (at === path.dirname(at)) {
      break;
    }
  }
  return false;
}

/** Loads the module of a handler: an ES module or a CommonJS module, in the order of Lambda. */
async function loadModule(folder, name) {
  const require = createRequire(import.meta.url);
  const file = path.resolve(taskRoot, folder, name);
  const imported = (it) => import(pathToFileURL(it).href);
  if (existsSync(file)) {
    // A folder with an index.js, or a file without an extension.
    return require(file);
  }
  if (existsSync(file + ".js")) {
    return isEsModule(path.dirname(file)) ? imported(file + ".js") : require(file + ".js");
  }
  if (existsSync(file + ".mjs")) {
    return imported(file + ".mjs");
  }
  if (existsSync(file + ".cjs")) {
    return require(file + ".cjs");
  }
  return require(require.resolve(name, { paths: [taskRoot, path.resolve(taskRoot, folder)] }));
}

/** Returns the function of a handler such as `folder/app.exports.handler`. */
async function findHandler(handler) {
  if (handler.includes("..")) {
    const hint = "Use absolute paths when specifying root directories in handler names.";
    const message = `'${handler}' is not a valid handler name. ${hint}`;
    throw new RuntimeFault("MalformedHandlerName", message);
  }
  const base = path.basename(handler);
  const parts = base.match(/^([^.]*)\.(.*)$/);
  if (!parts) {
    throw new RuntimeFault("MalformedHandlerName", "Bad handler");
  }
  let module;
  try {
    module = await loadModule(handler.slice(0, handler.indexOf(base)), parts[1]);
  } catch (error) {
    if (error instanceof SyntaxError) {
      const fault = new RuntimeFault("UserCodeSyntaxError", String(error));
      throw Object.assign(fault, { stack: error.stack, cause: error.cause });
    }
    if (error?.code === "MODULE_NOT_FOUND") {
      const fault = new RuntimeFault("ImportModuleError", String(error));
      throw Object.assign(fault, { stack: error.stack, cause: error.cause });
    }
    throw error;
  }
  const found = parts[2].split(".").reduce((value, key) => value?.[key], module);
  if (!found) {
    throw new RuntimeFault("HandlerNotFound", `${handler} is undefined or not exported`);
  }
  if (typeof found !== "function") {
    throw new RuntimeFault("HandlerNotFound", `${handler} is not a function`);
  }
  const version = Number(process.env.AWS_EXECUTION_ENV?.match(/nodejs(\d+)/)?.[1] ?? 0);
  if (version >= 24 && found.length >= 3) {
    const message = "Lambda has no handlers with a callback from Node.js 24 on; return a promise, or "
      + "use the runtime nodejs22.x";
    throw new RuntimeFault("CallbackHandlerDeprecated", message);
  }
  return found;
}

/**
 * One invocation. The handler ends it by its promise, by the callback or by the methods of the context;
 * only the first of these counts. A handler without any of them is answered with `null` once nothing is
 * left to do.
 */
class Invocation {
  constructor(api, headers, goOn) {
    Object.assign(this, { api, goOn, isEnded: false, whenIdle: undefined });
    this.id = headers["lambda-runtime-aws-request-id"];
    const deadline = Number(headers["lambda-runtime-deadline-ms"]);
    const { env } = process;
    this.context = {
      callbackWaitsForEmptyEventLoop: true,
      succeed: (result) => this.end(undefined, result),
      fail: (error) => this.end(error ?? "handled"),
      done: (error, result) => this.end(error, result),
      functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
      functionName: env.AWS_LAMBDA_FUNCTION_NAME,
      memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
      logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
      logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
      invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
      awsRequestId: this.id,
      getRemainingTimeInMillis: () => deadline - Date.now(),
    };
  }

  run(handler, body) {
    this.whenIdle = () => this.end(undefined, null);
    const callback = (error, result) => {
      if (this.isEnded || this.isCalled) {
        return;
      }
      this.isCalled = true;
      if ((error === undefined || error === null) && this.context.callbackWaitsForEmptyEventLoop) {
        this.whenIdle = () => this.end(undefined, result);
      } else {
        this.end(error, result);
      }
    };
    try {
      const result = handler(JSON.parse(body), this.context, callback);
      if (typeof result?.then === "function") {
        result.then(this.context.succeed, this.context.fail);
      }
    } catch (error) {
      callback(error);
    }
  }

  end(error, result) {
    if (this.isEnded) {
      return;
    }
    this.isEnded = true;
    this.whenIdle = undefined;
    this.answer(error, result).then(this.goOn, failed);
  }

  async answer(error, result) {
    const path = `invocation/${encodeURIComponent(this.id)}/`;
    let body;
    if (error === undefined || error === null) {
      try {
        body = JSON.stringify(result === undefined ? null : result);
        // JSON has no text for a function. AWS's client reports this error.
        error = body === undefined ? new TypeError("Wrong arguments") : undefined;
      } catch {
        error = new Error("Unable to stringify response body");
      }
    }
    if (body !== undefined) {
      await this.api.post(path + "response", body);
      return;
    }
    log("ERROR", error instanceof Error ? error : new Error(error));
    await this.api.report(path + "error", error);
  }

  /** Reports an error outside the handler's promise, and ends the process as Lambda does. */
  async abort(error, code) {
    if (!this.isEnded) {
      this.isEnded = true;
      await this.api.report(`invocation/${encodeURIComponent(this.id)}/error`, error);
    }
    process.exit(code);
  }
}

function failed(error) {
  process.stderr.write(`the Lambda Runtime API failed: ${error}\n`);
  process.exit(1);
}

async function serve(handlerName) {
  replaceConsole();
  const api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API);
  let invocation;
  const abort = async (error, code) => {
    log("ERROR", error);
    if (invocation) {
      return invocation.abort(error, code);
    }
    await api.report("init/error", error);
    process.exit(code);
  };
  process.on("uncaughtException", (error) => abort(error, 129).catch(failed));
  process.on("unhandledRejection", (reason) => {
    const error = new RuntimeFault("UnhandledPromiseRejection", String(reason));
    const more = { stack: reason?.stack ?? error.stack, cause: reason?.cause };
    abort(Object.assign(error, more), 128).catch(failed);
  });
  process.on("beforeExit", () => invocation?.whenIdle?.());
  let handler;
  try {
    handler = await findHandler(handlerName);
  } catch (error) {
    await abort(error, 1);
  }
  const takeNext = async () => {
    const { headers, event } = await api.next();
    const goOn = () => setImmediate(() => takeNext().catch(failed));
    invocation = new Invocation(api, headers, goOn);
    requestId = invocation.id;
    process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"] ?? "";
    invocation.run(handler, event);
  };
  await takeNext();
}

/** Returns the main file of AWS's client if it is installed with its native part. */
function clientOfAws() {
  try {
    const main = createRequire(path.join(taskRoot, "index.js")).resolve("aws-lambda-ric");
    return existsSync(path.join(path.dirname(main), "rapid-client.node")) ? main : undefined;
  } catch {
    return undefined;
  }
}

const handler = process.argv[2];
const client = clientOfAws();
if (client) {
  // Version 4 asks for events as soon as it is imported, and has no function `run`.
  const { run } = await import(pathToFileURL(client).href);
  await run?.(taskRoot, handler);
} else {
  await serve(handler);
}
