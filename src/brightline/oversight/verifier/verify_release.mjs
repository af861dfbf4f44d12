// The second verifier: checks a Brightline release offline, in any browser and in Node 20 or later, on WebCrypto alone.
//
// Written apart from the first one (`brightline.oversight.effector`, in Python) from docs/sign-off-formats.md, so that
// each can be held against the other: the same checks in the same order, refused with the same codes. It consumes
// nothing: that a release is used once is the business of the machine that acts.
// INVARIANT: `verifyRelease` returns only when every check held; any doubt throws.
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const { subtle } = globalThis.crypto;
const encode = (text) => new TextEncoder().encode(text);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const number = (bytes) => BigInt(`0x${hex(bytes)}`);
const unbase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const sha256 = async (bytes) => new Uint8Array(await subtle.digest("SHA-256", bytes));
const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const rising = (values, equal) => values.every((each, at) => at === 0 || values[at - 1] < each || (equal && values[at - 1] === each));

// What every refusal is; `code` is the one that the Python effector gives, `why` names a field and never its value.
export class ReleaseError extends Error {
  constructor(code, why = "") {
    super(why ? `${code}: ${why}` : code);
    Object.assign(this, { name: "ReleaseError", code, why });
  }
}

function need(holds, code, why) {
  if (holds !== true) throw new ReleaseError(code, why);
}

// Whatever is wrong inside of `work` is one thing to those outside.
async function all(code, work) {
  try {
    return await work();
  } catch (error) {
    throw new ReleaseError(code, error.message);
  }
}

// ---- JSON: one reading (RFC 7493) and one writing (RFC 8785) ----
const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")([ \t\n\r]*:)?|[-0-9][-+.0-9eE]*|[[\]{}]/g;

// The value that at most `limit` bytes of strict JSON hold.
export function parse(bytes, limit = 2 << 20) {
  need(bytes.length <= limit, "signoff/too-large");
  let [source, value] = ["", null];
  try {
    source = UTF8.decode(bytes);
    value = JSON.parse(source);
  } catch {
    need(false, "signoff/not-json");
  }
  const open = []; // the names so far in each object that is open, none in a list
  for (const [token, string, colon] of source.matchAll(TOKEN)) {
    const text = string && JSON.parse(string);
    if (string) need(text.isWellFormed(), "signoff/lone-surrogate");
    if (colon) need(open.at(-1).size < open.at(-1).add(text).size, "signoff/duplicate-key");
    else if (token === "[" || token === "{") need(open.push(new Set()) <= 32, "signoff/too-deep");
    else if (token === "]" || token === "}") open.pop();
    else if (!string) need(Math.abs(Number(token)) <= Number.MAX_SAFE_INTEGER, "signoff/number-range");
  }
  return value;
}

function write(value) {
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort(); // by UTF-16, as RFC 8785 section 3.2.3 asks
  return `{${names.map((name) => `${JSON.stringify(name)}:${write(value[name])}`).join(",")}}`;
}

// The canonical bytes of a value; what a key signs of such bytes; and their digest, as those of an object of `kind`.
export const canonical = (value) => encode(write(value));
const tagged = (kind, bytes) => join(encode(`brightline/${kind}/1\n`), bytes);
export const digest = (kind, bytes) => sha256(tagged(kind, bytes));
const digestHex = async (kind, bytes) => hex(await digest(kind, bytes));

// ---- The objects: every field named, there, of its kind and within its bounds ----
const like = (pattern) => (value) => typeof value === "string" && pattern.test(value);
const text = (most) => (value) => typeof value === "string" && (value.length <= most || [...value].length <= most);
const KINDS = {
  id: like(/^[A-Za-z0-9][A-Za-z0-9._@:/-]{0,127}$/), tool: like(/^[A-Za-z0-9_][A-Za-z0-9._:/-]{0,127}$/),
  hex32: like(/^[0-9a-f]{32}$/), hex64: like(/^[0-9a-f]{64}$/), name: text(200), text: text(2000), reason: text(500),
  proof: text(512 * 1024), flag: (value) => typeof value === "boolean", object: isObject,
  label: (value) => value !== "" && KINDS.name(value), words: (value) => /[^ \t\r\n]/.test(value) && KINDS.text(value),
};
// A field is `name:kind`. A kind is one of `KINDS` or `FORMS`, `=a text`, `null`, a whole number `1..16`, or `1~96` bytes
// in base64; one of several with `|`; so many of it, `kind[0..64]`, in rising order `<`, or by a field `<id`; or an
// object of up to so many, each under a name of a kind, `{64_label}text`.
const TIME = "0..253402300799999";
const TIMES = `not_before_ms:${TIME} not_after_ms:${TIME}`;
const KEY = "public:1~150 algorithm:=ed25519|=ecdsa-p256|=ecdsa-p384 id:hex64";
const ASSURANCE = "assurance:=webauthn-uv|=hardware|=file";
const METHOD = "=ecdsa-p256|=ecdsa-p384|=ed25519|=webauthn-es256";
const BY_DIRECTORY = "directory_key:hex64 signature:1~96";
const FORMS = {
  change: "name:name before:text after:text",
  requester: "person:=|id key:name organisation:name unit:name app:name",
  model: "deployment:name model:name",
  agreement: "id:name version:1.. digest:hex64 enclave:name",
  demand: "role:id quorum:1..16",
  rule: "id:id clause:text source:text reason:text role:id quorum:1..16 break_glass:null|demand",
  item: "label:name type:name sha256:hex64",
  rendering: "template:=brightline/rendering/1 sha256:hex64",
  "action-binding": `format:=brightline/action-binding/1 max_uses:1..1 ${TIMES} kind:=tool-call|=model-call tool:=|tool
    hold:hex32 audience:id definition:hex64 call_id:name arguments:object preconditions:{64_label}text diff:change[0..64]
    requester:requester agent_owner:=|id mission:name purpose:text authority:text model:model agreement:agreement
    rules:rule[1..64<id] risk:=low|=high|=top own_machine:flag evidence:item[0..64] nonce:hex32 rendering:rendering`,
  log: "origin:name size:0.. root:32~32",
  statement: `format:=brightline/statement/1 binding:hex64 decision:=allow|=deny|=break-glass|=revoke person:id key:hex64
    role:id rendering:hex64 log:log ${ASSURANCE} own_machine:flag blind:flag evidence:hex64[0..64<] dwell_ms:0..
    reason:reason signed_at_ms:${TIME}`,
  signature: `algorithm:${METHOD} value:1~96 authenticator_data:0~1024 client_data:0~4096`,
  key: KEY,
  "approver-key": `${KEY} ${ASSURANCE}`,
  "role-assertion": `format:=brightline/role-assertion/1 ${TIMES} person:id key:approver-key roles:id[1..32<] serial:0..`,
  "signed-role-assertion": `assertion:role-assertion ${BY_DIRECTORY}`,
  "signed-statement": "statement:statement signature:signature assertion:signed-role-assertion",
  entry: "leaf:230~230 proof:proof",
  gateway: "key:hex64 signature:1~96",
  release: `format:=brightline/release/1 statements:signed-statement[0..32] binding:action-binding path:=quorum|=break-glass
    hold_entry:entry gateway:gateway`,
  "revocation-list": `format:=brightline/revocation-list/1 issued_ms:${TIME} number:0.. keys:hex64[0..10000<]
    persons:id[0..10000<] serials:0..[0..10000<] bindings:hex64[0..10000<]`,
  "signed-revocation-list": `revocations:revocation-list ${BY_DIRECTORY}`,
  "execution-receipt": `format:=brightline/execution-receipt/1 binding:hex64 audience:id store_epoch:hex32 sequence:0..
    outcome:=done|=failed|=unknown consumed_at_ms:${TIME} finished_at_ms:${TIME} detail:name`,
  "signed-execution-receipt": "receipt:execution-receipt effector_key:hex64 signature:1~96",
  review: `format:=brightline/review/1 hold:hex32 binding:hex64 verdict:=justified|=not-justified person:id key:hex64 role:id
    log:log words:words signed_at_ms:${TIME}`,
  "signed-review": "review:review signature:signature assertion:signed-role-assertion",
  "effector-state-request": "format:=brightline/effector-state-request/1 audience:id tool:tool arguments:object nonce:hex32",
  "effector-state": `format:=brightline/effector-state/1 audience:id request:hex64 preconditions:{64_label}text diff:change[0..64]
    read_at_ms:${TIME}`,
  "signed-effector-state": "state:effector-state effector_key:hex64 signature:1~96",
  "trusted-log": "origin:name keys:text[1..64]",
  "tool-demand": "definition:hex64 quorum:demand[1..64<role] break_glass:null|demand own_machine:flag",
  party: "rp_id:name origins:text[0..64]",
  "trust-bundle": `format:=brightline/trust-bundle/1 audience:id log:trusted-log gateway_keys:key[1..64] algorithms:${METHOD}[1..4<]
    directory_keys:key[1..64] agreements:hex64[1..256<] tools:{1024_tool}tool-demand webauthn:party
    longest_window_ms:1..604800000 clock_skew_ms:0..600000 revocations_max_age_ms:1..31622400000`,
};
const namesAndKinds = (fields) => fields.split(/\s+/).map((each) => each.split(":"));
const FIELDS = Object.fromEntries(Object.entries(FORMS).map(([form, fields]) => [form, namesAndKinds(fields)]));
// The most bytes of what stands alone, as a power of two.
const POWERS = {
  "action-binding": 20, release: 21, "trust-bundle": 20, "revocation-list": 20, "signed-revocation-list": 20,
  statement: 16, "signed-statement": 16, review: 16, "signed-review": 16, "role-assertion": 14, "signed-role-assertion": 14,
  "execution-receipt": 14, "signed-execution-receipt": 14,
  "effector-state-request": 20, "effector-state": 16, "signed-effector-state": 16,
};
const NO_DEFINITION = "ad826dea411a548b055cedb81b701c4e22b926456bbaf223bbbc4eae03eca852"; // of a model call
const ends = (value, bad) => bad(value.not_before_ms < value.not_after_ms);
const hashed = async (value, bad) => bad(hex(await sha256(unbase64(value.public))) === value.id);
const RULES = {
  "action-binding": (value, bad) => {
    ends(value, bad);
    bad(value.kind === "model-call" ? value.tool === "" && value.definition === NO_DEFINITION : value.tool !== "");
  },
  "role-assertion": ends, key: hashed, "approver-key": hashed,
  signature: ({ algorithm, authenticator_data: data, client_data: client }, bad) => {
    for (const part of [data, client]) bad((part !== "") === (algorithm === "webauthn-es256"));
  },
  release: ({ statements }, bad) => bad(rising(statements.map((each) => each.statement.person), true)),
  "effector-state": ({ preconditions: held, diff }, bad) => {
    bad(Object.keys(held).length > 0 && new Set(diff.map(({ name }) => name)).size === diff.length);
    bad(diff.every(({ name, before }) => Object.hasOwn(held, name) && held[name] === before));
  },
  "trust-bundle": ({ audience }, bad) => bad(audience !== "null"),
};

async function conform(value, kind, path) {
  const bad = (holds) => {
    if (!holds) throw new ReleaseError("signoff/bad-field", path);
  };
  const [, item, least, most, rises, rank] = /^(.+)\[(\d+)\.\.(\d+)(<?)(\w*)\]$/.exec(kind) ?? [];
  const [, many, name, member] = /^\{(\d+)_(\w+)\}(.+)$/.exec(kind) ?? [];
  const [, low, mark, high] = /^(\d+)(\.\.|~)(\d*)$/.exec(kind) ?? [];
  let parts = []; // names and kinds
  if (item) {
    bad(Array.isArray(value) && value.length >= least && value.length <= most);
    bad(!rises || rising(value.map((part) => (rank ? part?.[rank] : part))));
    parts = value.map((_, at) => [at, item]);
  } else if (name) {
    bad(isObject(value) && Object.keys(value).length <= many && Object.keys(value).every((each) => KINDS[name](each)));
    parts = Object.keys(value).map((each) => [each, member]);
  } else if (Object.hasOwn(FIELDS, kind)) {
    bad(isObject(value));
    parts = FIELDS[kind];
  } else if (mark === "..") bad(Number.isInteger(value) && value >= low && value <= (high || Number.MAX_SAFE_INTEGER));
  else if (mark === "~") {
    const data = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}(==|[A-Za-z0-9+/]=))?$/.test(value) ? atob(value) : "";
    bad(btoa(data) === value && data.length >= low && data.length <= high);
  } else if (Object.hasOwn(KINDS, kind)) bad(KINDS[kind](value));
  else {
    const fits = typeof (value ?? "") === "string" && kind.split("|").includes(value === null ? "null" : `=${value}`);
    const other = kind.split("|").find((each) => !/^(=.*|null)$/.test(each));
    if (!fits && other) await conform(value, other, path);
    else bad(fits);
  }
  for (const [part, inside] of parts) await conform(value[part], inside, `${path}.${part}`);
  bad(parts.length === 0 || parts.length === Object.keys(value).length);
  await RULES[kind]?.(value, bad);
}

// The object of a kind of `POWERS` of which `bytes` are the canonical form.
export async function read(kind, bytes) {
  const value = parse(bytes, 2 ** POWERS[kind]);
  need(write(value) === UTF8.decode(bytes), "signoff/not-canonical");
  await conform(value, kind, kind);
  return value;
}

// ---- What people are shown: plain lines that hide nothing ----
const LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïñòóôõöøùúûüýþÿĄąĆćČčĘęĚěĞğŁłŃńŇňŐőŒœŘřŚśŠšŮůŰűŹźŻżŽž";
const ESCAPED = new RegExp(`[^\\x20-\\x7e${LETTERS}]|["\\\\]|^ | $|(?<= ) `, "gu");
const escaped = (letter) => ('"\\'.includes(letter) ? `\\${letter}` : `\\u{${letter.codePointAt(0).toString(16).toUpperCase()}}`);
const shown = (value) => (typeof value === "string" ? `"${value.replace(ESCAPED, escaped)}"` : write(value));
const plain = (value, names, indent = "") => names.split(" ").map((name) => `${indent}${name}: ${shown(value[name])}`);
const group = (value, label, names) => [`${label}:`, ...plain(value[label], names, "  ")];
const moment = (value, name) => `${name}: ${new Date(value[name]).toISOString()} (${value[name]})`;
const nested = (label, value, indent = "") => {
  const names = isObject(value) ? Object.keys(value).sort() : Array.isArray(value) ? [...value.keys()] : [];
  if (names.length === 0) return [`${indent}${label}: ${shown(value)}`];
  const parts = names.flatMap((name) => nested(shown(name), value[name], `${indent}  `));
  return [`${indent}${label}: ${"[{"[+isObject(value)]}`, ...parts, `${indent}${"]}"[+isObject(value)]}`];
};
const listed = (value, label, names) => [`${label}: ${value[label].length}`, ...value[label].flatMap((item, at) => [
  `  ${at + 1} of ${value[label].length}:`, ...plain(item, names, "    "),
  ...("break_glass" in item ? nested("break_glass", item.break_glass, "    ") : []),
])];

// The lines that show `binding`, an action binding of the right form as JSON.
export const render = (binding) => [
  "brightline/rendering/1", ...plain(binding, "kind tool audience risk"), ...nested("arguments", binding.arguments),
  ...nested("preconditions", binding.preconditions), ...listed(binding, "diff", "name before after"),
  ...group(binding, "requester", "person key organisation unit app"), ...plain(binding, "agent_owner mission purpose authority"),
  ...group(binding, "model", "deployment model"), ...listed(binding, "rules", "id clause source reason role quorum"),
  ...group(binding, "agreement", "id version digest enclave"), ...listed(binding, "evidence", "label type sha256"),
  moment(binding, "not_before_ms"), moment(binding, "not_after_ms"),
  ...plain(binding, "max_uses own_machine hold call_id definition nonce format"), "",
].join("\n");

// ---- Signatures: RFC 8032, FIPS 186-5, WebAuthn Level 3 section 7.2 ----
const P = 2n ** 255n - 19n;
// The y of points for which anybody can sign (RFC 8032 section 5.1 curve).
const LOW = [
  0n, 1n, P - 1n, 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
];
const ALGORITHMS = {
  ed25519: { prefix: "302a300506032b6570032100", half: 32, name: "Ed25519" },
  "ecdsa-p256": {
    prefix: "3059301306072a8648ce3d020106082a8648ce3d03010703420004", half: 32, name: "ECDSA", namedCurve: "P-256", hash: "SHA-256",
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  "ecdsa-p384": {
    prefix: "3076301006072a8648ce3d020106052b8104002203620004", half: 48, name: "ECDSA", namedCurve: "P-384", hash: "SHA-384",
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  },
};

// The key of `{algorithm, public}`, refused in a second encoding, off its curve, or where anybody could sign for it.
function importKey({ algorithm, public: encoded }, code) {
  const [{ prefix, half, order, ...named }, spki] = [ALGORITHMS[algorithm], unbase64(encoded)];
  need(hex(spki).startsWith(prefix) && spki.length === prefix.length / 2 + (order ? 2 * half : half), code);
  const y = number(spki.slice(12).reverse()) & (2n ** 255n - 1n);
  need(order !== undefined || (y < P && !LOW.includes(y)), code);
  return all(code, () => subtle.importKey("spki", spki, named, false, ["verify"]));
}

// Checks that the key signed `message`, in the one encoding that a signature has.
export async function checkSignature(key, signature, message, code = "effector/bad-signature") {
  const { half, order, ...named } = ALGORITHMS[key.algorithm];
  const imported = await importKey(key, code);
  need(signature.length === 2 * half && (!order || number(signature.slice(half)) <= order / 2n), code);
  need(await subtle.verify(named, imported, signature, message), code);
}

// Checks that the holder of a passkey, verified by it, signed `challenge` on a page of one of `origins`.
export async function checkAssertion(key, { signature, authenticator, client, challenge }, { rp_id, origins }) {
  const code = "effector/bad-signature";
  const told = await all(code, () => parse(client, 4096));
  const wanted = base64(challenge).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  need(key.algorithm === "ecdsa-p256" && isObject(told) && told.type === "webauthn.get" && told.challenge === wanted, code);
  need(typeof told.origin === "string" && origins.includes(told.origin), code);
  need(!Object.hasOwn(told, "topOrigin") && (!Object.hasOwn(told, "crossOrigin") || told.crossOrigin === false), code);
  need(authenticator.length === 37 && hex(authenticator.slice(0, 32)) === hex(await sha256(encode(rp_id))), code);
  const flags = authenticator[32]; // 1 present, 4 verified, 8 may be backed up, 16 is, 64 a key follows, 128 extensions do
  need((flags & 0xc5) === 0x05 && (flags & 0x18) !== 0x10, code);
  await checkSignature(key, signature, join(authenticator, await sha256(client)));
}

// ---- The log: C2SP tlog-proof, tlog-checkpoint and signed-note; RFC 9162 section 2.1.3.2 ----
const DECIMAL = "(0|[1-9][0-9]{0,18})";
const HASH = "[A-Za-z0-9+/]{43}=";
const HEAD = `((.+)\\n${DECIMAL}\\n(${HASH})\\n)`;
const PROOF = new RegExp(
  `^c2sp\\.org/tlog-proof@v1\\nindex ${DECIMAL}\\n((?:${HASH}\\n){0,64})\\n${HEAD}\\n\u2014 (\\S+) ([A-Za-z0-9+/]{91}=)\\n$`,
);
const EMPTY = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; // the root of no entries

// The keys of the log as it lists them, `name+id+key`, by the first two.
async function logKeys(keys, code) {
  const found = {};
  for (const vkey of keys) {
    const [, name, id, encoded] = /^([^+\s\x00-\x1f]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(vkey) ?? need(false, code);
    const typed = unbase64(encoded);
    need(typed[0] === 1, code);
    need(hex(await sha256(join(encode(`${name}\n`), typed))).startsWith(id), code);
    const spki = join(Uint8Array.from([48, 42, 48, 5, 6, 3, 43, 101, 112, 3, 33, 0]), typed.slice(1));
    found[`${name} ${id}`] = { algorithm: "ed25519", public: base64(spki) };
  }
  return found;
}

// The root of the tree of `size` entries in which `hash` stands at `index`, by the path that the proof gives.
async function climb(index, size, hash, path, code) {
  let [node, last, root] = [index, size - 1n, hash];
  need(node <= last, code);
  for (const sibling of path) {
    need(last !== 0n, code);
    const right = node % 2n === 1n || node === last;
    root = await sha256(right ? join([1], sibling, root) : join([1], root, sibling));
    while (right && node !== 0n && node % 2n === 0n) [node, last] = [node / 2n, last / 2n];
    [node, last] = [node / 2n, last / 2n];
  }
  need(last === 0n, code);
  return base64(root);
}

async function checkHold({ binding, hold_entry, statements }, bindingDigest, trust, logs) {
  const [leaf, word] = [unbase64(hold_entry.leaf), (at, size) => number(leaf.slice(at, at + size))];
  const known = leaf[0] === 1 && word(2, 4) < 64n && leaf[152] <= 4 && leaf[153] <= 6 && word(154, 4) < 256n;
  const own = hex(leaf.slice(14, 30)) === binding.hold && hex(leaf.slice(38, 70)) === bindingDigest;
  need(known && leaf[1] === 9 && own, "effector/other-leaf"); // docs/adr/0002-leaf-layout.md; kind 9 is a hold
  const [, at, path, head, origin, count, root, signer, signature] = PROOF.exec(hold_entry.proof) ?? need(false, "effector/no-proof");
  const [index, size, hashes] = [BigInt(at), BigInt(count), path.split("\n").slice(0, -1)];
  need([...hashes, root, signature].every((each) => base64(unbase64(each)) === each), "effector/no-proof");
  need(index < 2n ** 63n && size < 2n ** 63n && (size !== 0n || root === EMPTY), "effector/no-proof");
  const key = logs[`${signer} ${hex(unbase64(signature).slice(0, 4))}`];
  need(key !== undefined && signer === origin && origin === trust.log.origin, "effector/no-proof");
  await checkSignature(key, unbase64(signature).slice(4), encode(head), "effector/no-proof");
  const found = await climb(index, size, await sha256(join([0], leaf)), hashes.map(unbase64), "effector/other-leaf");
  need(found === root, "effector/other-leaf");
  for (const { statement: { log } } of statements) {
    const same = String(log.size) !== count || log.root === root;
    need(log.origin === origin && BigInt(log.size) > index && same, "effector/other-log");
  }
}

// ---- The release ----
async function checkAction(binding, action, trust) {
  need(binding.audience !== "null", "effector/null-audience");
  need(binding.audience === trust.audience, "effector/wrong-audience");
  need(Object.hasOwn(trust.tools, action.tool), "effector/unknown-tool");
  const raw = action.arguments instanceof Uint8Array;
  const given = raw ? await all("effector/other-action", () => parse(action.arguments, 1 << 20)) : action.arguments;
  need(write(given) === write(binding.arguments), "effector/other-action");
  need(binding.kind === "tool-call" && binding.tool === action.tool, "effector/other-action");
  need(binding.definition === trust.tools[action.tool].definition, "effector/other-definition");
}

async function checkSignatures({ gateway, ...release }, bindingDigest, trust) {
  const code = "effector/bad-signature";
  await checkListed(trust.gateway_keys, gateway.key, gateway.signature, "release", release, code);
  for (const { statement, signature, assertion: { assertion, directory_key, signature: word } } of release.statements) {
    need(statement.binding === bindingDigest, "effector/other-statement");
    need(statement.person === assertion.person && statement.key === assertion.key.id, "effector/other-person");
    await checkListed(trust.directory_keys, directory_key, word, "role-assertion", assertion, code);
    const signed = tagged("statement", canonical(statement));
    const [value, authenticator, client] = [signature.value, signature.authenticator_data, signature.client_data].map(unbase64);
    if (signature.algorithm !== "webauthn-es256") await checkSignature(assertion.key, value, signed);
    else {
      const given = { signature: value, authenticator, client, challenge: await sha256(signed) };
      await checkAssertion(assertion.key, given, trust.webauthn);
    }
  }
}

// Checks that the one of `keys` that is called `id` signed `value`, an object of `kind`.
async function checkListed(keys, id, signature, kind, value, code) {
  const key = keys.find((each) => each.id === id) ?? need(false, code);
  await checkSignature(key, unbase64(signature), tagged(kind, canonical(value)), code);
}

function checkQuorum({ binding, statements, path }, demand) {
  const glass = path === "break-glass";
  const counted = statements.map((each) => each.statement).filter((each) => glass || each.decision === "allow");
  const votes = (decision, role) => counted.filter((each) => each.decision === decision && each.role === role).length;
  const enough = (decision, { role, quorum }) => votes(decision, role) >= quorum;
  for (const way of [...binding.rules.map((rule) => ({ quorum: [rule], break_glass: rule.break_glass })), demand]) {
    if (way.quorum.every((each) => enough("allow", each))) continue;
    need(!glass || way.break_glass !== null, "effector/absolute");
    need(way.break_glass !== null && enough("break-glass", way.break_glass), "effector/no-quorum");
  }
  need(!glass || counted.some((each) => each.decision === "break-glass"), "effector/no-quorum");
  need(!(demand.own_machine || binding.own_machine) || counted.some((each) => each.own_machine), "effector/own-machine");
}

async function checkRoles({ binding, statements }, bindingDigest, trust, revocations, nowMs) {
  const stale = "effector/revocations-stale";
  const { revocations: revoked, directory_key, signature } = await all(stale, () => read("signed-revocation-list", revocations));
  await checkListed(trust.directory_keys, directory_key, signature, "revocation-list", revoked, stale);
  need(nowMs - revoked.issued_ms <= trust.revocations_max_age_ms && revoked.issued_ms - nowMs <= trust.clock_skew_ms, stale);
  need(!revoked.bindings.includes(bindingDigest), "effector/revoked");
  for (const { statement: { role, signed_at_ms: signed }, assertion: { assertion: held } } of statements) {
    const names = [revoked.keys.includes(held.key.id), revoked.persons.includes(held.person), revoked.serials.includes(held.serial)];
    need(!names.includes(true), "effector/revoked");
    need(held.not_before_ms <= nowMs && nowMs < held.not_after_ms && held.roles.includes(role), "effector/role");
    need(signed < binding.not_after_ms && signed >= binding.not_before_ms - trust.clock_skew_ms, "effector/signed-at");
  }
}

// Who approved what, once every check held: `bundle` and `revocations` are bytes, `action` is what is about to run, as
// `{tool, arguments, preconditions}` with the arguments as bytes of JSON or as a value, and `nowMs` the time in UTC.
export async function verifyRelease(bytes, { bundle, revocations, action, nowMs }) {
  const trust = await all("effector/bad-bundle", () => read("trust-bundle", bundle));
  const logs = await logKeys(trust.log.keys, "effector/bad-bundle");
  const keys = [...Object.values(logs), ...trust.gateway_keys, ...trust.directory_keys];
  for (const key of keys) await importKey(key, "effector/bad-bundle");
  need(bytes.length > 0, "effector/no-release");
  const release = await all("effector/malformed", () => read("release", bytes));
  const { binding, statements } = release;
  need(canonical(binding).length <= 2 ** POWERS["action-binding"], "effector/malformed");
  const bindingDigest = await digestHex("action-binding", canonical(binding));
  await checkAction(binding, action, trust);
  need(nowMs >= binding.not_before_ms - trust.clock_skew_ms, "effector/not-yet");
  need(nowMs < binding.not_after_ms, "effector/expired");
  need(binding.not_after_ms - binding.not_before_ms <= trust.longest_window_ms, "effector/window-too-long");
  for (const { statement, signature: { algorithm }, assertion: { assertion: { key } } } of statements) {
    const kept = statement.assurance === key.assurance && (algorithm === "webauthn-es256") === (key.assurance === "webauthn-uv");
    const made = algorithm === "webauthn-es256" ? "ecdsa-p256" : algorithm;
    need(kept && made === key.algorithm && trust.algorithms.includes(algorithm), "effector/algorithm");
  }
  await checkSignatures(release, bindingDigest, trust);
  for (const name of ["person", "key"]) {
    need(new Set(statements.map((each) => each.statement[name])).size === statements.length, "effector/same-person");
  }
  need(statements.every((each) => !["deny", "revoke"].includes(each.statement.decision)), "effector/vetoed");
  checkQuorum(release, trust.tools[action.tool]);
  for (const { statement: { person }, assertion: { assertion: { roles } } } of statements) {
    const own = person === binding.requester.person || person === binding.agent_owner;
    need(!own && !roles.includes("policy-author"), "effector/own-approval");
  }
  await checkRoles(release, bindingDigest, trust, revocations, nowMs);
  need(trust.agreements.includes(binding.agreement.digest), "effector/other-agreement");
  await checkHold(release, bindingDigest, trust, logs);
  const rendering = await digestHex("rendering", encode(render(binding)));
  const seen = [binding.rendering.sha256, ...statements.map((each) => each.statement.rendering)];
  need(seen.every((each) => each === rendering), "effector/rendering-differs");
  for (const [name, state] of Object.entries(binding.preconditions)) {
    need(Object.hasOwn(action.preconditions, name) && action.preconditions[name] === state, "effector/precondition");
  }
  return { binding, approvers: statements.map((each) => each.statement.person) };
}
