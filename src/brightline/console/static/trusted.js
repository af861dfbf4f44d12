// The one door through which text becomes markup in this page (Trusted Types, policy `default`).
//
// htmx turns answers of our own server into elements. Whatever would run is taken out here, although the server escapes
// everything and the content policy runs no inline script: two of the three could fail and nothing would run.
"use strict";
(() => {
  if (!window.trustedTypes) return;
  const parser = trustedTypes.createPolicy("brightline-parse", { createHTML: (text) => text });
  const RUNS = "script, style, link, meta, base, iframe, frame, object, embed, portal, svg, math";
  const clean = (root) => {
    for (const element of root.querySelectorAll(RUNS)) element.remove();
    for (const element of root.querySelectorAll("*")) {
      for (const { name, value } of [...element.attributes]) {
        const handler = /^(on|hx-on|data-hx-on)/i.test(name);
        const address = /^\s*(javascript|data|vbscript):/i.test(value.replace(/[\u0000-\u0020]/g, ""));
        if (handler || address || name === "style") element.removeAttribute(name);
      }
      if (element instanceof HTMLTemplateElement) clean(element.content);
    }
  };
  trustedTypes.createPolicy("default", {
    createHTML: (text) => {
      const found = new DOMParser().parseFromString(parser.createHTML(text), "text/html");
      clean(found);
      return /^\s*<(html|body)\b/i.test(text) ? found.documentElement.outerHTML : found.body.innerHTML;
    },
  });
})();
