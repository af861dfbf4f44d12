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

async function verify({ release, judged, out }) {
  if (judged) current = judge(judged);
  if (out) without(out);
  const { binding, approvers } = await verifier.verifyRelease(bytes(release), current);
  return { hold: binding.hold, approvers };
}

// Of a copy in which checks can be passed over: do without these, and forget which fired.
function without(numbers) {
  verifier.out.clear();
  for (const number of numbers) verifier.out.add(number);
  verifier.fired.length = 0;
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
  const found = { code: null };
  try {
    Object.assign(found, await JOBS[job](given));
  } catch (error) {
    // What is no `ReleaseError` is a defect of the verifier: it refuses too, but not as it should.
    const [code, why] = error instanceof verifier.ReleaseError ? [error.code, error.why] : ["defect", String(error.stack)];
    Object.assign(found, { code, why });
  }
  return verifier.fired ? { ...found, fired: [...verifier.fired] } : found;
}

process.stdout.on("error", () => process.exit(0)); // whoever asked has heard enough

// Several at once, since WebCrypto works on threads of its own; answers keep the order of the lines.
const atOnce = verifier.fired ? 1 : 16;
let [last, running] = [Promise.resolve(), 0];
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const found = answer(line);
  running += 1;
  last = Promise.all([last, found]).then(([, told]) => {
    running -= 1;
    process.stdout.write(`${JSON.stringify(told)}\n`);
  });
  if (running >= atOnce) await last;
}
await last;
