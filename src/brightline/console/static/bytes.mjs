// Bytes to text and back, as forms and keys have them.

export function fromBase64(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

export function toBase64(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)));
}

export function toHex(bytes) {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Puts a passkey's answer into the hidden fields of `form`.
export function fill(form, credential) {
  const { response } = credential;
  form.elements.credential.value = toBase64(credential.rawId);
  form.elements.client_data.value = toBase64(response.clientDataJSON);
  if (response.attestationObject) {
    form.elements.attestation.value = toBase64(response.attestationObject);
    return;
  }
  form.elements.authenticator_data.value = toBase64(response.authenticatorData);
  form.elements.signature.value = toBase64(response.signature);
}

// Runs `ceremony` when `form` is sent, and sends the form itself only when it succeeded. The page has the button
// disabled: a form sent before this script was there would carry no answer.
export function whenSent(form, told, ceremony) {
  const button = form.querySelector("button");
  button.disabled = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    told.textContent = "";
    try {
      fill(form, await ceremony());
    } catch (error) {
      told.textContent = error.name === "NotAllowedError" ? "The passkey was not used. Nothing was sent." : error.message;
      button.disabled = false;
      return;
    }
    form.submit();
  });
}
