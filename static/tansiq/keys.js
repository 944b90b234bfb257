// Reads a security key through allauth's script, and says in the page's own words when that fails.
"use strict";

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const told = document.getElementById("key_trouble");
  if (told) told.hidden = false;
});

for (const button of document.querySelectorAll("[data-key]")) {
  const { key, credential } = button.dataset;
  window.allauth.webauthn.forms[`${key}Form`]({ ids: { [key]: button.id, credential, data: "js_data" } });
}
