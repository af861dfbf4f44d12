// Signing in with a passkey: the key answers the challenge of this page.
import { fromBase64, whenSent } from "./bytes.mjs";

const form = document.getElementById("passkey");
whenSent(form, document.getElementById("passkey-told"), () =>
  navigator.credentials.get({
    publicKey: {
      challenge: fromBase64(form.dataset.challenge),
      rpId: form.dataset.rp,
      userVerification: "required",
      timeout: 60_000,
    },
  }),
);
