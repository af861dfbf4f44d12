// Making a passkey: kept on the key itself, with user verification.
import { fromBase64, whenSent } from "./bytes.mjs";

const form = document.getElementById("enrol");
const { challenge, person, rp, user } = form.dataset;
whenSent(form, document.getElementById("enrol-told"), () =>
  navigator.credentials.create({
    publicKey: {
      challenge: fromBase64(challenge),
      rp: { id: rp, name: "Brightline" },
      user: { id: fromBase64(user), name: person, displayName: person },
      // ES256 is what is taken. RS256 stands here because a browser warns without it; a key of that kind is refused.
      pubKeyCredParams: [-7, -257].map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      attestation: "none",
      timeout: 60_000,
    },
  }),
);
