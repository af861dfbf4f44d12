// The key ceremony: what the page shows is made again here from the action's bytes, and must be what the key signs.
//
// INVARIANT: the key is asked only when the rendering on the page, its digest, the action's digest and the decision are
// those of the statement. LIMIT: a console that lies in this script lies; hence the own machine for the top class.
import { fromBase64, toHex, whenSent } from "./bytes.mjs";
import { digest, read, render } from "./verify_release.mjs";

const form = document.getElementById("ceremony");
const shown = (id) => document.getElementById(id).textContent;

function same(name, found, wanted) {
  if (found !== wanted) throw new Error(`This page shows another ${name} than you would sign. Do not sign; nothing was sent.`);
}

async function check(statementBytes) {
  const bindingBytes = fromBase64(document.getElementById("binding").value);
  const binding = await read("action-binding", bindingBytes);
  const statement = await read("statement", statementBytes);
  const rendering = render(binding);
  const renderingDigest = toHex(await digest("rendering", new TextEncoder().encode(rendering)));
  const bindingDigest = toHex(await digest("action-binding", bindingBytes));
  same("action", shown("rendering"), rendering);
  same("rendering", statement.rendering, renderingDigest);
  same("rendering", binding.rendering.sha256, renderingDigest);
  same("action", statement.binding, bindingDigest);
  same("digest", shown("binding-digest"), bindingDigest);
  same("decision", shown("decision"), statement.decision);
}

whenSent(form, document.getElementById("ceremony-told"), async () => {
  const statementBytes = fromBase64(form.elements.statement.value);
  await check(statementBytes);
  const challenge = await digest("statement", statementBytes);
  same("statement", shown("statement-digest"), toHex(challenge));
  return navigator.credentials.get({
    publicKey: {
      challenge,
      rpId: form.dataset.rp,
      allowCredentials: [{ type: "public-key", id: fromBase64(form.dataset.credential) }],
      userVerification: "required",
      timeout: 120_000,
    },
  });
});
