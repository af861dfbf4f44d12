// Drives the verifier in JavaScript: one JSON line in, one line out, in the order of the lines.
//
// `node tests/releases/second_verifier.mjs [MODULE]`: another module than the product's is a copy with a check taken out.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const own = new URL("../../src/brightline/oversight/verifier/verify_release.mjs", import.meta.url);
const verifier = await import(process.argv[2] ? pathToFileURL(process.argv[2]).href : own.href);
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const text = (data) => Buffer.from(data).toString("base64");
const hex = (data) => Buffer.from(data).toString("hex");
let current; // what the effector has before it, until a line brings other things

function judge({ bundle, revocations, tool, arguments: raw, preconditions, now_ms: nowMs }) {
  const action = { tool, arguments: bytes(raw), preconditions };
  return { bundle: bytes(bundle), revocations: bytes(revocations), action, nowMs };
}

async function verify({ release, judged }) {
  if (judged) current = judge(judged);
  const { binding, approvers } = await verifier.verifyRelease(bytes(release), current);
  return { hold: binding.hold, approvers };
}

async function read({ kind, data }) {
  const found = verifier.canonical(await verifier.read(kind, bytes(data)));
  return { canonical: text(found), digest: hex(await verifier.digest(kind, found)) };
}

const JOBS = {
  verify,
  read,
  parse: ({ data }) => ({ canonical: text(verifier.canonical(verifier.parse(bytes(data)))) }),
  digest: async ({ kind, data }) => ({ digest: hex(await verifier.digest(kind, bytes(data))) }),
  render: ({ data }) => ({ rendering: verifier.render(verifier.parse(bytes(data))) }),
  signature: async ({ key, signature, message }) => {
    await verifier.checkSignature(key, bytes(signature), bytes(message));
    return {};
  },
  assertion: async ({ key, signature, authenticator, client, challenge, rp_id, origins }) => {
    const parts = [signature, authenticator, client, challenge].map(bytes);
    const [value, data, told, over] = parts;
    await verifier.checkAssertion(key, { signature: value, authenticator: data, client: told, challenge: over }, { rp_id, origins });
    return {};
  },
};

async function answer(line) {
  const { job, ...given } = JSON.parse(line);
  try {
    return { code: null, ...(await JOBS[job](given)) };
  } catch (error) {
    // What is no `ReleaseError` is a defect of the verifier: it refuses too, but not as it should.
    return error instanceof verifier.ReleaseError ? { code: error.code, why: error.why } : { code: "defect", why: String(error.stack) };
  }
}

process.stdout.on("error", () => process.exit(0)); // whoever asked has heard enough

// Several at once, since WebCrypto works on threads of its own; answers keep the order of the lines.
let [last, running] = [Promise.resolve(), 0];
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const found = answer(line);
  running += 1;
  last = Promise.all([last, found]).then(([, told]) => {
    running -= 1;
    process.stdout.write(`${JSON.stringify(told)}\n`);
  });
  if (running >= 16) await last;
}
await last;
