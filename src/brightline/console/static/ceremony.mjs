// The key ceremony: what the page shows is made again here from the action's bytes, and must be what the key signs.
//
// INVARIANT: the key is asked only when the rendering on the page, its digest, the action's digest, the decision, the
// person and the role are those of what is signed. LIMIT: a console that lies in this script lies; hence the own machine
// for the top class.
import { fromBase64, toHex, whenSent } from "./bytes.mjs";
import { digest, read, render } from "./verify_release.mjs";

const shown = (id) => document.getElementById(id).textContent;

function same(name, found, wanted) {
  if (found !== wanted) throw new Error(`This page shows another ${name} than you would sign. Do not sign; nothing was sent.`);
}

async function check(kind, bytes) {
  const bindingBytes = fromBase64(document.getElementById("binding").value);
  const binding = await read("action-binding", bindingBytes);
  const said = await read(kind, bytes);
  const rendering = render(binding);
  const renderingDigest = toHex(await digest("rendering", new TextEncoder().encode(rendering)));
  const bindingDigest = toHex(await digest("action-binding", bindingBytes));
  same("action", shown("rendering"), rendering);
  same("rendering", binding.rendering.sha256, renderingDigest);
  if (kind === "statement") same("rendering", said.rendering, renderingDigest);
  same("action", said.binding, bindingDigest);
  same("digest", shown("binding-digest"), bindingDigest);
  same("decision", shown("decision"), kind === "statement" ? said.decision : said.verdict);
  same("person", shown("person"), said.person);
  same("role", shown("role"), said.role);
}

for (const form of document.querySelectorAll("form.ceremony")) {
  const { credential, kind, rp } = form.dataset;
  whenSent(form, form.querySelector(".told"), async () => {
    const bytes = fromBase64(form.elements.said.value);
    await check(kind, bytes);
    const challenge = await digest(kind, bytes);
    same("digest", form.querySelector(".said-digest").textContent, toHex(challenge));
    return navigator.credentials.get({
      publicKey: {
        challenge,
        rpId: rp,
        allowCredentials: [{ type: "public-key", id: fromBase64(credential) }],
        userVerification: "required",
        timeout: 120_000,
      },
    });
  });
}
