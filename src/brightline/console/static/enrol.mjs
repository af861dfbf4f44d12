// Making a passkey: kept on the key itself, with user verification, ES256 only.
import { fromBase64, whenSent } from "./bytes.mjs";

const form = document.getElementById("enrol");
const { challenge, person, rp, user } = form.dataset;
whenSent(form, document.getElementById("enrol-told"), () =>
  navigator.credentials.create({
    publicKey: {
      challenge: fromBase64(challenge),
      rp: { id: rp, name: "Brightline" },
      user: { id: fromBase64(user), name: person, displayName: person },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }],
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      attestation: "none",
      timeout: 60_000,
    },
  }),
);
